#include "gateway/page.hpp"

#include "base/hash.hpp"

namespace assay::gateway {

namespace {

/// The page loads its own files only, and talks to its own origin only. It draws with inline styles and data: images.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

Page::Page(const Asset& asset) : asset_(asset), entity_tag_('"' + to_hex(sha256(asset.content)).substr(0, 32) + '"') {}

Result<http::Response> Page::get(const http::Request& request) const {
  if (!request.context.from_loopback) return fail(404, "Resource not found");
  http::Response response;
  response.headers.add("ETag", entity_tag_);
  // Asked for again each time, so that a new version of the program is seen at once.
  response.headers.add("Cache-Control", "no-cache");
  response.headers.add("X-Content-Type-Options", "nosniff");
  if (asset_.content_type.starts_with("text/html")) {
    response.headers.add("Content-Security-Policy", kContentSecurityPolicy);
  }
  if (request.headers.find("If-None-Match") == entity_tag_) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", asset_.content_type);
  response.body = asset_.content;
  return response;
}

}  // namespace assay::gateway
