#include "sqlite/audit_query.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <random>

#include "base/io_threads.hpp"
#include "base/temporary_folder.hpp"
#include "sqlite/audit_store.hpp"

namespace assay::sqlite {
namespace {

using audit::NewRecord;
using testing::ElementsAre;
using testing::IsEmpty;

using Indexes = std::vector<std::uint64_t>;

constexpr std::int64_t kFirstMoment = 1'700'000'000'000;
constexpr std::uint64_t kNoEnd = 1'000'000'000;

class TickingClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::milliseconds(milliseconds.load())); }
  std::atomic<std::int64_t> milliseconds{kFirstMoment};
};

Timestamp moment(std::int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(kFirstMoment + milliseconds));
}

/// What was appended, to find by looking at everything.
struct Known {
  NewRecord record;
  Timestamp created_date;
  bool is_erased = false;
};

class AuditQueryTest : public testing::Test {
 public:
  ~AuditQueryTest() override {
    store_.reset();
    threads_.stop();
  }

 protected:
  AuditQueryTest() { threads_.start(); }

  template <class T>
  T run(Awaitable<T> work) {
    return boost::asio::co_spawn(threads_.context(0), std::move(work), boost::asio::use_future).get();
  }

  NewRecord a_record(std::optional<Uuid> patient, std::string actor, std::string operation) {
    NewRecord record;
    record.id = Uuid::generate(random_);
    record.source_system_name = "PatientTestApi";
    record.resource = audit::Resource{.type = "patient", .id = "x", .operation = std::move(operation)};
    record.actor = Principal{
        .kind = "subscription", .id = std::move(actor), .name = "n", .on_behalf_of = "", .purpose_of_use = ""};
    record.patient_id = patient;
    return record;
  }

  void append(std::vector<NewRecord> records) {
    const auto appended = run(store_->append(records, {})).value();
    for (std::size_t i = 0; i < records.size(); ++i) {
      known_.push_back({.record = std::move(records[i]), .created_date = appended[i].created_date});
    }
  }
  void append_one(const NewRecord& record) { append({record}); }

  std::int64_t position() const {
    const Connection reader(file_, Access::kReadOnly);
    auto row = reader.prepare("SELECT position FROM access_position");
    row.step();
    return row.integer(0);
  }

  void wait_for_position(std::int64_t at_least) const {
    while (position() < at_least) std::this_thread::yield();
  }

  void erase(std::uint64_t index) {
    Connection writer(file_, Access::kReadWrite);
    auto erasure = writer.prepare("UPDATE record SET salt = NULL, document = NULL WHERE idx = ?");
    erasure.bind(1, static_cast<std::int64_t>(index)).run();
    known_[index].is_erased = true;
  }

  /// All pages, as somebody walks through them.
  Indexes find(audit::RegisterQuery query, std::size_t limit = 1000) {
    query.limit = limit;
    query.end = std::min(query.end == 0 ? kNoEnd : query.end, kNoEnd);
    Indexes found;
    for (std::optional<std::uint64_t> next = query.first; next;) {
      query.first = *next;
      const auto page = run(queries_.find(query, {}));
      EXPECT_LE(page.entries.size(), limit);
      for (const auto& entry : page.entries) found.push_back(entry.index);
      if (page.next) EXPECT_GT(*page.next, *next);
      next = page.next;
    }
    return found;
  }

  /// What `find` must find, by looking at each record. An erased one has the date of the next that isn't.
  Indexes expected(const audit::RegisterQuery& query) const {
    Indexes found;
    for (std::size_t i = 0; i < known_.size(); ++i) {
      if (matches(known_[i], query) && is_in_time(i, query)) found.push_back(i);
    }
    return found;
  }

  static bool matches(const Known& known, const audit::RegisterQuery& query) {
    const auto& record = known.record;
    if (query.patient_id && record.patient_id != query.patient_id) return false;
    if (known.is_erased) return !query.actor && !query.operation;
    return (!query.actor || record.actor->id == *query.actor) &&
           (!query.operation || record.resource->operation == *query.operation);
  }

