#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string_view>

#include "http/message.hpp"
#include "http/server.hpp"

namespace assay::http {

/// Reads one request from the bytes of a connection (RFC 9112), without I/O. Stricter than the library
/// wherever two readers could see two different messages.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  /// `limits` must outlive the parser.
  explicit RequestParser(const ServerLimits& limits);

  enum class Progress { kNeedsMore, kComplete, kRefused };

  /// Takes what it can off the front of `input`; the rest must be presented again with more behind it.
  Progress parse(std::string_view& input);

  /// Whether the client waits for 100 (Continue) before it sends the body.
  bool expects_continue() const { return expects_continue_ && is_header_done() && !is_done(); }

  /// Whether the connection may serve another request after this one, which must be complete.
  bool may_be_followed() const { return version_ == kHttp11 && keep_alive(); }

  /// The request, as far as it has come.
  Request& request() { return request_; }

  /// Why the request was refused; the connection can't be used further.
  const Problem& refusal() const { return *refusal_; }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;

  static constexpr int kHttp11 = 11;

  void on_request_impl(Verb verb, Text method, Text target, int version, Error& error) override;
  void on_response_impl(int /*status*/, Text /*reason*/, int /*version*/, Error& /*error*/) override {}
  void on_field_impl(Field field, Text name, Text value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
  std::size_t on_body_impl(Text body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remaining, Text body, Error& error) override;
  void on_finish_impl(Error& /*error*/) override {}

  /// Checks a field that decides where the message ends or whom it is for.
  void check_field(Field field, std::string_view value, Error& error);
  void refuse(Error& error, int status, std::string detail);
  /// Whether a line of the header ends in another way than it must. The library would wait for a proper end.
  bool has_bare_line_feed(std::string_view input);
  Progress refuse_for(const Error& error, std::string_view input);

  const ServerLimits& limits_;
  Request request_;
  std::optional<Problem> refusal_;
  std::size_t header_bytes_ = 0;
  std::size_t searched_ = 0;  ///< how much of the input has been searched for line ends
  std::size_t hosts_ = 0;
  int version_ = 0;
  bool blank_line_skipped_ = false;
  bool has_content_length_ = false;
  bool has_transfer_encoding_ = false;
  bool expects_continue_ = false;
};

}  // namespace assay::http
