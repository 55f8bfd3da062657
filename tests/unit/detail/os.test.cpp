// SPDX-License-Identifier: BSL-1.0
// What comes with keyway's headers, and what does not: no word is taken from the program, and nothing has to be called
// before the first socket.
#include <keyway/keyway.hpp>

// Names that the system's headers would make macros.
#if defined(min) || defined(max) || defined(interface) || defined(small) || defined(ERROR)
#error "keyway's headers left a macro behind"
#endif

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "support/loopback.hpp"

namespace kw = keyway;
using test::failure;

namespace {

struct interface {
    int min = 1;
    int max = 2;
    enum class level { small, ERROR };
};

constexpr int small(interface one) { return std::min(one.min, one.max); }

/// What eight threads said that each opened a socket, at once and before anything else in this process did: it is made
/// before main().
const std::array<kw::error, 8> first_calls = [] {
    std::array<kw::error, 8> said;
    said.fill(kw::error(kw::errc::in_progress, kw::operation::none));
    std::atomic<std::size_t> there{0};
    std::vector<std::thread> threads;
    for (kw::error& one : said) {
        threads.emplace_back([&] {
            ++there;
            while (there < said.size()) std::this_thread::yield();
            one = failure(kw::tcp4::socket::open());
        });
    }
    for (auto& thread : threads) thread.join();
    return said;
}();

}  // namespace

TEST_CASE("the words that other headers make macros are the program's") {
    CHECK(small(interface{}) == 1);
    CHECK(std::max(1, 2) == 2);
    CHECK(std::numeric_limits<int>::max() > std::numeric_limits<int>::min());
    CHECK(interface::level::small != interface::level::ERROR);
}

TEST_CASE("the first calls of a process may come from eight threads at once") {
    for (const kw::error& said : first_calls) CHECK(said == kw::error{});
}

TEST_CASE("a condition's native code means the condition") {
    for (const auto& known : test::codes) {
        const int native = kw::detail::os::code_of(static_cast<int>(known.meaning));
        CAPTURE(known.code);
        CHECK(native != 0);
        CHECK(kw::error(native, kw::operation::none) == known.meaning);
    }
}

TEST_CASE("a code that nobody knows means nothing, and says its number") {
    const kw::error unknown(99999, kw::operation::none);
    for (const auto& known : test::codes) CHECK_FALSE(unknown == known.meaning);
    CHECK(test::message_of(unknown).find("99999") != std::string::npos);
}

TEST_CASE("a destructor leaves the last error alone, though it fails") {
    const int last = test::native_code(kw::errc::not_connected);
    {
        const kw::handle owner(test::any_handle());
        test::close_behind(owner);
        kw::detail::os::set_last_error(last);
    }
    CHECK(kw::detail::os::last_error() == last);
}
