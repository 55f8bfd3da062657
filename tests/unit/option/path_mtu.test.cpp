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

TEST_CASE("63: how the path's MTU is found comes back as it was set") {
    const auto values = {mtu_discovery::probe, mtu_discovery::never, mtu_discovery::always};
    test::check_round_trips<option::path_mtu_discovery>("path_mtu_discovery", values);
    test::check_round_trips<option::path_mtu_discovery_v6>("path_mtu_discovery_v6", values);
}

TEST_CASE("65: what the system has no number for is invalid_argument") {
    const auto values = {mtu_discovery::always, mtu_discovery{-1}, mtu_discovery{-6}, mtu_discovery{INT_MIN}};
    test::check_refused<option::path_mtu_discovery>("path_mtu_discovery", values);
    test::check_refused<option::path_mtu_discovery_v6>("path_mtu_discovery_v6", values);
}

TEST_CASE("63: dont_fragment comes back as it was set") {
    test::check_switch<option::dont_fragment>("dont_fragment");
    test::check_switch<option::dont_fragment_v6>("dont_fragment_v6");
}

TEST_CASE("63: the MTU of no path is not_connected") {
    const auto verify = [](const auto& told) { CHECK(failure(told) == kw::errc::not_connected); };
    test::check_read<option::mtu>("mtu", verify);
    test::check_read<option::mtu_v6>("mtu_v6", verify);
}

namespace {

/// The MTU of the path to the peer is at least what the protocol promises.
template <class Option, class Transport>
void check_path(int least) {
    if constexpr (!kw::absent_option<Option>) {
        const auto receiver = must(Transport::bind(net::any_loopback_port<Transport>()));
        const auto told = must(Transport::connect(must(receiver.local_endpoint()))).template get<Option>();
        if (!told && test::lacks_option(told.error())) {
            test::skipped("the MTU of a path", test::message_of(told.error()));
            return;
        }
        CHECK(must(told) >= least);
    }
}

}  // namespace

TEST_CASE_FIXTURE(test::bounded, "the MTU of a path is told of a connection") {
    check_path<option::mtu, kw::udp4>(576);
    if (test::has_family<kw::udp6>()) check_path<option::mtu_v6, kw::udp6>(1280);
}
