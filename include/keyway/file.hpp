// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_FILE_HPP
#define KEYWAY_FILE_HPP

// Files, pipes and standard streams, and copying between them and connections.

// IWYU pragma: begin_exports
#include <keyway/file/access.hpp>
#include <keyway/file/byte_stream.hpp>
#include <keyway/file/copy.hpp>
#include <keyway/file/file.hpp>
#include <keyway/file/file_interface.hpp>
#include <keyway/file/pipe.hpp>
#include <keyway/file/standard_streams.hpp>
// IWYU pragma: end_exports

#endif
