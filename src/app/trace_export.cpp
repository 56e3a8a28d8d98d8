#include "app/trace_export.hpp"

#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "base/uuid.hpp"
#include "otlp/http_transport.hpp"

namespace assay::app {

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace

std::unique_ptr<otlp::Exporter> export_traces(const Configuration& configuration, Foundation& foundation) {
  const auto& endpoint = configuration.text("traces.endpoint");
  if (endpoint.empty() || !configuration.flag("traces.enabled")) return nullptr;
  const auto headers_file = configuration.path("traces.headers_file");
  if (!headers_file.empty()) static_cast<void>(secure_origin(endpoint));
  auto transport = otlp::http_transport(
      {.endpoint = endpoint, .ca_file = configuration.path("traces.ca_file"), .headers_file = headers_file});
  auto exporter =
      std::make_unique<otlp::Exporter>(otlp::ExporterOptions{},
                                       otlp::Resource{.version = ASSAY_VERSION,
                                                      .instance_id = Uuid::generate(foundation.random).to_string(),
                                                      .host_name = host_name()},
                                       std::move(transport), foundation.random, foundation.log, foundation.metrics);
  foundation.tracer.export_to(exporter->sink());
  return exporter;
}

}  // namespace assay::app
