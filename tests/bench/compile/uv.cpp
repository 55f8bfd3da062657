// SPDX-License-Identifier: BSL-1.0
#include <uv.h>

#include <cstdio>

static char answer[512];

static void got(uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
    if (size > 0) std::fwrite(answer, 1, static_cast<std::size_t>(size), stdout);
    uv_close(reinterpret_cast<uv_handle_t*>(stream), nullptr);
}
static void provide(uv_handle_t*, std::size_t, uv_buf_t* buffer) { *buffer = uv_buf_init(answer, sizeof(answer)); }
static void connected(uv_connect_t* request, int status) {
    if (status < 0) return;
    static char line[] = "hello\n";
    const uv_buf_t data = uv_buf_init(line, 6);
    uv_try_write(request->handle, &data, 1);
    uv_read_start(request->handle, provide, got);
}

int main() {
    uv_tcp_t socket;
    uv_connect_t request;
    sockaddr_in to;
    uv_tcp_init(uv_default_loop(), &socket);
    uv_ip4_addr("127.0.0.1", 7, &to);
    uv_tcp_connect(&request, &socket, reinterpret_cast<const sockaddr*>(&to), connected);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
