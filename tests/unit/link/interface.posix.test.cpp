// SPDX-License-Identifier: BSL-1.0
// In a network of their own: what `ip addr` of iproute2 says, and what is in the way of an answer.
#include <keyway/link/interface.hpp>

#include <doctest/doctest.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <array>
#include <set>
#include <string>

#include "support/posix.hpp"
#include "support/values.hpp"

namespace kw = keyway;
using kw::errc;
using support::str;
using test::failure;

namespace {

bool run(const std::string& command) { return ::system((command + " >/dev/null 2>&1").c_str()) == 0; }

std::string output_of(const std::string& command) {
    ::FILE* const pipe = ::popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4096> buffer;
    for (std::size_t n; (n = ::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), n);
    ::pclose(pipe);
    return text;
}

/// Lines in one order.
std::set<std::string> lines_of(const std::string& text) {
    std::set<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        lines.insert(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

/// A line for each interface and one for each address, in iproute2's words. What iproute2 does not call NO-CARRIER is
/// running, where it is up.
constexpr const char* ip_addr = R"(ip -j addr | python3 -c '
import json, sys
for link in json.load(sys.stdin):
    flags = link["flags"]
    names = [name for name in ("UP", "LOOPBACK", "POINTOPOINT", "BROADCAST", "MULTICAST") if name in flags]
    if "UP" in flags and "NO-CARRIER" not in flags:
        names.append("RUNNING")
    print(link["ifindex"], link["ifname"], *names)
    for one in link["addr_info"]:
        zone = "%%%d" % link["ifindex"] if one["local"].startswith("fe80:") else ""
        print(link["ifname"], "has %s%s/%d" % (one["local"], zone, one["prefixlen"]))
')";

/// The same from keyway.
std::string told() {
    std::string text;
    const auto all = kw::interfaces();
    if (!all) return test::message_of(all.error());
    for (const auto& each : *all) {
        const kw::interface_flags flags = each.flags();
        const std::string name(each.name().view());
        text += std::to_string(each.index()) + ' ' + name;
        if (flags.up) text += " UP";
        if (flags.loopback) text += " LOOPBACK";
        if (flags.point_to_point) text += " POINTOPOINT";
        if (flags.broadcast) text += " BROADCAST";
        if (flags.multicast) text += " MULTICAST";
        if (flags.up && flags.running) text += " RUNNING";
        text += '\n';
        for (const auto& [address, prefix_length] : each.addresses())
            text += name + " has " + str(address) + '/' + std::to_string(prefix_length) + '\n';
    }
    return text;
}

/// Whether keyway and iproute2 tell the same, and nothing changes while they are asked: a link comes up in its own time.
bool all_as_ip_says() {
    for (;;) {
        const std::string before = told();
        if (lines_of(before) == lines_of(output_of(ip_addr))) return true;
        if (told() == before) return false;
    }
}

/// Runs the body in a child with a network of its own and iproute2.
template <class Body>
void check_in_own_network(Body body) {
    test::check_in_child([&]() -> std::string {
        if (!test::enter_own_network()) return "skipped: no permission for a network of its own";
        if (!run("ip -V") || !run("python3 -V")) return "skipped: no iproute2 or no python3";
        return body();
    });
}

/// Whether the kernel has such interfaces; if not, says so.
bool can_add(const std::string& link) {
    const bool added = run("ip " + link);
    if (!added) std::cout << "skipped: this kernel takes no `ip " << link << "`" << '\n' << std::flush;
    return added;
}

}  // namespace

TEST_CASE("interfaces, flags and addresses are those that ip(8) reports") {
    check_in_own_network([]() -> std::string {
        KEYWAY_CHILD_CHECK(all_as_ip_says());
        KEYWAY_CHILD_CHECK(run("ip addr add 10.1.2.3/24 dev lo"));
        KEYWAY_CHILD_CHECK(run("ip addr add 10.1.2.4/31 dev lo label lo:second"));
        KEYWAY_CHILD_CHECK(run("ip -6 addr add 2001:db8::1/33 dev lo nodad"));
        KEYWAY_CHILD_CHECK(run("ip -6 addr add fe80::5/64 dev lo nodad"));
        KEYWAY_CHILD_CHECK(all_as_ip_says());
        KEYWAY_CHILD_CHECK(lines_of(told()).contains("lo has 10.1.2.4/31"));
        KEYWAY_CHILD_CHECK(lines_of(told()).contains("lo has fe80::5%1/64"));

        if (can_add("link add kw1 type veth peer name kw10")) {  // a name that begins with the other
            KEYWAY_CHILD_CHECK(run("ip link set kw1 addrgenmode none up"));
            KEYWAY_CHILD_CHECK(run("ip addr add 10.1.0.1/16 dev kw1"));
            KEYWAY_CHILD_CHECK(run("ip addr add 10.10.0.1/0 dev kw10"));
            KEYWAY_CHILD_CHECK(all_as_ip_says());
            KEYWAY_CHILD_CHECK(run("ip link set kw10 addrgenmode none up"));
            KEYWAY_CHILD_CHECK(all_as_ip_says());
            KEYWAY_CHILD_CHECK(run("ip link set kw10 name fifteen-letters"));
            KEYWAY_CHILD_CHECK(all_as_ip_says());
            KEYWAY_CHILD_CHECK(lines_of(told()).contains("fifteen-letters has 10.10.0.1/0"));
            KEYWAY_CHILD_CHECK(kw::interface_index("fifteen-letters"));
            KEYWAY_CHILD_CHECK(failure(kw::interface_index("fifteen-letters!")) == errc::no_such_device);
        }
        if (can_add("tuntap add kwtun mode tun")) {  // without a hardware address
            KEYWAY_CHILD_CHECK(run("ip link set kwtun addrgenmode none up"));
            KEYWAY_CHILD_CHECK(run("ip addr add 10.9.0.1 peer 10.9.0.2/30 dev kwtun"));
            KEYWAY_CHILD_CHECK(all_as_ip_says());
            const auto before = kw::interfaces();
            KEYWAY_CHILD_CHECK(run("ip link del kwtun"));
            KEYWAY_CHILD_CHECK(before);
            for (const auto& each : *before)
                if (each.name() == "kwtun") KEYWAY_CHILD_CHECK(each.index() == 0);
        }
        return "";
    });
}

TEST_CASE("no address of thousands is left out") {
    check_in_own_network([]() -> std::string {
        KEYWAY_CHILD_CHECK(
            run("for i in $(seq 8); do for j in $(seq 250); do echo addr add 10.0.$i.$j/32 dev lo; done; "
                "done | ip -batch -"));
        std::set<kw::ip_address> found;
        for (const auto all = kw::interfaces(); const auto& each : *all)
            for (const auto& one : each.addresses()) found.insert(one.address);
        KEYWAY_CHILD_CHECK(found.size() == 2000 + 2);
        return "";
    });
}

TEST_CASE("a zone's name is known as long as its interface is there") {
    check_in_own_network([]() -> std::string {
        KEYWAY_CHILD_CHECK(!kw::parse_zoned<kw::ipv6_address>("fe80::1%kwzone"));
        if (!can_add("link add kwzone type veth peer name 6to4")) return "skipped: no interfaces to make";
        const auto index = kw::interface_index("kwzone");
        const auto other = kw::interface_index("6to4");
        KEYWAY_CHILD_CHECK(index && other && *index != *other);
        KEYWAY_CHILD_CHECK(kw::parse_zoned<kw::ipv6_address>("fe80::1%kwzone").value().scope_id() == *index);
        KEYWAY_CHILD_CHECK(kw::parse_zoned<kw::ipv6_address>("fe80::1%6to4").value().scope_id() == *other);
        KEYWAY_CHILD_CHECK(run("ip link del kwzone"));
        KEYWAY_CHILD_CHECK(failure(kw::interface_index("kwzone")) == errc::no_such_device);
        KEYWAY_CHILD_CHECK(failure(kw::interface_name(*index)) == errc::no_such_device);
        KEYWAY_CHILD_CHECK(!kw::parse_zoned<kw::ipv6_address>("fe80::1%kwzone"));
        return "";
    });
}

TEST_CASE("where no descriptor is left, that is the error") {
    test::check_in_child([]() -> std::string {
        const ::rlimit none{0, 0};
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_NOFILE, &none) == 0);
        KEYWAY_CHILD_CHECK(failure(kw::interfaces()) == errc::too_many_files_open);
        KEYWAY_CHILD_CHECK(failure(kw::interfaces()).operation() == kw::operation::interfaces);
        KEYWAY_CHILD_CHECK(failure(kw::interface_index("lo")) == errc::too_many_files_open);
        KEYWAY_CHILD_CHECK(failure(kw::interface_name(1)) == errc::too_many_files_open);
        KEYWAY_CHILD_CHECK(!kw::parse_zoned<kw::ipv6_address>("fe80::1%lo"));
        return "";
    });
}
