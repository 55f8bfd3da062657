// SPDX-License-Identifier: BSL-1.0
// A netcat: one program for TCP, UDP and AF_UNIX, as a client and as a listener. Beyond connect(), wait() is the only
// call that waits, so Ctrl-C always gets through; destructors close the sockets and remove the path. To copy a file:
//   keycat -l 8080 -f copy            and elsewhere            keycat 192.0.2.1 8080 -f original

#include <keyway/keyway.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <getopt.h>  // IWYU pragma: keep

#include "system.hpp"

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
enum : int { standard_input = 0, standard_output = 1, standard_error = 2 };

struct settings {
    bool v4 = false, v6 = false, listen = false, datagrams = false, local = false;
    const char* file = nullptr;
    bool terminal = false;  // the source is one
    sys::waitable source = kw::handle::invalid;
    int sink = standard_output;
};

int fail(std::string_view where, std::string_view why, int code = failed) {
    std::fprintf(stderr, "keycat: %.*s: %.*s\n", int(where.size()), where.data(), int(why.size()), why.data());
    return code;
}

// FILE takes the place of stdin, or of stdout in a listener, which has no input then.
bool open_files(settings& s) {
    if (s.listen && s.file) return (s.sink = sys::open_to_write(s.file)) != -1;
    s.terminal = !s.file && sys::is_terminal(standard_input);
    s.source = s.file ? sys::open_to_read(s.file) : sys::readable(standard_input);
    return s.source != kw::handle::invalid;
}

// One line that is written over and over.
struct progress {
    using clock = std::chrono::steady_clock;
    bool on;
    unsigned long long bytes = 0;
    clock::time_point start = clock::now(), next = start;

    explicit progress(bool wanted) : on(wanted) {}
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
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
    sys::catch_signals();
    progress shown(s.file && sys::is_terminal(standard_error));
    const auto give_up = [&](std::string_view where, std::string_view why) { return shown.end(), fail(where, why); };
    if (auto set = line.set(kw::option::non_blocking{}); !set) return give_up(peer, set.error().message());
    constexpr bool is_stream = kw::byte_oriented<typename Line::type>;
    std::array<std::byte, 64 * 1024> outgoing_room, incoming_room;
    const auto output = std::span(outgoing_room).first(is_stream ? outgoing_room.size() : 1200);
    std::span<std::byte> outgoing, incoming;  // read and not yet sent; received and not yet written
    bool sending = kw::can_send<Line> && s.source != kw::handle::invalid, receiving = true;

    while (sending || receiving || !incoming.empty()) {
        const int wanted = (receiving && incoming.empty() ? POLLIN : 0) | (outgoing.empty() ? 0 : POLLOUT);
        // Who waits for nothing is left out, since wait() reports a hangup unasked.
        constexpr auto nothing = kw::handle::invalid;
        sys::wait_entry waits[] = {{sys::stop_event, POLLIN, 0},
                                   {sending && outgoing.empty() ? s.source : nothing, POLLIN, 0},
                                   {wanted ? line.native_handle() : nothing, short(wanted), 0},
                                   {incoming.empty() ? nothing : sys::writable(s.sink), POLLOUT, 0}};
        const auto& [stop, input, network, sink] = waits;
        const bool write_at_once = !incoming.empty() && sink.fd == nothing;
        if (sys::wait(waits, write_at_once ? 0 : shown.on ? 200 : -1) < 0) return give_up("wait", std::strerror(errno));
        if (sys::stop_signal) return stopped + sys::stop_signal;
        if (sink.revents || write_at_once) {
            const auto count = sys::write(s.sink, incoming);
            if (count < 0) return give_up(s.sink == standard_output ? "stdout" : s.file, std::strerror(errno));
            incoming = incoming.subspan(std::size_t(count));
        } else if (network.revents && receiving && incoming.empty()) {
            const auto got = receive(line, incoming_room);
            if (got) incoming = *got;
            else if (got.error().end_of_stream()) receiving = false;
            else if (!got.error().would_block()) return give_up(peer, got.error().message());
            if (!receiving && s.terminal) sending = false;
            shown.bytes += incoming.size();
        }
        if constexpr (kw::can_send<Line>) {
            if (input.revents) {
                const auto count = sys::read(s.source, output);
                if (count < 0) return give_up(s.file ? s.file : "stdin", std::strerror(errno));
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
    if (!open_files(s)) return fail(s.file ? s.file : "stdin", std::strerror(errno));
    if (auto set = bound->set(kw::option::non_blocking{}); !set) return fail(name, set.error().message());
    if (auto at = bound->local_endpoint()) std::fprintf(stderr, "keycat: listening on %s\n", at->text().c_str());
    for (;;) {
        sys::wait_entry waits[] = {{sys::stop_event, POLLIN, 0}, {bound->native_handle(), POLLIN, 0}};
        if (sys::wait(waits, -1) < 0) return fail("wait", std::strerror(errno));
        if (sys::stop_signal) return stopped + sys::stop_signal;
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

#if KEYWAY_HAS_UNIX_DATAGRAM
int talk_in_datagrams(const kw::unix_datagram::endpoint& at, std::string_view path, const settings& s) {
    if (s.listen) return serve(kw::unix_datagram::bind(at), path, s);
    auto socket = kw::unix_datagram::bind(kw::unix_datagram::endpoint::autobind());  // a name to send answers to
    if (!socket) return fail(path, socket.error().message());
    return talk(std::move(*socket).connect(at), path, s);
}
#endif

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
    if (!sys::prepare()) return fail("signals", std::strerror(errno));
    if (s.listen) sys::catch_signals();
    else if (!open_files(s)) return fail(s.file ? s.file : "stdin", std::strerror(errno));

    if (s.local) {
        const std::string_view path = words[0];
        auto at = kw::unix_stream::endpoint::at_path(path);
#if KEYWAY_HAS_ABSTRACT_NAMES
        if (path.starts_with('@')) at = kw::unix_stream::endpoint::abstract(path.substr(1));
#endif
        if (!at) return fail(path, at.error().message(), wrong_usage);
#if KEYWAY_HAS_UNIX_DATAGRAM
        if (s.datagrams) return talk_in_datagrams(*at, path, s);
#endif
        if (s.datagrams) return fail(path, "AF_UNIX has no datagrams here", wrong_usage);
        return s.listen ? serve(kw::unix_stream::listen(*at), path, s) : talk(kw::unix_stream::connect(*at), path, s);
    }

    const std::string host = words.size() == 2 ? words[0] : s.v4 ? "0.0.0.0" : "::";
    const std::string text = (host.find(':') == std::string::npos ? host : '[' + host + ']') + ':' + words.back();
    const auto at = kw::endpoint<kw::ip>::parse(text);
    if (!at) return fail(text, at.error().message(), wrong_usage);
    if (at->is_v4() ? s.v6 : s.v4) return fail(text, "not an address of the family asked for", wrong_usage);
    const bool dual = words.size() == 1 && !s.v4 && !s.v6;
    if (s.datagrams && s.listen) return serve(kw::udp::bind(*at, {.dual_stack = dual}), text, s);
    if (s.datagrams) return talk(kw::udp::connect(*at), text, s);
    if (s.listen) return serve(kw::tcp::listen(*at, {.dual_stack = dual}), text, s);
    return talk(kw::tcp::connect(*at), text, s);
}
