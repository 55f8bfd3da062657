// SPDX-License-Identifier: BSL-1.0
// A chat of hundreds in one thread: what one of them writes, all others read.
//   chat_server 127.0.0.1:7777            and in some other windows            nc 127.0.0.1 7777
// "/nick NAME" changes one's name, "/quit" leaves, and Ctrl-C ends it all.

#include <keyway/event/poll.hpp>
#include <keyway/event/signal.hpp>
#include <keyway/keyway.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace kw = keyway;

constexpr std::size_t max_line = 1000;      // bytes of a line
constexpr std::size_t max_unread = 65'536;  // bytes that wait for somebody who does not read

struct client {
    std::size_t number = 0;
    kw::tcp::connection connection;
    std::string name;
    std::string heard;            // of a line that has not ended yet
    std::string unread;           // what the kernel has not taken yet
    bool waits_for_room = false;  // until it takes more
    std::string left;             // once somebody has: why
};

class chat {
public:
    chat(kw::tcp::listener listener, kw::poll_set<std::size_t> set)
        : listener_(std::move(listener)), set_(std::move(set)) {}

    /// Until somebody says stop.
    kw::result<void> run(const kw::canceller_view& stop);

private:
    // Every other token is the number of a client, which nobody gets again: an event of one who has left finds nobody.
    static constexpr std::size_t the_listener = 0;
    static constexpr std::size_t the_stop = 1;

    kw::result<void> listen_again(bool accepts);
    kw::result<void> welcome();
    void hear(client& from);
    void obey(client& from, std::string line);
    void tell(client& to, std::string_view text);
    void tell_all(const std::string& text, const client* but = nullptr);
    void flush(client& to);
    kw::result<void> part();

    kw::tcp::listener listener_;
    kw::poll_set<std::size_t> set_;
    std::map<std::size_t, client> clients_;
    std::size_t last_number_ = the_stop;
    bool accepts_ = true;
};

kw::result<void> chat::run(const kw::canceller_view& stop) {
    // Who knocked may have gone away before accept(), which must not wait for the next one then.
    if (auto set = listener_.set(kw::option::non_blocking{}); !set) return set;
    if (auto added = set_.add(listener_, kw::readable, the_listener); !added) return added;
    if (auto added = set_.add(stop, kw::readable, the_stop); !added) return added;
    for (;;) {
        const auto ready = accepts_ ? set_.wait() : set_.wait(std::chrono::seconds(1));
        if (!ready && !ready.error().timed_out()) return kw::failure(ready);
        if (!ready) {
            if (auto again = listen_again(true); !again) return again;
            continue;
        }
        for (const auto& event : *ready) {
            if (event.token == the_stop) return tell_all("* the chat is over\n"), kw::result<void>();
            if (event.token == the_listener) {
                if (auto welcomed = welcome(); !welcomed) return welcomed;
            } else if (const auto found = clients_.find(event.token); found != clients_.end()) {
                if (event.writable) flush(found->second);
                if (event.readable) hear(found->second);
            }
        }
        if (auto parted = part(); !parted) return parted;
    }
}

kw::result<void> chat::listen_again(bool accepts) {
    accepts_ = accepts;
    return set_.modify(listener_, accepts ? kw::readable : kw::interest::nothing, the_listener);
}

/// Lets one in; where there is another, the next wait() says so.
kw::result<void> chat::welcome() {
    auto next = listener_.accept();
    // Out of descriptors: who knocks has to wait until somebody leaves, and must not keep us busy until then.
    if (!next && next.error().is_resource_exhausted()) return listen_again(false);
    if (!next && next.error().would_block()) return {};
    if (!next) return kw::failure(next);
    const std::size_t number = ++last_number_;
    if (auto set = next->connection.set(kw::option::non_blocking{}); !set) return set;
    if (auto added = set_.add(next->connection, kw::readable, number); !added) return added;
    client& guest = clients_[number];
    guest.number = number;
    guest.connection = std::move(next->connection);
    guest.name = "guest" + std::to_string(number - the_stop);
    tell(guest, "* welcome, " + guest.name + ", among " + std::to_string(clients_.size()) + "\n");
    tell_all("* " + guest.name + " is here\n", &guest);
    return {};
}

