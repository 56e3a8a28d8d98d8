#include "http/response_parser.hpp"

#include "http/response_head.hpp"

namespace assay::http {

namespace {

using boost::beast::http::error;

constexpr std::uint32_t kHeaderBytes = 64 * 1024;
/// A chunked body that isn't at its end has at least "0\r\n\r\n" to come; the library asserts that it sees that much.
constexpr std::size_t kLeastChunkedRest = 5;
constexpr int kFirstStatus = 100;
constexpr int kLastStatus = 599;

}  // namespace

ResponseParser::ResponseParser(bool to_head, std::size_t body_bytes) : to_head_(to_head) {
  header_limit(kHeaderBytes);
  body_limit(body_bytes);
  skip(to_head);
}

ResponseParser::Progress ResponseParser::parse(std::string_view& input) {
  while (!is_done()) {
    const auto least = is_header_done() && chunked() ? kLeastChunkedRest : 1;
    if (input.size() < least) return Progress::kNeedsMore;
    Error error;
    input.remove_prefix(put(boost::asio::const_buffer(input.data(), input.size()), error));
    if (error == error::need_more) return input.size() > kHeaderBytes ? Progress::kMalformed : Progress::kNeedsMore;
    if (error == error::body_limit) return Progress::kTooLarge;
    if (error) return Progress::kMalformed;
  }
  return Progress::kComplete;
}

ResponseParser::Progress ResponseParser::end() {
  if (!is_header_done()) return Progress::kMalformed;
  Error error;
  put_eof(error);
  return error ? Progress::kMalformed : Progress::kComplete;
}

void ResponseParser::on_response_impl(int status, Text /*reason*/, int /*version*/, Error& error) {
  if (status < kFirstStatus || status > kLastStatus) error = error::bad_status;
  response_.status = status;
}

void ResponseParser::on_field_impl(Field field, Text name_text, Text value_text, Error& /*error*/) {
  if (is_header_done()) return;
  if (field == Field::transfer_encoding) has_transfer_encoding_ = true;
  const std::string_view name(name_text.data(), name_text.size());
  // Where there is no body, only the field knows how long the one would be that the answer stands for.
  const bool stands_for_body = field == Field::content_length && (to_head_ || response_.status == 304);
  if (stands_for_body || !is_connection_field(name))
    response_.headers.add(name, {value_text.data(), value_text.size()});
}

void ResponseParser::on_header_impl(Error& error) {
  if (has_transfer_encoding_ && !chunked()) error = error::bad_transfer_encoding;
}

std::size_t ResponseParser::on_body_impl(Text body, Error& /*error*/) {
  response_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t /*remaining*/, Text body, Error& /*error*/) {
  response_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace assay::http
