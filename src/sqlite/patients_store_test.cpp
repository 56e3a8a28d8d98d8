#include "sqlite/patients_store.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>

#include "base/io_threads.hpp"
#include "base/temporary_folder.hpp"
#include "sqlite/patients_check.hpp"

namespace assay::sqlite {
namespace {

using patients::Field;
using patients::ImportResult;
using patients::WriteFault;
using testing::ElementsAre;
using testing::IsEmpty;

class PatientsStoreTest : public testing::Test {
 protected:
  PatientsStoreTest() {
    open();
    threads_.start();
  }
  ~PatientsStoreTest() override {
    store_.reset();
    threads_.stop();
  }

  void open() {
    store_.emplace(file_, WriterOptions{.store = "patients", .reserve = folder_.path() / "reserve"}, log_, metrics_);
  }
  void reopen() {
    store_.reset();
    open();
  }

  template <class Result>
  auto begin(Awaitable<Result> work) {
    return boost::asio::co_spawn(threads_.context(turn_++ % threads_.size()), std::move(work), boost::asio::use_future);
  }
  template <class Result>
  Result wait(Awaitable<Result> work) {
    return begin(std::move(work)).get();
  }

  template <class Result>
  static Awaitable<void> note_end(Awaitable<Result> work, bool* ended) {
    co_await std::move(work);
    *ended = true;
  }
  /// Whether the work comes to its end on the thread that begins it.
  template <class Result>
  bool ends_at_once(Awaitable<Result> work) {
    auto& context = contexts_.emplace_back();
    bool ended = false;
    boost::asio::co_spawn(context, note_end(std::move(work), &ended), boost::asio::detached);
    context.run_one();
    const bool at_once = ended;
    context.run();
    return at_once;
  }

  patients::StoredPatient some_patient(std::string first_name = "Ada") {
    patients::StoredPatient stored{.id = Uuid::generate(random_), .last_updated = kStart, .patient = {}};
    stored.patient[Field::kFirstName] = std::move(first_name);
    stored.patient[Field::kDateOfBirth] = "1815-12-10";
    return stored;
  }

  patients::StoredPatient created(std::string first_name = "Ada") {
    auto patient = some_patient(std::move(first_name));
    wait(store_->create_patient(patient, std::nullopt, warrant(), {}));
    return patient;
  }

  patients::StoredTest test_of(const patients::StoredPatient& patient) {
    return {.id = Uuid::generate(random_),
            .patient_id = patient.id,
            .last_updated = kStart,
            .performer = "laboratory",
            .order_reference = "order",
            .observations = R"([{"id":"1"}])"};
  }

  patients::Warrant warrant(std::uint64_t settled_below = 0) {
    return {.record_id = Uuid::generate(random_), .record_index = next_index_++, .settled_below = settled_below};
  }

  patients::IdempotencyRow idempotency_row(std::uint8_t key, Timestamp created = kStart) {
    patients::IdempotencyRow row{
        .scope_hash = {}, .body_digest = {}, .document_id = Uuid::generate(random_), .created = created};
    row.scope_hash.front() = key;
    row.body_digest.back() = 7;
    return row;
  }

  std::vector<patients::StoredPatient> found_by_first_name(std::string name) {
    patients::Criteria criteria;
    criteria.equal[Field::kFirstName] = std::move(name);
    return wait(store_->search(criteria, std::nullopt, 100, {})).patients;
  }

