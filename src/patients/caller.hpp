#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace assay::patients {

/// Appends `text` with its length before it, so that no two lists of texts append the same bytes.
void append_framed(std::string& out, std::string_view text);

/// Appends who asks, framed: the principal's kind and id, or the host key where there is no principal.
void append_caller(std::string& out, const http::Context& context);

}  // namespace assay::patients
