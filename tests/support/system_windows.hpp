// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_SYSTEM_WINDOWS_HPP
#define KEYWAY_TESTS_SUPPORT_SYSTEM_WINDOWS_HPP

// The Windows backend of "support/system.hpp".

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

#include <keyway/transport.hpp>

namespace test {

namespace kw = keyway;

// ---- waiting

/// Ends a test that hangs and reports it: here doctest does not notice an abort().
class watchdog {
public:
    explicit watchdog(unsigned seconds = 60)
        : thread_([this, seconds] {
              std::unique_lock lock(mutex_);
              if (over_.wait_for(lock, std::chrono::seconds(seconds), [this] { return is_over_; })) return;
              std::cout << "HANGS: \"" << doctest::getContextOptions()->currentTest->m_name << "\" did not end within "
                        << seconds << " seconds" << std::endl;
              ::TerminateProcess(::GetCurrentProcess(), EXIT_FAILURE);
          }) {}
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        over_.notify_one();
        thread_.join();
    }

private:
    std::mutex mutex_;
    std::condition_variable over_;
    bool is_over_ = false;
    std::thread thread_;  // last, since it uses the other members
};

/// Whether there is data, the end of the stream or an error to read within ten seconds.
inline bool readable(kw::handle_view socket) {
    ::fd_set wait;
    wait.fd_count = 1;
    wait.fd_array[0] = socket.native_handle();
    ::timeval ten_seconds{10, 0};
    return ::select(0, &wait, nullptr, nullptr, &ten_seconds) == 1;
}

using thread_number = ::DWORD;
inline thread_number this_thread_number() { return ::GetCurrentThreadId(); }

/// Waits a moment: Windows does not report whether a thread sleeps.
inline void wait_until_asleep(thread_number) { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }

/// Whether a receive without data would wait. Windows does not report the mode, so this makes a receive with a
/// time-out.
template <class Connection>
bool blocks(const Connection& connection) {
    const auto limit = [&](::DWORD milliseconds) {
        ::setsockopt(connection.native_handle(), SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&milliseconds),
                     sizeof(milliseconds));
    };
    limit(100);
    char byte = 0;
    ::recv(connection.native_handle(), &byte, 1, MSG_PEEK);
    const int code = ::WSAGetLastError();
    limit(0);
    return code == WSAETIMEDOUT;
}

// ---- signals

/// Sends Ctrl-C, in a new console: in a shared one, other processes would be interrupted too.
inline bool interrupt_self() {
    static const bool has_own_console = [] {
        ::DWORD one = 0;
        if (::GetConsoleProcessList(&one, 1) != 0) return false;
        ::FreeConsole();  // under Wine pipes count as a console
        return ::AllocConsole() != 0;
    }();
    if (has_own_console) return ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) != 0;
    std::cout << "skipped: Ctrl-C: this process shares its console with others" << std::endl;
    return false;
}

// ---- handles

inline bool is_open(::SOCKET native) {
    int type = 0;
    int size = sizeof(type);
    return ::getsockopt(native, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &size) == 0;
}
inline bool is_open(kw::handle_view h) { return is_open(h.native_handle()); }

/// Whether a child process would not inherit it.
inline bool closes_on_exec(kw::handle_view h) {
    ::DWORD flags = 0;
    return ::GetHandleInformation(reinterpret_cast<::HANDLE>(h.native_handle()), &flags) != 0 &&
           (flags & HANDLE_FLAG_INHERIT) == 0;
}

/// Closes without the owner's knowledge.
inline void close_behind(kw::handle_view h) { ::closesocket(h.native_handle()); }

/// An open socket; kw::handle can own only sockets here.
inline ::SOCKET any_handle() { return kw::udp4::socket::open().value().release(); }

