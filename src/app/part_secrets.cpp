#include "app/part_secrets.hpp"

#include <fmt/format.h>

#include <boost/asio/detached.hpp>
#include <utility>

namespace assay::app {

namespace {

secrets::CacheSettings cache_settings(std::string_view part, const Configuration& configuration) {
  return {.part = std::string(part),
          .refresh = std::chrono::seconds(configuration.number("secrets.refresh")),
          .patience = std::chrono::seconds(configuration.number("secrets.patience"))};
}

}  // namespace

PartSecrets::PartSecrets(std::string_view part, const Configuration& configuration, Foundation& foundation,
                         std::unique_ptr<secrets::Provider> provider)
    : foundation_(foundation),
      overlap_{.unused = std::chrono::seconds(configuration.number("secrets.overlap")),
               .limit = std::chrono::seconds(configuration.number("secrets.patience"))},
      cache_(std::move(provider), cache_settings(part, configuration), foundation.clock, foundation.random,
             foundation.log, foundation.metrics, foundation.tracer) {}

secrets::HostKeySender::Keys PartSecrets::sender_keys(
    std::string_view host_key, std::shared_ptr<const Current<secrets::SigningKeys>> principal_keys) {
  return {.host_key_name = std::string(host_key),
          .host_key = cache_.follow(host_key, &secrets::as_secret),
          .principal_keys = std::move(principal_keys),
          .look_again = [this] { return cache_.look_again(); }};
}

std::shared_ptr<secrets::AcceptedKeys> PartSecrets::accepted_keys(std::string_view name, std::string_view list,
                                                                  secrets::KeyForm form) {
  auto accepted = follow_accepted(cache_, list, form, foundation_.clock, overlap_);
  auto& others = foundation_.metrics.gauge("assay_superseded_keys_accepted",
                                           "Versions of a key that are still accepted beside the newest.",
                                           {{"name", std::string(name)}});
  foundation_.metrics.on_collect([accepted, &others] { others.Set(static_cast<double>(accepted->others())); });
  return accepted;
}

secrets::HostKey PartSecrets::accepted_host_key(std::string_view name) {
  return {.name = std::string(name),
          .accepted = accepted_keys(name, fmt::format("{}.verifier", name), secrets::KeyForm::kHex)};
}

secrets::PrincipalVerifier PartSecrets::principal_verifier() {
  return {accepted_keys("principal-key", "principal-key.pub", secrets::KeyForm::kBase64url),
          [this] { return cache_.look_again(); }};
}

void PartSecrets::start() {
  boost::asio::co_spawn(foundation_.threads.context(0), cache_.run(), boost::asio::detached);
}

PartHealth PartSecrets::health() const {
  const auto trouble = cache_.trouble();
  if (!trouble) return {};
  return {.readiness = trouble->is_over_patience ? Readiness::kUnavailable : Readiness::kDegraded,
          .reason = "newer secrets can't be read: " + trouble->reason};
}

}  // namespace assay::app
