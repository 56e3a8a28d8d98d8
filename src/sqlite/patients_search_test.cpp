#include "sqlite/patients_search.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <ranges>

#include "sqlite/patients_check.hpp"
#include "sqlite/patients_row_block.hpp"
#include "sqlite/patients_test_database.hpp"

namespace assay::sqlite {
namespace {

using patients::Field;

/// Finds patients slowly and obviously.
class Model {
 public:
  void put(const patients::StoredPatient& patient) {
    const auto known = place_.emplace(patient.id, patients_.size());
    if (known.second) {
      patients_.push_back(patient);
    } else {
      patients_[known.first->second] = patient;
    }
  }

  const std::vector<patients::StoredPatient>& patients() const { return patients_; }

  std::vector<patients::StoredPatient> search(const patients::Criteria& criteria) const {
    // Of equal keys a multimap keeps the order of insertion.
    std::multimap<std::chrono::sys_days, patients::StoredPatient> found;
    for (const auto& patient : patients_) {
      if (!meets(patient, criteria)) continue;
      found.emplace(criteria.is_birth_range_only() ? *birth_day(patient) : std::chrono::sys_days(), patient);
    }
    const auto values = found | std::views::values;
    return {values.begin(), values.end()};
  }

 private:
  static std::optional<std::chrono::sys_days> birth_day(const patients::StoredPatient& patient) {
    return patients::first_day(patient.patient[Field::kDateOfBirth].value_or(""));
  }

  static bool meets(const patients::StoredPatient& patient, const patients::Criteria& criteria) {
    if (criteria.id && *criteria.id != patient.id.to_string()) return false;
    for (std::size_t field = 0; field < patients::kFieldCount; ++field) {
      if (criteria.equal.fields[field] && criteria.equal.fields[field] != patient.patient.fields[field]) return false;
    }
    const auto day = birth_day(patient);
    return (!criteria.born_from || day >= criteria.born_from) &&
           (!criteria.born_to || (day.has_value() && day <= criteria.born_to));
  }

  std::vector<patients::StoredPatient> patients_;
  std::map<Uuid, std::size_t> place_;
};

class SearchTest : public testing::Test {
 protected:
  static constexpr std::size_t kPatients = 2600;

