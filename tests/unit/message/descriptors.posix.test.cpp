// SPDX-License-Identifier: BSL-1.0
#include <keyway/message/descriptors.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <keyway/file/file.hpp>
#include <keyway/message/control/unix.hpp>
#include <keyway/message/message.hpp>
#include <keyway/transport.hpp>

#include "support/loopback.hpp"
#include "support/posix.hpp"

namespace {

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;
using kw::errc;
using test::failure;
using test::must;

constexpr auto long_time = 30s;

/// A connected pair, and descriptors to send. Checks that no descriptor is left open.
template <class T>
struct passing : test::bounded {
    std::size_t before = net::open_descriptors();
    std::array<typename T::connection, 2> ends = must(T::pair());
    std::optional<kw::tcp4::listener> listener = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    std::optional<kw::udp4::socket> socket = must(kw::udp4::bind(net::any_loopback_port<kw::udp4>()));
    std::array<char, 16> buffer{};

    passing() = default;
    passing(const passing&) = delete;
    passing& operator=(const passing&) = delete;
    ~passing() {
        for (auto& end : ends) must(end.close());
        listener.reset();
        socket.reset();
        CHECK(net::open_descriptors() == before);
    }
};

TEST_CASE_TEMPLATE("received descriptors are adopted as what they are, and as nothing else", T, kw::unix_stream,
                   kw::unix_datagram, kw::unix_seqpacket) {
    passing<T> p;
    auto& [a, b] = p.ends;
    const auto at = must(p.listener->local_endpoint());
    CHECK(must(kw::send_descriptors(a, "two", {*p.listener, *p.socket})) == 3);
    auto got = must(kw::recv_descriptors<2>(b, p.buffer, long_time));
    CHECK(got.data.size() == 3);
    CHECK_FALSE(got.control_truncated);
    REQUIRE(got.rights.size == 2);
    CHECK(got.rights.surplus == 0);
    for (const kw::handle& each : got.rights.handles) CHECK(test::closes_on_exec(each));

    CHECK(failure(got.rights.template adopt<kw::udp4::socket>(0)) == errc::wrong_kind);
    CHECK(failure(got.rights.template adopt<kw::tcp4::connection>(0)) == errc::wrong_kind);
    p.listener.reset();
    const auto adopted = must(got.rights.template adopt<kw::tcp4::listener>(0));
    CHECK(must(adopted.local_endpoint()) == at);
    const auto client = must(kw::tcp4::connect(at, long_time));
    must(adopted.accept(long_time));
    CHECK(failure(got.rights.template adopt<kw::tcp4::listener>(0)) == errc::bad_file_descriptor);
    CHECK(failure(got.rights.template adopt<kw::tcp4::listener>(2)) == errc::bad_file_descriptor);
    CHECK(must(got.rights.template adopt<kw::udp4::socket>(1)).is_open());
}

TEST_CASE_FIXTURE(passing<kw::unix_stream>, "a file can be sent too") {
    const net::temp_directory directory;
    {
        const auto file = must(kw::file<kw::access::read_write>::open(directory.path("passed"), {.create = true}));
        must(file.write_all("content"));
        must(kw::send_descriptors(ends[0], "x", file));
    }
    const auto got = must(kw::recv_descriptors<1>(ends[1], buffer, long_time));
    REQUIRE(got.rights.size == 1);
    std::array<char, 7> text{};
    CHECK(::pread(got.rights.handles[0].native_handle(), text.data(), text.size(), 0) == 7);
    CHECK(std::string(text.data(), 7) == "content");
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "surplus descriptors are closed and reported") {
    if (test::skipped_under_emulator("descriptors that are more than the buffer holds")) return;
    for (std::size_t more : {1U, 2U, 8U}) {
        std::array<kw::handle, 9> all;
        for (std::size_t i = 0; i <= more; ++i) all[i] = kw::handle::adopt_unchecked(test::any_handle());
        if (more == 1) must(kw::send_descriptors(ends[0], "x", {all[0], all[1]}));
        else if (more == 2) must(kw::send_descriptors(ends[0], "x", {all[0], all[1], all[2]}));
        else
            must(kw::send_descriptors(ends[0], "x",
                                      {all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8]}));
        const auto descriptors = net::open_descriptors();
        {
            const auto got = must(kw::recv_descriptors<1>(ends[1], buffer, long_time));
            CHECK(got.rights.size == 1);
            // The space for one has space for two if a long has twice the bytes of an int.
            CHECK((got.rights.surplus == 1) == (sizeof(long) == 8));
            CHECK(got.control_truncated == (got.rights.surplus < more));
            CHECK(net::open_descriptors() == descriptors + 1);
        }
        CHECK(net::open_descriptors() == descriptors);
    }
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "descriptors that were not requested or not taken are closed") {
    const auto descriptors = net::open_descriptors();
    must(kw::send_descriptors(ends[0], "x", *listener));
    must(kw::send_descriptors(ends[0], "x", *listener));
    must(kw::send_descriptors(ends[0], "x", *listener));
    must(kw::send_descriptors(ends[0], "x", *listener));
    control::buffer<> none;
    CHECK(must(kw::recv_message(ends[1], buffer, none)).control_truncated);
    CHECK(net::open_descriptors() == descriptors);
    {
        control::buffer<control::unknown<32>> items;
        CHECK_FALSE(must(kw::recv_message(ends[1], buffer, items)).control_truncated);
        CHECK(net::open_descriptors() == descriptors + 1);
        // The next message closes it.
        CHECK_FALSE(must(kw::recv_message(ends[1], buffer, items)).control_truncated);
        CHECK(net::open_descriptors() == descriptors + 1);
        items.clear();
        CHECK(net::open_descriptors() == descriptors);
        must(kw::recv_message(ends[1], buffer, items));
    }
    CHECK(net::open_descriptors() == descriptors);
    // The kernel closes them if the call has no space for control messages.
    must(kw::send_descriptors(ends[0], "x", *listener));
    must(ends[1].recv(buffer));
    CHECK(net::open_descriptors() == descriptors);
}

