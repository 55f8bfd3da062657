# SPDX-License-Identifier: BSL-1.0
# keyway::module, for `import keyway;`, from the headers in keyway_folder. A compiled module fits only the flags that it was
# compiled with, so the project that imports it compiles it.
cmake_minimum_required(VERSION 3.28)

if(NOT TARGET keyway::module)
    add_library(keyway_module STATIC)
    add_library(keyway::module ALIAS keyway_module)
    target_sources(keyway_module PUBLIC
        FILE_SET CXX_MODULES BASE_DIRS ${keyway_folder} FILES ${keyway_folder}/keyway/keyway.cppm)
    target_link_libraries(keyway_module PUBLIC keyway::keyway)
endif()