  ~SearchTest() override {
    if (HasFailure()) ADD_FAILURE() << "the seed was " << seed_;
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool one_in(std::size_t count) { return below(count) == 0; }

  /// Few values, so that criteria meet many patients and updates come back to earlier values.
  std::optional<std::string> random_value(Field field) {
    if (one_in(12)) return std::nullopt;
    if (field == Field::kGender) return one_in(2) ? "female" : "male";
    if (field == Field::kDateOfBirth) return random_birth_date();
    const bool is_rare = field == Field::kInsuranceNumber;
    return fmt::format("value {}", below(is_rare ? kPatients : 1 + 5 * static_cast<std::size_t>(field)));
  }

  std::string random_birth_date() {
    const auto year = 1998 + below(4);
    if (one_in(4)) return fmt::format("{:04}", year);
    if (one_in(4)) return fmt::format("{:04}-{:02}", year, 1 + below(12));
    return fmt::format("{:04}-{:02}-{:02}", year, 1 + below(12), 1 + below(28));
  }

  patients::Patient random_patient() {
    patients::Patient patient;
    for (std::size_t field = 0; field < patients::kFieldCount; ++field) {
      patient.fields[field] = random_value(static_cast<Field>(field));
    }
    return patient;
  }

  /// Patients in several blocks, and in three segments of them.
  void create_all() {
    for (std::size_t count = 0; count < kPatients; ++count) {
      create();
      if (count == kPatients / 2) model_.put(database_.create_in_row(3 * 64 * RowBlock::kRows - 500));
    }
  }

  void create() { model_.put(database_.create(random_patient())); }

  void update() {
    patients::Patient changes;
    while (changes == patients::Patient()) {
      const auto field = below(patients::kFieldCount);
      changes.fields[field] = random_value(static_cast<Field>(field));
    }
    model_.put(database_.update(model_.patients()[below(model_.patients().size())].id, changes));
  }

  void change_something() { one_in(3) ? create() : update(); }

  patients::Criteria random_criteria() {
    patients::Criteria criteria;
    const auto wanted = one_in(3) ? std::size_t{0} : 1 + below(3);
    for (std::size_t count = 0; count < wanted; ++count) {
      const auto field = below(patients::kFieldCount);
      if (static_cast<Field>(field) == Field::kDateOfBirth) continue;
      criteria.equal.fields[field] = random_value(static_cast<Field>(field));
    }
    if (one_in(2)) criteria.born_from = patients::first_day(random_birth_date());
    if (one_in(2)) criteria.born_to = patients::first_day(random_birth_date());
    if (one_in(20)) criteria.id = model_.patients()[below(model_.patients().size())].id.to_string();
    return criteria;
  }

  std::vector<patients::StoredPatient> all_pages(const patients::Criteria& criteria, std::size_t limit) {
    std::vector<patients::StoredPatient> found;
    std::optional<patients::Position> after;
    do {
      auto page = database_.search(criteria, after, limit);
      EXPECT_TRUE(page.patients.size() == limit || !page.next);
      std::ranges::move(page.patients, std::back_inserter(found));
      after = page.next;
    } while (after);
    return found;
  }

  void expect_searches_like_the_model(int searches) {
    for (int count = 0; count < searches; ++count) {
      const auto criteria = random_criteria();
      ASSERT_EQ(all_pages(criteria, 20 + below(400)), model_.search(criteria));
    }
  }

  std::uint32_t seed_ = std::random_device()();
  std::mt19937 random_{seed_};
  PatientsTestDatabase database_;
  Model model_;
};

TEST_F(SearchTest, FindsTheSameWithTheIndexerStoppedHalfWayAndDone) {
  create_all();
  expect_searches_like_the_model(20);
  database_.index(kPatients / 2);
  expect_searches_like_the_model(20);
  for (int count = 0; count < 500; ++count) update();
  expect_searches_like_the_model(20);
  database_.index_all();
  expect_searches_like_the_model(20);
}

TEST_F(SearchTest, FindsWhatIsWrittenAndNeverWhatIsOverwrittenUnderAnyInterleaving) {
  create_all();
  database_.index_all();
  for (int round = 0; round < 40; ++round) {
    for (auto changes = below(60); changes > 0; --changes) change_something();
    if (one_in(2)) database_.index(below(30));
    expect_searches_like_the_model(4);
  }
  EXPECT_THAT(check_patients(database_.file()), testing::IsEmpty());
  database_.index_all();
  EXPECT_THAT(check_patients(database_.file()), testing::IsEmpty());
  expect_searches_like_the_model(20);
}

TEST_F(SearchTest, GivesWhatIsUnchangedExactlyOnceWhileOthersChangeBetweenThePages) {
  for (std::size_t count = 0; count < kPatients / 2; ++count) create();
  for (int round = 0; round < 40; ++round) {
    const auto criteria = random_criteria();
    const auto before = model_.search(criteria);
    std::map<Uuid, std::vector<patients::StoredPatient>> found;
    std::optional<patients::Position> after;
    do {
      auto page = database_.search(criteria, after, 1 + below(50));
      for (const auto& patient : page.patients) found[patient.id].push_back(patient);
      after = page.next;
      change_something();
      if (one_in(2)) database_.index(below(20));
    } while (after);
    std::map<Uuid, patients::StoredPatient> now;
    for (const auto& patient : model_.patients()) now[patient.id] = patient;
    for (const auto& patient : before) {
      if (now[patient.id] == patient) {
        ASSERT_EQ(found[patient.id], std::vector{patient});
      }
    }
  }
}

TEST_F(SearchTest, RemovesWhatTheIndexesNoLongerNeed) {
  for (int count = 0; count < 50; ++count) create();
  database_.index_all();
  for (int count = 0; count < 300; ++count) update();
  database_.index_all();
  auto tail = database_.connection().prepare("SELECT count(*) FROM tail");
  tail.step();
  EXPECT_EQ(tail.integer(0), 0);
  // The check names every entry that no patient has.
  EXPECT_THAT(check_patients(database_.file()), testing::IsEmpty());
}

TEST_F(SearchTest, AMillenniumOfBirthDatesIsCutIntoWholeYearsAndTheirEnds) {
  for (const auto* date : {"0001", "1999-12-31", "2000", "2000-06-15", "2000-12-31", "2001-01-01", "9999-12-31"}) {
    auto patient = random_patient();
    patient[Field::kGender] = "other";
    patient[Field::kDateOfBirth] = date;
    model_.put(database_.create(patient));
  }
  database_.index_all();
  for (const auto* from : {"0001", "1999-12-31", "2000", "2000-01-02", "2000-12-31", "2001"}) {
    for (const auto* to : {"0001", "1999-12-30", "2000", "2000-12-30", "2000-12-31", "2001-01-01", "9999-12-31"}) {
      patients::Criteria criteria{
          .id = {}, .equal = {}, .born_from = patients::first_day(from), .born_to = patients::first_day(to)};
      EXPECT_EQ(all_pages(criteria, 2), model_.search(criteria)) << from << " to " << to;
      criteria.equal[Field::kGender] = "other";
      EXPECT_EQ(all_pages(criteria, 2), model_.search(criteria)) << from << " to " << to;
    }
  }
}

TEST_F(SearchTest, AnIdIsFoundAsTextOnly) {
  create();
  auto id = model_.patients().front().id.to_string();
  const auto by_id = [](std::string text) {
    patients::Criteria criteria;
    criteria.id = std::move(text);
    return criteria;
  };
  EXPECT_EQ(database_.search(by_id(id)).patients, model_.patients());
  std::ranges::transform(id, id.begin(), [](unsigned char letter) { return std::toupper(letter); });
  EXPECT_THAT(database_.search(by_id(id)).patients, testing::IsEmpty());
  EXPECT_THAT(database_.search(by_id("1")).patients, testing::IsEmpty());
}

/// Which patients each page has, when all pages are read.
std::vector<std::size_t> page_sizes(PatientsTestDatabase& database, const patients::Criteria& criteria) {
  std::vector<std::size_t> sizes;
  std::optional<patients::Position> after;
  do {
    const auto page = database.search(criteria, after, 1000);
    sizes.push_back(page.patients.size());
    after = page.next;
  } while (after);
  return sizes;
}

TEST(SearchPages, EndEarlyWhenTheirPatientsAreLarge) {
  PatientsTestDatabase database;
  patients::Patient patient;
  patient[Field::kGender] = "female";
  patient[Field::kDateOfBirth] = "2000";
  patient[Field::kInsuranceNumber] = std::string(patients::GrowingPage::kPageBytes / 4, 'x');
  for (int count = 0; count < 10; ++count) database.create(patient);
  patients::Criteria by_gender;
  by_gender.equal[Field::kGender] = "female";
  patients::Criteria by_birth;
  by_birth.born_from = patients::first_day("2000");
  for (const bool indexed : {false, true}) {
    if (indexed) database.index_all();
    for (const auto& criteria : {patients::Criteria(), by_gender, by_birth}) {
      EXPECT_THAT(page_sizes(database, criteria), testing::ElementsAre(4, 4, 2));
    }
  }
}

}  // namespace
}  // namespace assay::sqlite
