// SPDX-License-Identifier: BSL-1.0
#include <keyway/address/ip.hpp>

#include <keyway/address/network.hpp>
#include <keyway/endpoint/ip.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "support/address_vectors.hpp"
#include "support/values.hpp"

// Compares a million texts with the C library, and checks the round trip of every value type. Every run generates the same
// texts.

namespace {

using keyway::endpoint;
using keyway::ip;
using keyway::ip_address;
using keyway::ipv4;
using keyway::ipv4_address;
using keyway::ipv4_network;
using keyway::ipv6;
using keyway::ipv6_address;
using keyway::ipv6_network;
using support::str;

/// splitmix64: small, and the same sequence on every platform.
class random_source {
public:
    explicit random_source(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() >> 32) % limit; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class T>
    T value() {
        return static_cast<T>(next() >> 32);
    }

private:
    std::uint64_t state_;
};

/// Texts that end at a page that cannot be read: a parser that reads past the end crashes.
class guarded_buffer {
public:
    guarded_buffer() {
        REQUIRE(pages_ != MAP_FAILED);
        REQUIRE(::mprotect(static_cast<char*>(pages_) + page_size_, page_size_, PROT_NONE) == 0);
    }
    guarded_buffer(const guarded_buffer&) = delete;
    guarded_buffer& operator=(const guarded_buffer&) = delete;
    ~guarded_buffer() { ::munmap(pages_, 2 * page_size_); }

