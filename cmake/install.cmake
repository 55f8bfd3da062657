# SPDX-License-Identifier: BSL-1.0
# Nothing in the package depends on the machine it was made on, so it all goes to share/ and include/.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/keyway)

install(TARGETS keyway EXPORT keywayTargets FILE_SET HEADERS)
install(EXPORT keywayTargets NAMESPACE keyway:: DESTINATION ${package_dir})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/keywayConfig.cmake.in keywayConfig.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(keywayConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/keywayConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/keywayConfigVersion.cmake
    DESTINATION ${package_dir})

install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/keyway)
