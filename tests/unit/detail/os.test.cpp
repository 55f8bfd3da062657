// SPDX-License-Identifier: BSL-1.0
// keyway's headers define no macros with common names, and nothing has to be called before the first socket.
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

/// The results of eight threads that each open a socket at the same time, before main() and before anything else in
/// this process does.
const std::array<kw::error, 8> first_calls = [] {
    std::array<kw::error, 8> results;
    results.fill(kw::error(kw::errc::operation_in_progress, kw::operation::none));
    std::atomic<std::size_t> started{0};
    std::vector<std::thread> threads;
    for (kw::error& one : results) {
        threads.emplace_back([&] {
            ++started;
            while (started < results.size()) std::this_thread::yield();
            one = failure(kw::tcp4::socket::open());
        });
    }
    for (auto& thread : threads) thread.join();
    return results;
}();

}  // namespace

TEST_CASE("the program can use names that the system's headers define as macros") {
    CHECK(small(interface{}) == 1);
    CHECK(std::max(1, 2) == 2);
    CHECK(std::numeric_limits<int>::max() > std::numeric_limits<int>::min());
    CHECK(interface::level::small != interface::level::ERROR);
}

TEST_CASE("eight threads can make the first calls of a process at the same time") {
    for (const kw::error& result : first_calls) CHECK(result == kw::error{});
}

TEST_CASE("the native code of a condition means that condition") {
    for (const auto& known : test::codes) {
        const int native = kw::detail::os::code_of(static_cast<int>(known.meaning));
        CAPTURE(known.code);
        CHECK(native != 0);
        CHECK(kw::error(native, kw::operation::none) == known.meaning);
    }
}

TEST_CASE("an unknown code has no condition, and its message has its number") {
    const kw::error unknown(99999, kw::operation::none);
    for (const auto& known : test::codes) CHECK_FALSE(unknown == known.meaning);
    CHECK(test::message_of(unknown).find("99999") != std::string::npos);
}

TEST_CASE("a destructor that fails does not change the last error") {
    const int last = test::native_code(kw::errc::not_connected);
    {
        const kw::handle owner = kw::handle::adopt_unchecked(test::any_handle());
        test::close_behind(owner);
        kw::detail::os::set_last_error(last);
    }
    CHECK(kw::detail::os::last_error() == last);
}
