#pragma once

#include <string>
#include <string_view>

#include "base/wiped_text.hpp"
#include "http/message.hpp"

namespace assay::http {

/// What the server adds to an answer.
struct ResponseFrame {
  std::string_view date;  ///< RFC 9110 section 5.6.7
  std::string_view traceparent;
  std::string_view request_id;  ///< what a client tells when it asks about its request: the trace's id
  bool to_head = false;         ///< answers HEAD: only says how long the body would be
  bool closes = false;          ///< the connection ends with this answer
};

/// Whether an answer of that status has no body, whatever it brings (RFC 9110 section 6.4.1).
bool is_bodiless(int status);

/// Appends the status line and the header. What frames the message or belongs to one connection is written
/// here and not taken from the answer.
void append_response_head(std::string& out, const Response& response, const ResponseFrame& frame);

/// Whether a field belongs to one connection or frames the message (RFC 9110 section 7.6.1), so that it is
/// never passed on.
bool is_connection_field(std::string_view name);

/// Appends a field line; control characters in the value become spaces, so that no value can end its line.
template <class Text>
void append_field(Text& out, std::string_view name, std::string_view value);
extern template void append_field(std::string& out, std::string_view name, std::string_view value);
extern template void append_field(WipedText& out, std::string_view name, std::string_view value);

}  // namespace assay::http
