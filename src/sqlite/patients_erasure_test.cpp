#include <gmock/gmock.h>

#include "sqlite/patients_check.hpp"
#include "sqlite/patients_test_database.hpp"

namespace assay::sqlite {
namespace {

using patients::Field;

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
