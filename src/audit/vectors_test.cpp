#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audit/head_file.hpp"
#include "audit/log_signer.hpp"
#include "audit/record.hpp"
#include "base/hash.hpp"
#include "base/temporary_folder.hpp"
#include "base/test_vectors.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/hashing.hpp"
#include "merkle/proof_file.hpp"
#include "merkle/verification.hpp"

namespace assay::audit {
namespace {

TEST(RecordVectors, HaveTheCanonicalFormThatIsStored) {
  const auto vectors = parse_vectors(ASSAY_VECTORS, "records.json");
  ASSERT_FALSE(vectors.as_array().empty());
  for (const auto& vector : vectors.as_array()) {
    const auto canonical = text_of(vector, "canonical");
    EXPECT_EQ(canonical_json(vector.at("record")), canonical) << text_of(vector, "name");
    const auto stored = parse_record(canonical);
    ASSERT_TRUE(stored.has_value()) << text_of(vector, "name");
    EXPECT_EQ(Draft(stored->record).complete(stored->created_date, stored->patient_sequence), canonical);
  }
}

TEST(RecordVectors, HaveTheEntryThatCommitsToThem) {
  const auto vectors = parse_vectors(ASSAY_VECTORS, "records.json");
  for (const auto& vector : vectors.as_array()) {
    const auto entry = log_entry(bytes32_of(vector.at("salt")), text_of(vector, "canonical"));
    EXPECT_EQ(entry, bytes32_of(vector.at("entry"))) << text_of(vector, "name");
    EXPECT_EQ(merkle::leaf_hash(entry), bytes32_of(vector.at("leaf"))) << text_of(vector, "name");
  }
}

TEST(ReceiptVector, ProvesItsRecord) {
  const auto receipt = merkle::ProofFile::parse(read_vectors(ASSAY_VECTORS, "receipt.tlog-proof"));
  ASSERT_TRUE(receipt.has_value());
  const auto key = merkle::VerifierKey::parse(text_of(parse_vectors(ASSAY_VECTORS, "checkpoint.json"), "verifierKey"));
  ASSERT_TRUE(key.has_value());
  const auto checkpoint = merkle::open_checkpoint(receipt->checkpoint, std::vector{*key});
  ASSERT_TRUE(checkpoint.has_value());

  const auto extra = parse_json(receipt->extra).value();
  EXPECT_EQ(canonical_json(extra), receipt->extra);
  const auto salt = merkle::hash_from_base64(extra.at("salt").as_string());
  ASSERT_TRUE(salt.has_value());
  const auto leaf = merkle::leaf_hash(log_entry(*salt, canonical_json(extra.at("record"))));
  EXPECT_EQ(receipt->index, 5U);
  EXPECT_TRUE(merkle::verify_inclusion(receipt->index, leaf, checkpoint->tree, receipt->hashes));
}

TEST(HeadVector, HasEachCheckpointInAPlaceOfItsOwn) {
  const auto vector = parse_vectors(ASSAY_VECTORS, "head.json");
  const auto& notes = vector.at("notes").as_array();
  const std::string first(notes.at(0).as_string());
  const std::string second(notes.at(1).as_string());
  const TemporaryFolder folder;
  HeadFile head(folder.path() / "log.head");
  head.write(first, {});
  head.write(second, first);
  EXPECT_EQ(sha256(read_vectors(folder.path(), "log.head")), bytes32_of(vector.at("sha256")));
  EXPECT_EQ(head.read(), (std::vector{first, second}));
}

TEST(RotationVector, IsACheckpointThatBothKeysSigned) {
  const auto vector = parse_vectors(ASSAY_VECTORS, "rotated.json");
  const auto key_of = [&vector](std::string_view name) {
    return SigningKey::parse(SensitiveText(to_base64url(bytes32_of(vector.at(name))))).value();
  };
  const LogSigner signer{.origin = text_of(vector, "origin"),
                         .key = key_of("newerSeed"),
                         .former = FormerKey{.key = key_of("seed"), .until = Timestamp::max(), .last_size = 0}};
  EXPECT_EQ(signer.verifier().to_string(), text_of(vector, "newerVerifierKey"));
  EXPECT_EQ(signer.sign({.size = 300, .root = bytes32_of(vector.at("root"))}, Timestamp()).note,
            text_of(vector, "note"));
}

}  // namespace
}  // namespace assay::audit
