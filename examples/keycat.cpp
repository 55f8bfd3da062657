// SPDX-License-Identifier: BSL-1.0
// A netcat: one program for TCP, UDP and AF_UNIX, as a client and as a listener. Each direction is a copy() in a thread
// of its own, while the main one watches over progress, silence and Ctrl-C, by which one canceller ends everything;
// destructors close the sockets and remove the path. To copy a file:
//   keycat -l 8080 -f copy            and elsewhere            keycat www.example.org 8080 -f original

#include <keyway/client/connect.hpp>  // IWYU pragma: keep
#include <keyway/client/resolve.hpp>
#include <keyway/event/signal.hpp>
#include <keyway/file/copy.hpp>
#include <keyway/file/standard_streams.hpp>
#include <keyway/keyway.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <unistd.h>  // IWYU pragma: keep

namespace kw = keyway;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

constexpr auto usage = R"(usage: keycat [-46pu] [-w SECS] [-f FILE] HOST PORT        connect
       keycat [-46pu] [-w SECS] [-f FILE] -l [HOST] PORT   listen for one peer; port 0 is any free one
       keycat [-lpu] [-w SECS] [-f FILE] -U PATH           the same over AF_UNIX; @NAME is an abstract name
  -4, -6   IPv4 or IPv6 only; a listener without HOST takes both
  -u       datagrams of at most 1200 bytes, none with what was read from stdin at two times
  -f FILE  send FILE instead of stdin; with -l receive into FILE instead of stdout, and send nothing
  -p       show the progress of FILE also where stderr is no terminal
  -w SECS  wait so long for a connection, and then for anything to move
A stream is over when both sides have ended it; where stdin is a terminal, when the peer has.
Datagrams have no end: a client stops after its input, a listener at Ctrl-C; with -w both after so long a silence.
Exit code: 0 done, 1 network or file failure, 2 wrong usage, 128+N ended by signal N.
)";

enum : int { done = 0, failed = 1, wrong_usage = 2, stopped = 128 };

struct session {
    bool v4 = false, v6 = false, listen = false, datagrams = false, local = false, progress = false;
    const char* file = nullptr;
    seconds patience = seconds::max();
    kw::result<kw::signal_stop> stop = kw::signal_stop::open();
    kw::limit limit;  // for names and connecting
    kw::file_view<kw::access::read> source = kw::standard_input();
    kw::file_view<kw::access::write> sink = kw::standard_output();
};

int fail(std::string_view where, std::string_view why, int code = failed) {
    std::fprintf(stderr, "keycat: %.*s: %.*s\n", int(where.size()), where.data(), int(why.size()), why.data());
    return code;
}

// What fails because of a signal is no failure.
int fail(std::string_view where, const kw::error& why, const session& s) {
    return s.stop->caught() ? stopped + s.stop->caught() : fail(where, why.message());
}

// What the threads of both directions tell the main one.
struct traffic {
    const steady_clock::time_point start = steady_clock::now();
    std::atomic<steady_clock::time_point> last_move = start;
    std::atomic<std::uint64_t> bytes = 0;
    std::atomic<int> under_way = 0;
    std::atomic<kw::error> incoming, outgoing;  // why they have failed
    kw::canceller_view stop;

    kw::error copy(const auto& from, const auto& to) {
        auto count = [&, before = std::uint64_t{0}](std::uint64_t so_far) mutable {
            bytes += so_far - std::exchange(before, so_far);
            last_move = steady_clock::now();
        };
        const auto all = kw::copy(from, to, kw::everything, stop, count);
        return all ? kw::error() : static_cast<const kw::error&>(all.error());
    }
    void end(bool ends_all) {
        if (--under_way == 0 || ends_all) (void)stop.cancel();
    }
    // One line that is written over and over.
    void show(const char* line_end) const {
        const double passed = seconds(steady_clock::now() - start).count(), megabytes = double(bytes) / 1e6;
        std::fprintf(stderr, "\r%llu bytes, %.1f MB/s  %s", 0ULL + bytes, megabytes / passed, line_end);
    }
};

// A datagram socket, in the words that copy() knows.
template <class Line>
struct datagrams {
    Line line;

