// SPDX-License-Identifier: BSL-1.0
// The main program of every doctest suite: no test may leave a descriptor or socket open.

#include "support/open_handles.hpp"

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace {

bool a_test_leaked = false;

/// Compares what is open before and after each test case, subcases included.
struct handle_watch : doctest::IReporter {
    explicit handle_watch(const doctest::ContextOptions&) {}

    void test_case_start(const doctest::TestCaseData& data) override {
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

}  // namespace

REGISTER_LISTENER("handle_watch", 1, handle_watch);

int main(int argc, char** argv) {
    doctest::Context context(argc, argv);
    const int result = context.run();
    return result == 0 && a_test_leaked ? EXIT_FAILURE : result;
}
