#include "app/assets.hpp"

#include "embedded/assets.hpp"

namespace assay::app {

std::vector<gateway::Asset> assets() {
  constexpr std::string_view kCss = "text/css; charset=utf-8";
  constexpr std::string_view kScript = "text/javascript; charset=utf-8";
  return {
      {"/openapi.json", "application/json; charset=utf-8", embedded::openapi_json()},
      {"/docs", "text/html; charset=utf-8", embedded::docs_html()},
      {"/docs/docs.css", kCss, embedded::docs_css()},
      {"/docs/docs.js", kScript, embedded::docs_js()},
      {"/docs/swagger-ui.css", kCss, embedded::swagger_ui_css()},
      {"/docs/swagger-ui-bundle.js", kScript, embedded::swagger_ui_bundle_js()},
  };
}

}  // namespace assay::app
