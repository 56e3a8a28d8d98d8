#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/sensitive.hpp"

namespace assay::secrets {

struct SecretVersion {
  std::string id;  ///< as its provider names it; tells nothing of the value
  SensitiveText value;
};

/// The versions of a secret that its readers need.
struct Secret {
  std::vector<SecretVersion> versions;  ///< the newest, then the one before it where there is one

  const SecretVersion& newest() const { return versions.front(); }
};

/// What is known of a version besides its value.
struct VersionNote {
  std::string id;
  std::string created;     ///< RFC 3339
  std::string changed_by;  ///< empty where the provider doesn't tell
};

/// How long ago the version was made, in whole days; nothing where its provider doesn't tell.
std::optional<std::chrono::days> age_of(const VersionNote& note, Timestamp now);

/// Something that was done to a secret.
struct SecretChange {
  std::string secret;  ///< empty when it was done to all
  VersionNote note;    ///< of the version that it made; else the id tells it from the secret's other changes
  std::string operation = "change";  ///< or init, set, rotate, grant, revoke, where the provider tells that
  std::string identity = {};         ///< of grant and revoke
};

/// Where secrets are kept. Calls block, and are safe from any thread. They throw Unavailable when the place can't be
/// reached for now, and Refusal with a sentence for what is missing, denied, malformed or forged.
class Provider {
 public:
  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
  virtual ~Provider() = default;

  /// For sentences: "the folder /etc/assay/secrets".
  virtual std::string place() const = 0;

  virtual Secret read(std::string_view name) = 0;
  virtual std::vector<std::string> names() = 0;
  /// Newest first; none where each was removed.
  virtual std::vector<VersionNote> versions(std::string_view name) = 0;
  /// What was done, of each secret in order, as far as the provider still knows: else one for each version.
  virtual std::vector<SecretChange> changes();
  /// Makes a new version, durable on return, and returns its id.
  virtual std::string write(std::string_view name, const SensitiveText& value, std::string_view changed_by) = 0;
};

}  // namespace assay::secrets
