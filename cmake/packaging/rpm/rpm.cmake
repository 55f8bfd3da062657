# SPDX-License-Identifier: BSL-1.0
# `cpack -G RPM` makes keyway-devel, the headers and what finds them.
set(CPACK_RPM_PACKAGE_NAME keyway-devel)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_ARCHITECTURE noarch)
set(CPACK_RPM_PACKAGE_GROUP Development/Libraries)
set(CPACK_RPM_PACKAGE_LICENSE BSL-1.0)
set(CPACK_RPM_PACKAGE_DESCRIPTION
"Address family, socket type, protocol and connection state are types, so that a
wrong program does not compile, and the compiler says what to write instead.
Every failure is a value, and every call that can block accepts a limit.")
set(CPACK_RPM_SPEC_MORE_DEFINE "Packager: keyway developers")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /usr/share/cmake /usr/share/cps /usr/share/pkgconfig)

set(CPACK_RPM_DEFAULT_DIR_PERMISSIONS  # whatever the umask
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_PACKAGE_VENDOR "keyway developers")
set(CPACK_PACKAGE_CONTACT "keyway developers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_GENERATOR RPM)
include(CPack)
