#pragma once

#include <string>

#include "gateway/service.hpp"
#include "http/message.hpp"

namespace assay::gateway {

/// A file that the binary carries, as an answer to callers on this machine; others get 404.
class Page {
 public:
  explicit Page(const Asset& asset);

  Result<http::Response> get(const http::Request& request) const;

 private:
  Asset asset_;
  std::string entity_tag_;
};

}  // namespace assay::gateway
