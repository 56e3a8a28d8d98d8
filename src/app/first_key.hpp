#pragma once

#include <filesystem>
#include <optional>

#include "app/foundation.hpp"
#include "base/sensitive.hpp"
#include "http/message.hpp"

namespace assay::app {

/// Makes the subscription "first" at the first start of a gateway, so that a newcomer has a key; nothing at later
/// ones. The first start lasts until `note_first_key_shown`: where one was broken off with the subscription made, the
/// log tells how to get another key.
std::optional<SensitiveText> first_key(Foundation& foundation, const http::Handler& operator_handler,
                                       const std::filesystem::path& data_directory);

/// Ends the first start: durable on return.
void note_first_key_shown(const std::filesystem::path& data_directory);

}  // namespace assay::app
