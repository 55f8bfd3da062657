// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_VERSION_HPP
#define KEYWAY_VERSION_HPP

// The version of the library. CMake and the package recipes read these three lines.
#define KEYWAY_VERSION_MAJOR 0
#define KEYWAY_VERSION_MINOR 1
#define KEYWAY_VERSION_PATCH 0

#endif
