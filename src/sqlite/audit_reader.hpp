#pragma once

#include <filesystem>

#include "audit/log_reader.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// The log in a SQLite database, read through a connection of its own.
class AuditReader final : public audit::LogReader {
 public:
  explicit AuditReader(const std::filesystem::path& file);

  std::optional<audit::LoggedRecord> find(const Uuid& id, const telemetry::SpanPlace& under) override;
  std::string read_tile(const merkle::Tile& tile, const telemetry::SpanPlace& under) override;
  std::vector<Bytes32> read_entries(const merkle::EntryBundle& bundle, const telemetry::SpanPlace& under) override;
  std::vector<audit::LoggedPlace> read_disclosures(const Uuid& search, std::uint64_t from, std::size_t limit,
                                                   const telemetry::SpanPlace& under) override;

 private:
  /// The first bytes of a full tile; empty when it isn't stored.
  std::string read_stored_tile(const merkle::Tile& tile);
  /// A tile that is not full yet, from what lies below it.
  std::string make_tile(const merkle::Tile& tile);

  Connection connection_;
  Statement select_record_;
  Statement select_tile_;
  Statement select_roots_;
  Statement select_entries_;
  Statement select_disclosures_;
};

}  // namespace assay::sqlite
