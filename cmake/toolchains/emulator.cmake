# SPDX-License-Identifier: BSL-1.0
# emulate_with(PROGRAM ARGUMENT…): runs what is built by this qemu. Where fork() copies it, another thread may hold the lock
# of GLib's slice allocator, and a child that needs it waits for ever (QEMU issue 285); malloc's locks are set free at fork.
function(emulate_with)
    set(CMAKE_CROSSCOMPILING_EMULATOR env G_SLICE=always-malloc ${ARGV} PARENT_SCOPE)
endfunction()
