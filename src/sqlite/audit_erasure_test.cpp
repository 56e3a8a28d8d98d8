#include <gmock/gmock.h>

#include "sqlite/audit_check.hpp"
#include "sqlite/audit_store_fixture.hpp"

namespace assay::sqlite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

audit::Erasure erasure_of(std::vector<std::uint64_t> indexes, Uuid id) {
  return {.indexes = std::move(indexes),
          .reason = "asked by letter",
          .record_id = id,
          .actor = {.kind = "operator", .id = "anna", .name = "anna", .on_behalf_of = {}, .purpose_of_use = {}},
          .operation_id = {}};
}

class ErasureTest : public AuditStoreTest {
 protected:
  Result<audit::Erased> erase(std::vector<std::uint64_t> indexes) {
    return start(store_->erase(erasure_of(std::move(indexes), Uuid::generate(random_)), {})).get();
  }

  Uuid patient_ = Uuid::generate(random_);
};

TEST_F(ErasureTest, TakesContentAndSaltAndSaysSoInTheSameTransaction) {
  const auto record = a_record(patient_);
  ASSERT_TRUE(append({record, a_record(patient_)}));
  const auto erased = erase({0, 1});
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->records, 2U);
  EXPECT_TRUE(erased->is_out_of_the_files);
  ASSERT_TRUE(erased->record);
  EXPECT_EQ(erased->record->index, 2U);
  EXPECT_EQ(erased->record->patient_sequence, 3U);
  EXPECT_EQ(query("SELECT count(*) FROM attribute WHERE idx < 2"), 0);
  EXPECT_EQ(query("SELECT count(*) FROM record WHERE document IS NULL AND salt IS NULL AND entry IS NOT NULL"), 2);
  EXPECT_THAT(document(2), testing::HasSubstr(R"({\"indexes\":[0,1],\"reason\":\"asked by letter\"})"));
  EXPECT_THAT(check_audit(file_), IsEmpty());
  const auto repeated = append({record});
  ASSERT_FALSE(repeated);
  EXPECT_EQ(repeated.error().status, 409);
}

TEST_F(ErasureTest, NumbersGoOnBehindErasedRecordsAlsoAfterAStart) {
  ASSERT_TRUE(append({a_record(patient_), a_record(patient_)}));
  ASSERT_TRUE(erase({0, 1}));
  reopen();
  const auto appended = append({a_record(patient_)});
  ASSERT_TRUE(appended);
  EXPECT_EQ(appended->front().patient_sequence, 4U);
  EXPECT_EQ(appended->front().index, 3U);
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(ErasureTest, NamesNoPatientWhereRecordsAreOfSeveral) {
  ASSERT_TRUE(append({a_record(patient_), a_record(), a_record(patient_)}));
  ASSERT_TRUE(erase({0, 1, 2}));
  EXPECT_THAT(document(3), testing::Not(testing::HasSubstr("patientId")));
}

TEST_F(ErasureTest, SaysWhatWasErasedBeforeAndRecordsItOnce) {
  ASSERT_TRUE(append({a_record(), a_record()}));
  ASSERT_TRUE(erase({0}));
  const auto again = erase({0});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->records, 0U);
  EXPECT_EQ(again->already, 1U);
  EXPECT_FALSE(again->record);
  const auto mixed = erase({0, 1});
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->records, 1U);
  EXPECT_THAT(document(mixed->record->index), testing::HasSubstr(R"(\"indexes\":[1])"));
}

TEST_F(ErasureTest, ErasesNothingWhereOneOfTheRecordsMayNotBe) {
  ASSERT_TRUE(append({a_record()}));
  ASSERT_TRUE(erase({0}));
  ASSERT_TRUE(append({a_record()}));
  EXPECT_EQ(erase({1, 2}).error().status, 409);  // 1 is the record of the erasure
  EXPECT_EQ(erase({2, 3}).error().status, 404);
  EXPECT_NE(document(2), "");
  EXPECT_EQ(query("SELECT count(*) FROM record"), 3);
}

TEST_F(ErasureTest, AnAttemptThatWasErasedIsNobodysIntent) {
  const auto attempt = a_record(patient_, "erase");
  ASSERT_TRUE(append({attempt, a_record(patient_, "update")}));
  EXPECT_EQ(open_intents().size(), 2U);
  ASSERT_TRUE(erase({1}));
  EXPECT_THAT(open_intents(), ElementsAre(attempt.id));
}

TEST_F(ErasureTest, AnEndIsErasedAfterItsAttemptOrWithItAndNeverAlone) {
  const auto attempts = std::vector{a_record(patient_, "update"), a_record(patient_, "update")};
  ASSERT_TRUE(append({attempts[0], attempts[1], outcome_of(attempts[0]), outcome_of(attempts[1])}));
  const auto alone = erase({1, 2});
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().status, 409);
  EXPECT_EQ(alone.error().detail,
            "Audit record 2 says how the record " + attempts[0].id.to_string() + " ended: erase that one first.");
  EXPECT_THAT(open_intents(), IsEmpty());
  EXPECT_TRUE(erase({0, 2}));
  EXPECT_TRUE(erase({1}));
  EXPECT_TRUE(erase({3}));
  EXPECT_THAT(open_intents(), IsEmpty());
}

TEST_F(ErasureTest, WhatOnlySaysToBeAnEndIsHeldByNothing) {
  ASSERT_TRUE(append({a_record()}));
  const auto erasure = Uuid::generate(random_);
  ASSERT_TRUE(start(store_->erase(erasure_of({0}, erasure), {})).get());
  auto of_erasure = a_record();
  of_erasure.outcome = audit::Outcome{.result = "failed", .of = erasure};
  auto of_nothing = a_record();
  of_nothing.outcome = audit::Outcome{.result = "failed", .of = Uuid::generate(random_)};
  auto of_itself = a_record();
  of_itself.outcome = audit::Outcome{.result = "failed", .of = of_itself.id};
  ASSERT_TRUE(append({of_erasure, of_nothing, of_itself}));
  EXPECT_TRUE(erase({2, 3, 4}));
}

TEST_F(ErasureTest, AnErasureThatNoRecordTellsOfIsAFault) {
  ASSERT_TRUE(append({a_record(), a_record(), a_record()}));
  ASSERT_TRUE(erase({0}));
  store_.reset();
  Connection(file_, Access::kReadWrite)
      .execute("UPDATE record SET document = NULL, salt = NULL WHERE idx = 1; DELETE FROM attribute WHERE idx = 1");
  EXPECT_THAT(check_audit(file_), ElementsAre(testing::HasSubstr("Record 1 has neither document nor salt")));
}

TEST_F(ErasureTest, FindsWhatIsOlderAndStillHasItsContent) {
  ASSERT_TRUE(append({a_record(), a_record()}));
  ASSERT_TRUE(erase({0}));
  clock_.milliseconds += 1000;
  ASSERT_TRUE(append({a_record()}));
  const auto find = [&](std::int64_t ago) {
    return start(store_->find_older(clock_.now() - std::chrono::milliseconds(ago), 0)).get();
  };
  EXPECT_THAT(find(0).indexes, ElementsAre(1));
  EXPECT_TRUE(find(0).is_last);
  EXPECT_THAT(find(1000).indexes, IsEmpty());
  clock_.milliseconds += 1;
  EXPECT_THAT(find(0).indexes, ElementsAre(1, 3));
}

}  // namespace
}  // namespace assay::sqlite
