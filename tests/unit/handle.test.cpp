// SPDX-License-Identifier: BSL-1.0
#include <keyway/handle.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <type_traits>
#include <utility>

#include "support/loopback.hpp"

namespace kw = keyway;
using test::is_open;

static_assert(sizeof(kw::handle) == sizeof(int) && sizeof(kw::handle_view) == sizeof(int));
static_assert(std::is_trivially_copyable_v<kw::handle_view>);
static_assert(!std::is_copy_constructible_v<kw::handle> && !std::is_copy_assignable_v<kw::handle>);
static_assert(std::is_nothrow_move_constructible_v<kw::handle> && std::is_nothrow_move_assignable_v<kw::handle>);
static_assert(std::is_convertible_v<kw::handle&, kw::handle_view>);
static_assert(!std::is_convertible_v<int, kw::handle> && !std::is_convertible_v<int, kw::handle_view>);
static_assert(!kw::handle_view{}.is_open() && kw::handle_view{}.native_handle() == kw::handle_view::invalid);

namespace {

kw::handle open_null() {
    const int native = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    REQUIRE(native >= 0);
    return kw::handle(native);
}

}  // namespace

TEST_CASE("the destructor closes") {
    int native = -1;
    {
        const kw::handle owner = open_null();
        native = owner.native_handle();
        CHECK(owner.is_open());
        CHECK(is_open(native));
    }
    CHECK_FALSE(is_open(native));
}

TEST_CASE("a view closes nothing") {
    const kw::handle owner = open_null();
    {
        const kw::handle_view view = owner;
        CHECK(view.native_handle() == owner.native_handle());
    }
    CHECK(is_open(owner.native_handle()));
}

TEST_CASE("a move leaves the source empty") {
    kw::handle first = open_null();
    const int native = first.native_handle();
    const kw::handle second = std::move(first);
    CHECK_FALSE(first.is_open());
    CHECK(second.native_handle() == native);
    CHECK(is_open(native));
}

TEST_CASE("a move assignment closes what the target had") {
    kw::handle target = open_null();
    kw::handle source = open_null();
    const int old = target.native_handle();
    const int taken = source.native_handle();
    target = std::move(source);
    CHECK_FALSE(is_open(old));
    CHECK(target.native_handle() == taken);
    CHECK_FALSE(source.is_open());
    target = kw::handle{};
    CHECK_FALSE(is_open(taken));
    CHECK_FALSE(target.is_open());
}

TEST_CASE("39: an assignment to itself changes nothing") {
    kw::handle owner = open_null();
    const int native = owner.native_handle();
    kw::handle& same = owner;
    owner = std::move(same);
    CHECK(owner.native_handle() == native);
    CHECK(is_open(native));
}

TEST_CASE("39: swap exchanges two descriptors and closes none") {
    kw::handle a = open_null();
    kw::handle b = open_null();
    const int first = a.native_handle();
    const int second = b.native_handle();
    std::swap(a, b);
    CHECK(a.native_handle() == second);
    CHECK(b.native_handle() == first);
    CHECK(is_open(first));
    CHECK(is_open(second));
}

TEST_CASE("release gives the descriptor up and closes nothing") {
    kw::handle owner = open_null();
    const int native = owner.release();
    CHECK_FALSE(owner.is_open());
    CHECK_FALSE(kw::handle{}.is_open());
    CHECK(is_open(native));
    CHECK(owner.release() == kw::handle::invalid);
    ::close(native);
}

TEST_CASE("close closes once, and on an empty owner is bad_descriptor") {
    kw::handle owner = open_null();
    const int native = owner.native_handle();
    CHECK(owner.close());
    CHECK_FALSE(is_open(native));
    CHECK_FALSE(owner.is_open());
    // The number is somebody else's by now; a second close must not take it away.
    const kw::handle decoy = open_null();
    CHECK(decoy.native_handle() == native);
    const auto again = owner.close();
    CHECK(test::failure(again) == kw::errc::bad_descriptor);
    CHECK(test::failure(again).operation() == kw::operation::close);
    CHECK(is_open(decoy.native_handle()));
}

TEST_CASE("close reports what the system says, and the owner is empty all the same") {
    kw::handle owner = open_null();
    ::close(owner.native_handle());  // behind its back
    CHECK(test::failure(owner.close()) == kw::errc::bad_descriptor);
    CHECK_FALSE(owner.is_open());
}

TEST_CASE("a duplicate is another owner, close-on-exec and above the standard streams") {
    kw::handle owner = open_null();
    const kw::handle copy = test::must(owner.duplicate());
    CHECK(copy.native_handle() != owner.native_handle());
    CHECK(copy.native_handle() >= 3);
    CHECK(test::closes_on_exec(copy));
    CHECK(owner.close());
    CHECK(is_open(copy.native_handle()));
}

TEST_CASE("66: duplicating an empty handle is bad_descriptor") {
    const auto copy = kw::handle{}.duplicate();
    CHECK(test::failure(copy) == kw::errc::bad_descriptor);
    CHECK(test::failure(copy).operation() == kw::operation::duplicate);
}