    std::string_view hold(std::string_view text) {
        char* const begin = static_cast<char*>(pages_) + page_size_ - text.size();
        std::copy(text.begin(), text.end(), begin);
        return {begin, text.size()};
    }

private:
    std::size_t page_size_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* pages_ = ::mmap(nullptr, 2 * page_size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
};

// ---- random values

ipv4_address random_ipv4(random_source& random) { return ipv4_address::from_number(random.value<std::uint32_t>()); }

/// Addresses with frequent zero groups and frequent v4-mapped addresses.
ipv6_address random_ipv6(random_source& random) {
    if (random.one_in(16)) return ipv6_address::v4_mapped(random_ipv4(random));
    std::array<std::uint16_t, 8> groups{};
    for (auto& group : groups) {
        const std::size_t size = random.below(6);
        if (size == 5) group = 0xffff;
        else if (size != 0) group = static_cast<std::uint16_t>(random.value<std::uint16_t>() >> (16 - 4 * size));
    }
    return ipv6_address::from_groups(groups);
}

ipv6_address random_scoped_ipv6(random_source& random) {
    return random_ipv6(random).with_scope_id(random.value<std::uint32_t>() >> random.below(32));
}

ip_address random_ip(random_source& random) {
    if (random.one_in(2)) return random_ipv4(random);
    return random_scoped_ipv6(random);
}

// ---- random texts

constexpr std::string_view wide_alphabet = "0123456789abcdefABCDEF:.%/ x[]-+g\t\n\x7f\xff";

std::string random_text(random_source& random, std::string_view alphabet, std::size_t max_size) {
    std::string text(random.below(max_size + 1), '\0');
    for (char& c : text) c = alphabet[random.below(alphabet.size())];
    return text;
}

/// Mutates up to three times: inserts, removes, changes or swaps a byte, or repeats a part.
void mutate(std::string& text, random_source& random) {
    for (std::size_t times = random.below(4); times != 0; --times) {
        const std::size_t at = random.below(text.size() + 1);
        const std::size_t size = random.below(5);
        switch (random.below(5)) {
        case 0: text.insert(at, 1, wide_alphabet[random.below(wide_alphabet.size())]); break;
        case 1: text.erase(at, 1 + size / 2); break;
        case 2:
            if (at < text.size()) text[at] = wide_alphabet[random.below(wide_alphabet.size())];
            break;
        case 3:
            if (at + 1 < text.size()) std::swap(text[at], text[at + 1]);
            break;
        default: text.insert(at, text.substr(at, 1 + size)); break;
        }
    }
}

std::string random_dotted_quad(random_source& random) {
    std::string text;
    for (int octet = 0; octet < 4; ++octet) {
        if (octet != 0) text += '.';
        text += std::to_string(random.value<std::uint8_t>() >> random.below(8));
    }
    return text;
}

/// One to four digits in either case, with leading zeros.
void append_random_group(std::string& text, random_source& random) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    for (std::size_t left = 1 + random.below(4); left != 0; --left) text += digits[random.below(digits.size())];
}

/// A valid text in one of its spellings.
std::string random_ipv6_spelling(random_source& random) {
    const bool has_dotted_tail = random.one_in(4);
    const std::size_t groups = has_dotted_tail ? 6 : 8;
    const bool has_gap = !random.one_in(3);
    const std::size_t written = has_gap ? random.below(groups) : groups;
    const std::size_t gap = has_gap ? random.below(written + 1) : groups + 1;
    std::string text;
    for (std::size_t i = 0; i < written; ++i) {
        if (i == gap) text += "::";
        else if (i != 0) text += ':';
        append_random_group(text, random);
    }
    if (gap == written) text += "::";
    if (has_dotted_tail) {
        if (!text.ends_with(':')) text += ':';
        text += random_dotted_quad(random);
    }
    if (random.one_in(8)) text += '%' + std::to_string(random.value<std::uint32_t>() >> random.below(32));
    return text;
}

// ---- inet_pton and inet_ntop

std::optional<ipv4_address> second_ipv4(const std::string& text) {
    ipv4_address::octets_type octets{};
    if (::inet_pton(AF_INET, text.c_str(), octets.data()) != 1) return {};
    return ipv4_address(octets);
}

/// A 32-bit decimal number without leading zeros, by a simple second implementation.
std::optional<std::uint32_t> second_zone(const std::string& text) {
    if (text.empty() || text.size() > 10 || text.find_first_not_of("0123456789") != std::string::npos) return {};
    const unsigned long long number = std::stoull(text);
    if (number > 0xffffffffU || std::to_string(number) != text) return {};
    return static_cast<std::uint32_t>(number);
}

/// inet_pton has no zones: the part after '%' is compared separately.
std::optional<ipv6_address> second_ipv6(const std::string& text) {
    const std::size_t percent = text.find('%');
    ipv6_address::octets_type octets{};
    if (::inet_pton(AF_INET6, text.substr(0, percent).c_str(), octets.data()) != 1) return {};
    if (percent == std::string::npos) return ipv6_address(octets);
    const auto zone = second_zone(text.substr(percent + 1));
    if (!zone) return {};
    return ipv6_address(octets, *zone);
}

std::string second_text(const ipv4_address& address) {
    char buffer[INET_ADDRSTRLEN] = {};
    return ::inet_ntop(AF_INET, address.octets().data(), buffer, sizeof(buffer));
}

std::string second_text(const ipv6_address& address) {
    char buffer[INET6_ADDRSTRLEN] = {};
    return ::inet_ntop(AF_INET6, address.octets().data(), buffer, sizeof(buffer));
}

/// ::a.b.c.d, which glibc prints dotted (RFC 4291 calls it deprecated) and keyway does not.
bool is_v4_compatible(const ipv6_address& address) {
    for (std::size_t i = 0; i < 6; ++i)
        if (address.group(i) != 0) return false;
    return address.group(6) != 0;
}

/// Counts failures instead of one assertion per text, and keeps the first text that failed.
struct tally {
    std::size_t accepted = 0;
    std::size_t refused = 0;
    std::size_t wrong = 0;
    std::string first_wrong;

    void expect(bool right, const std::string& text) {
        if (right) return;
        if (wrong++ == 0) first_wrong = text;
    }

