// SPDX-License-Identifier: BSL-1.0
#include <sched.h>

#include <cstdlib>
#include <fstream>

#include "copies.hpp"

namespace bench {
namespace {

void must_run(const std::string& command) {
    if (std::system((command + " 2>/dev/null").c_str()) != 0) throw std::runtime_error("failed: " + command);
}

void write_to(const char* path, const std::string& text) { std::ofstream(path) << text; }

/// Enters a network namespace of its own, without root in a user namespace.
void leave_network() {
    const auto user = std::to_string(::getuid());
    const auto group = std::to_string(::getgid());
    if (::unshare(CLONE_NEWNET) == 0) return;
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) throw std::runtime_error("network namespaces are not permitted");
    write_to("/proc/self/setgroups", "deny");
    write_to("/proc/self/uid_map", "0 " + user + " 1");
    write_to("/proc/self/gid_map", "0 " + group + " 1");
}

descriptor this_network() { return descriptor(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)); }

::sockaddr_in at(const char* address, std::uint16_t port) {
    ::sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = ::htons(port);
    ::inet_pton(AF_INET, address, &made.sin_addr);
    return made;
}

}  // namespace

ends veth_ends() {
    leave_network();
    const descriptor first = this_network();
    leave_network();
    const std::string of_first = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(first.get());
    must_run("ip link add bench0 type veth peer name bench1 netns " + of_first);
    must_run("ip address add 192.0.2.1/24 dev bench0 && ip link set bench0 up");
    descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::sockaddr_in here = at("192.0.2.1", 0);

    check(::setns(first.get(), CLONE_NEWNET), "setns");
    must_run("ip address add 192.0.2.2/24 dev bench1 && ip link set bench1 up");
    c_library::stream client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

    check(::bind(listener.get(), as_sockaddr(here), sizeof(here)), "bind");
    check(::listen(listener.get(), 1), "listen");
    ::sockaddr_in to = at("192.0.2.1", port_of(listener.get()));
    check(::connect(client.get(), as_sockaddr(to), sizeof(to)), "connect");
    c_library::stream server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    return {std::move(client), std::move(server)};
}

}  // namespace bench
