#pragma once

#include <filesystem>
#include <string>

#include "otlp/exporter.hpp"

namespace assay::otlp {

struct HttpTransportOptions {
  std::string endpoint;                     ///< base URL; /v1/traces is added unless it stands there
  std::filesystem::path ca_file = {};       ///< PEM; empty: the system's
  std::filesystem::path headers_file = {};  ///< headers that the receiver wants, a line each; read before each request
};

/// Posts to a receiver of OTLP over HTTP, and keeps the connection. For one thread. Throws Refusal for an endpoint or a
/// file of headers that can't be used.
Transport http_transport(HttpTransportOptions options);

}  // namespace assay::otlp
