#include "http/request_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "http/text.hpp"

namespace assay::http {

namespace {

using boost::beast::http::error;
using boost::beast::http::verb;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kMalformed = "The request is malformed.";
/// A chunked body that isn't at its end has at least "0\r\n\r\n" to come; the library asserts that it sees that much.
constexpr std::size_t kLeastChunkedRest = 5;
/// What a mere promise of a body is given in advance.
constexpr std::size_t kLargestReservation = 64 * 1024;

Method method_of(verb value) {
  switch (value) {
    case verb::get:
      return Method::kGet;
    case verb::head:
      return Method::kHead;
    case verb::post:
      return Method::kPost;
    case verb::put:
      return Method::kPut;
    case verb::patch:
      return Method::kPatch;
    case verb::delete_:
      return Method::kDelete;
    case verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

bool is_printable(char c) { return c > ' ' && c < '\x7f'; }

/// The origin form of a target in origin or absolute form (RFC 9112 section 3.2); nothing for other forms.
std::optional<std::string> origin_form(std::string_view target) {
  if (!std::ranges::all_of(target, is_printable) || target.contains('#')) return std::nullopt;
  if (target.starts_with('/')) return std::string(target);
  const auto scheme = target.substr(0, target.find("://"));
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return std::nullopt;
  target.remove_prefix(std::min(target.size(), scheme.size() + 3));
  const auto path = target.find_first_of("/?");
  if (path == 0 || target.empty()) return std::nullopt;
  if (path == std::string_view::npos) return "/";
  return target[path] == '?' ? fmt::format("/{}", target.substr(path)) : std::string(target.substr(path));
}

bool is_host(std::string_view value) {
  return std::ranges::all_of(value, is_printable) && value.find_first_of("/?#@,\\\"<>") == std::string_view::npos;
}

bool is_decimal(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether the value follows its name on the same line: the library joins lines that were folded
/// (obsolete, RFC 9112 section 5.2), which another reader may take for fields of their own.
bool is_folded(std::string_view name, std::string_view value) {
  const auto* const name_end = name.data() + name.size();
  if (std::less<>()(value.data(), name_end) || value.data() - name_end > std::numeric_limits<std::uint16_t>::max()) {
    return true;
  }
  return std::string_view(name_end, value.data()).contains('\n');
}

/// Whether the request line is well-formed but for a version that isn't served.
bool has_other_version(std::string_view input) {
  const auto line = input.substr(0, input.find(kLineEnd));
  const auto version = line.substr(line.rfind(' ') + 1);
  constexpr std::string_view kName = "HTTP/";
  return version.size() == kName.size() + 3 && version.starts_with(kName) && is_decimal(version.substr(5, 1)) &&
         version[6] == '.' && is_decimal(version.substr(7)) && version != "HTTP/1.1" && version != "HTTP/1.0";
}

}  // namespace

RequestParser::RequestParser(const ServerLimits& limits) : limits_(limits) {
  // The library counts the request line and the fields apart; the limit is kept by `parse`.
  header_limit(std::numeric_limits<std::uint32_t>::max());
  body_limit(limits.body_bytes);
}

RequestParser::Progress RequestParser::parse(std::string_view& input) {
  // RFC 9112 section 2.2: one empty line before a request is no fault.
  if (!got_some() && !blank_line_skipped_ && input.starts_with('\r')) {
    if (input.size() < kLineEnd.size()) return Progress::kNeedsMore;
    if (input.starts_with(kLineEnd)) input.remove_prefix(kLineEnd.size());
    blank_line_skipped_ = true;
  }
  while (!is_done()) {
    const bool in_header = !is_header_done();
    const auto least = !in_header && chunked() ? kLeastChunkedRest : 1;
    if (input.size() < least) return Progress::kNeedsMore;
    if (in_header && has_bare_line_feed(input)) return refuse_for(error::bad_line_ending, input);
    Error error;
    const auto consumed = put(boost::asio::const_buffer(input.data(), input.size()), error);
    const auto presented = input;
    input.remove_prefix(consumed);
    if (in_header) header_bytes_ += consumed;
    searched_ -= std::min(searched_, consumed);
    const bool waits = error == error::need_more;
    // A field, a chunk's extensions or the trailers, of which more and more comes.
    const auto pending = waits ? input.size() : 0;
    if (error && !waits) return refuse_for(error, presented);
    if (header_bytes_ + pending > limits_.header_bytes) return refuse_for(error::header_limit, presented);
    if (waits) return Progress::kNeedsMore;
  }
  return Progress::kComplete;
}

bool RequestParser::has_bare_line_feed(std::string_view input) {
  // What was taken so far are whole lines, so that the input begins with a line.
  for (auto end = input.find('\n', searched_); end != std::string_view::npos; end = input.find('\n', end + 1)) {
    if (end == 0 || input[end - 1] != '\r') return true;
    searched_ = end + 1;
    const bool empty_line = end == 1 || input[end - 2] == '\n';
    if (empty_line) return false;
  }
  searched_ = input.size();
  return false;
}

RequestParser::Progress RequestParser::refuse_for(const Error& error, std::string_view input) {
  if (refusal_) return Progress::kRefused;
  Error ignored;
  if (error == error::header_limit) {
    refuse(ignored, 431, fmt::format("The header is larger than {} bytes.", limits_.header_bytes));
  } else if (error == error::body_limit) {
    refuse(ignored, 413, fmt::format("The body is larger than {} bytes.", limits_.body_bytes));
  } else if (error == error::bad_version && has_other_version(input)) {
    refuse(ignored, 505, "The HTTP version is not supported.");
  } else {
    refuse(ignored, 400, std::string(kMalformed));
  }
  return Progress::kRefused;
}

void RequestParser::refuse(Error& error, int status, std::string detail) {
  refusal_ = Problem{.status = status, .detail = std::move(detail)};
  error = error::bad_field;
}

void RequestParser::on_request_impl(Verb verb, Text /*method*/, Text target, int version, Error& error) {
  version_ = version;
  request_.method = method_of(verb);
  auto origin = origin_form({target.data(), target.size()});
  if (!origin) return refuse(error, 400, "The request target is malformed.");
  request_.target = std::move(*origin);
}

void RequestParser::on_field_impl(Field field, Text name_text, Text value_text, Error& error) {
  const std::string_view name(name_text.data(), name_text.size());
  const std::string_view value(value_text.data(), value_text.size());
  if (is_folded(name, value)) return refuse(error, 400, "The header is folded.");
  // Trailers say nothing that is needed here; merged into the header they could say what the header must.
  if (is_header_done()) return;
  check_field(field, value, error);
  if (!error) request_.headers.add(name, value);
}

void RequestParser::check_field(Field field, std::string_view value, Error& error) {
  switch (field) {
    case Field::host:
      ++hosts_;
      if (!is_host(value)) refuse(error, 400, "The Host header is malformed.");
      return;
    case Field::content_length:
      if (has_content_length_ || !is_decimal(value)) refuse(error, 400, "The Content-Length header is malformed.");
      has_content_length_ = true;
      return;
    case Field::transfer_encoding:
      if (!equal_ignoring_case(value, "chunked")) refuse(error, 400, "The transfer encoding must be chunked.");
      has_transfer_encoding_ = true;
      return;
    case Field::expect:
      if (!equal_ignoring_case(value, "100-continue")) return refuse(error, 417, "The expectation is not supported.");
      expects_continue_ = version_ == kHttp11;
      return;
    default:
      return;
  }
}

void RequestParser::on_header_impl(Error& error) {
  if (hosts_ > 1 || (version_ == kHttp11 && hosts_ == 0)) {
    return refuse(error, 400, "There must be exactly one Host header.");
  }
  if (has_transfer_encoding_ && (version_ != kHttp11 || has_content_length_)) {
    refuse(error, 400, std::string(kMalformed));
  }
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& /*error*/) {
  request_.body.reserve(std::min<std::size_t>(length.value_or(0), kLargestReservation));
}

std::size_t RequestParser::on_body_impl(Text body, Error& /*error*/) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, Text extensions, Error& error) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; };
  if (std::ranges::any_of(extensions, is_control)) refuse(error, 400, std::string(kMalformed));
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*remaining*/, Text body, Error& /*error*/) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace assay::http
