#pragma once

#include <boost/asio/co_spawn.hpp>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "patients/service.hpp"

namespace assay::patients {

/// What the fakes were asked to do, in its order: "record find", "find_patient", "outcome not-found", …
using Events = std::vector<std::string>;

/// A register in memory that can be away. Outcomes wait until `make_outcomes_durable`.
class FakeAccessLog final : public AccessLog {
 public:
  explicit FakeAccessLog(Events& events) : events_(events) {}

  Awaitable<std::vector<RecordedAccess>> record(std::vector<Access> accesses) override {
    if (away) throw std::runtime_error("the register is away at 10.0.0.1");
    if (away_for == accesses.front().operation) throw std::runtime_error("the register went away");
    if (records.size() + accesses.size() > away_beyond) throw std::runtime_error("the register went away");
    std::vector<RecordedAccess> recorded;
    for (auto& access : accesses) {
      events_.push_back("record " + access.operation);
      recorded.push_back({.record_id = access.record_id, .index = records.size()});
      records.push_back(std::move(access));
    }
    if (loses_answers) throw OutcomeUnknown("no answer came");
    co_return recorded;
  }

  Awaitable<void> record_ends(std::vector<End> ends) override {
    if (away) throw Unavailable("the register is away");
    if (ends.size() > 1000) throw std::length_error("too many ends for one call");
    note(std::move(ends));
    if (loses_answers) throw OutcomeUnknown("no answer came");
    co_return;
  }

  Awaitable<void> record_with_attempt(End told) override {
    if (away) throw Unavailable("the register is away");
    const auto is_there = [&](const Access& access) { return access.record_id == told.attempt.record_id; };
    if (std::ranges::none_of(records, is_there)) records.push_back(told.attempt);
    std::vector<End> ends;
    ends.push_back(std::move(told));
    note(std::move(ends));
    co_return;
  }

  void queue_ends(std::vector<End> ends, std::move_only_function<void(bool)> done) override {
    note(std::move(ends));
    if (done) waiting_.push_back(std::move(done));
  }

  /// In stretches of 1,000 records.
  Awaitable<IntentPage> read_intents(std::uint64_t from) override {
    if (away) throw Unavailable("the register is away");
    IntentPage page{.open = {}, .ended = {}, .next = from + 1000, .is_last = true};
    for (const auto& intent : intents) {
      if (intent.index >= from && intent.index < page.next) page.open.push_back(intent);
      page.is_last = page.is_last && intent.index < page.next;
    }
    for (const auto& [index, id] : ended) {
      if (index >= from && index < page.next) page.ended.push_back(id);
      page.is_last = page.is_last && index < page.next;
    }
    if (page.is_last) page.next = std::max(end, records.size() - lost);
    if (while_asked) std::exchange(while_asked, {})();
    co_return page;
  }

  void make_outcomes_durable(bool durable = true) {
    for (auto& done : waiting_) done(durable);
    waiting_.clear();
  }

  bool away = false;
  std::string away_for;                                               ///< an operation that it can't record
  std::size_t away_beyond = std::numeric_limits<std::size_t>::max();  ///< records that it takes
  std::vector<Access> records;
  std::vector<std::pair<Access, std::string>> outcomes;
  std::vector<Uuid> outcome_ids;
  bool loses_answers = false;  ///< it has the record, and its answer gets lost
  std::vector<OpenIntent> intents;
  std::map<std::uint64_t, Uuid> ended;  ///< by the outcome's index, the attempt that it names
  std::uint64_t end = 0;                ///< how many records there are, where there are more than `records`
  std::size_t lost = 0;                 ///< records that it doesn't have any more
  std::function<void()> while_asked;    ///< happens once, while it is asked for intents

 private:
  void note(std::vector<End> ends) {
    for (auto& one : ends) {
      events_.push_back("outcome " + one.outcome);
      outcome_ids.push_back(one.record_id);
      outcomes.emplace_back(std::move(one.attempt), std::move(one.outcome));
    }
  }

  Events& events_;
  std::vector<std::move_only_function<void(bool)>> waiting_;
};

/// A store in memory that can be broken.
class FakeStore final : public Store {
 public:
  explicit FakeStore(Events& events) : events_(events) {}