    // An empty span would be the end, and an empty datagram is none.
    kw::result<std::span<std::byte>> read(kw::mutable_bytes buffer, const kw::limit& limit = {}) const noexcept {
        for (;;) {
            const auto got = [&] {
                if constexpr (kw::can_recv<Line>) return line.recv(buffer, limit);
                else return line.recv_from(buffer, limit);
            }();
            if (!got) return kw::failure(got);
            if (got->truncated)
                std::fprintf(stderr, "keycat: the end of a datagram of %zu bytes is lost\n", got->length);
            if (!got->data.empty()) return got->data;
        }
    }
    kw::result<std::size_t> write(kw::const_bytes data, const kw::limit& limit = {}) const noexcept {
        return line.send(data.first(std::min<std::size_t>(data.size(), 1200)), limit);
    }
};

// Carries bytes both ways until both ways have ended.
template <class Line>
int carry(const Line& line, std::string_view peer, const session& s) {
    // With a limit, copy() leaves a file to the kernel only where the socket does not wait by itself.
    if (auto set = line.set(kw::option::non_blocking{}); !set) return fail(peer, set.error(), s);
    using view = typename Line::view_type;
    const view& seen = line;
    const kw::canceller_view& stop = *s.stop;
    constexpr bool is_stream = kw::byte_oriented<typename Line::type>;
    const std::conditional_t<is_stream, view, datagrams<view>> network{seen};
    const bool sends = kw::can_send<Line> && !(s.listen && s.file);
    const bool ends_with_peer = !s.file && ::isatty(STDIN_FILENO) != 0;
    const bool ends_with_input = !is_stream && !s.listen && !(s.patience < seconds::max());
    const auto shared = std::make_shared<traffic>();
    shared->stop = stop;
    shared->under_way = sends ? 2 : 1;
    std::vector<std::thread> threads;
    threads.emplace_back([=, sink = s.sink] {
        const kw::error fault = shared->copy(network, sink);
        shared->incoming = fault;
        shared->end(ends_with_peer || fault != kw::error());
    });
    if constexpr (kw::can_send<Line>) {
        const auto send = [=, source = s.source] {
            const kw::error fault = shared->copy(source, network);
            shared->outgoing = fault;
            if constexpr (is_stream) (void)network.shutdown_send();
            // Of a connection that is lost, the other direction has what came before, and knows why.
            shared->end(ends_with_input || (fault != kw::error() && !(is_stream && fault.connection_lost())));
        };
        if (sends) threads.emplace_back(send);
    }

    const bool shown = s.file && (s.progress || ::isatty(STDERR_FILENO) != 0);
    const auto silence = [&] { return kw::deadline(shared->last_move.load() + s.patience); };
    while (!stop.is_cancelled() && !silence().has_passed()) {
        (void)s.stop->wait(shown ? std::min(kw::deadline(200ms), silence()) : silence());
        if (shown) shared->show("");
    }
    const bool silent = !stop.is_cancelled();
    (void)stop.cancel();
    // On Windows nothing ends a read of stdin: the thread that is in it ends with the program.
    for (auto& thread : threads) KEYWAY_HAS_WINDOWS ? thread.detach() : thread.join();
    if (shown) shared->show("\n");
    if (s.stop->caught()) return stopped + s.stop->caught();
    for (const kw::error why : {shared->incoming.load(), shared->outgoing.load()}) {
        if (why == kw::error() || why == kw::errc::operation_canceled) continue;
        const bool reads = why.operation() == kw::operation::read;
        if (!reads && why.operation() != kw::operation::write) return fail(peer, why.message());
        return fail(s.file && reads != s.listen ? s.file : reads ? "stdin" : "stdout", why.reason());
    }
    return silent && is_stream ? fail(peer, "nothing has moved for too long") : done;
}

int talk(const auto& line, std::string_view peer, const session& s) {
    return line ? carry(*line, peer, s) : fail(peer, line.error(), s);
}

// Takes one peer: of a listener the first connection, of a datagram socket the sender of the first datagram.
template <class Bound>
int serve(kw::result<Bound> bound, std::string_view name, session& s) {
    if (!bound) return fail(name, bound.error(), s);
    kw::result<kw::file<kw::access::write>> file;
    if (s.file) file = kw::file<kw::access::write>::open(s.file, {.create = true, .truncate = true});
    if (!file) return fail(s.file, file.error().reason());
    if (s.file) s.sink = *file;
    if (auto at = bound->local_endpoint()) std::fprintf(stderr, "keycat: listening on %s\n", at->text().c_str());
    if constexpr (kw::can_accept<Bound>) {
        auto next = bound->accept(*s.stop);
        if (!next) return fail(name, next.error(), s);
        (void)bound->close();  // one is enough: the port or path is free again
        return carry(next->connection, next->peer.text(), s);
    } else {
        const auto first = bound->peek_from(std::span<std::byte>(), *s.stop);
        if (!first) return fail(name, first.error(), s);
        auto line = std::move(*bound).connect(first->sender);
        if (!line) return carry(*bound, name, s);  // an AF_UNIX sender without a name: nobody to answer
        return carry(*line, first->sender.text(), s);
    }
}

