#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string_view>

#include "http/message.hpp"

namespace assay::http {

/// Reads one answer from the bytes of a connection (RFC 9112), without I/O.
class ResponseParser final : public boost::beast::http::basic_parser<false> {
 public:
  /// `to_head`: the answer has no body, whatever its header says. `body_bytes` is the longest body taken.
  ResponseParser(bool to_head, std::size_t body_bytes);

  enum class Progress { kNeedsMore, kComplete, kMalformed, kTooLarge };

  /// Takes what it can off the front of `input`; the rest must be presented again with more behind it.
  Progress parse(std::string_view& input);

  /// Says that the connection has ended, which may complete the answer.
  Progress end();

  /// The answer, without the fields that concern the connection only.
  Response& response() { return response_; }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;

  void on_request_impl(Verb /*verb*/, Text /*method*/, Text /*target*/, int /*version*/, Error& /*error*/) override {}
  void on_response_impl(int status, Text reason, int version, Error& error) override;
  void on_field_impl(Field field, Text name, Text value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, Error& /*error*/) override {}
  std::size_t on_body_impl(Text body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/, Error& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remaining, Text body, Error& error) override;
  void on_finish_impl(Error& /*error*/) override {}

  Response response_;
  bool to_head_;
  bool has_transfer_encoding_ = false;
};

}  // namespace assay::http