  Awaitable<void> create_patient(StoredPatient patient, std::optional<IdempotencyRow> row, Warrant warrant,
                                 telemetry::SpanPlace /*under*/) override {
    note_write("create_patient", warrant);
    if (row) rows[row->scope_hash] = *row;
    patients.push_back(std::move(patient));
    co_return;
  }

  Awaitable<std::expected<StoredPatient, WriteFault>> update_patient(PatientUpdate update, Warrant warrant,
                                                                     telemetry::SpanPlace /*under*/) override {
    note_write("update_patient", warrant);
    auto* patient = find(update.id);
    if (patient == nullptr) co_return std::unexpected(WriteFault::kNoSuchPatient);
    if (!update.precondition.holds(patient->last_updated)) co_return std::unexpected(WriteFault::kPreconditionFailed);
    patient->patient = merge(patient->patient, std::move(update.changes));
    patient->last_updated = next_version(update.now, patient->last_updated);
    co_return *patient;
  }

  Awaitable<std::expected<ErasedPatient, WriteFault>> erase_patient(Uuid id, Warrant warrant,
                                                                    telemetry::SpanPlace /*under*/) override {
    note_write("erase_patient", warrant);
    if (find(id) == nullptr) co_return std::unexpected(WriteFault::kNoSuchPatient);
    std::erase_if(patients, [&](const auto& patient) { return patient.id == id; });
    co_return ErasedPatient{.tests = std::erase_if(tests, [&](const auto& test) { return test.patient_id == id; }),
                            .is_out_of_the_files = !log_is_held};
  }

  Awaitable<void> finish_erasure() override {
    note("finish_erasure");
    co_return;
  }

  Awaitable<std::optional<StoredPatient>> find_patient(Uuid id, telemetry::SpanPlace /*under*/) override {
    note("find_patient");
    const auto* patient = find(id);
    co_return patient == nullptr ? std::nullopt : std::optional(*patient);
  }

  /// Everybody matches; the position's row is the place in the order of creation.
  Awaitable<SearchPage> search(Criteria criteria, std::optional<Position> after, std::size_t limit,
                               telemetry::SpanPlace /*under*/) override {
    note("search");
    last_criteria = std::move(criteria);
    SearchPage page;
    auto row = after ? after->row : 0;
    for (; static_cast<std::size_t>(row) < patients.size() && page.patients.size() < limit; ++row) {
      page.patients.push_back(patients[static_cast<std::size_t>(row)]);
    }
    if (page.patients.size() == limit) page.next = Position{.birth_day = {}, .row = row};
    co_return page;
  }

  Awaitable<std::expected<void, WriteFault>> create_test(StoredTest test, std::optional<IdempotencyRow> row,
                                                         Warrant warrant, telemetry::SpanPlace /*under*/) override {
    note_write("create_test", warrant);
    if (find(test.patient_id) == nullptr) co_return std::unexpected(WriteFault::kNoSuchPatient);
    if (row) rows[row->scope_hash] = *row;
    tests.push_back(std::move(test));
    co_return std::expected<void, WriteFault>{};
  }

  Awaitable<std::vector<Uuid>> list_tests(Uuid patient_id, telemetry::SpanPlace /*under*/) override {
    note("list_tests");
    std::vector<Uuid> ids;
    for (const auto& test : tests) {
      if (test.patient_id == patient_id) ids.push_back(test.id);
    }
    co_return ids;
  }

  Awaitable<std::vector<StoredTest>> load_tests(Uuid patient_id, std::vector<Uuid> ids,
                                                telemetry::SpanPlace /*under*/) override {
    note("load_tests");
    std::vector<StoredTest> found;
    if (loads_nothing) co_return found;
    for (const auto& id : ids) {
      for (const auto& test : tests) {
        if (test.id == id && test.patient_id == patient_id) found.push_back(test);
      }
    }
    co_return found;
  }

  Awaitable<std::vector<ImportResult>> import(std::vector<ImportedDocument> documents, std::vector<Warrant> given,
                                              telemetry::SpanPlace /*under*/) override {
    note("import");
    warrants.insert(warrants.end(), given.begin(), given.end());
    co_return std::vector(import_results.begin(),
                          import_results.begin() + static_cast<std::ptrdiff_t>(documents.size()));
  }

