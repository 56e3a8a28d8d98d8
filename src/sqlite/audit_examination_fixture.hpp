#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "audit/record.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/temporary_folder.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/hashing.hpp"
#include "sqlite/audit_check.hpp"
#include "sqlite/audit_schema.hpp"
#include "sqlite/audit_tree.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/schema.hpp"

namespace assay::sqlite {

inline Uuid uuid(std::uint64_t seed) {
  Uuid out;
  for (std::size_t i = 0; i < sizeof seed; ++i) out.bytes[15 - i] = static_cast<std::uint8_t>(seed >> (8 * i));
  return out;
}

/// A register with a tree that the writer's code built, and with checkpoints; made without the store, so that a test
/// chooses what lies in it.
class AuditExaminationTest : public testing::Test {
 protected:
  AuditExaminationTest() {
    migrate(connection_, kAuditMigrations, kAuditApplicationId);
    tree_.emplace(connection_);
    tree_->load(0);
    connection_.execute("BEGIN");
  }

  audit::NewRecord a_record() const {
    return {.id = uuid(1'000'000 + size_),
            .source_system_name = "X",
            .resource = std::nullopt,
            .actor = std::nullopt,
            .operation_id = "",
            .patient_id = std::nullopt,
            .outcome = std::nullopt};
  }

  void append(const audit::NewRecord& record, std::optional<std::uint64_t> sequence = std::nullopt) {
    append_document(record.id, canonical_json(audit::to_json(record, Timestamp(), sequence)));
  }

  void append_document(const Uuid& id, std::string_view document) {
    const Bytes32 salt{static_cast<std::uint8_t>(size_)};
    const auto entry = audit::log_entry(salt, document);
    connection_.prepare("INSERT INTO record(idx, id, entry, salt, document) VALUES(?, ?, ?, ?, ?)")
        .bind(1, static_cast<std::int64_t>(size_))
        .bind(2, Blob(id.bytes))
        .bind(3, Blob(entry))
        .bind(4, Blob(salt))
        .bind(5, document)
        .run();
    tree_->append(merkle::leaf_hash(entry));
    ++size_;
  }

  void append_many(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) append(a_record());
  }

  /// A record about the patient, in the register of accesses too.
  void append_access(std::uint64_t patient, std::uint64_t sequence) {
    connection_.prepare("INSERT INTO access VALUES(?, ?, ?)")
        .bind(1, Blob(uuid(patient).bytes))
        .bind(2, static_cast<std::int64_t>(sequence))
        .bind(3, static_cast<std::int64_t>(size_))
        .run();
    auto record = a_record();
    record.patient_id = uuid(patient);
    append(record, sequence);
    connection_.execute(fmt::format("UPDATE access_position SET position = {}", size_));
  }

  void append_erasure(const std::string& indexes) {
    auto record = a_record();
    record.source_system_name = audit::kAuditSource;
    record.actor = Principal{.kind = "operator", .id = "0", .name = "root", .on_behalf_of = "", .purpose_of_use = ""};
    record.resource = audit::Resource{
        .type = "record", .id = fmt::format(R"({{"indexes":[{}],"reason":"r"}})", indexes), .operation = "erase"};
    append(record);
  }

  /// A record of a restore that names a checkpoint, in the words of whoever writes it.
  void append_restore(const json::object& what, const std::string& actor_kind = "operator") {
    append_log_record("restore", what, actor_kind);
  }

  void append_log_record(const std::string& operation, const json::object& what, const std::string& actor_kind) {
    auto record = a_record();
    record.source_system_name = audit::kAuditSource;
    record.actor = Principal{.kind = actor_kind, .id = "0", .name = "root", .on_behalf_of = "", .purpose_of_use = ""};
    record.resource = audit::Resource{.type = "log", .id = canonical_json(what), .operation = operation};
    append(record);
  }

  /// What a restore does: the log goes on under another name, and says from which checkpoint.
  void begin_restored_log(const std::string& last, const std::string& last_origin = "log/1") {
    connection_.prepare("INSERT INTO log_origin(verifier_key, first_size) VALUES(?, ?)")
        .bind(1, std::string_view(restored_verifier().to_string()))
        .bind(2, static_cast<std::int64_t>(size_))
        .run();
    append_restore({{"checkpoint", last}, {"origin", last_origin}, {"size", size_}});
    keep(merkle::sign_checkpoint({.origin = "log/2", .tree = tree_->head(), .extensions = {}}, restored_key_));
  }

  merkle::VerifierKey restored_verifier() const { return {.name = "log/2", .key = restored_key_.verifying_key()}; }

  void erase(std::uint64_t index) {
    connection_.execute(fmt::format("UPDATE record SET salt = NULL, document = NULL WHERE idx = {}", index));
  }

  void begin_log() {
    connection_.prepare("INSERT INTO log_origin(verifier_key, first_size) VALUES(?, ?)")
        .bind(1, std::string_view(verifier().to_string()))
        .bind(2, static_cast<std::int64_t>(size_))
        .run();
  }

  merkle::VerifierKey verifier() const { return {.name = "log/1", .key = key_.verifying_key()}; }

  std::string sign(const merkle::TreeHead& tree) const {
    return merkle::sign_checkpoint({.origin = "log/1", .tree = tree, .extensions = {}}, key_).to_string();
  }

  void keep_checkpoint() { keep(merkle::Note::parse(sign(tree_->head())).value()); }

  void keep(const merkle::Note& note) {
    connection_.prepare("INSERT INTO checkpoint(size, note) VALUES(?, ?)")
        .bind(1, static_cast<std::int64_t>(size_))
        .bind(2, std::string_view(note.to_string()))
        .run();
  }

  AuditFindings examine(const AuditEvidence& evidence = {}) {
    connection_.execute("COMMIT");
    return examine_audit(file_, evidence, [](std::uint64_t /*done*/, std::uint64_t /*all*/) {});
  }

  std::vector<std::string> faults(const AuditEvidence& evidence = {}) { return examine(evidence).faults; }

  SystemRandom random_;
  SigningKey key_ = SigningKey::generate(random_);
  SigningKey restored_key_ = SigningKey::generate(random_);
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "audit.db";
  Connection connection_{file_, Access::kReadWrite};
  std::optional<AuditTree> tree_;
  std::uint64_t size_ = 0;
};

}  // namespace assay::sqlite
