// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_NET_HPP
#define KEYWAY_TESTS_SUPPORT_NET_HPP

// Helpers of tests that use sockets. Failures throw, and so make the test fail.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <keyway/transport.hpp>

#include "support/open_handles.hpp"
#include "support/system.hpp"

namespace net {

namespace kw = keyway;

/// A new directory, removed with its content on destruction.
class temp_directory {
public:
    temp_directory() = default;
    temp_directory(const temp_directory&) = delete;
    temp_directory& operator=(const temp_directory&) = delete;
    ~temp_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    /// The path of a file in the directory; short enough for an AF_UNIX address.
    [[nodiscard]] std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
    [[nodiscard]] kw::unix_stream::endpoint endpoint(std::string_view name) const {
        return kw::unix_stream::endpoint::at_path(path(name)).value();
    }

private:
    std::string path_ = test::make_directory();
};

using test::watchdog;

/// An endpoint on this machine with a port that the system chooses.
template <class Transport>
[[nodiscard]] typename Transport::endpoint any_loopback_port() {
    if constexpr (Transport::family::domain == AF_INET6) return {kw::ipv6_address::loopback(), 0};
    else return {kw::ipv4_address::loopback(), 0};
}

/// Two connected ends of tcp, tcp4, tcp6, or of an AF_UNIX transport.
template <class Transport>
[[nodiscard]] std::array<typename Transport::connection, 2> connected_pair() {
    if constexpr (requires { Transport::pair().value(); }) {
        return Transport::pair().value();
    } else {
        const auto listener = Transport::listen(any_loopback_port<Transport>()).value();
        auto client = Transport::connect(listener.local_endpoint().value()).value();
        auto served = listener.accept().value();
        return {std::move(client), std::move(served.connection)};
    }
}

/// Pseudo-random bytes, the same for the same seed.
[[nodiscard]] inline std::vector<std::byte> random_bytes(std::size_t size, std::uint64_t seed) {
    std::vector<std::byte> bytes(size);
    std::uint64_t state = seed * 2 + 1;
    for (std::byte& one : bytes) {
        state ^= state << 13;  // xorshift64 (Marsaglia)
        state ^= state >> 7;
        state ^= state << 17;
        one = static_cast<std::byte>(state >> 56);
    }
    return bytes;
}

/// The 64-bit FNV-1a hash of the bytes so far.
class hash {
public:
    void add(std::span<const std::byte> bytes) noexcept {
        for (const std::byte one : bytes) value_ = (value_ ^ static_cast<std::uint64_t>(one)) * 0x100000001b3U;
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

private:
    std::uint64_t value_ = 0xcbf29ce484222325U;
};

/// The number of open descriptors of this process.
[[nodiscard]] inline std::size_t open_descriptors() { return test::open_handles().size(); }

}  // namespace net

#endif