int talk_locally(std::string_view path, session& s) {
    auto at = kw::unix_stream::endpoint::at_path(path);
#if KEYWAY_HAS_ABSTRACT_NAMES
    if (path.starts_with('@')) at = kw::unix_stream::endpoint::abstract(path.substr(1));
#endif
    if (!at) return fail(path, at.error().message(), wrong_usage);
    if (!s.datagrams && s.listen) return serve(kw::unix_stream::listen(*at), path, s);
    if (!s.datagrams) return talk(kw::unix_stream::connect(*at, s.limit), path, s);
#if KEYWAY_HAS_UNIX_DATAGRAM
    if (s.listen) return serve(kw::unix_datagram::bind(*at), path, s);
    auto socket = kw::unix_datagram::bind(kw::unix_datagram::endpoint::autobind());  // a name to send answers to
    return socket ? talk(std::move(*socket).connect(*at), path, s) : fail(path, socket.error(), s);
#else
    return fail(path, "AF_UNIX has no datagrams here", wrong_usage);
#endif
}

template <class Type>
auto look_up(std::string_view host, std::string_view port, const session& s) {
    using endpoints = std::vector<kw::endpoint<kw::ip>>;
    const auto of = [&]<class Family>(Family) -> kw::result<endpoints> {
        const auto found = kw::resolve<Family, Type>(host, port, s.limit);
        if (!found) return kw::failure(found);
        return endpoints(found->begin(), found->end());
    };
    return s.v4 ? of(kw::ipv4()) : s.v6 ? of(kw::ipv6()) : of(kw::ip());
}

int main(int argc, char** argv) {
    session s;
    char nothing[] = "", *rest = nothing;  // of a number
    for (int flag; (flag = ::getopt(argc, argv, "46lpUuf:w:")) != -1;) {
        switch (flag) {
        case '4': s.v4 = true; break;
        case '6': s.v6 = true; break;
        case 'l': s.listen = true; break;
        case 'p': s.progress = true; break;
        case 'U': s.local = true; break;
        case 'u': s.datagrams = true; break;
        case 'f': s.file = optarg; break;
        case 'w': s.patience = seconds(std::strtod(optarg, &rest)); break;
        default: return std::fputs(usage, stderr), wrong_usage;
        }
    }
    const std::span<char*> words(argv + optind, argv + argc);
    const bool any_host = s.listen && words.size() == 1;
    if (words.size() != (s.local || any_host ? 1 : 2) || s.v4 + s.v6 + s.local > 1 || *rest || !(s.patience > 0s))
        return std::fputs(usage, stderr), wrong_usage;

    if (!s.stop) return fail("signals", s.stop.error().message());
    s.limit = kw::limit(s.patience).cancelled_by(*s.stop);
    kw::result<kw::file<kw::access::read>> file;
    if (s.file && !s.listen) file = kw::file<kw::access::read>::open(s.file);
    if (!file) return fail(s.file, file.error().reason());
    if (file->is_open()) s.source = *file;
    if (s.local) return talk_locally(words[0], s);

    const std::string host = !any_host ? words[0] : s.v4 ? "0.0.0.0" : "::", port = words.back();
    const std::string name = (host.find(':') == std::string::npos ? host : '[' + host + ']') + ':' + port;
    const auto found = s.datagrams ? look_up<kw::datagram>(host, port, s) : look_up<kw::stream>(host, port, s);
    if (!found) return fail(name, found.error(), s);
    const auto& first = found->front();
    const bool dual = any_host && !s.v4 && !s.v6;
    if (s.datagrams && s.listen) return serve(kw::udp::bind(first, {.dual_stack = dual}), name, s);
    if (s.datagrams) return talk(kw::udp::connect(first), name, s);
    if (s.listen) return serve(kw::tcp::listen(first, {.dual_stack = dual}), name, s);
    return talk(kw::tcp::connect(*found, s.limit), name, s);
}
