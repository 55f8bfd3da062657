// SPDX-License-Identifier: BSL-1.0
// More than bytes in a message, and more than one message in a call: what goes beside the data, batches, segments.

#include <keyway/keyway.hpp>
#include <keyway/message/batch.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/message/descriptors.hpp>
#include <keyway/message/message.hpp>
#include <keyway/message/segment.hpp>

#include <array>
#include <chrono>  // IWYU pragma: keep
#include <cstddef>
#include <iostream>
#include <span>
#include <vector>

namespace kw = keyway;
namespace control = kw::control;
using namespace std::chrono_literals;

int report(const kw::error& error) {
    std::cerr << "messages: " << error.message().view() << '\n';
    return 1;
}

/// A server that is bound to no address answers from the one that each question went to.
kw::result<std::size_t> answer_one(const kw::udp4::socket& server) {
    std::array<std::byte, 1500> question;
    control::buffer<control::packet_info> extra;
    const auto got = kw::recv_message(server, question, extra, 5s);
    if (!got) return kw::failure(got);
    const auto info = extra.get<control::packet_info>();
    if (!info) return server.send_to("answer", got->sender);
    return kw::send_message(server, "answer", control::list{info->reply()}, got->sender);
}

int main() {
    auto server = kw::udp4::bind({kw::ipv4_address::any(), 0});
    auto client = kw::udp4::bind({kw::ipv4_address::loopback(), 0});
    if (!server || !client) return report((server ? client : server).error());
    const kw::udp4::endpoint to(kw::ipv4_address::loopback(), server->local_endpoint()->port());
    std::array<std::byte, 1500> buffer;

    if (auto asked = control::buffer<control::packet_info>::request(*server); !asked) return report(asked.error());
    if (auto sent = client->send_to("question", to); !sent) return report(sent.error());
    if (auto sent = answer_one(*server); !sent) return report(sent.error());
    const auto answer = client->recv_from(buffer, 5s);
    if (!answer) return report(answer.error());
    std::cout << "answered from where the question went: " << (answer->sender == to ? "yes" : "no") << '\n';

    // Many messages in one call, each to whom it is for.
    std::array<kw::outgoing_message_to<kw::udp4::endpoint>, 3> out{{{"one", to}, {"two", to}, {"three", to}}};
    if (auto sent = kw::send_batch(*client, out); !sent) return report(sent.error());

    std::array<std::array<std::byte, 1500>, 8> buffers;
    std::array<kw::message_slot_from<kw::udp4::endpoint>, 8> in;
    for (std::size_t i = 0; i < in.size(); ++i) in[i].buffer = buffers[i];
    for (std::size_t count = 0; count < out.size();) {
        const auto came = kw::recv_batch(*server, std::span(in).subspan(count), 5s);
        if (!came) return report(came.error());
        count += *came;
    }
    std::cout << "in a batch: " << kw::as_text(in[0].data) << ' ' << kw::as_text(in[2].data) << '\n';

    // One buffer that the kernel cuts into datagrams of 1200 bytes.
    const std::vector<std::byte> film(30'000);
    kw::segment_sender sender(*client);
    if (auto sent = sender.send(film, 1200, to); !sent) return report(sent.error());

    std::vector<std::byte> joined(65536);
    static_cast<void>(kw::join_segments(*server));  // where the system does not, they come one by one
    std::size_t datagrams = 0;
    for (std::size_t size = 0; size < film.size();) {
        const auto got = kw::recv_segments(*server, joined, 5s);
        if (!got) return report(got.error());
        for (const auto datagram : got->data) {
            size += datagram.size();
            ++datagrams;
        }
    }
    std::cout << "in segments: " << datagrams << " datagrams\n";

#if KEYWAY_HAS_POSIX
    // A listener for another process, which adopts it as one after the kernel said that it is.
    const auto ends = kw::unix_stream::pair();
    const auto listener = kw::tcp4::listen({kw::ipv4_address::loopback(), 0});
    if (!ends || !listener) return 1;
    const auto& [broker, worker] = *ends;
    if (auto sent = kw::send_descriptors(broker, "yours", *listener); !sent) return report(sent.error());

    auto came = kw::recv_descriptors<1>(worker, buffer, 5s);
    if (!came) return report(came.error());
    const auto mine = came->rights.adopt<kw::tcp4::listener>(0);
    if (!mine) return report(mine.error());
    std::cout << "passed on: " << (mine->local_endpoint() == listener->local_endpoint() ? "the listener\n" : "?\n");
#endif
}
