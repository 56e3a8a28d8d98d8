#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "app/configuration.hpp"
#include "app/foundation.hpp"
#include "app/health.hpp"
#include "audit/log_opening.hpp"
#include "secrets/cache.hpp"
#include "secrets/host_key.hpp"

namespace assay::app {

/// The secrets of one part of this process, always the newest.
class PartSecrets {
 public:
  /// `part` is whose they are.
  PartSecrets(std::string_view part, const Configuration& configuration, Foundation& foundation,
              std::unique_ptr<secrets::Provider> provider);

  /// What the part shows to another: the key of that name, and who asks, where it may say so.
  secrets::HostKeySender::Keys sender_keys(std::string_view host_key,
                                           std::shared_ptr<const Current<secrets::SigningKeys>> principal_keys);
  /// A key by which others are let in to the part.
  secrets::HostKey accepted_host_key(std::string_view name);
  secrets::PrincipalVerifier principal_verifier();
  std::shared_ptr<const Current<secrets::SigningKeys>> principal_keys() {
    return cache_.follow("principal-key", &secrets::as_signing_keys);
  }
  std::shared_ptr<const Current<std::vector<SensitiveText>>> cursor_keys() {
    return cache_.follow("cursor-key", &secrets::as_texts);
  }
  std::shared_ptr<const Current<std::vector<SensitiveText>>> log_keys() {
    return cache_.follow(audit::kLogKeyName, &secrets::as_texts);
  }

  /// Looks for newer ones from now on. Once the threads run, and all above were asked for.
  void start();
  PartHealth health() const;

 private:
  std::shared_ptr<secrets::AcceptedKeys> accepted_keys(std::string_view name, std::string_view list,
                                                       secrets::KeyForm form);

  Foundation& foundation_;
  secrets::Overlap overlap_;
  secrets::Cache cache_;
};

}  // namespace assay::app
