// SPDX-License-Identifier: BSL-1.0
// A netcat: one program for TCP, UDP and AF_UNIX, as a client and as a listener. Beyond connect(), poll() is the only
// call that waits, so Ctrl-C always gets through; destructors close the sockets and remove the path. To copy a file:
//   keycat -l 8080 -f copy            and elsewhere            keycat 192.0.2.1 8080 -f original

#include <keyway/keyway.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace kw = keyway;

constexpr auto usage = R"(usage: keycat [-46u] [-f FILE] ADDRESS PORT        connect
       keycat [-46u] [-f FILE] -l [ADDRESS] PORT   listen for one peer; port 0 is any free one
       keycat [-lu] [-f FILE] -U PATH              the same over AF_UNIX; @NAME is an abstract name
  -4, -6   IPv4 or IPv6 only; a listener without ADDRESS takes both
  -u       datagrams, each of one read of stdin and at most 1200 bytes
  -f FILE  send FILE instead of stdin; with -l receive into FILE instead of stdout, and send nothing
A stream is over when both sides have ended it; where stdin is a terminal, when the peer has.
Datagrams have no end: a client stops after its input, a listener at Ctrl-C.
Exit code: 0 done, 1 network or file failure, 2 wrong usage, 128+N ended by signal N.
)";

enum : int { done = 0, failed = 1, wrong_usage = 2, stopped = 128 };

struct settings {
    bool v4 = false, v6 = false, listen = false, datagrams = false, local = false;
    const char* file = nullptr;
    int source = STDIN_FILENO, sink = STDOUT_FILENO;
};

int fail(std::string_view where, std::string_view why, int code = failed) {
    std::fprintf(stderr, "keycat: %.*s: %.*s\n", int(where.size()), where.data(), int(why.size()), why.data());
    return code;
}

int stop_pipe[2];
volatile std::sig_atomic_t stop_signal = 0;

// Called when there is something to clean up; until then a signal may end the program. A handler may do next to
// nothing: it makes a pipe readable, and poll() sees that.
void catch_signals() {
    const auto stop = [](int number) {
        stop_signal = number;
        [[maybe_unused]] const auto written = ::write(stop_pipe[1], "", 1);
    };
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
}

