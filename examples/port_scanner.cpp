// SPDX-License-Identifier: BSL-1.0
// Which TCP ports of a host take connections: many attempts at once, each with a time limit, in one thread. To be used on
// hosts whose owner agrees.
//   port_scanner                        all ports of this machine
//   port_scanner 192.0.2.1 1-1023       some of another
// Exit code: 0 done, 1 network failure, 2 wrong usage.

#include <keyway/client/connecting.hpp>
#include <keyway/event/poll.hpp>
#include <keyway/keyway.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include <getopt.h>  // IWYU pragma: keep
#if KEYWAY_HAS_POSIX
#include <netdb.h>
#include <netinet/in.h>
#endif

namespace kw = keyway;
using namespace std::chrono_literals;

constexpr auto usage = R"(usage: port_scanner [-n ATTEMPTS] [-t MILLISECONDS] [ADDRESS [FIRST[-LAST]]]
  -n  attempts at once, 200 if not given
  -t  for how long to wait for each answer, 1000 if not given
)";

std::string_view service(std::uint16_t port) {
    const auto* const known = ::getservbyport(htons(port), "tcp");
    return known != nullptr ? known->s_name : "";
}

struct attempt {
    kw::connecting<kw::ip, kw::stream> connection;
    kw::deadline until;
};

class scanner {
public:
    scanner(kw::poll_set<std::uint16_t> set, const kw::ip_address& host, std::size_t at_once,
            std::chrono::milliseconds patience)
        : set_(std::move(set)), host_(host), at_once_(at_once), patience_(patience) {}

    kw::result<void> scan(unsigned first, unsigned last);
    void report() const {
        std::cerr << "port_scanner: " << open_ << " open, " << closed_ << " closed, " << silent_
                  << " without an answer\n";
    }

private:
    kw::result<bool> start(std::uint16_t port);
    kw::result<void> finish(std::uint16_t port);
    kw::result<void> give_up_late_ones();

    kw::poll_set<std::uint16_t> set_;
    kw::ip_address host_;
    std::size_t at_once_;
    std::chrono::milliseconds patience_;
    std::map<std::uint16_t, attempt> attempts_;  // a lower port began earlier, and ends earlier
    unsigned open_ = 0, closed_ = 0, silent_ = 0;
};

kw::result<void> scanner::scan(unsigned first, unsigned last) {
    for (unsigned next = first; next <= last || !attempts_.empty();) {
        while (next <= last && attempts_.size() < at_once_) {
            const auto started = start(static_cast<std::uint16_t>(next));
            if (!started) return kw::failure(started);
            if (*started) ++next;
        }
        if (attempts_.empty()) continue;
        const auto ready = set_.wait(attempts_.begin()->second.until);
        if (!ready && !ready.error().timed_out()) return kw::failure(ready);
        if (ready)
            for (const auto& event : *ready)
                if (auto finished = finish(event.token); !finished) return finished;
        if (auto given_up = give_up_late_ones(); !given_up) return given_up;
    }
    return {};
}

/// Whether the attempt is under way, or over already.
kw::result<bool> scanner::start(std::uint16_t port) {
    auto begun = kw::start_connect<kw::tcp>({host_, port});
    if (!begun && begun.error() == kw::errc::connection_refused) return ++closed_, true;
    if (!begun && begun.error().is_resource_exhausted() && !attempts_.empty()) {
        at_once_ = attempts_.size();  // so many descriptors there are
        return false;
    }
    if (!begun) return kw::failure(begun);
    if (auto added = set_.add(*begun, kw::writable, port); !added) return kw::failure(added);
    attempts_.emplace(port, attempt{.connection = std::move(*begun), .until = patience_});
    return true;
}

/// Asks an attempt how it went. A failed one is closed by that, so it leaves the set before.
kw::result<void> scanner::finish(std::uint16_t port) {
    const auto found = attempts_.find(port);
    const kw::handle_view handle = found->second.connection;
    if (auto removed = set_.remove(handle); !removed) return removed;
    auto connection = std::move(found->second.connection).finish();
    if (!connection && connection.error().would_block()) return set_.add(handle, kw::writable, port);
    attempts_.erase(found);
    if (!connection)
        return ++(connection.error() == kw::errc::connection_refused ? closed_ : silent_), kw::result<void>();

    // On the own host an attempt may have got the very port that it goes to, and have met itself.
    const auto own = connection->local_endpoint();
    if (own && *own == kw::tcp::endpoint(host_, port)) return ++closed_, kw::result<void>();
    ++open_;
    std::cout << port << ' ' << service(port) << '\n';
    return std::move(*connection).reset();  // leaves nothing behind, at neither end
}

kw::result<void> scanner::give_up_late_ones() {
    for (; !attempts_.empty() && attempts_.begin()->second.until.has_passed(); ++silent_) {
        if (auto removed = set_.remove(attempts_.begin()->second.connection); !removed) return removed;
        attempts_.erase(attempts_.begin());
    }
    return {};
}

template <class Number>
bool parse(std::string_view text, Number& number) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() && number > 0;
}

int main(int argc, char** argv) {
    std::uint32_t at_once = 200, patience = 1000;
    bool understood = true;
    for (int flag; (flag = ::getopt(argc, argv, "n:t:")) != -1;) {
        if (flag == 'n') understood = parse(optarg, at_once) && understood;
        else if (flag == 't') understood = parse(optarg, patience) && understood;
        else understood = false;
    }
    const auto word = [&](int i) { return std::string_view(optind + i < argc ? argv[optind + i] : ""); };
    const std::string_view range = word(1).empty() ? "1-65535" : word(1);
    const auto dash = range.find('-');
    std::uint16_t first = 0, last = 0;
    understood = understood && parse(range.substr(0, dash), first) && argc - optind <= 2 &&
                 parse(dash == std::string_view::npos ? range : range.substr(dash + 1), last) && first <= last;
    if (!understood) return std::cerr << usage, 2;

    const auto fail = [](std::string_view why, int code) { return std::cerr << "port_scanner: " << why << '\n', code; };
    const auto host = kw::ip_address::parse(word(0).empty() ? "127.0.0.1" : word(0));
    if (!host) return fail(host.error().message(), 2);
    auto set = kw::poll_set<std::uint16_t>::open();
    if (!set) return fail(set.error().message(), 1);
    scanner all(std::move(*set), *host, at_once, std::chrono::milliseconds(patience));
    if (const auto done = all.scan(first, last); !done) return fail(done.error().message(), 1);
    all.report();
}
