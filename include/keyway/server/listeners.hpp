// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_SERVER_LISTENERS_HPP
#define KEYWAY_SERVER_LISTENERS_HPP

// Several listeners as one argument of serve().

#include <tuple>
#include <type_traits>

#include <keyway/concepts.hpp>
#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {

/// Several listeners, by name, for serve(): `serve(kw::listeners(tcp, local), handler)`. Each has to outlive the call.
template <class... Listeners>
class listeners {
public:
    explicit listeners(const Listeners&... each) noexcept
        requires(can_accept<const Listeners&> && ...)
        : all_(each...) {}

    // clang-format off
    template <class... Any> requires(!(can_accept<Any&> && ...))
    explicit listeners(Any&&...) KEYWAY_DELETE("serve() accepts connections: each argument has to be a listener, such as tcp::listen() returns");
    template <class... Any> requires((can_accept<Any&> && ...) && !(std::is_lvalue_reference_v<Any> && ...))
    explicit listeners(Any&&...) KEYWAY_DELETE("a temporary listener is closed at the end of this line: keep it in a variable that outlives serve()");
    // clang-format on

    [[nodiscard]] const std::tuple<const Listeners&...>& all() const noexcept { return all_; }

private:
    std::tuple<const Listeners&...> all_;
};

// clang 14 does not look at the constraints of constructors when it deduces the arguments, and finds them ambiguous.
template <class... Listeners>
listeners(Listeners&&...) -> listeners<std::remove_cvref_t<Listeners>...>;

}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
