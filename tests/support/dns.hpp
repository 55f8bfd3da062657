// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_TESTS_SUPPORT_DNS_HPP
#define KEYWAY_TESTS_SUPPORT_DNS_HPP

// A network of the test's own in which names are resolved by files and a server of the test's own.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "support/posix.hpp"

namespace test {

/// Runs dns_server.py, which knows the names; it ends with this object, or with this process.
class dns_server {
public:
    dns_server() {
        std::array<int, 2> input{};
        std::array<int, 2> output{};
        if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe2");
        static const std::string path = std::filesystem::path(__FILE__).parent_path() / "dns_server.py";
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(input[0], STDIN_FILENO);
            ::dup2(output[1], STDOUT_FILENO);
            ::execlp("python3", "python3", path.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(input[0]);
        ::close(output[1]);
        lifeline_ = input[1];
        char word[5] = {};
        is_ready_ = process_ > 0 && ::read(output[0], word, sizeof(word)) == sizeof(word);
        answers_ = output[0];
    }
    dns_server(const dns_server&) = delete;
    dns_server& operator=(const dns_server&) = delete;
    ~dns_server() {
        ::close(lifeline_);
        ::close(answers_);
        ::waitpid(process_, nullptr, 0);
    }

    [[nodiscard]] bool is_ready() const { return is_ready_; }

private:
    ::pid_t process_ = -1;
    int lifeline_ = -1;
    int answers_ = -1;
    bool is_ready_ = false;
};

/// In a child: puts a file of the test's own over one of the system's.
inline bool replace_file(const std::string& path, const std::string& content, const std::string& folder) {
    const std::string own = folder + "/" + std::filesystem::path(path).filename().string();
    std::ofstream(own) << content;
    return ::mount(own.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

constexpr const char* hosts = "127.0.0.1 localhost\n::1 localhost\n127.0.0.9 filed.test\n127.0.0.10 b\xc3\xbc"
                              "cher.test\n";

/// The first is as long as a service's name may be.
constexpr const char* services =
    "thirty-one-characters-of-a-name 31/tcp\nhttp 80/tcp www\ndomain 53/tcp\ndomain 53/udp\ntftp 69/udp\n";

/// In a child: a network of its own, whose names are in its own /etc/hosts, and for the rest asked of 127.0.0.1. Empty, or
/// why this cannot be had.
inline std::string enter_own_names(const std::string& resolver_options, const std::string& folder) {
    if (!enter_own_network()) return "skipped: no permission for a network of its own";
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return "skipped: no permission for files of its own";
    const bool replaced =
        replace_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions " + resolver_options + "\n", folder) &&
        replace_file("/etc/hosts", hosts, folder) && replace_file("/etc/services", services, folder) &&
        replace_file("/etc/nsswitch.conf", "hosts: files dns\nservices: files\n", folder);
    return replaced ? "" : "skipped: no resolv.conf, hosts, services or nsswitch.conf to replace";
}

/// Runs the body in a child with names of its own and the server that knows them.
template <class Body>
void check_with_own_names(const std::string& resolver_options, Body body) {
    const temporary_directory folder;
    check_in_child([&]() -> std::string {
        if (const std::string why = enter_own_names(resolver_options, folder.path("")); !why.empty()) return why;
        const dns_server server;
        if (!server.is_ready()) return "skipped: no python3, or no server";
        return body();
    });
}

}  // namespace test

#endif