/// Takes what has come, and does what each whole line says.
void chat::hear(client& from) {
    if (!from.left.empty()) return;
    std::array<char, 4096> buffer;
    const auto got = from.connection.recv(buffer);
    if (!got && got.error().would_block()) return;
    if (!got || got->empty()) from.left = got ? "left" : "was cut off";
    if (got) from.heard += kw::as_text(*got);
    for (std::size_t end; from.left.empty() && (end = from.heard.find('\n')) <= max_line;) {
        obey(from, from.heard.substr(0, end));
        from.heard.erase(0, end + 1);
    }
    if (from.heard.size() > max_line) from.left = "talked too much";
}

void chat::obey(client& from, std::string line) {
    // Control characters would do things to the others' terminals.
    if (line.ends_with('\r')) line.pop_back();
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
    if (line.starts_with("/nick ") && line.size() > 6 && line.size() < 30) {
        const auto old_name = std::exchange(from.name, line.substr(6));
        tell_all("* " + old_name + " is " + from.name + " now\n");
    } else if (line == "/quit") {
        from.left = "left";
    } else if (line.starts_with('/')) {
        tell(from, "* there are /nick NAME and /quit\n");
    } else if (!line.empty()) {
        tell_all(from.name + ": " + line + '\n', &from);
    }
}

/// Waits for nobody: what the kernel does not take is kept here, up to a limit.
void chat::tell(client& to, std::string_view text) {
    if (!to.left.empty()) return;
    to.unread += text;
    if (!to.waits_for_room) flush(to);
    if (to.unread.size() > max_unread) to.left = "did not listen";
}

void chat::tell_all(const std::string& text, const client* but) {
    for (auto& [number, each] : clients_)
        if (&each != but) tell(each, text);
}

/// Sends as much as the kernel takes. While something is left, wait() is to tell when it takes more.
void chat::flush(client& to) {
    while (!to.unread.empty()) {
        const auto sent = to.connection.send(to.unread);
        if (!sent && !sent.error().would_block()) to.left = "was cut off";
        if (!sent) break;
        to.unread.erase(0, *sent);
    }
    if (to.waits_for_room == !to.unread.empty()) return;
    to.waits_for_room = !to.unread.empty();
    const auto wanted = to.waits_for_room ? kw::readable | kw::writable : kw::readable;
    if (!set_.modify(to.connection, wanted, to.number)) to.left = "was cut off";
}

/// Closes the connections of all who have left; telling the others may show that more of them have.
kw::result<void> chat::part() {
    for (;;) {
        const auto gone = std::ranges::find_if(clients_, [](const auto& each) { return !each.second.left.empty(); });
        if (gone == clients_.end()) return {};
        const std::string text = "* " + gone->second.name + " " + gone->second.left + "\n";
        if (auto removed = set_.remove(gone->second.connection); !removed) return removed;
        clients_.erase(gone);
        tell_all(text);
        if (auto again = accepts_ ? kw::result<void>() : listen_again(true); !again) return again;
    }
}

int main(int count, char** arguments) {
    const auto fail = [](std::string_view why) { return std::cerr << "chat_server: " << why << '\n', 1; };
    if (count != 2) return std::cerr << "usage: chat_server ADDRESS:PORT\n", 2;
    const auto at = kw::tcp::endpoint::parse(arguments[1]);
    if (!at) return fail(at.error().message()), 2;
    auto listener = kw::tcp::listen(*at);
    if (!listener) return fail(listener.error().message());
    auto set = kw::poll_set<std::size_t>::open();
    if (!set) return fail(set.error().message());
    const auto stop = kw::signal_stop::open();  // from now on Ctrl-C is an event
    if (!stop) return fail(stop.error().message());
    if (const auto chosen = listener->local_endpoint())
        std::cerr << "chat_server: listening on " << chosen->text().view() << '\n';

    const auto ended = chat(std::move(*listener), std::move(*set)).run(*stop);
    return ended ? 0 : fail(ended.error().message());
}
