// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_TRUNCATION_HPP
#define KEYWAY_TESTS_SUPPORT_TRUNCATION_HPP

// Checks that every receiving function flags a message that is longer than the buffer.

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <keyway/transport.hpp>

#include "support/loopback.hpp"

namespace test {

inline constexpr std::string_view ten = "0123456789";

/// "4 of 10, truncated": the same text for a message in one buffer and in several.
inline std::string words(std::size_t stored, std::size_t length, bool truncated) {
    return std::to_string(stored) + " of " + std::to_string(length) + (truncated ? ", truncated" : "");
}
template <class Result>
std::string summary(const Result& outcome) {
    const auto& message = *outcome;
    if constexpr (requires { message.data.size(); })
        return words(message.data.size(), message.length, message.truncated);
    else return words(message.data, message.length, message.truncated);
}

/// The summary of the ten bytes if only some were stored; with their true length, if the system reports it.
inline std::string cut(std::size_t stored) { return words(stored, told_length(ten.size(), stored), true); }

/// For a socket without a peer; `send` sends the ten bytes to it.
template <class Socket, class Send>
void check_truncation_from(const Socket& socket, Send send) {
    std::array<std::byte, 4> four;
    std::array<std::byte, 4> four_more;
    std::array<std::byte, 10> just;
    std::array<std::byte, 11> more;
    for (int i = 0; i < 7; ++i) REQUIRE(failure(send()) == kw::error{});
    CHECK(summary(socket.peek_from(four)) == cut(4));
    CHECK(summary(socket.recv_from(four)) == cut(4));
    CHECK(text(four) == "0123");
    CHECK(summary(socket.recv_from(just)) == "10 of 10");
    CHECK(summary(socket.recv_from(more)) == "10 of 10");
    CHECK(summary(socket.recv_from(std::span<std::byte>{})) == cut(0));
    CHECK(summary(socket.peek_from(kw::scatter(four, four_more))) == cut(8));
    CHECK(summary(socket.recv_from(kw::scatter(four, four_more))) == cut(8));
    CHECK(text(four_more) == "4567");
    CHECK(summary(socket.recv_from(kw::scatter(four, just))) == "10 of 10");
    CHECK(summary(socket.recv_from(kw::scatter(just))) == "10 of 10");
}

/// For a connection; `send` sends the ten bytes to it.
template <class Connection, class Send>
void check_truncation(const Connection& connection, Send send) {
    std::array<std::byte, 4> four;
    std::array<std::byte, 4> four_more;
    std::array<std::byte, 10> just;
    std::array<std::byte, 11> more;
    for (int i = 0; i < 7; ++i) REQUIRE(failure(send()) == kw::error{});
    CHECK(summary(connection.peek(four)) == cut(4));
    CHECK(summary(connection.recv(four)) == cut(4));
    CHECK(text(four) == "0123");
    CHECK(summary(connection.recv(just)) == "10 of 10");
    CHECK(summary(connection.recv(more)) == "10 of 10");
    CHECK(summary(connection.recv(std::span<std::byte>{})) == cut(0));
    CHECK(summary(connection.peek(kw::scatter(four, four_more))) == cut(8));
    CHECK(summary(connection.recv(kw::scatter(four, four_more))) == cut(8));
    CHECK(text(four_more) == "4567");
    CHECK(summary(connection.recv(kw::scatter(four, just))) == "10 of 10");
    CHECK(summary(connection.recv(kw::scatter(just))) == "10 of 10");
}

}  // namespace test

#endif
