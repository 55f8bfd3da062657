// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_CLIENT_DETAIL_INTERLEAVED_HPP
#define KEYWAY_CLIENT_DETAIL_INTERLEAVED_HPP

// Endpoints with their families alternating, beginning with the first endpoint's, otherwise in their order: RFC 8305
// section 4 with a First Address Family Count of 1.

#include <utility>

#include <keyway/detail/config.hpp>

namespace keyway {
inline namespace KEYWAY_MODE {
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
        : end_(range.end()), preferred_{range.begin(), true}, others_{range.begin(), false} {
        if (!at_end()) domain_ = domain_of(*preferred_.at);
        settle(others_);
    }

    [[nodiscard]] bool at_end() const noexcept { return preferred_.at == end_ && others_.at == end_; }

    /// The next endpoint. Requires: !at_end().
    auto next() noexcept {
        cursor& from = preferred_.at == end_ || (others_turn_ && !(others_.at == end_)) ? others_ : preferred_;
        others_turn_ = from.preferred;
        auto endpoint = *from.at;
        ++from.at;
        settle(from);
        return endpoint;
    }

private:
    struct cursor {
        decltype(std::declval<const Range&>().begin()) at;
        bool preferred;
    };

    /// Advances to an endpoint of the cursor's kind.
    void settle(cursor& c) noexcept {
        while (!(c.at == end_) && (domain_of(*c.at) == domain_) != c.preferred) ++c.at;
    }

    decltype(std::declval<const Range&>().end()) end_;
    cursor preferred_;
    cursor others_;
    int domain_ = 0;
    bool others_turn_ = false;
};

}  // namespace detail
}  // namespace KEYWAY_MODE
}  // namespace keyway

#endif
