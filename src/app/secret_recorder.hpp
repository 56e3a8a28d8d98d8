#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "audit/store.hpp"
#include "secrets/provider.hpp"

namespace assay::app {

/// Puts each change of a secret into the audit register, once: made by the program's own commands or by others in an
/// outside vault, while the register ran or not. What was recorded is kept in a file, without which all is recorded
/// that is known: the register recognises what it has. For one thread at a time.
class SecretRecorder {
 public:
  /// `provider` tells of the versions of secrets, never of their values here. All must outlive it.
  SecretRecorder(secrets::Provider& provider, audit::Appender& audit_register, std::filesystem::path recorded);

  /// The records of what changed since the file was written; at the first start of a register what is there counts as
  /// recorded. Blocks; throws as the provider does.
  std::vector<audit::NewRecord> find_changes(bool is_first_start);
  /// Appends them, durably on return. Throws Unavailable when they aren't.
  Awaitable<void> record(std::vector<audit::NewRecord> changes);
  /// Those that were found last count as recorded from now on. Blocks.
  void note_recorded() { keep(found_); }

 private:
  using Versions = std::map<std::string, std::set<std::string>>;  ///< ids by name

  Versions read_recorded() const;
  void keep(const Versions& versions) const;

  secrets::Provider& provider_;
  audit::Appender& register_;
  std::filesystem::path recorded_;
  Versions found_;
};

}  // namespace assay::app
