// SPDX-License-Identifier: BSL-1.0
#include <keyway/error.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "support/loopback.hpp"

namespace kw = keyway;
using kw::errc;
using kw::error;
using kw::operation;

static_assert(sizeof(error) == 8);
static_assert(std::is_trivially_copyable_v<error> && std::is_nothrow_default_constructible_v<error>);
static_assert(sizeof(kw::result<std::size_t>) == 16 || sizeof(std::size_t) != 8);

// Everything except the text works at compile time.
constexpr error refused(test::native_code(errc::connection_refused), operation::connect);
static_assert(refused.code() == test::native_code(errc::connection_refused));
static_assert(refused.domain() == kw::error_domain::system);
static_assert(refused.operation() == operation::connect);
static_assert(refused.condition() == errc::connection_refused);
static_assert(refused == errc::connection_refused && errc::connection_refused == refused);
static_assert(refused != errc::connection_reset);
static_assert(!refused.would_block() && !refused.is_transient() && !refused.connection_lost());
static_assert(error(errc::end_of_stream, operation::recv).connection_lost());
static_assert(kw::transfer_error(refused, 7).transferred == 7);

namespace {

/// Every operation but operation::none.
template <class Function>
void for_each_operation(Function function) {
    for (std::size_t i = 1; i < kw::operation_count; ++i) function(static_cast<operation>(i));
}

std::string message_of(const error& e) { return std::string(e.message().view()); }

/// An error of the system with its native code.
constexpr error native(errc meaning, operation op) { return {test::native_code(meaning), op}; }

}  // namespace

TEST_CASE("a message names the call and then the reason") {
    const std::string reason(refused.reason().view());
    CHECK_FALSE(reason.empty());
    CHECK(message_of(refused) == "connect: " + reason);
    CHECK(message_of(error(refused.code(), operation::none)) == reason);
}

TEST_CASE("every system code has a text, or at least its number") {
    for (const auto& known : test::codes) {
        const std::string text(error(known.code, operation::bind).reason().view());
        CAPTURE(text);
        CHECK_FALSE(text.empty());
        const bool unknown = text.find("nknown error") != std::string::npos;
        CHECK((!unknown || text.find(std::to_string(known.code)) != std::string::npos));
    }
}

TEST_CASE("every system code maps to one condition, the same on every platform") {
    for (const auto& known : test::codes) {
        CAPTURE(known.code);
        const error e(known.code, operation::bind);
        CHECK(e.condition() == known.meaning);
        CHECK(e == known.meaning);
        CHECK(e.domain() == kw::error_domain::system);
        CHECK(e.code() == known.code);
    }
}

TEST_CASE("an errc has the same text as the system's code") {
    CHECK(message_of(error(errc::invalid_argument, operation::bind)) ==
          message_of(native(errc::invalid_argument, operation::bind)));
}

TEST_CASE("each of keyway's own conditions has a distinct text") {
    CHECK(message_of(error(errc::end_of_stream, operation::recv)) ==
          "recv: the peer closed the stream before the end of the data");
    std::set<std::string> texts;
    for (const errc own : {errc::end_of_stream, errc::wrong_kind, errc::wrong_family, errc::malformed_value,
                           errc::already_added, errc::not_added, errc::too_many_lookups, errc::limit_reached}) {
        const std::string text = message_of(error(own, operation::adopt));
        CHECK(text.starts_with("adopt: "));
        CHECK(text.find("nknown error") == std::string::npos);  // the system's text for a negative code
        texts.insert(text);
    }
    CHECK(texts.size() == 8);
}

TEST_CASE("a code that the system does not know has a text with its number") {
    const std::string text = message_of(error(99999, operation::send));
    CHECK(text.starts_with("send: "));
    CHECK(text.find("99999") != std::string::npos);
}

