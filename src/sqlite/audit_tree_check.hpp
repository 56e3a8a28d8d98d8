#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Compares the stored tiles of the log's tree with the entries. It builds the tree in its own, plain way and shares
/// nothing with the code that wrote it.
class AuditTreeCheck {
 public:
  /// `note` gets a sentence for each fault.
  AuditTreeCheck(const Connection& connection, std::function<void(std::string)> note);

  /// The entries must come in order, from the first on.
  void add(Blob entry);
  /// All entries were added: there may be no more tiles.
  void finish();

 private:
  void add(std::size_t level, const Bytes32& hash);
  void compare(std::size_t level, std::uint64_t index, const std::vector<Bytes32>& hashes, const Bytes32& root);

  std::function<void(std::string)> note_;
  Statement select_;
  Statement count_;
  std::vector<std::vector<Bytes32>> levels_;  ///< what the next tile of each level has so far
  std::vector<std::uint64_t> tiles_;          ///< how many full tiles each level has
};

}  // namespace assay::sqlite
