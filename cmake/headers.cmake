# SPDX-License-Identifier: BSL-1.0
# Every header, bottom to top: a header includes only headers that stand above its line here. The list drives
# installation; the test `headers.order` holds the includes against it.
set(KEYWAY_HEADERS
    # the ground
    keyway/version.hpp
    keyway/detail/config.hpp
    keyway/detail/expected/unexpected.hpp
    keyway/detail/expected/storage.hpp
    keyway/detail/expected/monadic.hpp
    keyway/detail/expected/expected.hpp
    keyway/detail/expected/expected_void.hpp
    keyway/expected.hpp
    # values of text, no system calls
    keyway/text.hpp
    keyway/detail/scan.hpp
    keyway/detail/literal.hpp
    keyway/detail/hash.hpp
    keyway/address/ipv4.hpp
    keyway/address/ipv6.hpp
    keyway/address/ip.hpp
    keyway/address/network.hpp
    # the operating system
    keyway/detail/os/vocabulary.hpp
    keyway/detail/os/linux.hpp
    keyway/detail/os/bsd.hpp
    keyway/detail/os/winsock.hpp
    keyway/detail/os/waiting_posix.hpp
    keyway/detail/os/sockaddr.hpp
    keyway/detail/os/posix.hpp
    keyway/detail/os/windows_error.hpp
    keyway/detail/os/waiting_windows.hpp
    keyway/detail/os/transfer_windows.hpp
    keyway/detail/os/windows.hpp
    keyway/detail/os.hpp
    keyway/detail/os/poll_vocabulary.hpp
    keyway/detail/os/poll_linux.hpp
    keyway/detail/os/poll_bsd.hpp
    keyway/detail/os/poll_windows.hpp
    keyway/detail/os/poll.hpp
    keyway/errc.hpp
    keyway/error.hpp
    keyway/deadline.hpp
    # the vocabulary
    keyway/concepts.hpp
    keyway/type.hpp
    keyway/protocol.hpp
    keyway/family.hpp
    # what goes through a socket
    keyway/buffer.hpp
    keyway/detail/for_overwrite.hpp
    keyway/received.hpp
    keyway/handle.hpp
    keyway/canceller.hpp
    keyway/waiting.hpp
    keyway/detail/bound_path.hpp
    keyway/endpoint/ip.hpp
    keyway/endpoint/unix.hpp
    keyway/endpoint/any.hpp
    keyway/option.hpp
    keyway/option/socket.hpp
    keyway/option/ip.hpp
    keyway/option/tcp.hpp
    # the three states
    keyway/detail/transfer.hpp
    keyway/detail/view.hpp
    keyway/connection.hpp
    keyway/listener.hpp
    keyway/socket.hpp
    keyway/transport.hpp
    keyway/keyway.hpp
    # the rest of the options
    keyway/traffic_class.hpp
    keyway/credentials.hpp
    keyway/detail/os/option_linux.hpp
    keyway/detail/os/option_bsd.hpp
    keyway/detail/os/option_windows.hpp
    keyway/detail/os/option.hpp
    keyway/detail/option_name.hpp
    keyway/option/traffic_class.hpp
    keyway/option/path_mtu.hpp
    keyway/option/route.hpp
    keyway/option/queue.hpp
    keyway/option/busy_poll.hpp
    keyway/option/packet_filter.hpp
    keyway/option/raw.hpp
    keyway/option/udp.hpp
    keyway/option/tcp_opening.hpp
    keyway/option/tcp_sending.hpp
    keyway/option/tcp_info.hpp
    keyway/option/unix.hpp
    # files
    keyway/byte_stream.hpp
    keyway/detail/os/file_vocabulary.hpp
    keyway/detail/os/file_linux.hpp
    keyway/detail/os/file_bsd.hpp
    keyway/detail/os/file_posix.hpp
    keyway/detail/os/file_windows.hpp
    keyway/detail/os/file.hpp
    keyway/file.hpp
    keyway/detail/os/copy_vocabulary.hpp
    keyway/detail/os/copy_posix.hpp
    keyway/detail/os/copy_linux.hpp
    keyway/detail/os/copy_windows.hpp
    keyway/detail/os/copy_none.hpp
    keyway/detail/os/copy.hpp
    keyway/detail/copy.hpp
    keyway/transfer.hpp
    # names and interfaces
    keyway/detail/list_iterator.hpp
    keyway/detail/os/interface_linux.hpp
    keyway/detail/os/interface_bsd.hpp
    keyway/detail/os/interface_posix.hpp
    keyway/detail/os/interface_windows.hpp
    keyway/detail/os/interface.hpp
    keyway/interface.hpp
    keyway/detail/os/thread_posix.hpp
    keyway/detail/os/thread_windows.hpp
    keyway/detail/os/thread.hpp
    keyway/detail/background.hpp
    keyway/detail/os/resolve_posix.hpp
    keyway/detail/os/resolve_windows.hpp
    keyway/detail/os/resolve.hpp
    keyway/detail/lookup.hpp
    keyway/resolve.hpp
    # connecting, waiting for many, serving
    keyway/connecting.hpp
    keyway/detail/bounded_list.hpp
    keyway/detail/interleaved.hpp
    keyway/connect.hpp
    keyway/poll.hpp
    keyway/detail/workers.hpp
    keyway/serve.hpp
    keyway/listen_fds.hpp
    keyway/detail/os/signal_slot.hpp
    keyway/detail/os/signal_posix.hpp
    keyway/detail/os/signal_windows.hpp
    keyway/detail/os/signal.hpp
    keyway/signal.hpp
    # bridges
    keyway/stop_token.hpp
    keyway/system_error.hpp
    keyway/format.hpp
)