  static constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "patients.db";
  telemetry::Log log_{"test", telemetry::Level::kError};
  telemetry::Metrics metrics_;
  SystemRandom random_;
  IoThreads threads_{2};
  std::size_t turn_ = 0;
  std::uint64_t next_index_ = 100;
  std::deque<boost::asio::io_context> contexts_;  ///< a thread of the store may still be leaving one
  std::optional<PatientsStore> store_;
};

TEST_F(PatientsStoreTest, GivesBackWhatWasCreatedEvenAfterItWasOpenedAgain) {
  const auto patient = created();
  const auto test = test_of(patient);
  ASSERT_TRUE(wait(store_->create_test(test, std::nullopt, warrant(), {})));
  reopen();
  EXPECT_EQ(wait(store_->find_patient(patient.id, {})), patient);
  EXPECT_THAT(wait(store_->list_tests(patient.id, {})), ElementsAre(test.id));
  EXPECT_THAT(wait(store_->load_tests(patient.id, {test.id}, {})), ElementsAre(test));
  EXPECT_THAT(found_by_first_name("Ada"), ElementsAre(patient));
  EXPECT_THAT(check_patients(file_), IsEmpty());
}

TEST_F(PatientsStoreTest, FindsNoPatientWhereThereIsNone) {
  EXPECT_EQ(wait(store_->find_patient(Uuid::generate(random_), {})), std::nullopt);
  EXPECT_THAT(wait(store_->list_tests(Uuid::generate(random_), {})), IsEmpty());
}

TEST_F(PatientsStoreTest, AnUpdateMergesAndMakesALaterVersionEvenWhenTheClockStandsStill) {
  const auto patient = created();
  patients::Patient changes;
  changes[Field::kLastName] = "Lovelace";
  const auto updated = wait(
      store_->update_patient({.id = patient.id, .changes = changes, .precondition = {}, .now = kStart}, warrant(), {}));
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->last_updated, kStart + std::chrono::milliseconds(1));
  EXPECT_EQ(updated->patient, patients::merge(patient.patient, changes));
  EXPECT_EQ(wait(store_->find_patient(patient.id, {})), *updated);
}

TEST_F(PatientsStoreTest, OfManyUpdatesOfTheSameVersionExactlyOneIsMade) {
  const auto patient = created();
  const patients::Precondition same_version{.any_version = false,
                                            .entity_tags = {patients::entity_tag(patient.last_updated)}};
  std::vector<std::future<std::expected<patients::StoredPatient, WriteFault>>> updates;
  updates.reserve(50);
  for (int count = 0; count < 50; ++count) {
    updates.push_back(begin(store_->update_patient(
        {.id = patient.id, .changes = patient.patient, .precondition = same_version, .now = kStart}, warrant(), {})));
  }
  int made = 0;
  for (auto& update : updates) {
    const auto result = update.get();
    made += result ? 1 : 0;
    if (!result) {
      EXPECT_EQ(result.error(), WriteFault::kPreconditionFailed);
    }
  }
  EXPECT_EQ(made, 1);
}

TEST_F(PatientsStoreTest, AnUpdateThatIsNotMadeLeavesNothing) {
  const auto patient = created();
  const auto for_nobody = warrant();
  EXPECT_EQ(wait(store_->update_patient(
                     {.id = Uuid::generate(random_), .changes = {}, .precondition = {}, .now = kStart}, for_nobody, {}))
                .error(),
            WriteFault::kNoSuchPatient);
  const patients::Precondition another{.any_version = false, .entity_tags = {"\"another\""}};
  const auto refused = warrant();
  EXPECT_EQ(wait(store_->update_patient({.id = patient.id, .changes = {}, .precondition = another, .now = kStart},
                                        refused, {}))
                .error(),
            WriteFault::kPreconditionFailed);
  EXPECT_EQ(wait(store_->find_patient(patient.id, {})), patient);
  EXPECT_THAT(wait(store_->were_carried_out({for_nobody.record_id, refused.record_id})), ElementsAre(false, false));
}

TEST_F(PatientsStoreTest, LoadsOnlyThatPatientsTestsInTheOrderAsked) {
  const auto patient = created();
  const auto other = created("Bob");
  std::vector<patients::StoredTest> tests{test_of(patient), test_of(patient), test_of(patient)};
  const auto others_test = test_of(other);
  for (const auto& test : tests) ASSERT_TRUE(wait(store_->create_test(test, std::nullopt, warrant(), {})));
  ASSERT_TRUE(wait(store_->create_test(others_test, std::nullopt, warrant(), {})));
  EXPECT_THAT(wait(store_->list_tests(patient.id, {})), ElementsAre(tests[0].id, tests[1].id, tests[2].id));
  EXPECT_THAT(
      wait(store_->load_tests(patient.id, {tests[2].id, others_test.id, Uuid::generate(random_), tests[0].id}, {})),
      ElementsAre(tests[2], tests[0]));
}

TEST_F(PatientsStoreTest, RefusesATestOfNobody) {
  EXPECT_EQ(wait(store_->create_test(test_of(some_patient()), std::nullopt, warrant(), {})).error(),
            WriteFault::kNoSuchPatient);
}

TEST_F(PatientsStoreTest, KeepsTheIdempotencyRowWithItsDocumentOrNeither) {
  const auto row = idempotency_row(1);
  wait(store_->create_patient(some_patient(), row, warrant(), {}));
  const auto found = wait(store_->find_idempotency(row.scope_hash, {}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body_digest, row.body_digest);
  EXPECT_EQ(found->document_id, row.document_id);
  EXPECT_EQ(found->created, row.created);

  const auto twin = some_patient();
  const auto twins_warrant = warrant();
  EXPECT_THROW(wait(store_->create_patient(twin, row, twins_warrant, {})), Error);
  EXPECT_EQ(wait(store_->find_patient(twin.id, {})), std::nullopt);
  EXPECT_THAT(wait(store_->were_carried_out({twins_warrant.record_id})), ElementsAre(false));
}

TEST_F(PatientsStoreTest, ARefusedCreateDoesNotDisturbTheIndexOfTheOthers) {
  const auto row = idempotency_row(1);
  std::vector<std::future<void>> creates;
  creates.reserve(40);
  for (int count = 0; count < 40; ++count) {
    creates.push_back(begin(
        store_->create_patient(some_patient(), count % 4 == 0 ? std::optional(row) : std::nullopt, warrant(), {})));
  }
  int refused = 0;
  for (auto& create : creates) {
    try {
      create.get();
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_EQ(refused, 9);
  EXPECT_EQ(found_by_first_name("Ada").size(), 31U);
  EXPECT_THAT(check_patients(file_), IsEmpty());
}

TEST_F(PatientsStoreTest, SweepsOnlyOldIdempotencyRows) {
  for (int key = 0; key < 100; ++key) {
    wait(store_->create_patient(some_patient(),
                                idempotency_row(static_cast<std::uint8_t>(key), kStart + std::chrono::hours(key)),
                                warrant(), {}));
  }
  wait(store_->sweep_idempotency(kStart + std::chrono::hours(50)));
  EXPECT_FALSE(wait(store_->find_idempotency(idempotency_row(49).scope_hash, {})));
  EXPECT_TRUE(wait(store_->find_idempotency(idempotency_row(50).scope_hash, {})));
}

TEST_F(PatientsStoreTest, RemembersWhatWasCarriedOutUntilItIsSettled) {
  const auto first = warrant();
  const auto second = warrant();
  wait(store_->create_patient(some_patient(), std::nullopt, first, {}));
  wait(store_->create_patient(some_patient(), std::nullopt, second, {}));
  EXPECT_EQ(wait(store_->settled_below()), 0U);
  EXPECT_THAT(wait(store_->were_carried_out({second.record_id, Uuid::generate(random_), first.record_id})),
              ElementsAre(true, false, true));

  wait(store_->create_patient(some_patient(), std::nullopt, warrant(second.record_index), {}));
  wait(store_->create_patient(some_patient(), std::nullopt, warrant(first.record_index), {}));
  EXPECT_EQ(wait(store_->settled_below()), second.record_index);
  EXPECT_THAT(wait(store_->were_carried_out({first.record_id, second.record_id})), ElementsAre(false, true));
}

TEST_F(PatientsStoreTest, AnImportKeepsWhatItIsGivenAndComparesWhatExists) {
  const auto patient = some_patient();
  auto changed = patient;
  changed.patient[Field::kFirstName] = "Augusta";
  const auto test = test_of(patient);
  auto other_test = test;
  other_test.performer = "elsewhere";
  const std::vector<patients::ImportedDocument> documents{
      patient, test, patient, test, changed, other_test, test_of(some_patient())};
  std::vector<patients::Warrant> warrants;
  warrants.reserve(documents.size());
  for (std::size_t count = 0; count < documents.size(); ++count) warrants.push_back(warrant());
  EXPECT_THAT(
      wait(store_->import(documents, warrants, {})),
      ElementsAre(ImportResult::kCreated, ImportResult::kCreated, ImportResult::kSkipped, ImportResult::kSkipped,
                  ImportResult::kConflict, ImportResult::kConflict, ImportResult::kNoSuchPatient));
  EXPECT_EQ(wait(store_->find_patient(patient.id, {})), patient);
  EXPECT_THAT(wait(store_->load_tests(patient.id, {test.id}, {})), ElementsAre(test));
  EXPECT_THAT(wait(store_->were_carried_out({warrants[0].record_id, warrants[1].record_id, warrants[2].record_id})),
              ElementsAre(true, true, false));
}

TEST_F(PatientsStoreTest, ListsAndLoadsManyTestsInTheirOrder) {
  const auto patient = created();
  std::vector<Uuid> ids;
  std::vector<patients::ImportedDocument> documents;
  std::vector<patients::Warrant> warrants;
  for (int count = 0; count < 150; ++count) {
    const auto test = test_of(patient);
    ids.push_back(test.id);
    documents.emplace_back(test);
    warrants.push_back(warrant());
  }
  wait(store_->import(documents, warrants, {}));
  EXPECT_EQ(wait(store_->list_tests(patient.id, {})), ids);
  const auto loaded = wait(store_->load_tests(patient.id, ids, {}));
  ASSERT_EQ(loaded.size(), ids.size());
  EXPECT_EQ(loaded.back().id, ids.back());
}

TEST_F(PatientsStoreTest, ReadsOneOnTheCallersThreadAndManyBesideIt) {
  const auto patient = created();
  std::vector<patients::ImportedDocument> documents{test_of(patient), test_of(patient)};
  std::vector<patients::Warrant> warrants{warrant(), warrant()};
  wait(store_->import(documents, warrants, {}));
  const auto few = wait(store_->list_tests(patient.id, {}));
  EXPECT_TRUE(ends_at_once(store_->find_patient(patient.id, {})));
  EXPECT_TRUE(ends_at_once(store_->list_tests(patient.id, {})));
  EXPECT_TRUE(ends_at_once(store_->load_tests(patient.id, {few.front()}, {})));
  EXPECT_FALSE(ends_at_once(store_->load_tests(patient.id, few, {})));
  EXPECT_FALSE(ends_at_once(store_->were_carried_out({warrants.front().record_id})));
  documents.assign(100, test_of(patient));
  warrants.clear();
  for (auto& document : documents) {
    std::get<patients::StoredTest>(document).id = Uuid::generate(random_);
    warrants.push_back(warrant());
  }
  wait(store_->import(documents, warrants, {}));
  EXPECT_FALSE(ends_at_once(store_->list_tests(patient.id, {})));
}

TEST_F(PatientsStoreTest, AnUpdateMakesNoPatientTooLargeToBeExported) {
  const auto patient = created();
  patients::Patient changes;
  changes[Field::kInsuranceNumber] = std::string(600 * 1024, 'x');
  ASSERT_TRUE(wait(store_->update_patient({.id = patient.id, .changes = changes, .precondition = {}, .now = kStart},
                                          warrant(), {})));
  changes = {};
  changes[Field::kPreferredContactNumber] = std::string(600 * 1024, 'x');
  EXPECT_EQ(wait(store_->update_patient({.id = patient.id, .changes = changes, .precondition = {}, .now = kStart},
                                        warrant(), {}))
                .error(),
            WriteFault::kTooLarge);
  EXPECT_FALSE(wait(store_->find_patient(patient.id, {}))->patient[Field::kPreferredContactNumber]);
}

TEST_F(PatientsStoreTest, AnImportStoresAPatientWithItsTestsOrNothingOfThem) {
  const auto known = some_patient();
  auto taken = test_of(known);
  const auto newcomer = some_patient();
  auto conflicting = test_of(newcomer);
  conflicting.id = taken.id;
  const std::vector<patients::ImportedDocument> documents{known, taken, newcomer, test_of(newcomer), conflicting};
  std::vector<patients::Warrant> warrants;
  for (std::size_t count = 0; count < documents.size(); ++count) warrants.push_back(warrant());
  EXPECT_THAT(wait(store_->import(documents, warrants, {})),
              ElementsAre(ImportResult::kCreated, ImportResult::kCreated, ImportResult::kLeftOut,
                          ImportResult::kLeftOut, ImportResult::kConflict));
  EXPECT_EQ(wait(store_->find_patient(newcomer.id, {})), std::nullopt);
  EXPECT_THAT(wait(store_->list_tests(newcomer.id, {})), IsEmpty());
}

TEST_F(PatientsStoreTest, ASearchAtOnceFindsWhatWasJustWritten) {
  const auto patient = created();
  patients::Patient changes;
  changes[Field::kFirstName] = "Augusta";
  for (int count = 0; count < 100; ++count) {
    ASSERT_THAT(found_by_first_name("Ada"), ElementsAre(testing::Field(&patients::StoredPatient::id, patient.id)));
    ASSERT_TRUE(wait(store_->update_patient({.id = patient.id, .changes = changes, .precondition = {}, .now = kStart},
                                            warrant(), {})));
    ASSERT_THAT(found_by_first_name("Ada"), IsEmpty());
    ASSERT_TRUE(wait(store_->update_patient(
        {.id = patient.id, .changes = patient.patient, .precondition = {}, .now = kStart}, warrant(), {})));
  }
}

TEST_F(PatientsStoreTest, RefusesAFileOfAnotherPart) {
  store_.reset();
  Connection(file_, Access::kReadWrite).execute("PRAGMA application_id = 1");
  EXPECT_THROW(open(), Refusal);
}

}  // namespace
}  // namespace assay::sqlite
