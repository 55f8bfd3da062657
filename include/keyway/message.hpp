// SPDX-License-Identifier: BSL-1.0
#ifndef KEYWAY_MESSAGE_HPP
#define KEYWAY_MESSAGE_HPP

// Everything about messages: control messages, batches, segmentation offload, descriptors, the error queue, multicast.

// IWYU pragma: begin_exports
#include <keyway/message/batch.hpp>
#include <keyway/message/control/buffer.hpp>
#include <keyway/message/control/ip.hpp>
#include <keyway/message/control/item.hpp>
#include <keyway/message/control/packet_info.hpp>
#include <keyway/message/control/queued_error.hpp>
#include <keyway/message/control/segment_size.hpp>
#include <keyway/message/control/timestamp.hpp>
#include <keyway/message/control/unix.hpp>
#include <keyway/message/descriptors.hpp>
#include <keyway/message/error_queue.hpp>
#include <keyway/message/message.hpp>
#include <keyway/message/multicast.hpp>
#include <keyway/message/segment.hpp>
#include <keyway/message/segments.hpp>
#include <keyway/message/zero_copy.hpp>
// IWYU pragma: end_exports

#endif
