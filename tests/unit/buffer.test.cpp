// SPDX-License-Identifier: BSL-1.0
#include <keyway/buffer.hpp>

#include <doctest/doctest.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <ranges>
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

// ---- bytes and ranges of bytes

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

// Neither const ranges nor temporaries are writable.
static_assert(!writable<const std::string&> && !writable<std::string_view> && !writable<std::string_view&>);
static_assert(!writable<const std::vector<std::byte>&> && !writable<const std::array<std::byte, 4>&>);
static_assert(!writable<std::span<const std::byte>> && !writable<std::span<const char>&>);
static_assert(!writable<const char (&)[3]>);
static_assert(!writable<std::string> && !writable<std::vector<std::byte>> && !writable<std::vector<int>&>);

// ---- the conversions refer to the same bytes

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

TEST_CASE("any contiguous range of bytes converts without a copy") {
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

TEST_CASE("a string_view keeps every byte, including NUL") {
    using namespace std::string_view_literals;
    CHECK(taken("a\0b"sv) == "a\0b"sv);
    CHECK(taken("a\0"sv) == "a\0"sv);
    CHECK(taken(std::string("x\0", 2)) == "x\0"sv);
    CHECK(taken(""sv).empty());
}

TEST_CASE("a string literal converts without its terminator") {
    using namespace std::string_view_literals;
    CHECK(taken("hello") == "hello");
    CHECK(taken("").empty());
    CHECK(taken("a\0b") == "a\0b"sv);
    constexpr char greeting[] = "hello";
    CHECK(taken(greeting) == "hello");
}

TEST_CASE("a UTF-8 literal converts without its terminator") { CHECK(taken(u8"hello") == "hello"); }

TEST_CASE("a const array of char that does not end in NUL converts whole") {
    constexpr char magic[] = {'P', 'K', '\3', '\4'};
    CHECK(taken(magic).size() == 4);
    constexpr unsigned char zero[] = {1, 0};
    CHECK(taken(zero).size() == 2);
}

TEST_CASE("a non-const array of char converts whole") {
    char buffer[8] = "hi";
    CHECK(taken(buffer).size() == 8);
    CHECK(mutable_bytes(buffer).size() == 8);
}

TEST_CASE("an empty range converts to an empty span") {
    CHECK(const_bytes{}.empty());
    CHECK(mutable_bytes{}.empty());
    const std::vector<std::byte> none;
    CHECK(const_bytes(none).empty());
}

TEST_CASE("writing through mutable_bytes changes the range") {
    std::string text = "abc";
    const mutable_bytes bytes = text;
    bytes[1] = std::byte{'X'};
    CHECK(text == "aXc");
}

// ---- lists of buffers

static_assert(std::ranges::borrowed_range<const_bytes> && std::ranges::view<const_bytes>);
static_assert(std::ranges::borrowed_range<mutable_bytes> && std::ranges::view<mutable_bytes>);

namespace {

template <class... Ranges>
concept can_gather = requires(Ranges&&... ranges) { kw::gather(static_cast<Ranges&&>(ranges)...); };
template <class... Ranges>
concept can_scatter = requires(Ranges&&... ranges) { kw::scatter(static_cast<Ranges&&>(ranges)...); };

// Variables, literals and views outlive the expression; a temporary owner does not.
static_assert(can_gather<std::string&, const std::vector<char>&, const char (&)[4], std::string_view, const_bytes>);
static_assert(can_gather<std::span<char, 3>, const std::span<const std::byte>, mutable_bytes, kw::const_buffer>);
static_assert(can_gather<> && can_scatter<>);
static_assert(!can_gather<std::string> && !can_gather<const std::string> && !can_gather<std::array<char, 3>>);
static_assert(!can_gather<const char (&)[4], std::vector<std::byte>>);
static_assert(can_scatter<std::string&, std::span<char>, mutable_bytes, kw::mutable_buffer, std::byte (&)[2]>);
static_assert(!can_scatter<std::string> && !can_scatter<std::string&, std::vector<char>>);

// Nor does anything that is not a buffer, or not a writable one.
static_assert(!can_gather<int> && !can_gather<const char*&> && !can_gather<std::vector<int>&>);
static_assert(!can_scatter<const std::string&> && !can_scatter<std::string_view> && !can_scatter<const_bytes>);

}  // namespace

TEST_CASE("gather() lists buffers of different kinds in order") {
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

TEST_CASE("scatter() lists writable buffers, including temporary spans") {
    std::array<std::byte, 4> header{};
    char body[6] = {};
    const auto pieces = kw::scatter(header, std::span(body).first(2));
    static_assert(std::same_as<decltype(pieces), const std::array<kw::mutable_buffer, 2>>);
    CHECK(pieces[0].data() == header.data());
    CHECK(pieces[0].size() == 4);
    CHECK(pieces[1].data() == reinterpret_cast<std::byte*>(body));
    CHECK(pieces[1].size() == 2);
}

TEST_CASE("a temporary span of fixed size is writable") {
    // std::span(array) and first<N>() return such spans.
    CHECK(writable<std::span<char, 3>>);
    CHECK(writable<std::span<unsigned char, 3>>);
    CHECK(readable<std::span<char, 3>>);
}

TEST_CASE("a list of buffers has the kernel's layout") {
    const auto pieces = kw::gather("ab", "cde");
    const kw::detail::os::io_buffer* native = kw::detail::native(std::span<const kw::const_buffer>(pieces));
    CHECK(kw::detail::os::data(native[0]) == static_cast<const void*>(pieces[0].data()));
    CHECK(kw::detail::os::size(native[1]) == 3);
    CHECK(kw::const_buffer{}.size() == 0);
    CHECK(kw::mutable_buffer{}.data() == nullptr);
}
