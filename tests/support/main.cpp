// SPDX-License-Identifier: BSL-1.0
// The main program of every doctest suite: no test may leave a descriptor or socket open. Without arguments it reads two
// environment variables; with arguments, which are doctest's, it ignores them:
//     KEYWAY_TEST_CASE='*recv*'    run only the test cases of these names
//     KEYWAY_TEST_PART=2/4         run every fourth test case, from the second on
// Exit status: 0 all passed, 77 no test case matched, anything else a failure.

#include "support/open_handles.hpp"

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace {

constexpr int nothing_matched = 77;  // CMake's SKIP_RETURN_CODE
constexpr int wrong_use = 2;

bool a_test_leaked = false;
bool a_test_ran = false;

/// Compares the open handles before and after each test case, including its subcases.
struct handle_watch : doctest::IReporter {
    explicit handle_watch(const doctest::ContextOptions&) {}

    void test_case_start(const doctest::TestCaseData& data) override {
        a_test_ran = true;
        name_ = data.m_name;
        before_ = test::open_handles();
    }
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {
        for (const auto& [number, what] : test::open_handles()) {
            if (before_.contains(number)) continue;
            a_test_leaked = true;
            std::cout << "LEAKED descriptor " << number << " -> " << what << " in test case \"" << name_ << "\"\n";
        }
    }

    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    const char* name_ = "";
    std::map<unsigned long long, std::string> before_;
};

/// Skips what is not in the part. The set is ordered by line, so that a part has some cases of every file.
bool choose_part(const char* text) {
    std::size_t part = 0;
    std::size_t parts = 0;
    char rest = 0;
    if (std::sscanf(text, "%zu/%zu%c", &part, &parts, &rest) != 2 || part == 0 || part > parts) return false;
    std::size_t number = 0;
    for (const doctest::detail::TestCase& test_case : doctest::detail::getRegisteredTests()) {
        // Only the members by which the set is ordered have to stay as they are.
        if (number++ % parts != part - 1) const_cast<doctest::detail::TestCase&>(test_case).m_skip = true;
    }
    return true;
}

}  // namespace

#ifdef __SANITIZE_THREAD__
/// Tests make threads in child processes, and a look-up whose caller has gone on may still have its own when they fork.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }
#endif

REGISTER_LISTENER("handle_watch", 1, handle_watch);

int main(int argc, char** argv) {
    doctest::Context context(argc, argv);
    const auto variable = [&](const char* name) { return argc > 1 ? nullptr : std::getenv(name); };
    if (const char* names = variable("KEYWAY_TEST_CASE")) context.addFilter("test-case", names);
    if (const char* part = variable("KEYWAY_TEST_PART"); part != nullptr && !choose_part(part)) {
        std::cerr << "KEYWAY_TEST_PART=" << part << " is not a part: write 2/4 for the second of four\n";
        return wrong_use;
    }
    const int result = context.run();
    if (result != 0) return result;
    if (a_test_leaked) return EXIT_FAILURE;
    return a_test_ran || context.shouldExit() ? EXIT_SUCCESS : nothing_matched;
}
