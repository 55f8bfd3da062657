// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_INTERLEAVED_HPP
#define KEYWAY_DETAIL_INTERLEAVED_HPP

// A walk over endpoints that takes the families in turn, the first endpoint's first, and else keeps the order: RFC 8305
// section 4 with a First Address Family Count of 1.

#include <utility>

#include <keyway/detail/config.hpp>

namespace keyway::inline KEYWAY_MODE {
namespace detail {

template <class Endpoint>
constexpr int domain_of(const Endpoint& e) noexcept {
    if constexpr (requires { e.domain(); }) return e.domain();
    else return 0;  // all of one family
}

template <class Range>
class interleaved {
public:
    explicit interleaved(const Range& range) noexcept
        : end_(range.end()), favoured_{range.begin(), true}, others_{range.begin(), false} {
        if (!at_end()) domain_ = domain_of(*favoured_.at);
        settle(others_);
    }

    [[nodiscard]] bool at_end() const noexcept { return favoured_.at == end_ && others_.at == end_; }

    /// The next endpoint. Requires: !at_end().
    auto take() noexcept {
        cursor& from = favoured_.at == end_ || (others_turn_ && !(others_.at == end_)) ? others_ : favoured_;
        others_turn_ = from.favoured;
        auto taken = *from.at;
        ++from.at;
        settle(from);
        return taken;
    }

private:
    struct cursor {
        decltype(std::declval<const Range&>().begin()) at;
        bool favoured;
    };

    /// Moves on to an endpoint of the cursor's own kind.
    void settle(cursor& c) noexcept {
        while (!(c.at == end_) && (domain_of(*c.at) == domain_) != c.favoured) ++c.at;
    }

    decltype(std::declval<const Range&>().end()) end_;
    cursor favoured_;
    cursor others_;
    int domain_ = 0;
    bool others_turn_ = false;
};

}  // namespace detail
}  // namespace keyway::inline KEYWAY_MODE

#endif
