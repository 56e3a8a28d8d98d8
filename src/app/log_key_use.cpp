#include "app/log_key_use.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "app/part_folder.hpp"
#include "audit/log_signer.hpp"
#include "base/error.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/log_origins.hpp"

namespace assay::app {

std::optional<std::chrono::days> log_key_overlap(const Configuration& configuration, secrets::Provider& provider) {
  const std::chrono::days overlap(configuration.number("audit.key_overlap"));
  const auto database = PartFolder::database_of(configuration.path("data_dir"), "audit");
  if (!std::filesystem::exists(database)) return overlap;
  if (std::filesystem::exists(database.parent_path() / "restored")) return std::nullopt;
  const auto origins = sqlite::read_log_origins(sqlite::Connection(database, sqlite::Access::kReadOnly));
  if (origins.empty()) return overlap;
  const auto newest = provider.read(audit::kLogKeyName).newest();
  if (audit::find_signer({&newest.value, 1}, origins.back().verifier_key)) return overlap;
  throw Refusal(
      fmt::format("the log in {} has not taken version {} of {} into use yet, and would lose its key by another one: "
                  "let the audit part run first",
                  database.parent_path().string(), newest.id, audit::kLogKeyName));
}

}  // namespace assay::app
