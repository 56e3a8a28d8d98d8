#include "http/response_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "http/answer.hpp"
#include "http/text.hpp"

namespace assay::http {

namespace {

constexpr std::array<std::string_view, 8> kConnectionFields{
    "Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"};

/// What the server says by itself, whatever an answer passed on from elsewhere says.
constexpr std::array<std::string_view, 3> kOurFields{"Date", "traceparent", "Request-Id"};

bool is_ours(std::string_view name) {
  return std::ranges::any_of(kOurFields, [&](auto field) { return equal_ignoring_case(field, name); });
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; }

/// The length that the header tells. An answer passed on from elsewhere to HEAD or with 304 has no body,
/// but may know the length of what it stands for.
std::optional<std::string> content_length(const Response& response, bool to_head) {
  if (response.status == 204) return std::nullopt;
  const bool stands_for_body = to_head || response.status == 304;
  if (stands_for_body && response.body.empty()) {
    const auto told = response.headers.find("Content-Length");
    if (told) return std::string(*told);
    if (response.status == 304) return std::nullopt;
  }
  return std::to_string(response.body.size());
}

}  // namespace

bool is_bodiless(int status) { return status == 204 || status == 304; }

bool is_connection_field(std::string_view name) {
  return std::ranges::any_of(kConnectionFields, [&](auto field) { return equal_ignoring_case(field, name); });
}

template <class Text>
void append_field(Text& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  const auto start = static_cast<std::ptrdiff_t>(out.size());
  out += value;
  std::replace_if(out.begin() + start, out.end(), is_control, ' ');
  out += "\r\n";
}
template void append_field(std::string& out, std::string_view name, std::string_view value);
template void append_field(WipedText& out, std::string_view name, std::string_view value);

void append_response_head(std::string& out, const Response& response, const ResponseFrame& frame) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 reason_phrase(response.status), frame.date);
  if (const auto length = content_length(response, frame.to_head)) append_field(out, "Content-Length", *length);
  if (!frame.traceparent.empty()) append_field(out, "traceparent", frame.traceparent);
  if (!frame.request_id.empty()) append_field(out, "Request-Id", frame.request_id);
  if (frame.closes) append_field(out, "Connection", "close");
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const auto [name, value] = response.headers.at(i);
    if (!is_ours(name) && !is_connection_field(name)) append_field(out, name, value);
  }
  out += "\r\n";
}

}  // namespace assay::http
