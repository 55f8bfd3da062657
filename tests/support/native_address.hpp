// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_NATIVE_ADDRESS_HPP
#define KEYWAY_TESTS_SUPPORT_NATIVE_ADDRESS_HPP

// The system's address types, to compare endpoints with. This header also supplies inet_pton() and htons().

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <string_view>

#include <keyway/transport.hpp>

#if KEYWAY_HAS_POSIX
#include <arpa/inet.h>
#endif

namespace support {

/// An AF_UNIX address, filled without keyway.
inline ::sockaddr_un native_of(std::string_view bytes) {
    ::sockaddr_un native{};
    native.sun_family = AF_UNIX;
    REQUIRE(bytes.size() <= sizeof(native.sun_path));
    std::memcpy(native.sun_path, bytes.data(), bytes.size());
    return native;
}

inline bool same_bytes(const keyway::unix_stream::endpoint& e, const ::sockaddr_un& native, std::size_t name_size) {
    return e.size() == offsetof(::sockaddr_un, sun_path) + name_size && std::memcmp(e.data(), &native, e.size()) == 0;
}

inline keyway::unix_stream::endpoint endpoint_of(const ::sockaddr_un& native, std::size_t size) {
    keyway::unix_stream::endpoint e;
    std::memcpy(e.data(), &native, sizeof(native));
    e.resize(size);
    return e;
}

}  // namespace support

#endif
