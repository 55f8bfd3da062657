# Lies in the source tree, and installs that tree; KEYWAY_SOURCE, which vcpkg passes on if VCPKG_KEEP_ENV_VARS names it,
# is another one.
if(DEFINED ENV{KEYWAY_SOURCE})
    set(SOURCE_PATH "$ENV{KEYWAY_SOURCE}")
else()
    cmake_path(SET SOURCE_PATH NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../../../..")
endif()

set(VCPKG_BUILD_TYPE release)  # headers only
vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS -DKEYWAY_BUILD_TESTS=OFF -DKEYWAY_BUILD_EXAMPLES=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/keyway DO_NOT_DELETE_PARENT_CONFIG_PATH)
vcpkg_cmake_config_fixup(PACKAGE_NAME keyway_module CONFIG_PATH share/cmake/keyway_module)
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/cps" "${CURRENT_PACKAGES_DIR}/share/doc")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
