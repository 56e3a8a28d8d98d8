#include "sqlite/log_origins.hpp"

namespace assay::sqlite {

std::vector<audit::LogOrigin> read_log_origins(const Connection& connection) {
  auto rows = connection.prepare("SELECT verifier_key, first_size FROM log_origin ORDER BY row");
  std::vector<audit::LogOrigin> origins;
  while (rows.step()) {
    origins.push_back(
        {.verifier_key = std::string(rows.text(0)), .first_size = static_cast<std::uint64_t>(rows.integer(1))});
  }
  return origins;
}

}  // namespace assay::sqlite
