#pragma once

#include <array>
#include <string_view>

namespace assay::sqlite {

/// "AsAu" in the file's header: an audit database of ours.
inline constexpr int kAuditApplicationId = 0x41734175;

/// `record`: all audit records by index, each as its canonical JSON with its salt, and the log entry that commits to
/// both. `tile`: the full tiles of the tree over the entries (C2SP tlog-tiles), `place` being level << 48 | index; the
/// rest of the tree follows from the entries and the roots. `access`: the number of each record that is about a
/// patient, for the records below `access_position`, and `attribute`, by which records of an actor or an operation are
/// found, likewise. `disclosure`: runs of records that are parts of a search's. `checkpoint`: every signed note.
/// `log_origin`: the names and keys under which the log was signed, and from which size on.
inline constexpr std::array<std::string_view, 2> kAuditMigrations{R"(
  CREATE TABLE record(idx INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, entry BLOB NOT NULL, salt BLOB,
                      document TEXT);
  CREATE TABLE tile(place INTEGER PRIMARY KEY, root BLOB NOT NULL, hashes BLOB NOT NULL);
  CREATE TABLE access(patient BLOB NOT NULL, sequence INTEGER NOT NULL, idx INTEGER NOT NULL,
                      PRIMARY KEY(patient, sequence)) WITHOUT ROWID;
  CREATE TABLE access_position(position INTEGER NOT NULL);
  INSERT INTO access_position(position) VALUES(0);
)",
                                                                  R"(
  CREATE TABLE checkpoint(row INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL);
  CREATE TABLE log_origin(row INTEGER PRIMARY KEY, verifier_key TEXT NOT NULL, first_size INTEGER NOT NULL);
  CREATE TABLE disclosure(search BLOB NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
                          PRIMARY KEY(search, first)) WITHOUT ROWID;
  CREATE TABLE attribute(hash INTEGER NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY(hash, idx)) WITHOUT ROWID;
  DELETE FROM access;
  UPDATE access_position SET position = 0;
)"};

}  // namespace assay::sqlite
