# SPDX-License-Identifier: BSL-1.0
# The package keyway_module. It is one of its own, since a CPS file, which CMake 4.3 prefers, cannot describe a module that
# the importing project compiles.
set(module_dir ${DATA_dir}/cmake/keyway_module)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/keyway_moduleConfig.cmake.in keyway_moduleConfig.cmake
    INSTALL_DESTINATION ${module_dir} PATH_VARS INCLUDE_dir)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/keyway_moduleConfig.cmake
    ${CMAKE_CURRENT_LIST_DIR}/keyway_moduleConfigVersion.cmake
    ${CMAKE_CURRENT_LIST_DIR}/keyway_module.cmake
    DESTINATION ${module_dir} COMPONENT keyway)
install(FILES ${PROJECT_SOURCE_DIR}/include/keyway/keyway.cppm
    DESTINATION ${INCLUDE_dir}/keyway COMPONENT keyway)
