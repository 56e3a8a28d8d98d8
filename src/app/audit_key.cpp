#include "app/audit_key.hpp"

#include <fmt/format.h>

#include "app/part_folder.hpp"
#include "base/error.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/log_origins.hpp"

namespace assay::app {

int print_log_key(const std::filesystem::path& data_directory) {
  const auto database = PartFolder::database_of(data_directory, "audit");
  if (!std::filesystem::exists(database)) {
    throw Refusal(fmt::format("there is no audit register in {}", data_directory.string()));
  }
  const sqlite::Connection connection(database, sqlite::Access::kReadOnly);
  const auto origins = sqlite::read_log_origins(connection);
  if (origins.empty()) {
    throw Refusal(fmt::format("the log in {} has no key yet; the first start makes it", data_directory.string()));
  }
  fmt::print("{}\n", origins.back().verifier_key);
  return 0;
}

}  // namespace assay::app
