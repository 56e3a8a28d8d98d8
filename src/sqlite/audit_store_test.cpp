#include <gmock/gmock.h>

#include "merkle/edge.hpp"
#include "sqlite/audit_check.hpp"
#include "sqlite/audit_store_fixture.hpp"

namespace assay::sqlite {
namespace {

using audit::NewRecord;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(AuditStoreTest, StoresTheCanonicalRecordBeforeItAnswers) {
  const auto record = a_record(Uuid::generate(random_));
  const auto appended = append({record});
  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->front().id, record.id);
  EXPECT_EQ(appended->front().index, 0);
  EXPECT_EQ(appended->front().created_date, clock_.now());
  EXPECT_EQ(document(0), canonical_json(audit::to_json(record, clock_.now(), 1)));
  EXPECT_EQ(store_->head().size, 1);
}

TEST_F(AuditStoreTest, GivesConsecutiveIndexesFromZero) {
  EXPECT_EQ(append({a_record()})->front().index, 0);
  const auto batch = append({a_record(), a_record(), a_record()}).value();
  EXPECT_EQ(batch[0].index, 1);
  EXPECT_EQ(batch[2].index, 3);
  reopen();
  EXPECT_EQ(store_->head().size, 4);
  EXPECT_EQ(append({a_record()})->front().index, 4);
}

TEST_F(AuditStoreTest, NumbersEachPatientsRecordsFromOne) {
  const auto first = Uuid::generate(random_);
  const auto second = Uuid::generate(random_);
  const auto batch = append({a_record(first), a_record(second), a_record(), a_record(first)}).value();
  EXPECT_EQ(batch[0].patient_sequence, 1);
  EXPECT_EQ(batch[1].patient_sequence, 1);
  EXPECT_EQ(batch[2].patient_sequence, std::nullopt);
  EXPECT_EQ(batch[3].patient_sequence, 2);
  EXPECT_EQ(append({a_record(first)})->front().patient_sequence, 3);
}

TEST_F(AuditStoreTest, GoesOnNumberingAfterItWasOpenedAgain) {
  const auto patient = Uuid::generate(random_);
  EXPECT_EQ(append({a_record(patient)})->front().patient_sequence, 1);
  reopen();
  EXPECT_EQ(append({a_record(patient)})->front().patient_sequence, 2);
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(AuditStoreTest, NumbersOnWhenTheRegisterHasTakenOver) {
  const auto patient = Uuid::generate(random_);
  std::vector<NewRecord> many;
  many.reserve(3000);
  for (int i = 0; i < 3000; ++i) many.push_back(a_record(i % 2 == 0 ? patient : Uuid::generate(random_)));
  ASSERT_TRUE(append(many).has_value());
  EXPECT_EQ(append({a_record(patient)})->front().patient_sequence, 1501);
  reopen();
  EXPECT_EQ(append({a_record(patient)})->front().patient_sequence, 1502);
  while (query("SELECT position FROM access_position") < 2048) std::this_thread::yield();
  EXPECT_EQ(append({a_record(patient)})->front().patient_sequence, 1503);
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(AuditStoreTest, AcknowledgesARepeatWithItsFirstPlace) {
  const auto patient = Uuid::generate(random_);
  const auto record = a_record(patient);
  const auto first = append({record}).value().front();
  append({a_record(patient)}).value();
  clock_.milliseconds += 5000;
  const auto again = append({a_record(patient), record}).value();
  EXPECT_EQ(again[1].index, first.index);
  EXPECT_EQ(again[1].created_date, first.created_date);
  EXPECT_EQ(again[1].patient_sequence, 1);
  EXPECT_EQ(again[0].index, 2);
  EXPECT_EQ(store_->head().size, 3);
}

TEST_F(AuditStoreTest, RefusesAKnownIdWithOtherContentAndStoresNothingOfTheCall) {
  const auto record = a_record();
  append({record}).value();
  auto other = record;
  other.resource->id = "y";
  const auto refused = append({a_record(), other});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().status, 409);
  EXPECT_EQ(query("SELECT count(*) FROM record"), 1);
  EXPECT_EQ(append({a_record()})->front().index, 1);
}

TEST_F(AuditStoreTest, RefusesOneIdTwiceInACall) {
  const auto record = a_record();
  const auto refused = append({record, record});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().status, 409);
  EXPECT_EQ(store_->head().size, 0);
}

TEST_F(AuditStoreTest, NeverDatesARecordBeforeTheOneBefore) {
  const auto first = append({a_record()})->front().created_date;
  clock_.milliseconds -= 60'000;
  EXPECT_EQ(append({a_record()})->front().created_date, first);
  reopen();
  EXPECT_EQ(append({a_record()})->front().created_date, first);
}

TEST_F(AuditStoreTest, LeavesNoGapWhereATransactionWasUndone) {
  const auto patient = Uuid::generate(random_);
  append({a_record(patient)}).value();
  const auto poisoned = a_record(patient);
  Connection(file_, Access::kReadWrite)
      .execute("CREATE TRIGGER poison BEFORE INSERT ON record WHEN instr(new.document, '" + poisoned.id.to_string() +
               "') > 0 BEGIN SELECT raise(ABORT, 'poison'); END");
  std::vector<std::future<Result<std::vector<audit::Appended>>>> before_and_after;
  before_and_after.reserve(40);
  for (int i = 0; i < 20; ++i) before_and_after.push_back(start(store_->append({a_record(patient)}, {})));
  auto guilty = start(store_->append({a_record(patient), poisoned}, {}));
  for (int i = 0; i < 20; ++i) before_and_after.push_back(start(store_->append({a_record(patient)}, {})));
  EXPECT_THROW(guilty.get(), Error);
  std::uint64_t next = 1;
  for (auto& each : before_and_after) {
    const auto appended = each.get().value().front();
    EXPECT_EQ(appended.index, next);
    EXPECT_EQ(appended.patient_sequence, next + 1);
    ++next;
  }
  EXPECT_EQ(store_->head().size, 41);
  Connection(file_, Access::kReadWrite).execute("DROP TRIGGER poison");
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(AuditStoreTest, TellsTheWritesThatNoOutcomeNames) {
  const auto created = a_record(Uuid::generate(random_), "create");
  const auto failed = a_record(Uuid::generate(random_), "update");
  const auto imported = a_record(Uuid::generate(random_), "import");
  const auto claimed = a_record(std::nullopt, "create");
  auto of_another_source = a_record(Uuid::generate(random_), "create");
  of_another_source.source_system_name = "X";
  append({created, failed, a_record(std::nullopt, "find"), imported, of_another_source, claimed}).value();
  EXPECT_THAT(open_intents(), ElementsAre(created.id, failed.id, imported.id));
  append({outcome_of(failed)}).value();
  EXPECT_THAT(open_intents(), ElementsAre(created.id, imported.id));
  EXPECT_THAT(open_intents(1), ElementsAre(imported.id));
  EXPECT_THAT(read_intents(6).ended, ElementsAre(failed.id));
  EXPECT_EQ(read_intents().next, store_->head().size);
  const auto intent = read_intents().open.front();
  EXPECT_EQ(intent.index, 0);
  EXPECT_EQ(intent.patient_id, created.patient_id);
  EXPECT_EQ(intent.resource, created.resource);
}

TEST_F(AuditStoreTest, TellsIntentsAStretchAtATime) {
  std::vector<NewRecord> records;
  for (int i = 0; i < 10'001; ++i) records.push_back(a_record());
  records.front() = a_record(Uuid::generate(random_), "create");
  append(records).value();
  const auto first = read_intents();
  EXPECT_EQ(first.open.size(), 1);
  EXPECT_EQ(first.next, 10'000);
  EXPECT_FALSE(first.is_last);
  const auto second = read_intents(first.next);
  EXPECT_EQ(second.next, 10'001);
  EXPECT_TRUE(second.is_last);
  EXPECT_EQ(read_intents(1'000'000).next, 10'001) << "the end tells the size";
}

TEST_F(AuditStoreTest, GrowsOneTreeOverAllEntriesAcrossStarts) {
  EXPECT_EQ(store_->head().root, merkle::empty_tree_hash());
  merkle::Edge expected;
  for (const auto size : {1U, 255U, 256U, 257U, 511U, 513U, 66'000U}) {
    std::vector<NewRecord> records;
    while (expected.size() + records.size() < size) records.push_back(a_record());
    append(std::move(records)).value();
    const Connection reader(file_, Access::kReadOnly);
    auto entries = reader.prepare("SELECT entry FROM record WHERE idx >= ? ORDER BY idx");
    entries.bind(1, static_cast<std::int64_t>(expected.size()));
    while (entries.step()) expected.append(merkle::leaf_hash(entries.blob(0)));
    EXPECT_EQ(store_->head().size, size);
    EXPECT_EQ(store_->head().root, expected.root());
    reopen();
    EXPECT_EQ(store_->head().size, size);
    EXPECT_EQ(store_->head().root, expected.root());
  }
  EXPECT_EQ(query("SELECT count(*) FROM tile"), 66'000 / 256 + 1);
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(AuditStoreTest, LeavesNoEntryOfARefusedBatchInTheTree) {
  append({a_record()}).value();
  const auto head = store_->head();
  auto poisoned = a_record();
  poisoned.source_system_name = "poison";
  Connection(file_, Access::kReadWrite)
      .execute(
          "CREATE TRIGGER poison BEFORE INSERT ON record WHEN NEW.document LIKE '%poison%' "
          "BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
  EXPECT_THROW(append({a_record(), poisoned}), Error);
  EXPECT_EQ(store_->head(), head);
  append({a_record()}).value();
  Connection(file_, Access::kReadWrite).execute("DROP TRIGGER poison");
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(AuditStoreTest, KeepsTilesThatTheCheckHoldsAgainstTheEntries) {
  std::vector<NewRecord> records;
  for (int i = 0; i < 600; ++i) records.push_back(a_record());
  append(std::move(records)).value();
  store_.reset();
  Connection tampering(file_, Access::kReadWrite);
  tampering.execute("BEGIN; UPDATE tile SET hashes = zeroblob(8192) WHERE place = 1; COMMIT");
  EXPECT_THAT(check_audit(file_), ElementsAre("Tile 1 of level 0 is not that of the entries."));
  tampering.execute("UPDATE tile SET root = zeroblob(32) WHERE place = 0");
  EXPECT_THAT(check_audit(file_), ElementsAre("Tile 0 of level 0 is not that of the entries.",
                                              "Tile 1 of level 0 is not that of the entries."));
  tampering.execute("DELETE FROM tile WHERE place = 1");
  EXPECT_THAT(check_audit(file_),
              ElementsAre("Tile 0 of level 0 is not that of the entries.", "Tile 1 of level 0 is missing."));
}

TEST_F(AuditStoreTest, AppendsFromManyCallersAtOnce) {
  const auto patient = Uuid::generate(random_);
  std::vector<std::future<Result<std::vector<audit::Appended>>>> calls;
  calls.reserve(500);
  for (int i = 0; i < 500; ++i) calls.push_back(start(store_->append({a_record(patient), a_record(patient)}, {})));
  for (auto& call : calls) {
    const auto pair = call.get().value();
    EXPECT_EQ(pair[1].index, pair[0].index + 1);
  }
  EXPECT_EQ(store_->head().size, 1000);
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(AuditStoreTest, NotesNewPartsThatFollowARepeatedOne) {
  const auto whole = a_record();
  auto first = a_record();
  auto second = a_record();
  first.part_of = whole.id;
  second.part_of = whole.id;
  ASSERT_TRUE(append({whole, first}));
  ASSERT_TRUE(append({first, second}));
  EXPECT_THAT(check_audit(file_), IsEmpty());
}

TEST_F(AuditStoreTest, RefusesAFileOfAnotherProgram) {
  store_.reset();
  Connection(file_, Access::kReadWrite).execute("PRAGMA application_id = 7");
  EXPECT_THROW(open(), Refusal);
}

}  // namespace
}  // namespace assay::sqlite
