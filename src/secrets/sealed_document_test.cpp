#include "secrets/sealed_document.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/json.hpp"
#include "secrets/sealed_testing.hpp"

namespace assay::secrets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SealedDocuments : public testing::Test {
 protected:
  std::string fault_of(std::string_view text) const {
    const auto document = parse_sealed_document(text, world_.key.verifying_key());
    return document ? "" : document.error();
  }
  /// A file of other content, with a signature of its own by the key.
  static std::string signed_by(const OperatorKey& key, const std::string& content) {
    const auto signature = key.signing_key().sign("assay-secrets/1\n" + content + "\n");
    return fmt::format("{}\n{}\n", content, to_base64url(signature));
  }

  SealedWorld world_;
};

TEST_F(SealedDocuments, AreReadBack) {
  world_.set("cursor-key", "one", {"gateway", "audit"});
  world_.set("cursor-key", "two", {"audit", "gateway"});
  const auto again = world_.read_again();
  EXPECT_EQ(again.sequence, 3);
  EXPECT_EQ(to_text(again, world_.key), to_text(world_.document, world_.key));
  EXPECT_THAT(values_of(open_secret(again, "cursor-key", world_.audit)), ElementsAre("two", "one"));
  EXPECT_THAT(again.secrets.at("cursor-key").readers, ElementsAre("audit", "gateway"));
  EXPECT_EQ(again.changes.back().by, "anna");
}

TEST_F(SealedDocuments, KeepAnyBytesAsAValue) {
  const std::string value("line\nline\0\xff end", 15);
  world_.set("cursor-key", value, {"gateway"});
  EXPECT_THAT(values_of(open_secret(world_.read_again(), "cursor-key", world_.gateway)), ElementsAre(value));
}

TEST_F(SealedDocuments, AreClosedToWhoIsNotGranted) {
  world_.set("cursor-key", "one", {"gateway"});
  EXPECT_THAT(values_of(open_secret(world_.document, "cursor-key", world_.audit)),
              ElementsAre(HasSubstr("cursor-key is not granted to audit, only to gateway")));
  // No check stands in the way here, only the cryptography.
  auto forged = world_.document;
  auto& copies = forged.secrets.at("cursor-key").versions.front().copies;
  copies["audit"] = copies.at("gateway");
  EXPECT_THAT(values_of(open_secret(forged, "cursor-key", world_.audit)), ElementsAre(HasSubstr("is not opened by")));
}

TEST_F(SealedDocuments, SayThatThereIsNoSuchSecret) {
  EXPECT_THAT(values_of(open_secret(world_.document, "other", world_.audit)), ElementsAre("there is no secret other"));
}

TEST_F(SealedDocuments, TakeNoCopyOfOneSecretForAnother) {
  world_.set("cursor-key", "one", {"gateway"});
  world_.set("gateway-store", "two", {"gateway"});
  auto& secrets = world_.document.secrets;
  std::swap(secrets.at("cursor-key").versions.front().copies, secrets.at("gateway-store").versions.front().copies);
  EXPECT_THAT(values_of(open_secret(world_.document, "cursor-key", world_.gateway)),
              ElementsAre(HasSubstr("is not opened by")));
}

TEST_F(SealedDocuments, AreRefusedWhereverTheyAreCutOff) {
  world_.set("cursor-key", "one", {"gateway"});
  const auto whole = to_text(world_.document, world_.key);
  ASSERT_EQ(fault_of(whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(fault_of(whole.substr(0, size)), HasSubstr("is cut off")) << size;
  }
}

TEST_F(SealedDocuments, AreRefusedWhereverTheyAreAltered) {
  world_.set("cursor-key", "one", {"gateway"});
  const auto whole = to_text(world_.document, world_.key);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto altered = whole;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_NE(fault_of(altered), "") << i;
  }
  auto other_name = whole;
  other_name.replace(other_name.find("cursor-key"), 10, "cursor-kez");
  EXPECT_THAT(fault_of(other_name), HasSubstr("was altered"));
  EXPECT_NE(fault_of(whole + "\n"), "");
  EXPECT_NE(fault_of(whole + whole), "");
}

TEST_F(SealedDocuments, AreRefusedWhenAnotherOperatorSignedThem) {
  SealedWorld other;
  EXPECT_THAT(fault_of(to_text(other.document, other.key)), HasSubstr("another operator's"));
  // Who says to be the right operator but has another key.
  EXPECT_THAT(fault_of(to_text(world_.document, other.key)), HasSubstr("was altered"));
}

TEST_F(SealedDocuments, OfANewerFormAreSaidToBeThat) {
  auto newer = to_text(world_.document, world_.key);
  newer.replace(newer.find("assay-secrets/1"), 15, "assay-secrets/2");
  EXPECT_THAT(fault_of(newer), HasSubstr("has the form assay-secrets/2"));
}

TEST_F(SealedDocuments, AreRefusedWhenTheOperatorSignedSomethingElse) {
  for (const std::string content : {"", "{}", "[]", R"({"format":"assay-secrets/1"})", R"({"format":1})",
                                    R"({"format":"assay-secrets/1","sequence":-1})"}) {
    EXPECT_THAT(fault_of(signed_by(world_.key, content)), HasSubstr("is no list of secrets")) << content;
  }
  SealedWorld other;
  const auto text = to_text(other.document, other.key);
  EXPECT_THAT(fault_of(signed_by(world_.key, text.substr(0, text.find('\n')))), HasSubstr("is no list of secrets"));
}

TEST_F(SealedDocuments, AreNotSignedWithoutTheirContext) {
  const auto text = to_text(world_.document, world_.key);
  const auto content = text.substr(0, text.find('\n'));
  const auto signature = world_.key.signing_key().sign(content + "\n");
  EXPECT_THAT(fault_of(fmt::format("{}\n{}\n", content, to_base64url(signature))), HasSubstr("was altered"));
}

TEST_F(SealedDocuments, ShowNoValue) {
  world_.set("cursor-key", "a-very-secret-value", {"gateway"});
  const auto text = to_text(world_.document, world_.key);
  EXPECT_EQ(text.find("a-very-secret-value"), std::string::npos);
  EXPECT_EQ(text.find(to_base64(as_bytes("a-very-secret-value"))), std::string::npos);
}

}  // namespace
}  // namespace assay::secrets
