// SPDX-License-Identifier: BSL-1.0
#include <keyway/error.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <string>
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

// All but the text works at compile time.
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

constexpr operation all_operations[] = {
    operation::open,           operation::pair,
    operation::adopt,          operation::duplicate,
    operation::bind,           operation::listen,
    operation::accept,         operation::connect,
    operation::disconnect,     operation::send,
    operation::send_to,        operation::recv,
    operation::recv_from,      operation::send_message,
    operation::recv_message,   operation::recv_error,
    operation::send_batch,     operation::recv_batch,
    operation::shutdown,       operation::close,
    operation::local_endpoint, operation::peer_endpoint,
    operation::get_option,     operation::set_option,
    operation::convert,        operation::cancel,
    operation::poll_add,       operation::poll_modify,
    operation::poll_remove,    operation::poll,
    operation::poll_wake,      operation::signal_wait,
    operation::interfaces,     operation::interface_index,
    operation::interface_name, operation::resolve,
    operation::resolve_name,   operation::join_group,
    operation::leave_group,    operation::pipe,
    operation::read,           operation::write,
    operation::seek,           operation::size,
    operation::sync,
};

std::string message_of(const error& e) { return std::string(e.message().view()); }

/// An error of the system's, with its native code.
constexpr error native(errc meaning, operation op) { return {test::native_code(meaning), op}; }

}  // namespace

TEST_CASE("an error names the call, and then the reason alone") {
    const std::string reason(refused.reason().view());
    CHECK_FALSE(reason.empty());
    CHECK(message_of(refused) == "connect: " + reason);
    CHECK(message_of(error(refused.code(), operation::none)) == reason);
}

TEST_CASE("every code of the system's has a text, or at least its number") {
    for (const auto& known : test::codes) {
        const std::string text(error(known.code, operation::bind).reason().view());
        CAPTURE(text);
        CHECK_FALSE(text.empty());
        const bool unknown = text.find("nknown error") != std::string::npos;
        CHECK((!unknown || text.find(std::to_string(known.code)) != std::string::npos));
    }
}

TEST_CASE("every code of the system's means one condition, the same on every system") {
    for (const auto& known : test::codes) {
        CAPTURE(known.code);
        const error e(known.code, operation::bind);
        CHECK(e.condition() == known.meaning);
        CHECK(e == known.meaning);
        CHECK(e.domain() == kw::error_domain::system);
        CHECK(e.code() == known.code);
    }
}

TEST_CASE("an errc of the system's reads the same as the system's code") {
    CHECK(message_of(error(errc::invalid_argument, operation::bind)) ==
          message_of(native(errc::invalid_argument, operation::bind)));
}

TEST_CASE("keyway's own conditions have a text of their own") {
    CHECK(message_of(error(errc::end_of_stream, operation::recv)) ==
          "recv: the peer closed the stream before the end of the data");
    std::set<std::string> texts;
    for (const errc own : {errc::end_of_stream, errc::wrong_kind, errc::wrong_family, errc::malformed_value,
                           errc::already_added, errc::not_added, errc::too_many_lookups}) {
        const std::string text = message_of(error(own, operation::adopt));
        CHECK(text.starts_with("adopt: "));
        CHECK(text.find("nknown error") == std::string::npos);  // what the system says of a negative code
        texts.insert(text);
    }
    CHECK(texts.size() == 7);
}

TEST_CASE("a code that the system does not know still gives a text") {
    const std::string text = message_of(error(99999, operation::send));
    CHECK(text.starts_with("send: "));
    CHECK(text.find("99999") != std::string::npos);
}

