// SPDX-License-Identifier: BSL-1.0
// Fetches a page over HTTP/1.1: the body goes to stdout, the status line to stderr.
//   http_get http://www.example.org/index.html 5
// gives up where not all of it has come within 5 seconds, from the look-up of the name on. Also: [::1]:8000/index.html
// Exit code: 0 all of a 2xx answer came, 1 it did not, 2 wrong usage.

#include <keyway/client/connect.hpp>
#include <keyway/client/resolve.hpp>
#include <keyway/keyway.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace kw = keyway;

// Takes an answer apart. After the first fault nothing more comes out of it.
struct reader {
    kw::tcp::connection_view connection;
    kw::deadline until;
    std::string ahead;  // received and not yet taken
    std::optional<kw::error> fault;

    bool receive() {
        std::array<char, 16384> buffer;
        const auto got = connection.recv(buffer, until);
        if (!got) fault = got.error();
        else if (got->empty()) fault = kw::error(kw::errc::end_of_stream, kw::operation::recv);
        else if (ahead.size() > 65536) fault = kw::error(kw::errc::protocol_error, kw::operation::recv);
        else ahead += kw::as_text(*got);
        return !fault;
    }
    std::string line() {
        while (!fault && ahead.find("\r\n") == std::string::npos) receive();
        const std::string text = fault ? "" : ahead.substr(0, ahead.find("\r\n"));
        if (!fault) ahead.erase(0, text.size() + 2);
        return text;
    }
    void print(std::uint64_t size) {
        while (size != 0 && !fault && (!ahead.empty() || receive())) {
            const auto part = std::size_t(std::min<std::uint64_t>(size, ahead.size()));
            std::cout << std::string_view(ahead).substr(0, part);
            ahead.erase(0, part);
            size -= part;
        }
    }
    std::uint64_t number(std::string_view digits, int base) {
        std::uint64_t value = 0;
        digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        if (failure != std::errc() && !fault) fault = kw::error(kw::errc::protocol_error, kw::operation::recv);
        return value;
    }
};

// [http://]HOST[:PORT][/PATH], where an IPv6 address stands in brackets.
struct url {
    std::string_view server, host, port = "http", path = "/";

    explicit url(std::string_view text) {
        if (text.starts_with("http://")) text.remove_prefix(7);
        server = text.substr(0, text.find('/'));
        if (server.size() < text.size()) path = text.substr(server.size());
        host = server.substr(0, server.find(':', server.starts_with('[') ? server.find(']') : 0));
        if (host.size() < server.size()) port = server.substr(host.size() + 1);
        if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    }
    [[nodiscard]] bool is_valid() const {
        const auto is_odd = [](char c) { return c <= ' ' || c == '\x7f'; };
        return !host.empty() && !port.empty() && std::ranges::none_of(server, is_odd) &&
               std::ranges::none_of(path, is_odd);
    }
};

int main(int argc, char** argv) {
    const url from(argc > 1 ? argv[1] : "");
    char* rest = nullptr;
    const double seconds = argc == 3 ? std::strtod(argv[2], &rest) : 0;
    if (argc < 2 || argc > 3 || !from.is_valid() || (argc == 3 && (!(seconds > 0) || *rest != '\0')))
        return std::cerr << "usage: http_get [http://]HOST[:PORT][/PATH] [SECONDS]\n", 2;
    const auto until = argc == 3 ? kw::deadline(std::chrono::duration<double>(seconds)) : kw::deadline::never();
    const auto fail = [&](std::string_view why) { std::cerr << "http_get: " << from.server << ": " << why << '\n'; };
    const auto connection = kw::tcp::connect(from.host, from.port, until);
    if (!connection) return fail(connection.error().message()), 1;
    const auto request =
        kw::gather("GET ", from.path, " HTTP/1.1\r\nHost: ", from.server, "\r\nConnection: close\r\n\r\n");
    if (auto sent = connection->send_all(request, until); !sent) return fail(sent.error().message()), 1;
    reader answer{.connection = *connection, .until = until, .ahead = {}, .fault = {}};
    const std::string status = answer.line();
    std::optional<std::uint64_t> length;
    bool chunked = false;
    for (auto header = answer.line(); !header.empty(); header = answer.line()) {
        std::ranges::transform(header, header.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        if (header.starts_with("content-length:")) length = answer.number(header.substr(15), 10);
        if (header.starts_with("transfer-encoding:")) chunked = header.ends_with("chunked");
    }
    std::cerr << status << '\n';
    if (chunked && !answer.fault) {
        while (const auto size = answer.number(answer.line(), 16)) answer.print(size), answer.line();
    } else if (!answer.fault) {
        answer.print(length.value_or(UINT64_MAX));
        if (!length && answer.fault && answer.fault->end_of_stream()) answer.fault.reset();  // its only end
    }
    if (answer.fault) return fail(answer.fault->message()), 1;
    if (!std::cout.flush()) return fail("cannot write to stdout"), 1;
    return status.starts_with("HTTP/1.") && status.find(" 2") == 8 ? 0 : 1;
}
