# SPDX-License-Identifier: BSL-1.0
# The test cases in C++. A suite is one program and a few ctest entries, each with a part of its cases, so that two
# processors have work. A single case:
#     KEYWAY_TEST_CASE='*name*' ctest --preset PRESET
#     build/PRESET/tests/unit_cpp23 --test-case='*name*'
if(CMAKE_CROSSCOMPILING)
    # The header lies in the host's /usr/include, which must not get on the path of a cross compiler.
    find_path(doctest_folder doctest/doctest.h REQUIRED NO_CMAKE_FIND_ROOT_PATH PATHS /usr/include)
    set(doctest_copy ${CMAKE_CURRENT_BINARY_DIR}/include)
    configure_file(${doctest_folder}/doctest/doctest.h ${doctest_copy}/doctest/doctest.h COPYONLY)
    add_library(doctest::doctest INTERFACE IMPORTED)
    target_include_directories(doctest::doctest INTERFACE ${doctest_copy})
else()
    find_package(doctest 2.4.9 REQUIRED)
endif()

file(GLOB_RECURSE unit_files CONFIGURE_DEPENDS unit/*.test.cpp)
file(GLOB_RECURSE fault_files CONFIGURE_DEPENDS fault/*.test.cpp)
file(GLOB static_files CONFIGURE_DEPENDS static/*.cpp)

# What has .posix in its name needs a POSIX system around the library: fork, /proc, signals, AF_UNIX datagrams.
if(WIN32)
    list(FILTER unit_files EXCLUDE REGEX "\\.posix\\.test\\.cpp$")
    list(FILTER static_files EXCLUDE REGEX "\\.posix\\.cpp$")
    set(suites unit)  # there is no libc in front of which to load the fault library
    set(unit_parts 1)
else()
    set(suites unit fault)
    set(unit_parts 6)
    set(fault_parts 2)
    # The fault library interposes libc's socket calls, so the dynamic linker has to find it before libc.
    add_library(keyway_fault SHARED support/fault.cpp)
    target_compile_features(keyway_fault PRIVATE cxx_std_20)
    target_include_directories(keyway_fault PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(keyway_fault PRIVATE ${CMAKE_DL_LIBS})
endif()

# Where the language mode matters: the error channel, what is made of it, and the bridges to the standard library. The
# static tests are built in every mode.
set(mode_files ${unit_files})
list(FILTER mode_files INCLUDE REGEX
    "/(concepts|connection|errc|error|exception|expected|failure|format|message_result|received|system_error)(\\.posix)?\\.test\\.cpp$")
list(APPEND mode_files unit/detail/macros.test.cpp unit/detail/system_first.test.cpp unit/detail/system_last.test.cpp)
set(mode_parts 1)

# What every suite reads again and again is read once. The tests of what headers do to each other read for themselves.
set(suite_headers <doctest/doctest.h> <algorithm> <array> <atomic> <chrono> <cstdlib> <filesystem> <fstream> <set> <span>
    <string> <thread> <utility> <vector>)
set_source_files_properties(unit/detail/macros.test.cpp unit/detail/system_first.test.cpp unit/detail/system_last.test.cpp
    PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
# Millions of texts are parsed there: optimised, in a sixth of the time.
set_source_files_properties(unit/address/differential.posix.test.cpp PROPERTIES
    COMPILE_OPTIONS -O1 SKIP_PRECOMPILE_HEADERS ON)

# Instead of each header a file that includes the single header: the headers themselves are not on the path.
set(library keyway::keyway)
if(KEYWAY_TEST_SINGLE_HEADER)
    add_library(keyway_single INTERFACE)
    add_dependencies(keyway_single single-header)
    target_include_directories(keyway_single INTERFACE ${CMAKE_CURRENT_BINARY_DIR}/single)
    foreach(header IN LISTS KEYWAY_HEADERS)
        file(CONFIGURE OUTPUT single/${header} CONTENT "#include \"${PROJECT_BINARY_DIR}/keyway.hpp\"\n" @ONLY)
    endforeach()
    set(library keyway_single)
    list(PREPEND suite_headers <keyway/keyway.hpp>)
endif()

set(programs "")
# add_suites(STANDARD SUITE…): the suites and the static tests in one language mode.
function(add_suites standard)
    add_library(test_main_cpp${standard} OBJECT support/main.cpp)
    add_library(static_cpp${standard} OBJECT ${static_files})
    set(targets test_main_cpp${standard} static_cpp${standard})

    set(first "")
    foreach(suite IN LISTS ARGN)
        set(target ${suite}_cpp${standard})
        list(APPEND targets ${target})
        list(APPEND programs $<TARGET_FILE:${target}>)
        add_executable(${target} ${${suite}_files})
        target_link_libraries(${target} PRIVATE $<$<STREQUAL:${suite},fault>:keyway_fault> test_main_cpp${standard})
        if(first)
            target_precompile_headers(${target} REUSE_FROM ${first})
        else()
            target_precompile_headers(${target} PRIVATE ${suite_headers})
            set(first ${target})
        endif()

        foreach(part RANGE 1 ${${suite}_parts})
            set(name ${suite}.cpp${standard})
            if(${suite}_parts GREATER 1)
                string(APPEND name .${part}_of_${${suite}_parts})
            endif()
            add_test(NAME ${name} COMMAND ${target})
            set_tests_properties(${name} PROPERTIES
                ENVIRONMENT KEYWAY_TEST_PART=${part}/${${suite}_parts} SKIP_RETURN_CODE 77)
        endforeach()
    endforeach()

    foreach(target IN LISTS targets)
        set_target_properties(${target} PROPERTIES CXX_STANDARD ${standard} CXX_EXTENSIONS OFF)
        target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
        target_link_libraries(${target} PRIVATE ${library} doctest::doctest Threads::Threads)
    endforeach()
    set(programs ${programs} PARENT_SCOPE)
endfunction()

foreach(standard IN LISTS KEYWAY_TEST_STANDARDS)
    add_suites(${standard} ${suites})
endforeach()
foreach(standard IN LISTS KEYWAY_TEST_MODE_STANDARDS)
    add_suites(${standard} mode)
endforeach()

# A suite without a case of the name in KEYWAY_TEST_CASE is skipped; that no suite has one is a failure.
add_test(NAME suites.filter
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/checks/filter.py ${programs})
set_tests_properties(suites.filter PROPERTIES ENVIRONMENT "KEYWAY_EMULATOR=${emulator}")