TEST_CASE("a message fits its room and ends with a NUL") {
    for (const int first : {0, 10'000}) {  // where errno's codes are, and Winsock's
        for (int code = first; code < first + 140; ++code) {
            const auto text = error(code, operation::peer_endpoint).message();
            CHECK(text.size() <= error::max_message);
            CHECK(std::strlen(text.c_str()) == text.size());
        }
    }
}

TEST_CASE("every operation has a name of its own") {
    std::set<std::string_view> names;
    for (const operation op : all_operations) {
        CHECK_FALSE(kw::name_of(op).empty());
        names.insert(kw::name_of(op));
    }
    CHECK(names.size() == std::size(all_operations));
    CHECK_FALSE(names.contains(kw::name_of(operation::none)));
}

TEST_CASE("equality with an errc asks for the meaning alone") {
    CHECK(native(errc::would_block, operation::recv) == errc::would_block);
    CHECK(native(errc::not_supported, operation::accept) == errc::not_supported);
    CHECK(error(errc::would_block, operation::accept) == errc::would_block);
    CHECK_FALSE(native(errc::would_block, operation::recv) == errc::timed_out);
}

TEST_CASE("equality of two errors asks for code, domain and operation") {
    CHECK(refused == native(errc::connection_refused, operation::connect));
    CHECK_FALSE(refused == native(errc::connection_refused, operation::send));
    CHECK_FALSE(refused == native(errc::connection_reset, operation::connect));
    CHECK_FALSE(refused == error(errc::connection_refused, operation::connect));
    CHECK(error{} == error(0, operation::none));
}

TEST_CASE("a resolver's condition is an error with words, and equals itself alone") {
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

TEST_CASE("a resolver's code that is not known means no errc and says its number") {
    const error unknown_host(-2, operation::none, kw::error_domain::resolver);
    CHECK(unknown_host.condition() == errc{});
    CHECK_FALSE(unknown_host == errc::wrong_kind);  // which is -2 as well
    CHECK_FALSE(unknown_host == errc{});
    CHECK_FALSE(unknown_host.is_transient());
    CHECK_FALSE(unknown_host.connection_lost());
    CHECK(message_of(unknown_host).find("-2") != std::string::npos);
}

TEST_CASE("each predicate is true of its conditions and of no others") {
    struct row {
        errc condition;
        bool transient, exhausted, lost;
    };
    constexpr bool yes = true, no = false;
    constexpr row table[] = {
        {errc::would_block, yes, no, no},         {errc::interrupted, yes, no, no},
        {errc::connection_aborted, yes, no, yes}, {errc::protocol_error, yes, no, no},
        {errc::no_buffer_space, yes, yes, no},    {errc::network_down, yes, no, no},
        {errc::network_unreachable, yes, no, no}, {errc::host_unreachable, yes, no, no},
        {errc::too_many_files, no, yes, no},      {errc::too_many_files_in_system, no, yes, no},
        {errc::not_enough_memory, no, yes, no},   {errc::too_many_lookups, no, yes, no},
        {errc::connection_reset, no, no, yes},    {errc::broken_pipe, no, no, yes},
        {errc::network_reset, no, no, yes},       {errc::not_connected, no, no, yes},
        {errc::end_of_stream, no, no, yes},       {errc::timed_out, no, no, no},
        {errc::connection_refused, no, no, no},   {errc::bad_descriptor, no, no, no},
        {errc::invalid_argument, no, no, no},     {errc::message_too_long, no, no, no},
        {errc::wrong_kind, no, no, no},
    };
    for (const row& r : table) {
        const error e(r.condition, operation::recv);
        CAPTURE(r.condition);
        CHECK(e.is_transient() == r.transient);
        CHECK(e.is_resource_exhausted() == r.exhausted);
        CHECK(e.connection_lost() == r.lost);
        CHECK(e.would_block() == (r.condition == errc::would_block));
        CHECK(e.timed_out() == (r.condition == errc::timed_out));
        CHECK(e.end_of_stream() == (r.condition == errc::end_of_stream));
    }
}

TEST_CASE("a transfer_error is an error that knows how far it came") {
    const kw::transfer_error broken(native(errc::broken_pipe, operation::send), 4096);
    CHECK(broken.transferred == 4096);
    CHECK(broken == errc::broken_pipe);
    CHECK(broken.connection_lost());
    CHECK(message_of(broken).starts_with("send: "));
    CHECK(broken == kw::transfer_error(native(errc::broken_pipe, operation::send), 4096));
    CHECK_FALSE(broken == kw::transfer_error(native(errc::broken_pipe, operation::send), 4095));
    CHECK_FALSE(broken == kw::transfer_error(native(errc::broken_pipe, operation::recv), 4096));
}