/// The same descriptor N times.
template <std::size_t N>
control::list<control::passed_rights<N>> times(const kw::handle_view& handle) {
    control::passed_rights<N> rights{};
    rights.natives.fill(handle.native_handle());
    return control::list<control::passed_rights<N>>(rights);
}

/// An item with one descriptor more than the kernel accepts; passed_rights does not compile with it.
struct one_too_many {
    explicit one_too_many(const kw::handle_view& handle) { natives.fill(handle.native_handle()); }

    std::array<kw::handle_view::native_type, 254> natives{};

    template <class F, class T, class P>
    static constexpr bool fits = true;
    static constexpr std::size_t sent_space = control::space(sizeof(natives));
    void encode(control::writer& to) const noexcept { to.add(SOL_SOCKET, SCM_RIGHTS, natives); }
};

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "one message carries up to 253 descriptors") {
    const auto descriptors = net::open_descriptors();
    must(kw::send_message(ends[0], "none", control::list<>()));
    CHECK(must(kw::recv_descriptors<1>(ends[1], buffer)).rights.size == 0);
    must(kw::send_message(ends[0], "most", times<253>(*listener)));
    {
        const auto got = must(kw::recv_descriptors<253>(ends[1], buffer, long_time));
        CHECK(got.rights.size == 253);
        CHECK_FALSE(got.control_truncated);
        CHECK(net::open_descriptors() == descriptors + 253);
    }
    CHECK(net::open_descriptors() == descriptors);
    CHECK(failure(kw::send_message(ends[0], "more", control::list{one_too_many{*listener}})) == errc::invalid_argument);
    CHECK(failure(ends[1].recv(buffer, 0s)).timed_out());
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "descriptors that the receiver never reads are closed with its socket") {
    auto other = must(kw::tcp4::listen(net::any_loopback_port<kw::tcp4>()));
    const auto at = must(other.local_endpoint());
    must(kw::send_descriptors(ends[0], "x", other));
    must(other.close());
    // It is still open, in the queue of the receiver.
    CHECK(kw::tcp4::connect(at, long_time));
    must(ends[1].close());
    CHECK(failure(kw::tcp4::connect(at, long_time)) == errc::connection_refused);
    ends[1] = std::move(must(kw::unix_seqpacket::pair())[0]);
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "an invalid descriptor is refused, and nothing is sent") {
    auto gone = kw::handle::adopt_unchecked(test::any_handle());
    const kw::handle_view was = gone;
    must(gone.close());
    CHECK(failure(kw::send_descriptors(ends[0], "x", {*listener, was})) == errc::bad_file_descriptor);
    CHECK(failure(kw::send_descriptors(ends[0], "x", kw::handle_view())) == errc::bad_file_descriptor);
    CHECK(failure(ends[1].recv(buffer, 0s)).timed_out());
}

