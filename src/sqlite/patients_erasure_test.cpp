#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <fstream>

#include "base/io_threads.hpp"
#include "sqlite/patients_check.hpp"
#include "sqlite/patients_store.hpp"
#include "sqlite/patients_test_database.hpp"

namespace assay::sqlite {
namespace {

using patients::Field;

patients::IdempotencyRow key_of(std::uint8_t key, const Uuid& document) {
  patients::IdempotencyRow row{.scope_hash = {}, .body_digest = {}, .document_id = document, .created = {}};
  row.scope_hash.front() = key;
  return row;
}

TEST(PatientsErasure, TakesTestsAndKeysAlongAndNotTheNeighbours) {
  PatientsTestDatabase database;
  const auto erased = database.create({});
  const auto neighbour = database.create({});
  for (const auto& patient : {erased, neighbour}) {
    patients::StoredTest test{.id = database.next_id(),
                              .patient_id = patient.id,
                              .last_updated = database.now(),
                              .performer = "laboratory",
                              .order_reference = "order",
                              .observations = "[]"};
    const auto key = key_of(static_cast<std::uint8_t>(patient == erased ? 1 : 2), test.id);
    database.transact([&] { ASSERT_TRUE(database.writes().create_test(test, key, database.next_warrant())); });
  }
  const auto keyed = database.next_id();
  database.transact([&] {
    database.writes().create_patient({.id = keyed, .last_updated = database.now(), .patient = {}}, key_of(3, keyed),
                                     database.next_warrant());
  });
  const auto erase = [&](const Uuid& id) {
    std::optional<std::size_t> tests;
    database.transact([&] { tests = database.writes().erase_patient(id, database.next_warrant()).value(); });
    return tests;
  };
  EXPECT_EQ(erase(erased.id), 1U);
  EXPECT_EQ(erase(keyed), 0U);
  auto left = database.connection().prepare(
      "SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM test), (SELECT count(*) FROM idempotency)");
  ASSERT_TRUE(left.step());
  EXPECT_EQ(left.integer(0), 1);
  EXPECT_EQ(left.integer(1), 1);
  EXPECT_EQ(left.integer(2), 1);
  EXPECT_THAT(database.search({}).patients, testing::ElementsAre(neighbour));
}

constexpr int kPatients = 2000;
constexpr int kErasedEach = 7;

std::string mark_of(int patient) { return fmt::format("<the marked name of {:06}>", patient); }

/// A long or a short name, so that rows move between pages.
patients::Patient marked(int patient, std::mt19937& chance) {
  patients::Patient values;
  auto& name = values[Field::kInsuranceNumber].emplace();
  for (auto times = 1 + (chance() % 100); times > 0; --times) name += mark_of(patient);
  return values;
}

TEST(PatientsErasure, LeavesNoCopyInTheFileOfRowsThatWereMoved) {
  PatientsTestDatabase database;
  std::mt19937 chance(1);
  std::vector<Uuid> ids;
  auto& writes = database.writes();
  database.transact([&] {
    for (int patient = 0; patient < kPatients; ++patient) {
      ids.push_back(database.next_id());
      writes.create_patient({.id = ids.back(), .last_updated = database.now(), .patient = marked(patient, chance)},
                            std::nullopt, database.next_warrant());
    }
    for (int i = 0; i < 3 * kPatients; ++i) {
      const auto patient = static_cast<int>(chance() % kPatients);
      const auto& id = ids[static_cast<std::size_t>(patient)];
      ASSERT_TRUE(writes.update_patient(
          {.id = id, .changes = marked(patient, chance), .precondition = {}, .now = database.now()},
          database.next_warrant()));
    }
  });
  database.index_all();
  database.transact([&] {
    for (std::size_t patient = kErasedEach; patient < kPatients; patient += kErasedEach) {
      ASSERT_TRUE(writes.erase_patient(ids[patient], database.next_warrant()));
    }
  });
  const telemetry::Log log("test", telemetry::Level::kError);
  telemetry::Metrics metrics;
  IoThreads threads(1);
  threads.start();
  {
    // One more, by the store, which overwrites what all have left.
    PatientsStore store(database.file(), {.store = "patients", .reserve = {}}, log, metrics);
    const auto erased =
        boost::asio::co_spawn(threads.context(0), store.erase_patient(ids.front(), database.next_warrant(), {}),
                              boost::asio::use_future)
            .get();
    ASSERT_TRUE(erased && erased->is_out_of_the_files);
    std::ifstream input(database.file(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(input), {}};
    for (int patient = 0; patient < kPatients; ++patient) {
      EXPECT_EQ(content.contains(mark_of(patient)), patient % kErasedEach != 0) << patient;
    }
  }
  threads.stop();
  EXPECT_THAT(check_patients(database.file()), testing::IsEmpty());
}

/// The indexes lack versions of a patient, or have part of them: whatever it is, an erasure leaves nothing in them.
class PatientsErasureTest : public testing::TestWithParam<std::uint32_t> {
 protected:
  patients::Patient some_values() {
    patients::Patient patient;
    patient[Field::kFirstName] = "n" + std::to_string(chance_() % 3);
    patient[Field::kGender] = chance_() % 2 == 0 ? "female" : "male";
    patient[Field::kDateOfBirth] = std::to_string(1980 + (chance_() % 3));
    return patient;
  }

  bool erase(const Uuid& id) {
    bool erased = false;
    database_.transact([&] { erased = database_.writes().erase_patient(id, database_.next_warrant()).has_value(); });
    return erased;
  }

  /// Entries in all search indexes.
  std::int64_t entries() {
    auto count = database_.connection().prepare(
        "SELECT (SELECT count(*) FROM text_index) + (SELECT count(*) FROM birth_day_index) +"
        " (SELECT count(*) FROM birth_year_index) + (SELECT count(*) FROM tail)");
    count.step();
    return count.integer(0);
  }

  std::mt19937 chance_{GetParam()};
  PatientsTestDatabase database_;
};

TEST_P(PatientsErasureTest, LeavesNothingInIndexesAndTail) {
  std::vector<Uuid> ids;
  for (int step = 0; step < 200; ++step) {
    const auto kind = chance_() % 8;
    if (ids.empty() || kind < 2) {
      ids.push_back(database_.create(some_values()).id);
    } else if (kind < 5) {
      database_.update(ids[chance_() % ids.size()], some_values());
    } else if (kind < 7) {
      database_.index(1 + (chance_() % 3));
    } else {
      const auto which = ids.begin() + static_cast<std::ptrdiff_t>(chance_() % ids.size());
      EXPECT_TRUE(erase(*which));
      EXPECT_FALSE(erase(*which));
      ids.erase(which);
    }
  }
  database_.index_all();
  EXPECT_EQ(database_.indexer().backlog(), 0U);
  EXPECT_THAT(check_patients(database_.file()), testing::IsEmpty());
  for (const auto& id : ids) EXPECT_TRUE(erase(id));
  EXPECT_EQ(entries(), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PatientsErasureTest, testing::Range(1U, 21U));

}  // namespace
}  // namespace assay::sqlite
