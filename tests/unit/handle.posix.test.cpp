// SPDX-License-Identifier: BSL-1.0
// The numbers of descriptors, of which POSIX always gives the lowest.
#include <keyway/handle.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>

#include "support/posix.hpp"

namespace kw = keyway;
using test::is_open;

static_assert(sizeof(kw::handle) == sizeof(int) && sizeof(kw::handle_view) == sizeof(int));

namespace {

kw::handle open_null() {
    const int native = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    REQUIRE(native >= 0);
    return kw::handle::adopt_unchecked(native);
}

}  // namespace

TEST_CASE("close closes once, and on an empty owner is bad_file_descriptor") {
    kw::handle owner = open_null();
    const int native = owner.native_handle();
    CHECK(owner.close());
    CHECK_FALSE(is_open(native));
    CHECK_FALSE(owner.is_open());
    // The number is somebody else's by now; a second close must not take it away.
    const kw::handle decoy = open_null();
    CHECK(decoy.native_handle() == native);
    const auto again = owner.close();
    CHECK(test::failure(again) == kw::errc::bad_file_descriptor);
    CHECK(test::failure(again).operation() == kw::operation::close);
    CHECK(is_open(decoy.native_handle()));
}