TEST_CASE("without a free number descriptors are lost and reported, data is not lost") {
    test::check_in_child([]() -> std::string {
        auto [a, b] = *kw::unix_seqpacket::pair();
        std::array<char, 16> buffer{};
        KEYWAY_CHILD_CHECK(kw::send_descriptors(a, "data", {a, b}));
        const ::rlimit few{static_cast<::rlim_t>(b.native_handle() + 1), 1024};
        KEYWAY_CHILD_CHECK(::setrlimit(RLIMIT_NOFILE, &few) == 0);
        while (::dup(0) >= 0) {}
        const auto got = kw::recv_descriptors<2>(b, buffer, long_time);
        KEYWAY_CHILD_CHECK(got && got->data.size() == 4 && got->control_truncated);
        KEYWAY_CHILD_CHECK(got->rights.size == 0);
        return {};
    });
}

TEST_CASE_FIXTURE(passing<kw::unix_stream>, "a stream delivers descriptors with the first part of their data") {
    must(kw::send_descriptors(ends[0], "long data", *listener));
    std::array<char, 4> four{};
    CHECK(must(kw::recv_descriptors<1>(ends[1], four, long_time)).rights.size == 1);
    CHECK(must(kw::recv_descriptors<1>(ends[1], four, long_time)).rights.size == 0);
    CHECK(failure(kw::send_descriptors(ends[0], "", *listener)) == errc::invalid_argument);
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "rights that are moved have one owner") {
    must(kw::send_descriptors(ends[0], "x", *listener));
    auto got = must(kw::recv_descriptors<1>(ends[1], buffer, long_time));
    auto moved = std::move(got.rights);
    CHECK_FALSE(got.rights.handles[0].is_open());
    CHECK(moved.adopt<kw::tcp4::listener>(0));
}

TEST_CASE_FIXTURE(passing<kw::unix_seqpacket>, "owners and views of any kind can be sent, and the call has a limit") {
    const kw::tcp4::listener_view view = *listener;
    const auto copy = must(socket->duplicate());
    must(kw::send_descriptors(ends[0], "x", {view, *socket, copy}, long_time));
    auto [data, truncated, length, control_truncated, rights] =
        must(kw::recv_descriptors<3>(kw::unix_seqpacket::connection_view(ends[1]), buffer, long_time));
    CHECK(test::text(data) == "x");
    CHECK_FALSE(truncated);
    CHECK(length == 1);
    CHECK_FALSE(control_truncated);
    CHECK(rights.size == 3);
    CHECK(failure(kw::recv_descriptors<1>(ends[1], buffer, 1ms)).limit_reached());
}

template <class... Handles>
concept can_pass = requires { control::pass(std::declval<Handles>()...); };

static_assert(can_pass<kw::tcp4::listener&, const kw::handle&, kw::handle_view>);
static_assert(!can_pass<kw::tcp4::listener> && !can_pass<kw::tcp4::listener&, kw::handle> && !can_pass<int>);

}  // namespace