    void check_none_wrong() const {
        INFO("the first of them: ", first_wrong);
        CHECK(wrong == 0);
    }
};

template <class Address, class Second, class Generate>
tally compare_parsers(std::uint64_t seed, std::size_t count, Second second, Generate generate) {
    random_source random(seed);
    guarded_buffer buffer;
    tally done;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text = generate(random);
        const auto parsed = Address::parse(buffer.hold(text));
        const std::optional<Address> expected = second(text);
        ++(expected ? done.accepted : done.refused);
        done.expect(parsed.has_value() == expected.has_value(), text);
        if (!parsed || !expected) continue;
        done.expect(*parsed == *expected, text);
        const auto printed = parsed->text();
        const auto again = Address::parse(buffer.hold(printed));
        done.expect(again && *again == *parsed && again->text() == printed, text);
    }
    return done;
}

constexpr std::size_t quarter_million = 250'000;

TEST_CASE("inet_pton agrees on every text of the tables") {
    const auto comparable = [](const vectors::text_vector& v) { return v.text.find('\0') == std::string_view::npos; };
    for (const vectors::text_vector& v : vectors::ipv4) {
        INFO("text: ", str(v.text));
        if (comparable(v)) CHECK(second_ipv4(str(v.text)).has_value() == v.is_valid());
    }
    for (const vectors::text_vector& v : vectors::ipv6) {
        INFO("text: ", str(v.text));
        if (comparable(v)) CHECK(second_ipv6(str(v.text)).has_value() == v.is_valid());
    }
}

