// SPDX-License-Identifier: BSL-1.0
#include <keyway/option/path_mtu.hpp>

#include <doctest/doctest.h>

#include <climits>

#include "support/options.hpp"

namespace kw = keyway;
namespace option = kw::option;
using kw::mtu_discovery;
using test::failure;
using test::must;

TEST_CASE("path_mtu_discovery reads back as it was set") {
    const auto values = {mtu_discovery::probe, mtu_discovery::never, mtu_discovery::always};
    test::check_round_trips<option::path_mtu_discovery>("path_mtu_discovery", values);
}

TEST_CASE("a mode of path MTU discovery that the system lacks is invalid_argument") {
    const auto values = {mtu_discovery::always, mtu_discovery{-1}, mtu_discovery{-6}, mtu_discovery{INT_MIN}};
    test::check_refused<option::path_mtu_discovery>("path_mtu_discovery", values);
}

TEST_CASE("dont_fragment reads back as it was set") { test::check_switch<option::dont_fragment>("dont_fragment"); }

TEST_CASE("the path MTU of an unconnected socket is not_connected") {
    const auto verify = [](const auto& reported) { CHECK(failure(reported) == kw::errc::not_connected); };
    test::check_read<option::mtu>("mtu", verify);
}

namespace {

/// The MTU of the path to the peer is at least what the protocol promises.
template <class Option, class Transport>
void check_path(int least) {
    if constexpr (!kw::absent_option<Option>) {
        const auto receiver = must(Transport::bind(net::any_loopback_port<Transport>()));
        const auto reported = must(Transport::connect(must(receiver.local_endpoint()))).template get<Option>();
        if (!reported && test::lacks_option(reported.error())) {
            test::skipped("the MTU of a path", test::message_of(reported.error()));
            return;
        }
        CHECK(must(reported) >= least);
    }
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "a connection reports its path MTU") {
    check_path<option::mtu, kw::udp4>(576);
    if (test::has_family<kw::udp6>()) check_path<option::mtu, kw::udp6>(1280);
}