TEST_CASE("a message fits its capacity and ends with a NUL") {
    for (const int first : {0, 10'000}) {  // the codes of errno and of Winsock
        for (int code = first; code < first + 140; ++code) {
            const auto text = error(code, operation::peer_endpoint).message();
            CHECK(text.size() <= error::max_message);
            CHECK(std::strlen(text.c_str()) == text.size());
        }
    }
}

TEST_CASE("every operation has a distinct name, which the message begins with") {
    const std::string_view unknown = kw::name_of(static_cast<operation>(kw::operation_count));
    std::set<std::string_view> names{kw::name_of(operation::none), unknown};
    for_each_operation([&](operation op) {
        const std::string_view name = kw::name_of(op);
        CHECK_FALSE(name.empty());
        CHECK_MESSAGE(names.insert(name).second, name);
        CHECK(error(errc::invalid_argument, op).operation() == op);
        CHECK(message_of(error(errc::invalid_argument, op)).starts_with(std::string(name) + ": "));
    });
    CHECK(names.size() == kw::operation_count + 1);
}

TEST_CASE("the conditions of the system have the names and values of std::errc") {
#define KEYWAY_SAME(name) CHECK(static_cast<int>(errc::name) == static_cast<int>(std::errc::name))
    KEYWAY_SAME(address_family_not_supported);
    KEYWAY_SAME(address_in_use);
    KEYWAY_SAME(address_not_available);
    KEYWAY_SAME(already_connected);
    KEYWAY_SAME(argument_out_of_domain);
    KEYWAY_SAME(bad_file_descriptor);
    KEYWAY_SAME(broken_pipe);
    KEYWAY_SAME(connection_aborted);
    KEYWAY_SAME(connection_already_in_progress);
    KEYWAY_SAME(connection_refused);
    KEYWAY_SAME(connection_reset);
    KEYWAY_SAME(destination_address_required);
    KEYWAY_SAME(device_or_resource_busy);
    KEYWAY_SAME(file_exists);
    KEYWAY_SAME(file_too_large);
    KEYWAY_SAME(filename_too_long);
    KEYWAY_SAME(host_unreachable);
    KEYWAY_SAME(interrupted);
    KEYWAY_SAME(invalid_argument);
    KEYWAY_SAME(invalid_seek);
    KEYWAY_SAME(io_error);
    KEYWAY_SAME(is_a_directory);
    KEYWAY_SAME(message_size);
    KEYWAY_SAME(network_down);
    KEYWAY_SAME(network_reset);
    KEYWAY_SAME(network_unreachable);
    KEYWAY_SAME(no_buffer_space);
    KEYWAY_SAME(no_protocol_option);
    KEYWAY_SAME(no_space_on_device);
    KEYWAY_SAME(no_such_device);
    KEYWAY_SAME(no_such_file_or_directory);
    KEYWAY_SAME(not_a_socket);
    KEYWAY_SAME(not_connected);
    KEYWAY_SAME(not_enough_memory);
    KEYWAY_SAME(operation_canceled);
    KEYWAY_SAME(operation_in_progress);
    KEYWAY_SAME(operation_not_permitted);
    KEYWAY_SAME(operation_not_supported);
    KEYWAY_SAME(operation_would_block);
    KEYWAY_SAME(permission_denied);
    KEYWAY_SAME(protocol_error);
    KEYWAY_SAME(protocol_not_supported);
    KEYWAY_SAME(timed_out);
    KEYWAY_SAME(too_many_files_open);
    KEYWAY_SAME(too_many_files_open_in_system);
    KEYWAY_SAME(wrong_protocol_type);
#undef KEYWAY_SAME
}

TEST_CASE("equality with an errc compares the condition alone") {
    CHECK(native(errc::operation_would_block, operation::recv) == errc::operation_would_block);
    CHECK(native(errc::operation_not_supported, operation::accept) == errc::operation_not_supported);
    CHECK(error(errc::operation_would_block, operation::accept) == errc::operation_would_block);
    CHECK_FALSE(native(errc::operation_would_block, operation::recv) == errc::timed_out);
}

TEST_CASE("equality of two errors compares code, domain and operation") {
    CHECK(refused == native(errc::connection_refused, operation::connect));
    CHECK_FALSE(refused == native(errc::connection_refused, operation::send));
    CHECK_FALSE(refused == native(errc::connection_reset, operation::connect));
    CHECK_FALSE(refused == error(errc::connection_refused, operation::connect));
    CHECK(error{} == error(0, operation::none));
}

TEST_CASE("a resolver's condition has a text and equals itself alone") {
    std::set<std::string_view> words;
    int count = 0;
    for (int number = 1; !describe(static_cast<kw::resolver_errc>(number)).empty(); ++number, ++count) {
        const auto condition = static_cast<kw::resolver_errc>(number);
        const error e(condition, operation::resolve);
        words.insert(describe(condition));
        CHECK(message_of(e) == "resolve: " + std::string(describe(condition)));
        CHECK(e.domain() == kw::error_domain::resolver);
        CHECK(e.code() == number);
        CHECK(e == condition);
        CHECK_FALSE(e == static_cast<kw::resolver_errc>(number + 1));
        CHECK_FALSE(error(number, operation::resolve) == condition);
        CHECK(e.condition() == errc{});
        CHECK(e.is_transient() == (condition == kw::resolver_errc::try_again));
        CHECK_FALSE(e.is_resource_exhausted());
    }
    CHECK(count == static_cast<int>(kw::resolver_errc::text_too_long));  // the last one
    CHECK(words.size() == static_cast<std::size_t>(count));
}

TEST_CASE("an unknown resolver code has no errc, and its text has the number") {
    const error unknown_host(-2, operation::none, kw::error_domain::resolver);
    CHECK(unknown_host.condition() == errc{});
    CHECK_FALSE(unknown_host == errc::wrong_kind);  // which is -2 as well
    CHECK_FALSE(unknown_host == errc{});
    CHECK_FALSE(unknown_host.is_transient());
    CHECK_FALSE(unknown_host.connection_lost());
    CHECK(message_of(unknown_host).find("-2") != std::string::npos);
}

TEST_CASE("each predicate is true for its conditions and no others") {
    struct row {
        errc condition;
        bool transient, exhausted, lost;
    };
    constexpr bool yes = true, no = false;
    constexpr row table[] = {
        {errc::operation_would_block, yes, no, no}, {errc::interrupted, yes, no, no},
        {errc::connection_aborted, yes, no, yes},   {errc::protocol_error, yes, no, no},
        {errc::no_buffer_space, yes, yes, no},      {errc::network_down, yes, no, no},
        {errc::network_unreachable, yes, no, no},   {errc::host_unreachable, yes, no, no},
        {errc::too_many_files_open, no, yes, no},   {errc::too_many_files_open_in_system, no, yes, no},
        {errc::not_enough_memory, no, yes, no},     {errc::too_many_lookups, no, yes, no},
        {errc::connection_reset, no, no, yes},      {errc::broken_pipe, no, no, yes},
        {errc::network_reset, no, no, yes},         {errc::not_connected, no, no, yes},
        {errc::end_of_stream, no, no, yes},         {errc::timed_out, no, no, no},
        {errc::limit_reached, no, no, no},          {errc::connection_refused, no, no, no},
        {errc::bad_file_descriptor, no, no, no},    {errc::invalid_argument, no, no, no},
        {errc::message_size, no, no, no},           {errc::wrong_kind, no, no, no},
    };
    for (const row& r : table) {
        const error e(r.condition, operation::recv);
        CAPTURE(r.condition);
        CHECK(e.is_transient() == r.transient);
        CHECK(e.is_resource_exhausted() == r.exhausted);
        CHECK(e.connection_lost() == r.lost);
        CHECK(e.would_block() == (r.condition == errc::operation_would_block));
        CHECK(e.timed_out() == (r.condition == errc::timed_out || r.condition == errc::limit_reached));
        CHECK(e.limit_reached() == (r.condition == errc::limit_reached));
        CHECK(e.end_of_stream() == (r.condition == errc::end_of_stream));
    }
}

TEST_CASE("a transfer_error is an error with a number of bytes") {
    const kw::transfer_error broken(native(errc::broken_pipe, operation::send), 4096);
    CHECK(broken.transferred == 4096);
    CHECK(broken == errc::broken_pipe);
    CHECK(broken.connection_lost());
    CHECK(message_of(broken).starts_with("send: "));
    CHECK(broken == kw::transfer_error(native(errc::broken_pipe, operation::send), 4096));
    CHECK_FALSE(broken == kw::transfer_error(native(errc::broken_pipe, operation::send), 4095));
    CHECK_FALSE(broken == kw::transfer_error(native(errc::broken_pipe, operation::recv), 4096));
}

namespace {

kw::result<int> failing_result() { return kw::unexpected(refused); }
kw::transfer_result<void> failing_transfer() { return kw::unexpected(kw::transfer_error(refused, 7)); }

kw::result<void> passed_on() { return kw::failure(failing_result()); }
kw::result<std::string> cut_down() {
    const auto failed = failing_transfer();
    return kw::failure(failed);
}
kw::transfer_result<std::size_t> kept() {
    const auto failed = failing_transfer();
    return kw::failure(failed);
}
kw::transfer_result<int> widened() { return kw::failure(failing_result()); }
kw::result<int> of_an_error() { return kw::failure(refused); }

}  // namespace

TEST_CASE("failure() passes an error on to a result of another type") {
    CHECK(passed_on().error() == refused);
    CHECK(cut_down().error() == refused);
    CHECK(kept().error() == kw::transfer_error(refused, 7));
    CHECK(widened().error() == kw::transfer_error(refused, 0));
    CHECK(of_an_error().error() == refused);
}
