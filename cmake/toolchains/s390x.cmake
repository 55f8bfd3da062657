# SPDX-License-Identifier: BSL-1.0
# Big-endian, 64 bits.
set(CMAKE_SYSTEM_PROCESSOR s390x)
include(${CMAKE_CURRENT_LIST_DIR}/qemu.cmake)
