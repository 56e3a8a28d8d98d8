#include "audit/receipt.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "audit/record.hpp"
#include "base/random.hpp"
#include "merkle/text_mutations.hpp"
#include "merkle/tree_model.hpp"

namespace assay::audit {
namespace {

using testing::HasSubstr;

constexpr std::string_view kDocument =
    R"({"createdDate":"2026-11-23T23:39:56.883Z","id":"f43d6c53-b3b4-403c-8e1a-81a4e47969eb","sourceSystemName":"X"})";

/// A receipt of the third record of a log of three, built from the RFC's definitions.
class ReceiptTest : public testing::Test {
 protected:
  std::string extra(std::string_view record, std::string_view salt) const {
    return fmt::format(R"({{"record":{},"salt":"{}"}})", record, salt);
  }

  std::string receipt_with(std::string extra_bytes) const {
    return merkle::ProofFile{
        .extra = std::move(extra_bytes), .index = 2, .hashes = {below_}, .checkpoint = signed_by(key_)}
        .to_string();
  }

  std::string signed_by(const SigningKey& key) const {
    return merkle::sign_checkpoint({.origin = "log.example/1", .tree = tree_, .extensions = {}}, key).to_string();
  }

  Result<merkle::Checkpoint> verdict(std::string_view file) const {
    const auto receipt = Receipt::parse(file);
    if (!receipt) return std::unexpected(receipt.error());
    return verify_receipt(*receipt, {{known_}});
  }

  SystemRandom random_;
  SigningKey key_ = SigningKey::generate(random_);
  merkle::VerifierKey known_{.name = "log.example/1", .key = key_.verifying_key()};
  Bytes32 salt_{1, 2, 3};
  merkle::Hash below_ = merkle::node_hash(merkle::TreeModel::leaf(0), merkle::TreeModel::leaf(1));
  merkle::TreeHead tree_{.size = 3, .root = merkle::node_hash(below_, merkle::leaf_hash(log_entry(salt_, kDocument)))};
  std::string sound_ = receipt_with(extra(kDocument, to_base64(salt_)));
};

TEST_F(ReceiptTest, VerifiesWithTheKeyAlone) {
  const auto checkpoint = verdict(sound_);
  ASSERT_TRUE(checkpoint) << checkpoint.error().detail;
  EXPECT_EQ(checkpoint->origin, "log.example/1");
  EXPECT_EQ(checkpoint->tree, tree_);
  EXPECT_EQ(Receipt::parse(sound_)->document, kDocument);
}

TEST_F(ReceiptTest, TakesTheRecordInAnyOrderOfItsMembers) {
  EXPECT_TRUE(verdict(receipt_with(extra(
      R"({ "id":"f43d6c53-b3b4-403c-8e1a-81a4e47969eb", "sourceSystemName":"X", "createdDate":"2026-11-23T23:39:56.883Z"})",
      to_base64(salt_)))));
}

TEST_F(ReceiptTest, RefusesEveryOtherRecordAndSalt) {
  for (const auto& mutation : merkle::mutations_of(extra(kDocument, to_base64(salt_)))) {
    const auto receipt = Receipt::parse(receipt_with(mutation));
    // What says the same in other words, such as with a blank more, is the same.
    if (receipt && receipt->document == kDocument && receipt->salt == salt_) continue;
    EXPECT_FALSE(verdict(receipt_with(mutation))) << mutation;
  }
}

TEST_F(ReceiptTest, RefusesEveryChangeBehindTheRecord) {
  const auto behind = sound_.find("index ");
  for (const auto& mutation : merkle::mutations_of(std::string_view(sound_).substr(behind))) {
    if (mutation == sound_.substr(behind)) continue;
    EXPECT_FALSE(verdict(sound_.substr(0, behind) + mutation)) << mutation;
  }
}

TEST_F(ReceiptTest, SaysWhatIsNoReceipt) {
  EXPECT_THAT(verdict("").error().detail, HasSubstr("form of a tlog-proof file"));
  EXPECT_THAT(verdict(receipt_with("")).error().detail, HasSubstr("doesn't hold a record and its salt"));
  EXPECT_THAT(verdict(receipt_with(extra("7", to_base64(salt_)))).error().detail, HasSubstr("holds no record"));
  EXPECT_THAT(verdict(receipt_with(extra(R"({"a":0.5})", to_base64(salt_)))).error().detail,
              HasSubstr("holds no record"));
  EXPECT_THAT(verdict(receipt_with(extra(kDocument, "AAAA"))).error().detail, HasSubstr("no salt of 32 bytes"));
}

TEST_F(ReceiptTest, TellsAnotherLogFromAForgedSignature) {
  const auto receipt = Receipt::parse(sound_);
  auto other = known_;
  other.name = "log.example/2";
  EXPECT_THAT(verify_receipt(*receipt, {{other}}).error().detail, HasSubstr("of the log log.example/1, whose key is"));
  other = {.name = known_.name, .key = SigningKey::generate(random_).verifying_key()};
  EXPECT_THAT(verify_receipt(*receipt, {{other}}).error().detail, HasSubstr("if you know of a rotation"));
  EXPECT_TRUE(verify_receipt(*receipt, {{other, known_}}));
  auto forged = sound_;
  forged.replace(forged.rfind('\n') - 8, 4, "AAAA");
  EXPECT_EQ(verify_receipt(*Receipt::parse(forged), {{known_}}).error().detail,
            "The key of the log log.example/1 didn't sign the checkpoint.");
}

}  // namespace
}  // namespace assay::audit
