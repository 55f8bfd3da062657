// SPDX-License-Identifier: BSL-1.0
// The main program of every doctest suite: no test may leave a descriptor open.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <dirent.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace {

/// Every open descriptor and what it is, as /proc tells.
std::map<int, std::string> open_descriptors() {
    std::map<int, std::string> found;
    DIR* directory = ::opendir("/proc/self/fd");
    if (directory == nullptr) return found;
    while (const dirent* entry = ::readdir(directory)) {
        const int number = std::atoi(entry->d_name);
        if (entry->d_name[0] == '.' || number == ::dirfd(directory)) continue;
        char target[256] = {};
        const std::string link = std::string("/proc/self/fd/") + entry->d_name;
        if (::readlink(link.c_str(), target, sizeof(target) - 1) >= 0) found[number] = target;
    }
    ::closedir(directory);
    return found;
}

bool a_test_leaked = false;

/// Compares what is open before and after each test case, subcases included.
struct descriptor_watch : doctest::IReporter {
    explicit descriptor_watch(const doctest::ContextOptions&) {}

    void test_case_start(const doctest::TestCaseData& data) override {
        name_ = data.m_name;
        before_ = open_descriptors();
    }
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {
        for (const auto& [number, target] : open_descriptors()) {
            if (before_.contains(number)) continue;
            a_test_leaked = true;
            std::cout << "LEAKED descriptor " << number << " -> " << target << " in test case \"" << name_ << "\"\n";
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
    std::map<int, std::string> before_;
};

}  // namespace

REGISTER_LISTENER("descriptor_watch", 1, descriptor_watch);

int main(int argc, char** argv) {
    doctest::Context context(argc, argv);
    const int result = context.run();
    return result == 0 && a_test_leaked ? EXIT_FAILURE : result;
}
