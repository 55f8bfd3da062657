# SPDX-License-Identifier: BSL-1.0
# Nothing in the package depends on the machine it was made on, so it all goes to share/ and include/. Every rule belongs
# to one component: `cmake --install BUILD --component keyway` installs the library out of a larger project.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Relative to the prefix, also where the folders are given as absolute paths, as Nix does.
foreach(kind IN ITEMS DATA INCLUDE)
    cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_${kind}DIR
        BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE ${kind}_dir)
endforeach()
set(package_dir ${DATA_dir}/cmake/keyway)
set(cps_dir ${DATA_dir}/cps/keyway)
set(pkgconfig_dir ${DATA_dir}/pkgconfig)

# CMake
install(TARGETS keyway EXPORT keywayTargets FILE_SET HEADERS DESTINATION ${INCLUDE_dir} COMPONENT keyway)
install(EXPORT keywayTargets NAMESPACE keyway:: DESTINATION ${package_dir} COMPONENT keyway)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/keywayConfig.cmake.in keywayConfig.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(keywayConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/keywayConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/keywayConfigVersion.cmake
    DESTINATION ${package_dir} COMPONENT keyway)

# pkg-config and CPS. CMake could write the CPS file, from 4.3 on, if the target's libraries had no generator expression.
if(WIN32)
    set(pkgconfig_libs "\nLibs: -lws2_32")
    set(cps_libraries ", \"link_libraries\": [\"ws2_32\"]")
endif()
string(REGEX REPLACE "[^/]+" ".." prefix_from_pkgconfig ${pkgconfig_dir})
set(at_prefix "@prefix@")  # CPS's own name for the prefix
configure_file(${CMAKE_CURRENT_LIST_DIR}/keyway.pc.in keyway.pc @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/keyway.cps.in keyway.cps @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/keyway.pc DESTINATION ${pkgconfig_dir} COMPONENT keyway)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/keyway.cps DESTINATION ${cps_dir} COMPONENT keyway)

install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE DESTINATION ${DATA_dir}/doc/keyway COMPONENT keyway)

if(PROJECT_IS_TOP_LEVEL)
    include(${CMAKE_CURRENT_LIST_DIR}/packaging/rpm/rpm.cmake)
endif()
