// SPDX-License-Identifier: BSL-1.0
#include <keyway/buffer.hpp>

#include <doctest/doctest.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kw = keyway;
using kw::const_bytes;
using kw::mutable_bytes;

namespace {

template <class From>
concept readable = std::convertible_to<From, const_bytes>;
template <class From>
concept writable = std::convertible_to<From, mutable_bytes>;

}  // namespace

// ---- what is a byte, and what is a range of them

static_assert(kw::byte_like<char> && kw::byte_like<signed char> && kw::byte_like<unsigned char>);
static_assert(kw::byte_like<char8_t> && kw::byte_like<std::byte> && kw::byte_like<std::uint8_t>);
static_assert(!kw::byte_like<bool> && !kw::byte_like<int> && !kw::byte_like<wchar_t> && !kw::byte_like<const char>);

static_assert(kw::byte_range<std::string> && kw::byte_range<const std::vector<std::byte>> && kw::byte_range<char[3]>);
static_assert(!kw::byte_range<std::vector<int>> && !kw::byte_range<std::vector<bool>>);
static_assert(!kw::byte_range<std::deque<char>> && !kw::byte_range<int> && !kw::byte_range<const char*>);

static_assert(readable<std::string> && readable<const std::string&> && readable<std::string_view>);
static_assert(readable<std::vector<char8_t>> && readable<std::array<signed char, 3>>);
static_assert(readable<std::span<std::byte>> && readable<std::span<const char, 4>> && readable<const char (&)[3]>);
static_assert(!readable<const char*> && !readable<int> && !readable<std::vector<int>&> && !readable<const int (&)[3]>);

static_assert(writable<std::string&> && writable<std::vector<std::byte>&> && writable<std::array<char, 4>&>);
static_assert(writable<std::span<std::byte>> && writable<std::span<char>>);
static_assert(writable<std::span<std::byte, 3>>);
static_assert(writable<char (&)[3]> && writable<std::byte (&)[3]>);

// What is const is not written into, nor what is gone at the end of the expression.
static_assert(!writable<const std::string&> && !writable<std::string_view> && !writable<std::string_view&>);
static_assert(!writable<const std::vector<std::byte>&> && !writable<const std::array<std::byte, 4>&>);
static_assert(!writable<std::span<const std::byte>> && !writable<std::span<const char>&>);
static_assert(!writable<const char (&)[3]>);
static_assert(!writable<std::string> && !writable<std::vector<std::byte>> && !writable<std::vector<int>&>);

// ---- the conversions point at the very bytes

namespace {

std::string_view taken(const_bytes bytes) { return kw::as_text(bytes); }

template <class Range>
void check_refers(Range& range, std::size_t size) {
    const const_bytes reading = range;
    CHECK(static_cast<const void*>(reading.data()) == static_cast<const void*>(std::data(range)));
    CHECK(reading.size() == size);
    const mutable_bytes writing = range;
    CHECK(static_cast<void*>(writing.data()) == static_cast<void*>(std::data(range)));
    CHECK(writing.size() == size);
}

}  // namespace

TEST_CASE("any contiguous range of bytes converts and is not copied") {
    std::string string = "hello";
    std::vector<std::byte> vector(7);
    std::array<std::uint8_t, 3> array{};
    std::vector<char8_t> characters(2);
    signed char c_array[4] = {};
    std::byte byte_array[6] = {};
    std::span<char> span(string);
    check_refers(string, 5);
    check_refers(vector, 7);
    check_refers(array, 3);
    check_refers(characters, 2);
    check_refers(c_array, 4);
    check_refers(byte_array, 6);
    check_refers(span, 5);
}

TEST_CASE("a string_view keeps every byte, NUL too") {
    using namespace std::string_view_literals;
    CHECK(taken("a\0b"sv) == "a\0b"sv);
    CHECK(taken("a\0"sv) == "a\0"sv);
    CHECK(taken(std::string("x\0", 2)) == "x\0"sv);
    CHECK(taken(""sv).empty());
}

TEST_CASE("a string literal stands for its characters without the terminator") {
    using namespace std::string_view_literals;
    CHECK(taken("hello") == "hello");
    CHECK(taken("").empty());
    CHECK(taken("a\0b") == "a\0b"sv);
    constexpr char greeting[] = "hello";
    CHECK(taken(greeting) == "hello");
}

TEST_CASE("a UTF-8 literal stands for its characters without the terminator") { CHECK(taken(u8"hello") == "hello"); }

TEST_CASE("a const array of char that does not end in NUL is taken whole") {
    constexpr char magic[] = {'P', 'K', '\3', '\4'};
    CHECK(taken(magic).size() == 4);
    constexpr unsigned char zero[] = {1, 0};
    CHECK(taken(zero).size() == 2);
}

TEST_CASE("an array of char that can be written is taken whole") {
    char buffer[8] = "hi";
    CHECK(taken(buffer).size() == 8);
    CHECK(mutable_bytes(buffer).size() == 8);
}

TEST_CASE("nothing converts to nothing") {
    CHECK(const_bytes{}.empty());
    CHECK(mutable_bytes{}.empty());
    const std::vector<std::byte> none;
    CHECK(const_bytes(none).empty());
}

TEST_CASE("what is written through mutable_bytes is in the range") {
    std::string text = "abc";
    const mutable_bytes bytes = text;
    bytes[1] = std::byte{'X'};
    CHECK(text == "aXc");
}

// ---- lists of buffers

TEST_CASE("gather lists the pieces as they are, of different kinds") {
    const std::string header = "head";
    const std::vector<std::byte> body(10);
    char tail[3] = {'e', 'n', 'd'};
    const auto pieces = kw::gather(header, body, "literal", tail, std::string_view{});
    static_assert(std::same_as<decltype(pieces), const std::array<kw::const_buffer, 5>>);
    CHECK(pieces[0].data() == reinterpret_cast<const std::byte*>(header.data()));
    CHECK(pieces[0].size() == 4);
    CHECK(pieces[1].data() == body.data());
    CHECK(pieces[1].size() == 10);
    CHECK(pieces[2].size() == 7);
    CHECK(pieces[3].size() == 3);
    CHECK(pieces[4].size() == 0);
    CHECK(kw::detail::total_size(std::span<const kw::const_buffer>(pieces)) == 24);
}

TEST_CASE("scatter lists room to write, temporary spans too") {
    std::array<std::byte, 4> header{};
    char body[6] = {};
    const auto pieces = kw::scatter(header, std::span(body).first(2));
    static_assert(std::same_as<decltype(pieces), const std::array<kw::mutable_buffer, 2>>);
    CHECK(pieces[0].data() == header.data());
    CHECK(pieces[0].size() == 4);
    CHECK(pieces[1].data() == reinterpret_cast<std::byte*>(body));
    CHECK(pieces[1].size() == 2);
}

TEST_CASE("a temporary span of fixed size is room to write too") {
    // std::span(array) and first<N>() make such spans.
    CHECK(writable<std::span<char, 3>>);
    CHECK(writable<std::span<unsigned char, 3>>);
    CHECK(readable<std::span<char, 3>>);
}

TEST_CASE("a list of buffers is what the kernel reads") {
    const auto pieces = kw::gather("ab", "cde");
    const kw::detail::os::io_buffer* native = kw::detail::native(std::span<const kw::const_buffer>(pieces));
    CHECK(kw::detail::os::data(native[0]) == static_cast<const void*>(pieces[0].data()));
    CHECK(kw::detail::os::size(native[1]) == 3);
    CHECK(kw::const_buffer{}.size() == 0);
    CHECK(kw::mutable_buffer{}.data() == nullptr);
}