// FILE takes the place of stdin, or of stdout in a listener, which has no input then.
bool open_file(settings& s) {
    if (!s.file) return true;
    if (!s.listen) return (s.source = ::open(s.file, O_RDONLY | O_CLOEXEC)) != -1;
    s.source = -1;
    return (s.sink = ::open(s.file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) != -1;
}

// One line that is written over and over.
struct progress {
    using clock = std::chrono::steady_clock;
    bool on;
    unsigned long long bytes = 0;
    clock::time_point start = clock::now(), next = start;

    ~progress() { end(); }

    void end() { std::exchange(on, false) ? show("\n") : void(); }
    void tick() {
        if (on && clock::now() >= next) show("");
    }
    void show(const char* line_end) {
        next = clock::now() + std::chrono::milliseconds(200);
        const double seconds = std::chrono::duration<double>(clock::now() - start).count();
        std::fprintf(stderr, "\r%llu bytes, %.1f MB/s  %s", bytes, double(bytes) / 1e6 / seconds, line_end);
    }
};

// What arrived. The end of a stream is an error here; a datagram may be empty, and is no end.
template <class Line>
kw::result<std::span<std::byte>> receive(const Line& line, std::span<std::byte> room) {
    const auto got = [&] {
        if constexpr (kw::can_recv<Line>) return line.recv(room);
        else return line.recv_from(room);
    }();
    if (!got) return kw::unexpected(got.error());
    if constexpr (kw::byte_oriented<typename Line::type>) {
        if (got->empty()) return kw::unexpected(kw::error(kw::errc::end_of_stream, kw::operation::recv));
        return *got;
    } else {
        if (got->truncated) std::fprintf(stderr, "keycat: the end of a datagram of %zu bytes is lost\n", got->length);
        return got->data;
    }
}

// Carries bytes both ways until both ways have ended.
template <class Line>
int carry(const Line& line, const settings& s, std::string_view peer) {
    catch_signals();
    progress shown{.on = s.file && ::isatty(STDERR_FILENO)};
    const auto give_up = [&](std::string_view where, std::string_view why) { return shown.end(), fail(where, why); };
    if (auto set = line.set(kw::option::non_blocking{}); !set) return give_up(peer, set.error().message());
    constexpr bool is_stream = kw::byte_oriented<typename Line::type>;
    std::array<std::byte, 64 * 1024> outgoing_room, incoming_room;
    const auto output = std::span(outgoing_room).first(is_stream ? outgoing_room.size() : 1200);
    std::span<std::byte> outgoing, incoming;  // read and not yet sent; received and not yet written
    bool sending = kw::can_send<Line> && s.source != -1, receiving = true;

    while (sending || receiving || !incoming.empty()) {
        const int wanted = (receiving && incoming.empty() ? POLLIN : 0) | (outgoing.empty() ? 0 : POLLOUT);
        // Who waits for nothing is left out, since poll() reports a hangup unasked.
        ::pollfd wait[] = {{stop_pipe[0], POLLIN, 0},
                           {sending && outgoing.empty() ? s.source : -1, POLLIN, 0},
                           {wanted ? line.native_handle() : -1, short(wanted), 0},
                           {incoming.empty() ? -1 : s.sink, POLLOUT, 0}};
        if (::poll(wait, std::size(wait), shown.on ? 200 : -1) < 0 && errno != EINTR)
            return give_up("poll", std::strerror(errno));
        if (stop_signal) return stopped + stop_signal;
        const auto& [stop, input, network, sink] = wait;
        if (sink.revents) {  // a pipe that is ready takes PIPE_BUF bytes and does not block
            const auto count = ::write(s.sink, incoming.data(), std::min<std::size_t>(incoming.size(), PIPE_BUF));
            if (count < 0) return give_up(s.sink == STDOUT_FILENO ? "stdout" : s.file, std::strerror(errno));
            incoming = incoming.subspan(std::size_t(count));
        } else if (network.revents && receiving && incoming.empty()) {
            const auto got = receive(line, incoming_room);
            if (got) incoming = *got;
            else if (got.error().end_of_stream()) receiving = false;
            else if (!got.error().would_block()) return give_up(peer, got.error().message());
            if (!receiving && ::isatty(s.source)) sending = false;
            shown.bytes += incoming.size();
        }
        if constexpr (kw::can_send<Line>) {
            if (input.revents) {
                const auto count = ::read(s.source, output.data(), output.size());
                if (count < 0) return give_up(s.source == STDIN_FILENO ? "stdin" : s.file, std::strerror(errno));
                outgoing = output.first(std::size_t(count));
                if (count == 0) {
                    sending = false;
                    if (!is_stream) receiving = s.listen;
                    else if (auto half = line.shutdown_send(); !half) return give_up(peer, half.error().message());
                }
            }
            if (!outgoing.empty()) {
                const auto sent = line.send(outgoing);
                if (!sent && !sent.error().would_block()) return give_up(peer, sent.error().message());
                outgoing = outgoing.subspan(sent.value_or(0));
                shown.bytes += sent.value_or(0);
            }
        }
        shown.tick();
    }
    return done;
}

template <class Line>
int talk(const kw::result<Line>& line, std::string_view peer, const settings& s) {
    return line ? carry(*line, s, peer) : fail(peer, line.error().message());
}

// Takes one peer: of a listener the first connection, of a datagram socket the sender of the first datagram.
template <class Bound>
int serve(kw::result<Bound> bound, std::string_view name, settings s) {
    if (!bound) return fail(name, bound.error().message());
    if (!open_file(s)) return fail(s.file, std::strerror(errno));
    if (auto set = bound->set(kw::option::non_blocking{}); !set) return fail(name, set.error().message());
    if (auto at = bound->local_endpoint()) std::fprintf(stderr, "keycat: listening on %s\n", at->text().c_str());
    for (;;) {
        ::pollfd wait[] = {{stop_pipe[0], POLLIN, 0}, {bound->native_handle(), POLLIN, 0}};
        if (::poll(wait, std::size(wait), -1) < 0 && errno != EINTR) return fail("poll", std::strerror(errno));
        if (stop_signal) return stopped + stop_signal;
        if constexpr (kw::can_accept<Bound>) {
            auto next = bound->accept();
            if (!next && next.error().would_block()) continue;
            if (!next) return fail(name, next.error().message());
            (void)bound->close();  // one is enough: the port or path is free again
            return carry(next->connection, s, next->peer.text());
        } else {
            const auto first = bound->peek_from(std::span<std::byte>());
            if (!first && first.error().would_block()) continue;
            if (!first) return fail(name, first.error().message());
            auto line = std::move(*bound).connect(first->sender);
            if (!line) return carry(*bound, s, name);  // an AF_UNIX sender without a name: nobody to answer
            return carry(*line, s, first->sender.text());
        }
    }
}

kw::result<kw::unix_datagram::connection> connect_named(const kw::unix_datagram::endpoint& to) {
    auto socket = kw::unix_datagram::bind(kw::unix_datagram::endpoint::autobind());  // a name to send answers to
    if (!socket) return kw::unexpected<kw::error>(socket.error());
    return std::move(*socket).connect(to);
}

int main(int argc, char** argv) {
    settings s;
    for (int flag; (flag = ::getopt(argc, argv, "46lUuf:")) != -1;) {
        switch (flag) {
        case '4': s.v4 = true; break;
        case '6': s.v6 = true; break;
        case 'l': s.listen = true; break;
        case 'U': s.local = true; break;
        case 'u': s.datagrams = true; break;
        case 'f': s.file = optarg; break;
        default: return std::fputs(usage, stderr), wrong_usage;
        }
    }
    const std::span<char*> words(argv + optind, argv + argc);
    const std::size_t needed = s.local || (s.listen && words.size() == 1) ? 1 : 2;
    if (words.size() != needed || s.v4 + s.v6 + s.local > 1) return std::fputs(usage, stderr), wrong_usage;
    if (::pipe(stop_pipe) != 0) return fail("pipe", std::strerror(errno));
    std::signal(SIGPIPE, SIG_IGN);  // for stdout; nothing of keyway raises it
    if (s.listen) catch_signals();
    else if (!open_file(s)) return fail(s.file, std::strerror(errno));

    if (s.local) {
        const std::string_view path = words[0];
        const auto at = path.starts_with('@') ? kw::unix_stream::endpoint::abstract(path.substr(1))
                                              : kw::unix_stream::endpoint::at_path(path);
        if (!at) return fail(path, at.error().message(), wrong_usage);
        if (s.datagrams)
            return s.listen ? serve(kw::unix_datagram::bind(*at), path, s) : talk(connect_named(*at), path, s);
        return s.listen ? serve(kw::unix_stream::listen(*at), path, s) : talk(kw::unix_stream::connect(*at), path, s);
    }

    const std::string host = words.size() == 2 ? words[0] : s.v4 ? "0.0.0.0" : "::";
    const std::string text = (host.find(':') == host.npos ? host : '[' + host + ']') + ':' + words.back();
    const auto at = kw::endpoint<kw::ip>::parse(text);
    if (!at) return fail(text, at.error().message(), wrong_usage);
    if (at->is_v4() ? s.v6 : s.v4) return fail(text, "not an address of the family asked for", wrong_usage);
    const bool dual = words.size() == 1 && !s.v4 && !s.v6;
    if (s.datagrams && s.listen) return serve(kw::udp::bind(*at, {.dual_stack = dual}), text, s);
    if (s.datagrams) return talk(kw::udp::connect(*at), text, s);
    if (s.listen) return serve(kw::tcp::listen(*at, {.dual_stack = dual}), text, s);
    return talk(kw::tcp::connect(*at), text, s);
}
