// SPDX-License-Identifier: BSL-1.0
#include <keyway/handle.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <type_traits>
#include <utility>

#include "support/loopback.hpp"

namespace kw = keyway;
using test::is_open;

static_assert(sizeof(kw::handle) == sizeof(kw::handle::native_type) &&
              sizeof(kw::handle_view) == sizeof(kw::handle::native_type));
static_assert(std::is_trivially_copyable_v<kw::handle_view>);
static_assert(!std::is_copy_constructible_v<kw::handle> && !std::is_copy_assignable_v<kw::handle>);
static_assert(std::is_nothrow_move_constructible_v<kw::handle> && std::is_nothrow_move_assignable_v<kw::handle>);
static_assert(std::is_convertible_v<kw::handle&, kw::handle_view>);
static_assert(!std::is_convertible_v<int, kw::handle> && !std::is_convertible_v<int, kw::handle_view>);
static_assert(!std::is_convertible_v<kw::handle::native_type, kw::handle_view>);
static_assert(!std::equality_comparable<kw::handle> && !std::totally_ordered<kw::handle_view>);
static_assert(!std::is_constructible_v<bool, kw::handle> && !std::is_constructible_v<bool, kw::handle_view>);
static_assert(!kw::handle_view{}.is_open() && kw::handle_view{}.native_handle() == kw::handle_view::invalid);

namespace {

kw::handle open_any() {
    kw::handle opened = kw::handle::adopt_unchecked(test::any_handle());
    REQUIRE(opened.is_open());
    return opened;
}

}  // namespace

TEST_CASE("the destructor closes") {
    auto native = kw::handle::invalid;
    {
        const kw::handle owner = open_any();
        native = owner.native_handle();
        CHECK(owner.is_open());
        CHECK(is_open(native));
    }
    CHECK_FALSE(is_open(native));
}

TEST_CASE("a view closes nothing") {
    const kw::handle owner = open_any();
    {
        const kw::handle_view view = owner;
        CHECK(view.native_handle() == owner.native_handle());
    }
    CHECK(is_open(owner.native_handle()));
}

TEST_CASE("a move leaves the source empty") {
    kw::handle first = open_any();
    const auto native = first.native_handle();
    const kw::handle second = std::move(first);
    CHECK_FALSE(first.is_open());
    CHECK(second.native_handle() == native);
    CHECK(is_open(native));
}

TEST_CASE("a move assignment closes what the target had") {
    kw::handle target = open_any();
    kw::handle source = open_any();
    const auto old = target.native_handle();
    const auto taken = source.native_handle();
    target = std::move(source);
    CHECK_FALSE(is_open(old));
    CHECK(target.native_handle() == taken);
    CHECK_FALSE(source.is_open());
    target = kw::handle{};
    CHECK_FALSE(is_open(taken));
    CHECK_FALSE(target.is_open());
}

TEST_CASE("an assignment to itself changes nothing") {
    kw::handle owner = open_any();
    const auto native = owner.native_handle();
    kw::handle& same = owner;
    owner = std::move(same);
    CHECK(owner.native_handle() == native);
    CHECK(is_open(native));
}

TEST_CASE("swap exchanges two descriptors and closes none") {
    kw::handle a = open_any();
    kw::handle b = open_any();
    const auto first = a.native_handle();
    const auto second = b.native_handle();
    std::swap(a, b);
    CHECK(a.native_handle() == second);
    CHECK(b.native_handle() == first);
    CHECK(is_open(first));
    CHECK(is_open(second));
}

TEST_CASE("release gives the descriptor up and closes nothing") {
    kw::handle owner = open_any();
    const auto native = owner.release();
    CHECK_FALSE(owner.is_open());
    CHECK_FALSE(kw::handle{}.is_open());
    CHECK(is_open(native));
    CHECK(owner.release() == kw::handle::invalid);
    kw::handle again = kw::handle::adopt_unchecked(native);
    CHECK(again.close());
}

TEST_CASE("close reports what the system reports, and the owner is empty either way") {
    kw::handle owner = open_any();
    test::close_behind(owner);
    CHECK(test::failure(owner.close()) == test::bad_handle_error);
    CHECK_FALSE(owner.is_open());
}

TEST_CASE("a duplicate is another owner, close-on-exec and above the standard streams") {
    kw::handle owner = open_any();
    const kw::handle copy = test::must(owner.duplicate());
    CHECK(copy.native_handle() != owner.native_handle());
    CHECK(copy.native_handle() >= 3);
    CHECK(test::closes_on_exec(copy));
    CHECK(owner.close());
    CHECK(is_open(copy.native_handle()));
}

TEST_CASE("an empty owner has nothing to close, which is bad_file_descriptor") {
    kw::handle owner = open_any();
    CHECK(owner.close());
    CHECK_FALSE(owner.is_open());
    for (int i = 0; i < 2; ++i) {
        const auto again = owner.close();
        CHECK(test::failure(again) == kw::errc::bad_file_descriptor);
        CHECK(test::failure(again).operation() == kw::operation::close);
    }
    CHECK(test::failure(kw::handle{}.close()) == kw::errc::bad_file_descriptor);
}

TEST_CASE("duplicating an empty handle is an error of the handle") {
    const auto copy = kw::handle{}.duplicate();
    CHECK(test::failure(copy) == test::bad_handle_error);
    CHECK(test::failure(copy).operation() == kw::operation::duplicate);
}

// Views are made of named owners alone, and no owner is assigned through an interface or a view.

static_assert(std::is_convertible_v<const kw::handle&, kw::handle_view>);
static_assert(!std::is_constructible_v<kw::handle_view, kw::handle>);
static_assert(!std::is_assignable_v<kw::handle_view&, kw::handle>);
static_assert(std::is_assignable_v<kw::handle_view&, const kw::handle&>);
static_assert(!std::is_constructible_v<kw::handle_view, kw::handle_view::native_type>);
static_assert(!std::is_constructible_v<kw::handle, kw::handle_view::native_type>);
static_assert(!std::is_default_constructible_v<kw::handle_interface>);
static_assert(!std::is_copy_constructible_v<kw::handle_interface>);
static_assert(!std::is_assignable_v<kw::handle_interface&, const kw::handle_interface&>);
static_assert(!std::is_convertible_v<kw::handle&, kw::handle_view&>);

TEST_CASE("a borrowed descriptor is viewed and not closed") {
    const kw::handle owner = open_any();
    {
        const auto view = kw::handle_view::borrow(owner.native_handle());
        CHECK(view.native_handle() == owner.native_handle());
    }
    CHECK(is_open(owner.native_handle()));
}