  bool is_in_time(std::size_t i, const audit::RegisterQuery& query) const {
    while (i < known_.size() && known_[i].is_erased) ++i;
    const auto date = i < known_.size() ? known_[i].created_date : Timestamp::max();
    return (!query.from || date >= *query.from) && (!query.before || date < *query.before);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "audit.db";
  TickingClock clock_;
  SystemRandom random_;
  telemetry::Log log_{"test", telemetry::Level::kError};
  telemetry::Metrics metrics_;
  IoThreads threads_{1};
  std::optional<AuditStore> store_{std::in_place, folder_.path(), clock_, random_, log_, metrics_};
  AuditQueries queries_{file_};
  std::vector<Known> known_;
};

TEST_F(AuditQueryTest, FindsNothingInAnEmptyRegister) {
  EXPECT_THAT(find({}), IsEmpty());
  EXPECT_THAT(find({.patient_id = Uuid::generate(random_), .actor = "1", .operation = "find"}), IsEmpty());
}

TEST_F(AuditQueryTest, FindsWhatTheRegisterDoesNotHaveYet) {
  const auto patient = Uuid::generate(random_);
  append_one(a_record(std::nullopt, "a", "create"));
  append_one(a_record(patient, "b", "find"));
  ASSERT_EQ(position(), 0);
  EXPECT_THAT(find({}), ElementsAre(0, 1));
  EXPECT_THAT(find({.patient_id = patient}), ElementsAre(1));
  EXPECT_THAT(find({.actor = "a"}), ElementsAre(0));
  EXPECT_THAT(find({.operation = "find"}), ElementsAre(1));
  EXPECT_THAT(find({.actor = "a", .operation = "find"}), IsEmpty());
}

TEST_F(AuditQueryTest, TellsTheCanonicalDocumentAndTheId) {
  const auto record = a_record(Uuid::generate(random_), "a", "find");
  append_one(record);
  const auto page = run(queries_.find({.end = kNoEnd, .limit = 10}, {}));
  ASSERT_EQ(page.entries.size(), 1);
  EXPECT_EQ(page.entries.front().id, record.id);
  EXPECT_EQ(page.entries.front().document, canonical_json(audit::to_json(record, clock_.now(), 1)));
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_F(AuditQueryTest, TakesNoTextForAnother) {
  append_one(a_record(std::nullopt, R"(a","x":"b)", "find"));
  auto disguised = a_record(std::nullopt, "c", "find");
  disguised.resource->id = "a";
  append_one(disguised);
  EXPECT_THAT(find({.actor = "a"}), IsEmpty());
  EXPECT_THAT(find({.actor = "b"}), IsEmpty());
  EXPECT_THAT(find({.actor = R"(a","x":"b)"}), ElementsAre(0));
}

TEST_F(AuditQueryTest, LeavesOutWhatOnlySharesAHash) {
  append_one(a_record(std::nullopt, "a", "find"));
  std::vector<NewRecord> others;
  for (int i = 0; i < 1000; ++i) others.push_back(a_record(std::nullopt, "b", "find"));
  append(others);
  wait_for_position(1001);
  Connection(file_, Access::kReadWrite)
      .execute("UPDATE attribute SET hash = " + std::to_string(audit::actor_hash("a")) +
               " WHERE idx = 500 AND hash = " + std::to_string(audit::actor_hash("b")));
  EXPECT_THAT(find({.actor = "a"}), ElementsAre(0));
}

TEST_F(AuditQueryTest, EndsWhereItIsTold) {
  for (int i = 0; i < 10; ++i) append_one(a_record(std::nullopt, "a", "find"));
  EXPECT_THAT(find({.first = 3, .end = 6}, 2), ElementsAre(3, 4, 5));
  EXPECT_THAT(find({.actor = "a", .first = 8, .end = 9}), ElementsAre(8));
  EXPECT_THAT(find({.first = 20}), IsEmpty());
}

TEST_F(AuditQueryTest, ExaminesABoundedNumberOfRecordsACall) {
  std::vector<NewRecord> many;
  for (int i = 0; i < 12'000; ++i)
    many.push_back(a_record(std::nullopt, i % 2 == 0 ? "even" : "odd", i % 2 == 0 ? "find" : "read"));
  append(many);
  wait_for_position(12'000);
  // The two indexes have nothing in common.
  const audit::RegisterQuery query{.actor = "even", .operation = "read", .end = kNoEnd, .limit = 10};
  const auto page = run(queries_.find(query, {}));
  EXPECT_THAT(page.entries, IsEmpty());
  ASSERT_TRUE(page.next.has_value());
  EXPECT_THAT(find(query), IsEmpty());
}

TEST_F(AuditQueryTest, EndsAPageBeforeItGrowsTooLarge) {
  for (int i = 0; i < 6; ++i) {
    auto record = a_record(std::nullopt, "a", "search");
    record.resource->id = std::string(1'000'000, 'x');
    append_one(record);
  }
  EXPECT_EQ(run(queries_.find({.end = kNoEnd, .limit = 1000}, {})).entries.size(), 5);
  EXPECT_THAT(find({}), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(AuditQueryTest, WalksThroughOnceWhileRecordsAreAppended) {
  for (int i = 0; i < 20; ++i) append_one(a_record(std::nullopt, i % 2 == 0 ? "a" : "b", "find"));
  audit::RegisterQuery query{.actor = "a", .end = known_.size(), .limit = 3};
  Indexes found;
  for (std::optional<std::uint64_t> next = 0; next;) {
    query.first = *next;
    const auto page = run(queries_.find(query, {}));
    for (const auto& entry : page.entries) found.push_back(entry.index);
    next = page.next;
    append(std::vector<NewRecord>{a_record(std::nullopt, "a", "find")});
  }
  EXPECT_THAT(found, ElementsAre(0, 2, 4, 6, 8, 10, 12, 14, 16, 18));
}

TEST_F(AuditQueryTest, FindsWhatLookingAtEachRecordFinds) {
  std::mt19937 random(20261125);  // NOLINT(cert-msc51-cpp): the same run each time
  const auto any = [&random](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  std::vector<Uuid> patients;
  for (int i = 0; i < 4; ++i) patients.push_back(Uuid::generate(random_));
  const std::vector<std::string> actors{"a", "b", "\"c\\\u00e9"};
  const std::vector<std::string> operations{"find", "create", "read"};
  const auto some = [&] {
    auto record = a_record(std::nullopt, actors[any(3)], operations[any(3)]);
    if (any(3) > 0) record.patient_id = patients[any(4)];
    return record;
  };
  for (int batch = 0; batch < 90; ++batch) {
    std::vector<NewRecord> records;
    for (int i = 0; i < 10; ++i) records.push_back(some());
    append(records);
    clock_.milliseconds += static_cast<std::int64_t>(any(3));
  }
  wait_for_position(512);
  for (int i = 0; i < 60; ++i) erase(any(512));
  for (int i = 0; i < 7; ++i) append_one(some());
  for (int i = 0; i < 400; ++i) {
    audit::RegisterQuery query;
    if (any(2) == 0) query.patient_id = patients[any(4)];
    if (any(2) == 0) query.actor = actors[any(3)];
    if (any(2) == 0) query.operation = operations[any(3)];
    if (any(2) == 0) query.from = moment(static_cast<std::int64_t>(any(100)));
    if (any(2) == 0) query.before = moment(static_cast<std::int64_t>(any(100)));
    EXPECT_EQ(find(query, 1 + any(50)), expected(query)) << i;
  }
}

class AccessesTest : public AuditQueryTest {
 protected:
  audit::AccessPage read(audit::AccessQuery query) {
    if (query.tree_size == 0) query.tree_size = known_.size();
    query.limit = std::max<std::size_t>(query.limit, 1);
    return run(queries_.read_accesses(query, {}));
  }

  static Indexes sequences(const audit::AccessPage& page) {
    Indexes found;
    for (const auto& access : page.accesses) found.push_back(access.sequence);
    return found;
  }

  Uuid patient_ = Uuid::generate(random_);
};

TEST_F(AccessesTest, AreNoneForAPatientWhomNobodyAccessed) {
  append_one(a_record(std::nullopt, "a", "find"));
  const auto page = read({.patient_id = patient_});
  EXPECT_EQ(page.count, 0);
  EXPECT_THAT(page.accesses, IsEmpty());
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_F(AccessesTest, AreCountedUpToTheTreesSize) {
  for (int i = 0; i < 5; ++i) append_one(a_record(patient_, "a", "find"));
  const auto page = read({.patient_id = patient_, .tree_size = 3, .limit = 10});
  EXPECT_EQ(page.count, 3);
  EXPECT_THAT(sequences(page), ElementsAre(1, 2, 3));
}

TEST_F(AccessesTest, AreTheSameWhereverTheyAreKept) {
  std::vector<NewRecord> records;
  for (int i = 0; i < 1030; ++i)
    records.push_back(a_record(i % 2 == 0 ? patient_ : Uuid::generate(random_), "a", "find"));
  append(records);
  const auto before = read({.patient_id = patient_, .first = 200, .last = 300, .tree_size = 500, .limit = 3});
  wait_for_position(1030);
  append_one(a_record(patient_, "a", "find"));
  const auto after = read({.patient_id = patient_, .first = 200, .last = 300, .tree_size = 500, .limit = 3});
  EXPECT_EQ(before.count, 250);
  EXPECT_EQ(after.count, 250);
  EXPECT_THAT(sequences(before), ElementsAre(200, 201, 202));
  EXPECT_THAT(sequences(after), ElementsAre(200, 201, 202));
  EXPECT_EQ(before.next, 203);
  EXPECT_EQ(after.next, 203);
  const auto across = read({.patient_id = patient_, .first = 515, .limit = 1});
  EXPECT_EQ(across.count, 516);
  EXPECT_THAT(sequences(across), ElementsAre(515));
  EXPECT_EQ(across.next, 516) << "the next one is in the tail";
  EXPECT_THAT(sequences(read({.patient_id = patient_, .first = 515, .last = 515, .limit = 9})), ElementsAre(515));
}

TEST_F(AccessesTest, StandWithTheirNumberOnceErased) {
  std::vector<NewRecord> records;
  for (int i = 0; i < 600; ++i) records.push_back(a_record(patient_, "a", "find"));
  append(records);
  wait_for_position(600);
  erase(1);
  const auto page = read({.patient_id = patient_, .limit = 3});
  EXPECT_EQ(page.count, 600);
  EXPECT_THAT(sequences(page), ElementsAre(1, 2, 3));
  EXPECT_EQ(page.accesses[1].entry.document, "");
  EXPECT_EQ(page.accesses[1].entry.id, known_[1].record.id);
  EXPECT_NE(page.accesses[2].entry.document, "");
}

}  // namespace
}  // namespace assay::sqlite