  Awaitable<std::optional<IdempotencyRow>> find_idempotency(Bytes32 scope_hash,
                                                            telemetry::SpanPlace /*under*/) override {
    note("find_idempotency");
    const auto row = rows.find(scope_hash);
    co_return row == rows.end() ? std::nullopt : std::optional(row->second);
  }

  Awaitable<void> sweep_idempotency(Timestamp before) override {
    swept_before = before;
    co_return;
  }

  Awaitable<std::vector<bool>> were_carried_out(std::vector<Uuid> record_ids) override {
    std::vector<bool> answers;
    answers.reserve(record_ids.size());
    for (const auto& id : record_ids) answers.push_back(carried_out.contains(id));
    co_return answers;
  }

  Awaitable<std::uint64_t> settled_below() override { co_return mark; }
  Awaitable<void> raise_settled_below(std::uint64_t index) override {
    mark = std::max(mark, index);
    co_return;
  }

  bool broken = false;
  bool log_is_held = false;    ///< a reader holds copies of what was erased
  bool loads_nothing = false;  ///< looking tests up takes long here
  std::uint64_t mark = 0;
  std::vector<StoredPatient> patients;
  std::vector<StoredTest> tests;
  std::map<Bytes32, IdempotencyRow> rows;
  std::map<Uuid, bool> carried_out;
  std::vector<Warrant> warrants;
  std::vector<ImportResult> import_results;
  Criteria last_criteria;
  Timestamp swept_before{};

 private:
  void note(std::string event) {
    events_.push_back(std::move(event));
    if (broken) throw Unavailable("the disk is full");
  }
  void note_write(std::string event, const Warrant& warrant) {
    note(std::move(event));
    warrants.push_back(warrant);
  }
  StoredPatient* find(const Uuid& id) {
    const auto patient = std::ranges::find(patients, id, &StoredPatient::id);
    return patient == patients.end() ? nullptr : &*patient;
  }

  Events& events_;
};

/// A clock that stands still until it is moved.
class FakeClock final : public Clock {
 public:
  Timestamp now() const override { return moment; }
  Timestamp moment{std::chrono::milliseconds(1'751'276'472'345)};
};

/// The whole service over the fakes.
class Bench {
 public:
  http::Response ask(http::Request request) { return wait_for(service.handle(std::move(request))); }

  http::Response ask(http::Method method, std::string path, std::string body = {},
                     std::initializer_list<std::pair<std::string_view, std::string_view>> headers = {}) {
    return ask(make_request(method, std::move(path), std::move(body), headers));
  }

  static http::Request make_request(http::Method method, std::string path, std::string body = {},
                                    std::initializer_list<std::pair<std::string_view, std::string_view>> headers = {}) {
    http::Request request;
    request.method = method;
    request.target = std::move(path);
    request.body = std::move(body);
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    request.context.principal =
        Principal{.kind = "subscription", .id = "7", .name = "the test", .on_behalf_of = {}, .purpose_of_use = {}};
    return request;
  }

  /// Runs the coroutine to its end; its exception is the caller's.
  template <class T>
  static T wait_for(Awaitable<T> awaitable) {
    boost::asio::io_context context;
    std::exception_ptr failure;
    std::optional<T> result;
    boost::asio::co_spawn(context, std::move(awaitable), [&](std::exception_ptr thrown, T value) {
      failure = thrown;
      result = std::move(value);
    });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(result).value();
  }

  static void wait_for(Awaitable<void> awaitable) {
    boost::asio::io_context context;
    std::exception_ptr failure;
    boost::asio::co_spawn(context, std::move(awaitable), [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    if (failure) std::rethrow_exception(failure);
  }

  Events events;
  FakeStore store{events};
  FakeAccessLog access_log{events};
  FakeClock clock;
  SystemRandom random;
  telemetry::Log log{"patients", telemetry::Level::kError};
  telemetry::Metrics metrics;
  Service service{{.store = store,
                   .access_log = access_log,
                   .clock = clock,
                   .random = random,
                   .log = log,
                   .metrics = metrics,
                   .cursor_keys = std::make_shared<const Current<std::vector<SensitiveText>>>(
                       std::vector{SensitiveText("a key of the test")})}};
};

}  // namespace assay::patients