TEST_CASE("a quarter of a million mutated IPv4 texts are parsed like inet_pton") {
    const tally done = compare_parsers<ipv4_address>(1, quarter_million, second_ipv4, [](random_source& random) {
        std::string text = random_dotted_quad(random);
        mutate(text, random);
        return text;
    });
    done.check_none_wrong();
    CHECK(done.accepted > 50'000);
    CHECK(done.refused > 50'000);
}

TEST_CASE("a quarter of a million random texts are parsed as IPv4 like inet_pton") {
    const tally done = compare_parsers<ipv4_address>(2, quarter_million, second_ipv4, [](random_source& random) {
        return random.one_in(2) ? random_text(random, wide_alphabet, 20) : random_text(random, "0123456789....", 12);
    });
    done.check_none_wrong();
    CHECK(done.accepted > 500);
    CHECK(done.refused > 200'000);
}

TEST_CASE("a quarter of a million mutated IPv6 texts are parsed like inet_pton, except for zones") {
    const tally done = compare_parsers<ipv6_address>(3, quarter_million, second_ipv6, [](random_source& random) {
        std::string text = random_ipv6_spelling(random);
        mutate(text, random);
        return text;
    });
    done.check_none_wrong();
    CHECK(done.accepted > 50'000);
    CHECK(done.refused > 50'000);
}

TEST_CASE("a quarter of a million random texts are parsed as IPv6 like inet_pton, except for zones") {
    const tally done = compare_parsers<ipv6_address>(4, quarter_million, second_ipv6, [](random_source& random) {
        return random.one_in(2) ? random_text(random, wide_alphabet, 45) : random_text(random, "01fF::::::.%", 24);
    });
    done.check_none_wrong();
    CHECK(done.accepted > 500);
    CHECK(done.refused > 200'000);
}

TEST_CASE("addresses are printed like inet_ntop, except for v4-compatible ones") {
    random_source random(5);
    tally done;
    for (std::size_t i = 0; i < 100'000; ++i) {
        const ipv4_address four = random_ipv4(random);
        done.expect(four.text() == second_text(four), str(four));
        const ipv6_address six = random_ipv6(random);
        if (!is_v4_compatible(six)) done.expect(six.text() == second_text(six), str(six));
    }
    done.check_none_wrong();
    for (const std::string_view text : {"::1:0", "::102:304", "::ffff:ffff"}) {
        const auto address = ipv6_address::parse(text).value();
        CHECK(is_v4_compatible(address));
        CHECK(str(address) == str(text));
        CHECK(ipv6_address::parse(second_text(address)) == address);
    }
}

// ---- round trips

template <class Value, class Make>
void check_round_trip(std::uint64_t seed, Make make) {
    random_source random(seed);
    guarded_buffer buffer;
    tally done;
    for (int i = 0; i < 100'000; ++i) {
        const Value value = make(random);
        const auto text = value.text();
        const auto parsed = Value::parse(buffer.hold(text));
        done.expect(parsed && *parsed == value && parsed->text() == text, str(value));
        done.expect(text.size() <= Value::max_text, str(value));
    }
    done.check_none_wrong();
}

TEST_CASE("the text of every value parses to that value") {
    SUBCASE("ipv4_address") { check_round_trip<ipv4_address>(10, random_ipv4); }
    SUBCASE("ipv6_address without a scope id") { check_round_trip<ipv6_address>(11, random_ipv6); }
    SUBCASE("ipv6_address with a scope id") { check_round_trip<ipv6_address>(12, random_scoped_ipv6); }
    SUBCASE("ip_address") { check_round_trip<ip_address>(13, random_ip); }
    SUBCASE("ipv4_network") {
        check_round_trip<ipv4_network>(14, [](random_source& random) {
            return ipv4_network::of(random_ipv4(random), static_cast<unsigned>(random.below(33))).value();
        });
    }
    SUBCASE("ipv6_network") {
        check_round_trip<ipv6_network>(15, [](random_source& random) {
            return ipv6_network::of(random_scoped_ipv6(random), static_cast<unsigned>(random.below(129))).value();
        });
    }
    SUBCASE("endpoint<ipv4>") {
        check_round_trip<endpoint<ipv4>>(16, [](random_source& random) {
            return endpoint<ipv4>(random_ipv4(random), random.value<std::uint16_t>());
        });
    }
    SUBCASE("endpoint<ipv6>") {
        check_round_trip<endpoint<ipv6>>(17, [](random_source& random) {
            return endpoint<ipv6>(random_scoped_ipv6(random), random.value<std::uint16_t>());
        });
    }
    SUBCASE("endpoint<ip>") {
        check_round_trip<endpoint<ip>>(
            18, [](random_source& random) { return endpoint<ip>(random_ip(random), random.value<std::uint16_t>()); });
    }
}

/// A value parsed from a mutated text prints as a text that parses to the same value.
template <class Value, class Make>
void check_fixed_point(std::uint64_t seed, Make make) {
    random_source random(seed);
    guarded_buffer buffer;
    tally done;
    for (int i = 0; i < 50'000; ++i) {
        std::string text = make(random);
        mutate(text, random);
        const auto parsed = Value::parse(buffer.hold(text));
        ++(parsed ? done.accepted : done.refused);
        if (!parsed) continue;
        const auto printed = parsed->text();
        const auto again = Value::parse(buffer.hold(printed));
        done.expect(again && *again == *parsed && again->text() == printed, text);
    }
    done.check_none_wrong();
    CHECK(done.accepted > 10'000);
    CHECK(done.refused > 5'000);
}

TEST_CASE("printing and parsing is the identity for mutated texts of address and number") {
    const auto port = [](random_source& random) { return ':' + std::to_string(random.value<std::uint16_t>()); };
    SUBCASE("endpoint<ipv4>") {
        check_fixed_point<endpoint<ipv4>>(
            20, [&](random_source& random) { return random_dotted_quad(random) + port(random); });
    }
    SUBCASE("endpoint<ipv6>") {
        check_fixed_point<endpoint<ipv6>>(
            21, [&](random_source& random) { return '[' + random_ipv6_spelling(random) + ']' + port(random); });
    }
    SUBCASE("endpoint<ip>") {
        check_fixed_point<endpoint<ip>>(22, [&](random_source& random) {
            if (random.one_in(2)) return random_dotted_quad(random) + port(random);
            return '[' + random_ipv6_spelling(random) + ']' + port(random);
        });
    }
    SUBCASE("ipv4_network") {
        check_fixed_point<ipv4_network>(23, [](random_source& random) {
            const auto length = static_cast<unsigned>(random.below(33));
            return str(ipv4_network::of(random_ipv4(random), length).value());
        });
    }
    SUBCASE("ipv6_network") {
        check_fixed_point<ipv6_network>(24, [](random_source& random) {
            const auto length = static_cast<unsigned>(random.below(129));
            return str(ipv6_network::of(random_ipv6(random), length).value());
        });
    }
}

}  // namespace
