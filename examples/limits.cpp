// SPDX-License-Identifier: BSL-1.0
// How long a call waits: until a deadline, until somebody cancels it, or not at all.

#include <keyway/keyway.hpp>

#include <array>
#include <chrono>  // IWYU pragma: keep
#include <cstddef>
#include <iostream>
#include <span>
#include <string_view>
#include <thread>

namespace kw = keyway;
using namespace std::chrono_literals;

/// One deadline for the whole of it, however many calls that takes.
kw::transfer_result<std::span<std::byte>> ask(const kw::tcp::connection& server, std::string_view question,
                                              std::span<std::byte> answer) {
    const kw::deadline until = 100ms;  // from now on
    if (auto sent = server.send_all(question, until); !sent) return kw::failure(sent);
    return server.recv_exact(answer, until);
}

int report(const kw::error& error) {
    std::cerr << "limits: " << error.message().view() << '\n';
    return 1;
}

int main() {
    const auto ends = kw::tcp::pair();
    if (!ends) return report(ends.error());
    const kw::tcp::connection& client = (*ends)[0];
    const kw::tcp::connection& server = (*ends)[1];
    std::array<std::byte, 8> buffer;

    // The server says three bytes of eight: the error tells how many came.
    if (auto sent = server.send_all("abc"); !sent) return report(sent.error());
    const auto answer = ask(client, "eight bytes, please", buffer);
    if (answer || !answer.error().timed_out()) return 1;
    std::cout << "deadline: " << answer.error().transferred << " of " << buffer.size() << " bytes came in time\n";

    // Zero tries once: what is there, and no waiting.
    const auto nothing = client.recv(buffer, 0s);
    if (nothing || !nothing.error().timed_out()) return 1;
    std::cout << "zero: nothing there\n";

    // Another thread wakes whoever waits with the canceller.
    const auto stop = kw::canceller::open();
    if (!stop) return report(stop.error());
    std::thread reader([&] {
        const auto got = client.recv(buffer, kw::limit(1min).cancelled_by(*stop));
        if (!got && got.error() == kw::errc::operation_canceled) std::cout << "cancelled: no byte is lost\n";
    });
    if (auto done = stop->cancel(); !done) return report(done.error());
    reader.join();

    // On a processor that nobody else needs: tries for 50 microseconds before it sleeps.
    if (auto sent = server.send_all("now"); !sent) return report(sent.error());
    const auto soon = client.recv(buffer, kw::limit(1s).spin(50us));
    if (!soon) return report(soon.error());
    std::cout << "spin: " << kw::as_text(*soon) << '\n';
    return 0;
}
