# SPDX-License-Identifier: BSL-1.0
# The target release makes what a release publishes from the last commit, in `release` in the build directory.
add_custom_target(release
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/release.py ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/release
    VERBATIM)
