#include "secrets/sealed_change.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "secrets/sealed_testing.hpp"

namespace assay::secrets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class SealedChanges : public testing::Test {
 protected:
  std::vector<std::string> read_by(const IdentityKey& identity) {
    return values_of(open_secret(world_.read_again(), "cursor-key", identity));
  }

  SealedWorld world_;
};

TEST_F(SealedChanges, AreNumberedAndNoted) {
  EXPECT_EQ(world_.set("cursor-key", "one", {"gateway"}), "2");
  grant_secret(world_.document, "cursor-key", "audit", {}, world_.anna);
  revoke_secret(world_.document, "cursor-key", "gateway", world_.anna);
  std::vector<std::string> operations;
  for (const auto& change : world_.read_again().changes) {
    operations.push_back(std::to_string(change.sequence) + " " + change.operation + " " + change.identity);
  }
  EXPECT_THAT(operations, ElementsAre("1 init ", "2 set ", "3 grant audit", "4 revoke gateway"));
}

TEST_F(SealedChanges, KeepTenVersionsOfWhichTheTwoNewestAreRead) {
  for (int i = 0; i < 12; ++i) world_.set("cursor-key", std::to_string(i), {"gateway"});
  EXPECT_EQ(world_.document.secrets.at("cursor-key").versions.size(), 10);
  EXPECT_THAT(read_by(world_.gateway), ElementsAre("11", "10"));
}

TEST_F(SealedChanges, KeepTheTenThousandNewest) {
  world_.set("cursor-key", "one", {"gateway"});
  for (int i = 0; i < 5'100; ++i) {
    grant_secret(world_.document, "cursor-key", "audit", {}, world_.anna);
    revoke_secret(world_.document, "cursor-key", "audit", world_.anna);
  }
  EXPECT_EQ(world_.document.changes.size(), 10'000);
  EXPECT_EQ(world_.document.changes.back().sequence, world_.document.sequence);
}

TEST_F(SealedChanges, GiveANewReaderWhatTheOperatorCanOpen) {
  world_.set("cursor-key", "one", {"gateway"});
  EXPECT_TRUE(grant_secret(world_.document, "cursor-key", "audit", {&world_.gateway, 1}, world_.anna));
  EXPECT_THAT(read_by(world_.audit), ElementsAre("one"));
  EXPECT_THAT(read_by(world_.gateway), ElementsAre("one"));
}

TEST_F(SealedChanges, GiveANewReaderTheNextVersionWhenNobodyOpensThisOne) {
  world_.set("cursor-key", "one", {"gateway"});
  EXPECT_FALSE(grant_secret(world_.document, "cursor-key", "audit", {}, world_.anna));
  EXPECT_THAT(world_.document.secrets.at("cursor-key").readers, ElementsAre("audit", "gateway"));
  EXPECT_THAT(read_by(world_.audit), ElementsAre(HasSubstr("no version of cursor-key is sealed to audit yet")));
  world_.set("cursor-key", "two", world_.document.secrets.at("cursor-key").readers);
  EXPECT_THAT(read_by(world_.audit), ElementsAre("two"));
}

TEST_F(SealedChanges, TakeEveryCopyFromWhoIsRevoked) {
  world_.set("cursor-key", "one", {"gateway", "audit"});
  world_.set("cursor-key", "two", {"gateway", "audit"});
  revoke_secret(world_.document, "cursor-key", "audit", world_.anna);
  EXPECT_THAT(read_by(world_.audit), ElementsAre(HasSubstr("is not granted to audit")));
  EXPECT_THAT(read_by(world_.gateway), ElementsAre("two", "one"));
}

TEST_F(SealedChanges, AreRefusedForWhatIsNotThereAndChangeNothing) {
  world_.set("cursor-key", "one", {"gateway"});
  const auto before = to_text(world_.document, world_.key);
  EXPECT_THAT([&] { world_.set("cursor-key", "two", {"nobody"}); },
              ThrowsMessage<Refusal>(HasSubstr("there is no identity nobody, only audit, gateway")));
  EXPECT_THAT([&] { world_.set("new\nname", "two", {"gateway"}); }, ThrowsMessage<Refusal>(HasSubstr("can't name a")));
  EXPECT_THAT([&] { world_.set("new-name", std::string(65 << 10U, 'x'), {"gateway"}); },
              ThrowsMessage<Refusal>(HasSubstr("larger than the 64 KiB")));
  EXPECT_THROW(grant_secret(world_.document, "other", "audit", {}, world_.anna), Refusal);
  EXPECT_THROW(grant_secret(world_.document, "cursor-key", "nobody", {}, world_.anna), Refusal);
  EXPECT_THROW(revoke_secret(world_.document, "other", "audit", world_.anna), Refusal);
  EXPECT_THROW(revoke_secret(world_.document, "cursor-key", "audit", world_.anna), Refusal);
  EXPECT_EQ(to_text(world_.document, world_.key), before);
}

}  // namespace
}  // namespace assay::secrets
