# SPDX-License-Identifier: BSL-1.0
# Little-endian, 64 bits, with a char that has no sign.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/qemu.cmake)
