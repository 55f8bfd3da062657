# SPDX-License-Identifier: BSL-1.0
# What the emulated machines have in common: Debian's cross compiler, and qemu that translates program and system calls.
# Linked dynamically, so that the fault suite can stand before libc.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_CXX_COMPILER ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-g++)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

find_program(KEYWAY_QEMU qemu-${CMAKE_SYSTEM_PROCESSOR}-static REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/emulator.cmake)
emulate_with(${KEYWAY_QEMU} -L /usr/${CMAKE_SYSTEM_PROCESSOR}-linux-gnu)
