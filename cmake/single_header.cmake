# SPDX-License-Identifier: BSL-1.0
# The target single-header puts keyway.hpp, the whole library, and keyway_core.hpp, its core, into the build directory.
set(single_headers ${PROJECT_BINARY_DIR}/keyway.hpp ${PROJECT_BINARY_DIR}/keyway_core.hpp)
add_custom_command(OUTPUT ${single_headers}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/single_header.py ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}
    DEPENDS ${header_files} ${CMAKE_CURRENT_LIST_DIR}/headers.cmake ${CMAKE_CURRENT_LIST_DIR}/single_header.py
        ${PROJECT_SOURCE_DIR}/LICENSE
    VERBATIM)
add_custom_target(single-header DEPENDS ${single_headers})
