// SPDX-License-Identifier: BSL-1.0
// A server that is replaced while clients come and go, and none is refused: started again, it asks the one that runs for
// its listening sockets, and that one finishes its connections and ends. A broker that hands a listener to a worker does
// the same. POSIX.
//   restart 7777 /tmp/restart.sock          and, in another terminal, the same again

#include <keyway/event/signal.hpp>
#include <keyway/keyway.hpp>
#include <keyway/message/descriptors.hpp>
#include <keyway/option/unix.hpp>
#include <keyway/server/serve.hpp>

#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>  // IWYU pragma: keep
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace kw = keyway;
using namespace std::chrono_literals;

struct listeners {
    kw::tcp::listener network;
    kw::unix_stream::listener local;  // where a successor asks
};

int report(std::string_view what, const auto& why) {
    std::cerr << "restart: " << what << ": " << why.message().view() << '\n';
    return 1;
}

/// A client is told which process it has, and gets back what it sends.
void echo(const kw::tcp::connection_view& client) {
    std::array<std::byte, 16384> buffer;
    if (!client.send_all(std::to_string(::getpid()) + '\n', 5s)) return;
    while (auto got = client.recv(buffer, 1min))
        if (got->empty() || !client.send_all(*got, 1min)) return;
}

/// Whether the other end runs as the same user: nobody else gets a listener, or can give one.
bool is_trusted(const kw::unix_stream::connection_view& other) {
    const auto peer = other.get<kw::option::peer_credentials>();
    return peer && peer->user == ::geteuid();
}

/// Whether the successor has the listeners and is ready. If not, this server simply goes on.
bool hand_over(const listeners& mine, const kw::unix_stream::connection_view& successor) {
    if (!is_trusted(successor) || !kw::send_descriptors(successor, "take these", {mine.network, mine.local}))
        return false;
    std::array<std::byte, 5> answer;
    return successor.recv_exact(answer, 5s) && kw::as_text(answer) == "ready";
}

/// The listeners of the server that runs. They are open here before they are closed there: who connects in between waits
/// in their queues.
kw::result<listeners> take_over(const kw::unix_stream::connection& predecessor) {
    const kw::unexpected<kw::error> refused(kw::error(kw::errc::permission_denied, kw::operation::adopt));
    std::array<std::byte, 16> word;
    if (!is_trusted(predecessor)) return refused;
    auto got = kw::recv_descriptors<2>(predecessor, word, 5s);
    if (!got) return kw::failure(got);
    if (got->data.empty()) return refused;  // there, for the same reason
    auto network = got->rights.adopt<kw::tcp::listener>(0);
    if (!network) return kw::failure(network);
    auto local = got->rights.adopt<kw::unix_stream::listener>(1);
    if (!local) return kw::failure(local);
    if (auto sent = predecessor.send_all("ready"); !sent) return kw::failure(sent);
    (void)predecessor.recv(word, 5s);  // its end: from here on the next successor finds this server
    return listeners{std::move(*network), std::move(*local)};
}

kw::result<listeners> listen(const kw::tcp::endpoint& at, const kw::unix_stream::endpoint& path) {
    auto network = kw::tcp::listen(at, {.dual_stack = true});
    if (!network) return kw::failure(network);
    auto local = kw::unix_stream::listen(path);
    if (!local) return kw::failure(local);
    return listeners{std::move(*network), std::move(*local)};
}

int main(int count, char** arguments) {
    const std::string_view port_text = count == 3 ? arguments[1] : "";
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != port_text.data() + port_text.size()) {
        std::cerr << "usage: restart PORT PATH\n";
        return 2;
    }
    const char* const path = arguments[2];
    const auto at = kw::unix_stream::endpoint::at_path(path);
    if (!at) return report(path, at.error());
    const auto stop = kw::signal_stop::open();
    if (!stop) return report("signals", stop.error());

    const auto predecessor = kw::unix_stream::connect(*at, 5s);
    // A server that was killed leaves its path behind.
    if (!predecessor && predecessor.error() == kw::errc::connection_refused && std::filesystem::is_socket(path))
        ::unlink(path);
    auto mine = predecessor ? take_over(*predecessor) : listen({kw::ipv6_address::any(), port}, *at);
    if (!mine) return report("start", mine.error());
    if (const auto here = mine->network.local_endpoint())
        std::cerr << "restart: " << ::getpid() << " listens on " << here->text().view() << '\n';

    bool is_replaced = false;
    std::thread successors([&] {
        const auto welcome = [&](const kw::unix_stream::connection_view& successor) {
            is_replaced = hand_over(*mine, successor);
            if (is_replaced) (void)stop->cancel();
        };
        (void)kw::serve(mine->local, welcome, {.handlers = 1, .until = *stop});
    });
    const auto done = kw::serve(mine->network, echo, {.handlers = 256, .until = *stop, .drain = 30s});
    (void)stop->cancel();
    successors.join();

    std::cerr << "restart: " << ::getpid() << (is_replaced ? " is replaced, " : " ends, ") << done.aborted
              << " cut off\n";
    if (is_replaced) (void)mine->local.release();  // the path is the successor's now
    else ::unlink(path);
    return is_replaced || stop->caught() != 0 ? 0 : report("accept", done.ended_by);
}
