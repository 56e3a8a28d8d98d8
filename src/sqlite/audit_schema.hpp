#pragma once

#include <array>
#include <string_view>

namespace assay::sqlite {

/// "AsAu" in the file's header: an audit database of ours.
inline constexpr int kAuditApplicationId = 0x41734175;

/// `record`: all audit records by index, each as its canonical JSON with its salt, and the log entry that commits to
/// both. `tile`: the full tiles of the tree over the entries (C2SP tlog-tiles), `place` being level << 48 | index; the
/// rest of the tree follows from the entries and the roots. `access`: the number of each record that is about a
/// patient, for the records below `access_position`.
inline constexpr std::array<std::string_view, 1> kAuditMigrations{R"(
  CREATE TABLE record(idx INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, entry BLOB NOT NULL, salt BLOB,
                      document TEXT);
  CREATE TABLE tile(place INTEGER PRIMARY KEY, root BLOB NOT NULL, hashes BLOB NOT NULL);
  CREATE TABLE access(patient BLOB NOT NULL, sequence INTEGER NOT NULL, idx INTEGER NOT NULL,
                      PRIMARY KEY(patient, sequence)) WITHOUT ROWID;
  CREATE TABLE access_position(position INTEGER NOT NULL);
  INSERT INTO access_position(position) VALUES(0);
)"};

}  // namespace assay::sqlite
