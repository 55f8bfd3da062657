// SPDX-License-Identifier: BSL-1.0
// Every message that the headers of files give, each beside what its user should have written.

#include <keyway/file/copy.hpp>
#include <keyway/keyway.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <span>

namespace kw = keyway;
using namespace std::chrono_literals;

/// A source that knows no limit, and one that does.
struct own_source {
    kw::result<std::span<std::byte>> read(kw::mutable_bytes into) { return into.first(0); }
};
struct own_source_with_limit : own_source {
    using own_source::read;
    kw::result<std::span<std::byte>> read(kw::mutable_bytes into, const kw::limit&) { return into.first(0); }
};

[[maybe_unused]] static void cases() {
    [[maybe_unused]] kw::file<kw::access::read> in;
    [[maybe_unused]] kw::file<kw::access::write> out;
    [[maybe_unused]] kw::file<kw::access::append> log;
    [[maybe_unused]] kw::tcp4::connection stream;
    [[maybe_unused]] kw::udp4::connection datagrams;
    [[maybe_unused]] std::array<std::byte, 64> buffer;

#if !defined(REJECTED)

#elif REJECTED == 1
    // says 1: this file is open for writing: open it with access::read or access::read_write to read it
#ifdef CORRECTED
    (void)in.read(buffer);
#else
    (void)out.read(buffer);
#endif

#elif REJECTED == 2
    // says 2: this file is open for writing: open it with access::read or access::read_write to read it
#ifdef CORRECTED
    (void)in.read_at(buffer, 4);
#else
    (void)out.read_at(buffer, 4);
#endif

#elif REJECTED == 3
    // says 3: this file is open for writing: open it with access::read or access::read_write to read it
#ifdef CORRECTED
    (void)in.read_exact(buffer);
#else
    (void)log.read_exact(buffer);
#endif

#elif REJECTED == 4
    // says 4: this file is open for reading: open it with access::write, access::append or access::read_write to write it
#ifdef CORRECTED
    (void)out.write("text");
#else
    (void)in.write("text");
#endif

#elif REJECTED == 5
    // says 5: this file is open for reading: open it with access::write or access::read_write to write it
#ifdef CORRECTED
    (void)out.write_at("text", 4);
#else
    (void)in.write_at("text", 4);
#endif

#elif REJECTED == 6
    // says 6: a file that is open for appending is written at its end: call write(), or open it with access::write
#ifdef CORRECTED
    (void)log.write("text");
#else
    (void)log.write_at("text", 4);
#endif

#elif REJECTED == 7
    // says 7: this file is open for reading: open it with access::write, access::append or access::read_write to write it
#ifdef CORRECTED
    (void)log.write_all("text");
#else
    (void)in.write_all("text");
#endif

#elif REJECTED == 8
    // says 8: a file is written: call write() or write_all()
#ifdef CORRECTED
    (void)out.write("text");
#else
    (void)out.send("text");
#endif

#elif REJECTED == 9
    // says 9: a file is read: call read() or read_exact()
#ifdef CORRECTED
    (void)in.read(buffer);
#else
    (void)in.recv(buffer);
#endif

#elif REJECTED == 10
    // says 10: copy() reads from its first argument: a file open for reading, a pipe's read end, a stream connection
#ifdef CORRECTED
    (void)kw::copy(in, out);
#else
    (void)kw::copy(out, out);
#endif

#elif REJECTED == 11
    // says 11: copy() writes to its second argument: a file open for writing, a pipe's write end, a stream connection
#ifdef CORRECTED
    (void)kw::copy(in, stream, kw::everything);
#else
    (void)kw::copy(in, datagrams, kw::everything);
#endif

#elif REJECTED == 12
    // expect 12: (too many initializers|field designator 'create')
#ifdef CORRECTED
    (void)kw::file<kw::access::write>::open("path", {.create = true});
#else
    const kw::open_options<kw::access::read> options{.create = true};
#endif

#elif REJECTED == 13
    // says 13: copy() passes its limit on: give your source read(buffer, const kw::limit&), and your sink write(data, const kw::limit&)
#ifdef CORRECTED
    (void)kw::copy(own_source_with_limit(), out, 30s);
#else
    (void)kw::copy(own_source(), out, 30s);
#endif

#elif REJECTED == 14
    // says 14: copy() passes its limit on: give your source read(buffer, const kw::limit&), and your sink write(data, const kw::limit&)
#ifdef CORRECTED
    (void)kw::copy(own_source_with_limit(), out, 1000, 30s);
#else
    (void)kw::copy(own_source(), out, 1000, 30s);
#endif

#endif
}
