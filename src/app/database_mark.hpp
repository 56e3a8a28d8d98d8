#pragma once

#include <filesystem>

#include "app/part_folder.hpp"

namespace assay::app {

/// Remembers in a part's folder that its database was made, so that a folder that lost it doesn't start as an empty
/// register.
class DatabaseMark {
 public:
  /// Throws Refusal when the database was made once and isn't there.
  explicit DatabaseMark(const PartFolder& folder);

  /// Whether that database of a part was made once and isn't there, or is empty.
  static bool is_lost(const std::filesystem::path& database);

  /// Throws Refusal when that database is lost.
  static void require(const std::filesystem::path& database);

  /// The database is there; durable on return.
  void set() const;

 private:
  std::filesystem::path file_;
};

}  // namespace assay::app
