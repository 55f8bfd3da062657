// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_DETAIL_CONFIG_HPP
#define KEYWAY_DETAIL_CONFIG_HPP

// The only place that asks about compiler, language mode or operating system. Every KEYWAY_HAS_* is always 0 or 1.

#if defined(_MSVC_LANG)
#define KEYWAY_LANGUAGE _MSVC_LANG
#else
#define KEYWAY_LANGUAGE __cplusplus
#endif

#if KEYWAY_LANGUAGE < 202002L
#error "keyway needs C++20: compile with -std=c++20 or later (MSVC: /std:c++20)"
#endif

#include <version>

// C++23 mode does not decide the error channel: clang before 19 with libstdc++ lacks std::expected even there.
#if defined(__cpp_lib_expected)
#define KEYWAY_HAS_STD_EXPECTED 1
#else
#define KEYWAY_HAS_STD_EXPECTED 0
#endif

#if defined(__cpp_lib_format)
#define KEYWAY_HAS_STD_FORMAT 1
#else
#define KEYWAY_HAS_STD_FORMAT 0
#endif

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define KEYWAY_HAS_EXCEPTIONS 1
#else
#define KEYWAY_HAS_EXCEPTIONS 0
#endif

#if defined(_WIN32)
#define KEYWAY_HAS_WINDOWS 1
#define KEYWAY_HAS_POSIX 0
#else
#define KEYWAY_HAS_WINDOWS 0
#define KEYWAY_HAS_POSIX 1
#endif

// result<T> is another type in the two modes, and so is every class that mentions it: giving them different names
// makes the linker refuse a program whose translation units disagree.
#if KEYWAY_HAS_STD_EXPECTED
#define KEYWAY_MODE cpp23
#else
#define KEYWAY_MODE cpp20
#endif

// `= KEYWAY_DELETE("reason")`, on one source line with the declaration: C++26 compilers print the reason, the others
// echo the line. Clang defines the feature macro in older modes too, where using it would warn.
#if defined(__cpp_deleted_function) && KEYWAY_LANGUAGE > 202302L
#define KEYWAY_DELETE(reason) delete (reason)
#else
#define KEYWAY_DELETE(reason) delete
#endif

#endif
