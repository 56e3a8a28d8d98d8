#include <fmt/format.h>

#include <charconv>

#include "http/server.hpp"

namespace assay::http {

TcpAddress TcpAddress::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto digits = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  TcpAddress address{.host = std::string(host), .port = 0};
  const auto* const end = digits.data() + digits.size();
  const auto [parsed, error] = std::from_chars(digits.data(), end, address.port);
  const bool complete = !host.empty() && !digits.empty() && error == std::errc() && parsed == end;
  if (!complete || (!bracketed && host.contains(':'))) {
    throw Refusal(fmt::format("\"{}\" is no address to listen on; write it as 127.0.0.1:8080 or [::1]:8080", text));
  }
  return address;
}

std::string TcpAddress::to_string() const {
  return host.contains(':') ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace assay::http
