// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_OS_WINDOWS_INTERFACE_HPP
#define KEYWAY_DETAIL_OS_WINDOWS_INTERFACE_HPP

// The network interfaces by GetAdaptersAddresses; <keyway/detail/os/interface.hpp> has the contract. The function is
// looked up at run time, so that a program links no library but ws2_32. A name is the one that Windows shows and lets
// the user change, `Ethernet`; if_indextoname and the like use internal names such as `ethernet_32769`.

#include <keyway/detail/os/windows/socket.hpp>
// clang-format off: Winsock has to be first
#include <iphlpapi.h>
// clang-format on

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail::os {

using interface_entry = ::IP_ADAPTER_ADDRESSES;
using interface_address_entry = ::IP_ADAPTER_UNICAST_ADDRESS;

inline constexpr std::size_t max_interface_name = 768;  // 256 UTF-16 units, of which each takes three bytes at most

inline constexpr unsigned interface_up = 1;
inline constexpr unsigned interface_running = 2;
inline constexpr unsigned interface_loopback = 4;
inline constexpr unsigned interface_point_to_point = 8;
inline constexpr unsigned interface_broadcast = 16;
inline constexpr unsigned interface_multicast = 32;

using adapters_function = decltype(&::GetAdaptersAddresses);

/// Null if the system lacks it.
inline adapters_function adapters_addresses() noexcept {
    static const adapters_function known = [] {
        const ::HMODULE library = ::LoadLibraryExW(L"iphlpapi.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
        if (library == nullptr) return adapters_function{};
        const auto address = ::GetProcAddress(library, "GetAdaptersAddresses");
        // NOLINTNEXTLINE(bugprone-casting-through-void): a cast between types of functions is a warning of g++
        return reinterpret_cast<adapters_function>(reinterpret_cast<void*>(address));
    }();
    return known;
}

inline void free_interfaces(interface_entry* list) noexcept {
    if (list != nullptr) ::HeapFree(::GetProcessHeap(), 0, list);
}

/// The size of the list may change between two calls; the system's documentation suggests to begin with 15 KB.
inline int read_interfaces(interface_entry*& list) noexcept {
    constexpr ::ULONG what = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    const adapters_function ask = adapters_addresses();
    ::ULONG size = 15 * 1024;
    ::ULONG failure = ask != nullptr ? static_cast<::ULONG>(ERROR_BUFFER_OVERFLOW) : ERROR_NOT_SUPPORTED;
    for (int tries = 0; tries < 5 && failure == ERROR_BUFFER_OVERFLOW; ++tries) {
        list = static_cast<interface_entry*>(::HeapAlloc(::GetProcessHeap(), 0, size));
        failure = list != nullptr ? ask(AF_UNSPEC, what, nullptr, list, &size) : ERROR_NOT_ENOUGH_MEMORY;
        if (failure == ERROR_SUCCESS) return 0;
        free_interfaces(list);
        list = nullptr;
    }
    if (failure == ERROR_NO_DATA) return 0;  // there is no interface
    set_last_error(static_cast<int>(failure));
    return -1;
}

inline const interface_entry* first_interface(const interface_entry* list) noexcept { return list; }
inline const interface_entry* interface_after(const interface_entry& entry) noexcept { return entry.Next; }

/// The first IPv4 or IPv6 address from this entry on.
inline const interface_address_entry* first_internet_address(const interface_address_entry* from) noexcept {
    const auto is_internet = [](const ::sockaddr* address) {
        return address->sa_family == AF_INET || address->sa_family == AF_INET6;
    };
    while (from != nullptr && !is_internet(from->Address.lpSockaddr)) from = from->Next;
    return from;
}
inline const interface_address_entry* first_address(const interface_entry*, const interface_entry& owner) noexcept {
    return first_internet_address(owner.FirstUnicastAddress);
}
inline const interface_address_entry* address_after(const interface_address_entry& entry,
                                                    const interface_entry&) noexcept {
    return first_internet_address(entry.Next);
}

inline unsigned interface_flags(const interface_entry& entry) noexcept {
    unsigned flags = 0;
    if (entry.OperStatus == IfOperStatusUp) flags |= interface_up | interface_running;
    if (entry.IfType == IF_TYPE_SOFTWARE_LOOPBACK) flags |= interface_loopback;
    else if (entry.IfType == IF_TYPE_PPP || entry.IfType == IF_TYPE_TUNNEL) flags |= interface_point_to_point;
    else flags |= interface_broadcast;
    if ((entry.Flags & IP_ADAPTER_NO_MULTICAST) == 0) flags |= interface_multicast;
    return flags;
}

/// An interface without IPv4 has an IPv6 index only; if there are both they are equal.
inline std::uint32_t interface_index(const interface_entry& entry) noexcept {
    return entry.IfIndex != 0 ? entry.IfIndex : entry.Ipv6IfIndex;
}

/// Returns the length.
inline std::size_t copy_interface_name(const interface_entry& entry, char* buffer) noexcept {
    buffer[0] = '\0';
    const int length = ::WideCharToMultiByte(CP_UTF8, 0, entry.FriendlyName, -1, buffer,
                                             static_cast<int>(max_interface_name + 1), nullptr, nullptr);
    return length > 0 ? static_cast<std::size_t>(length - 1) : 0;  // a terminator is counted
}

/// An IPv4 address, or an IPv6 address with its scope id.
inline bool is_v4(const interface_address_entry& entry) noexcept {
    return entry.Address.lpSockaddr->sa_family == AF_INET;
}
inline void copy_address(const interface_address_entry& entry, sockaddr_v4& native) noexcept {
    std::memcpy(&native, entry.Address.lpSockaddr, sizeof(native));
}
inline void copy_address(const interface_address_entry& entry, sockaddr_v6& native) noexcept {
    std::memcpy(&native, entry.Address.lpSockaddr, sizeof(native));
}
inline unsigned prefix_length(const interface_address_entry& entry) noexcept { return entry.OnLinkPrefixLength; }

/// Calls `found` with the first interface for which the predicate holds. Negative on failure.
template <class Predicate, class Found>
inline int find_interface(Predicate is_it, Found found) noexcept {
    interface_entry* list = nullptr;
    if (read_interfaces(list) < 0) return -1;
    const interface_entry* entry = list;
    while (entry != nullptr && !is_it(*entry)) entry = entry->Next;
    if (entry != nullptr) found(*entry);
    free_interfaces(list);
    if (entry != nullptr) return 0;
    set_last_error(ERROR_DEV_NOT_EXIST);
    return -1;
}

inline std::uint32_t interface_index(const char* name) noexcept {
    std::uint32_t index = 0;
    find_interface(
        [name](const interface_entry& entry) {
            std::array<char, max_interface_name + 1> its_name;
            copy_interface_name(entry, its_name.data());
            return std::strcmp(its_name.data(), name) == 0;
        },
        [&index](const interface_entry& entry) { index = interface_index(entry); });
    return index;
}

/// Writes the name and a terminator; `buffer` is large enough for the longest.
inline int interface_name(std::uint32_t index, char* buffer) noexcept {
    return find_interface([index](const interface_entry& entry) { return interface_index(entry) == index; },
                          [buffer](const interface_entry& entry) { copy_interface_name(entry, buffer); });
}

}  // namespace detail::os
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