/// An open handle that is not a socket.
class no_socket {
public:
    no_socket() = default;
    no_socket(const no_socket&) = delete;
    no_socket& operator=(const no_socket&) = delete;
    ~no_socket() { ::CloseHandle(event_); }
    [[nodiscard]] ::SOCKET native_handle() const { return reinterpret_cast<::SOCKET>(event_); }

private:
    ::HANDLE event_ = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
};
inline bool is_open(const no_socket& one) {
    ::DWORD flags = 0;
    return ::GetHandleInformation(reinterpret_cast<::HANDLE>(one.native_handle()), &flags) != 0;
}

// ---- files

inline int process_number() { return static_cast<int>(::GetCurrentProcessId()); }

/// A new directory; its path is short enough for AF_UNIX addresses in it.
inline std::string make_directory() {
    static int count = 0;
    const auto name = "keyway-" + std::to_string(process_number()) + "-" + std::to_string(++count);
    const auto path = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directory(path);
    return path.string();
}

/// Whether there is a file at the path. Does not follow links.
inline bool exists(const std::string& path) { return ::GetFileAttributesA(path.c_str()) != INVALID_FILE_ATTRIBUTES; }

// ---- differences between systems

inline constexpr kw::errc bad_handle_error = kw::errc::not_a_socket;
inline constexpr kw::errc other_family_option_error = kw::errc::invalid_argument;
inline constexpr int max_linger_seconds = 65535;
inline constexpr bool tells_unbound_endpoint = false;
inline constexpr bool reports_true_length = false;
inline constexpr bool tells_partial_sends = false;
inline constexpr bool listeners_reuse_addresses = false;

/// Whether the error means that this machine does not allow such a raw socket: only administrators may open one, and
/// Wine has none for ICMPv6.
inline bool is_unavailable(const kw::error& e) {
    return e == kw::errc::permission_denied || e == kw::errc::protocol_not_supported;
}

struct code_and_meaning {
    int code;
    kw::errc meaning;
};
inline constexpr code_and_meaning codes[] = {
    {WSAEWOULDBLOCK, kw::errc::operation_would_block},
    {WSAEACCES, kw::errc::permission_denied},
    {ERROR_ACCESS_DENIED, kw::errc::permission_denied},
    {WSAEADDRINUSE, kw::errc::address_in_use},
    {WSAEADDRNOTAVAIL, kw::errc::address_not_available},
    {WSAEAFNOSUPPORT, kw::errc::address_family_not_supported},
    {WSAECONNABORTED, kw::errc::connection_aborted},
    {WSAECONNREFUSED, kw::errc::connection_refused},
    {WSAECONNRESET, kw::errc::connection_reset},
    {WSAEINTR, kw::errc::interrupted},
    {WSAEINVAL, kw::errc::invalid_argument},
    {WSAEISCONN, kw::errc::already_connected},
    {WSAEMFILE, kw::errc::too_many_files_open},
    {WSAEMSGSIZE, kw::errc::message_size},
    {WSAENETUNREACH, kw::errc::network_unreachable},
    {WSAEHOSTUNREACH, kw::errc::host_unreachable},
    {WSAENOBUFS, kw::errc::no_buffer_space},
    {ERROR_FILE_NOT_FOUND, kw::errc::no_such_file_or_directory},
    {WSAENOPROTOOPT, kw::errc::no_protocol_option},
    {WSAENOTCONN, kw::errc::not_connected},
    {WSAENOTSOCK, kw::errc::not_a_socket},
    {WSAEOPNOTSUPP, kw::errc::operation_not_supported},
    {WSAESHUTDOWN, kw::errc::broken_pipe},
    {WSAEPROTONOSUPPORT, kw::errc::protocol_not_supported},
    {WSAETIMEDOUT, kw::errc::timed_out},
};

/// Whether this is Wine instead of Windows.
inline bool under_wine() { return ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr; }
inline constexpr bool transfers_no_buffers() { return true; }
inline constexpr bool passes_every_option() { return true; }

}  // namespace test

#endif
