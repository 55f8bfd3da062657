# SPDX-License-Identifier: BSL-1.0
# clang 16 with the library of its own release, which Debian cannot install beside that of clang 19: a script unpacks it
# into the build folder.
cmake_path(SET unpacked NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../../build/libc++-16/usr/lib/llvm-16)
if(NOT EXISTS ${unpacked}/include/c++/v1/version)
    message(FATAL_ERROR "libc++ 16 is not unpacked in build/libc++-16: run .ci/libc++-16 first")
endif()

set(CMAKE_CXX_COMPILER clang++-16)
add_compile_options(-nostdinc++ -isystem ${unpacked}/include/c++/v1)
add_link_options(-stdlib=libc++ -L${unpacked}/lib -Wl,-rpath,${unpacked}/lib)
