#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// A name and a key under which the log was signed, from a size on until the next.
struct LogOrigin {
  std::string verifier_key;  ///< as C2SP signed-note writes it: the name first
  std::uint64_t first_size = 0;
};

/// In their order; the last is the one in force.
std::vector<LogOrigin> read_log_origins(const Connection& connection);

}  // namespace assay::sqlite
