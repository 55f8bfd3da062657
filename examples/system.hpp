// SPDX-License-Identifier: BSL-1.0
// What keycat needs of the system besides sockets: files, signals, and waiting for several things at once. POSIX has it
// all in terms of descriptors. On Windows only sockets can be waited for, so whatever else is to be waited for comes
// through a pair of them.
#ifndef KEYWAY_EXAMPLES_SYSTEM_HPP
#define KEYWAY_EXAMPLES_SYSTEM_HPP

#include <keyway/keyway.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <span>

#include <fcntl.h>

#if KEYWAY_HAS_WINDOWS
#include <array>
#include <thread>
#include <utility>

#include <io.h>
#else
#include <poll.h>
#include <unistd.h>
#endif

namespace sys {

namespace kw = keyway;

using waitable = kw::handle::native_type;  // what wait() takes; nothing at all is kw::handle::invalid

inline volatile std::sig_atomic_t stop_signal = 0;
inline waitable stop_event = kw::handle::invalid;  // readable after a signal

#if KEYWAY_HAS_WINDOWS

using wait_entry = ::WSAPOLLFD;

/// How many are ready; -1 on failure. Whoever waits for nothing is left out: unlike poll(2), WSAPoll calls it invalid.
inline int wait(std::span<wait_entry> entries, int milliseconds) {
    std::array<wait_entry, 8> asked;
    ::ULONG count = 0;
    for (const auto& entry : entries)
        if (entry.fd != kw::handle::invalid) asked[count++] = entry;
    const int ready = ::WSAPoll(asked.data(), count, milliseconds);
    count = 0;
    for (auto& entry : entries)
        entry.revents = entry.fd != kw::handle::invalid ? asked[count++].revents : static_cast<short>(0);
    return ready;
}

inline bool is_terminal(int file) { return ::_isatty(file) != 0; }
inline int open_to_write(const char* name) { return ::_open(name, _O_WRONLY | _O_CREAT | _O_TRUNC | _O_BINARY, 0666); }

inline std::ptrdiff_t write(int file, std::span<const std::byte> bytes) {
    return ::_write(file, bytes.data(), static_cast<unsigned>(std::min<std::size_t>(bytes.size(), 65536)));
}

/// A file is written without waiting for it.
constexpr waitable writable(int) { return kw::handle::invalid; }

/// Something to wait for and read() from, which has the bytes of a file.
inline waitable readable(int file) {
    ::_setmode(file, _O_BINARY);
    auto ends = kw::tcp::pair();
    if (!ends) return kw::handle::invalid;
    std::thread([file, to = std::move((*ends)[1])] {
        std::array<std::byte, 65536> buffer;
        for (int n; (n = ::_read(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;)
            if (!to.send_all(std::span(buffer).first(static_cast<std::size_t>(n)))) return;
        (void)to.shutdown_send();
    }).detach();
    return (*ends)[0].release();
}
inline waitable open_to_read(const char* name) {
    const int file = ::_open(name, _O_RDONLY | _O_BINARY);
    return file == -1 ? kw::handle::invalid : readable(file);
}

inline std::ptrdiff_t read(waitable from, std::span<std::byte> room) {
    const auto got = kw::tcp::connection_view(from).recv(room);
    return got ? static_cast<std::ptrdiff_t>(got->size()) : -1;
}

inline waitable stop_sender = kw::handle::invalid;

/// To be called first. Ctrl-C will come in a thread of its own.
inline bool prepare() {
    ::_setmode(1, _O_BINARY);  // standard output carries bytes, not lines
    auto ends = kw::tcp::pair();
    if (!ends) return false;
    stop_event = (*ends)[0].release();
    stop_sender = (*ends)[1].release();
    return true;
}
inline void wake() { (void)kw::tcp::connection_view(stop_sender).send("!"); }

#else

using wait_entry = ::pollfd;

inline int wait(std::span<wait_entry> entries, int milliseconds) {
    const int ready = ::poll(entries.data(), static_cast<::nfds_t>(entries.size()), milliseconds);
    return ready < 0 && errno == EINTR ? 0 : ready;
}

inline bool is_terminal(int file) { return ::isatty(file) != 0; }
inline int open_to_write(const char* name) { return ::open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); }

/// A pipe that is ready takes PIPE_BUF bytes and does not block.
inline std::ptrdiff_t write(int file, std::span<const std::byte> bytes) {
    return ::write(file, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

constexpr waitable writable(int file) { return file; }
constexpr waitable readable(int file) { return file; }
inline waitable open_to_read(const char* name) { return ::open(name, O_RDONLY | O_CLOEXEC); }
inline std::ptrdiff_t read(waitable from, std::span<std::byte> room) { return ::read(from, room.data(), room.size()); }

inline waitable stop_sender = kw::handle::invalid;

/// To be called first.
inline bool prepare() {
    std::signal(SIGPIPE, SIG_IGN);  // for stdout; nothing of keyway raises it
    int ends[2];
    if (::pipe(ends) != 0) return false;
    stop_event = ends[0];
    stop_sender = ends[1];
    return true;
}
inline void wake() { [[maybe_unused]] const auto written = ::write(stop_sender, "!", 1); }

#endif

/// Called when there is something to clean up; until then a signal may end the program. A handler may do next to
/// nothing: it makes stop_event readable, and wait() sees that.
inline void catch_signals() {
    const auto stop = [](int number) {
        stop_signal = number;
        wake();
    };
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
}

}  // namespace sys

#endif
