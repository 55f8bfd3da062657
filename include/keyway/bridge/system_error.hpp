// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_BRIDGE_SYSTEM_ERROR_HPP
#define KEYWAY_BRIDGE_SYSTEM_ERROR_HPP

// Bridge to <system_error>, for programs that use std::error_code or exceptions.

#include <cerrno>
#include <concepts>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <keyway/detail/config.hpp>
#include <keyway/detail/os.hpp>
#include <keyway/error.hpp>
#include <keyway/expected.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
namespace detail {

/// A category whose codes are those of one error_domain.
class domain_category final : public std::error_category {
public:
    constexpr explicit domain_category(error_domain domain) noexcept : domain_(domain) {}

    [[nodiscard]] const char* name() const noexcept override {
        switch (domain_) {
        case error_domain::system: return "keyway.system";
        case error_domain::resolver: return "keyway.resolver";
        case error_domain::keyway: break;
        }
        return "keyway";
    }
    [[nodiscard]] std::string message(int code) const override {
        return error(code, operation::none, domain_).reason().c_str();
    }

    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        const error e(code, operation::none, domain_);
        if (e.limit_reached()) return std::errc::timed_out;
        const auto condition = static_cast<int>(e.condition());
        if (condition > 0) return {condition, std::generic_category()};
        return {code, *this};
    }

private:
    error_domain domain_;
};

/// The standard library's category if it knows the codes; libstdc++ does not know Winsock's.
inline const std::error_category& system_codes() noexcept {
    static const domain_category own(error_domain::system);
    static const bool is_known = [] {
        const int code = os::code_of(EADDRINUSE);
        return std::system_category().default_error_condition(code) == std::errc::address_in_use;
    }();
    return is_known ? std::system_category() : own;
}

}  // namespace detail

/// The category of keyway's own conditions, errc::end_of_stream and the other negative ones.
inline const std::error_category& keyway_category() noexcept {
    static const detail::domain_category category(error_domain::keyway);
    return category;
}

/// The category of the resolver's codes, resolver_errc.
inline const std::error_category& resolver_category() noexcept {
    static const detail::domain_category category(error_domain::resolver);
    return category;
}

/// The code in its category. A std::error_code has no place for the call that failed.
inline std::error_code make_error_code(const error& e) noexcept {
    switch (e.domain()) {
    case error_domain::system: return {e.code(), detail::system_codes()};
    case error_domain::resolver: return {e.code(), resolver_category()};
    case error_domain::keyway: break;
    }
    if (e.code() > 0) return {e.code(), std::generic_category()};
    return {e.code(), keyway_category()};
}

/// The exception for programs that throw: `throw as_exception(result.error())`. Its text names the call that failed,
/// "connect: Connection refused".
inline std::system_error as_exception(const error& e) {
    return {make_error_code(e), std::string(name_of(e.operation()))};
}

#if KEYWAY_HAS_EXCEPTIONS

/// The value of a result, or an exception, as_exception() of its error. Of a named result it returns a reference.
///
///     auto server = kw::value_of(kw::tcp::connect("example.org", "http", 5s));
///     kw::value_of(server.send_all(request));
///
/// Throws: std::system_error. bad_expected_access, which .value() throws, has no text that names the call.
template <class T, std::derived_from<error> E>
T value_of(expected<T, E>&& result) {
    if (!result) throw as_exception(result.error());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}
template <class T, std::derived_from<error> E>
T& value_of(expected<T, E>& result)
    requires(!std::is_void_v<T>)
{
    if (!result) throw as_exception(result.error());
    return *result;
}
template <class T, std::derived_from<error> E>
const T& value_of(const expected<T, E>& result)
    requires(!std::is_void_v<T>)
{
    if (!result) throw as_exception(result.error());
    return *result;
}
template <class E>
    requires std::derived_from<E, error>
void value_of(const expected<void, E>& result) {
    if (!result) throw as_exception(result.error());
}

#endif

/// Whether the error means the same as the std::errc. A reached limit is a std::errc::timed_out too.
constexpr bool operator==(const error& e, std::errc condition) noexcept {
    if (e.limit_reached()) return condition == std::errc::timed_out;
    return e == static_cast<errc>(detail::canonical(static_cast<int>(condition)));
}

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
