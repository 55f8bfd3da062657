# SPDX-License-Identifier: BSL-1.0
# 32-bit x86 with Debian's cross compiler. The programs run on an x86-64 kernel as they are. On a
# machine that refuses 32-bit programs, as some virtual machines do, qemu runs them: a script unpacks it into the build
# folder.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
set(CMAKE_CXX_COMPILER i686-linux-gnu-g++)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# The 32-bit loader and libraries are in the compiler's own folder, where the system does not look. An rpath of the old
# kind holds for the libraries of libraries too.
set(libraries /usr/i686-linux-gnu/lib)
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-Wl,--dynamic-linker=${libraries}/ld-linux.so.2 -Wl,-rpath,${libraries} -Wl,--disable-new-dtags")

execute_process(COMMAND ${libraries}/ld-linux.so.2 --version RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
if(refused)
    cmake_path(SET unpacked NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../../build/qemu-i386/usr/bin/qemu-i386)
    if(NOT EXISTS ${unpacked})
        message(FATAL_ERROR "This machine runs no 32-bit programs, and no emulator is unpacked: run .ci/qemu-i386 first")
    endif()
    include(${CMAKE_CURRENT_LIST_DIR}/emulator.cmake)
    emulate_with(${unpacked})
endif()
