#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/io_threads.hpp"
#include "base/temporary_folder.hpp"
#include "sqlite/audit_store.hpp"

namespace assay::sqlite {

/// A clock that stands still until it is moved.
class AuditTestClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::milliseconds(milliseconds.load())); }
  std::atomic<std::int64_t> milliseconds{1'700'000'000'000};
};

/// An audit store of its own in a folder of its own, for tests.
class AuditStoreTest : public testing::Test {
 public:
  ~AuditStoreTest() override {
    store_.reset();
    threads_.stop();
  }

 protected:
  AuditStoreTest() {
    threads_.start();
    open();
  }

  void open() { store_.emplace(folder_.path(), clock_, random_, log_, metrics_); }
  void reopen() {
    store_.reset();
    open();
  }

  template <class T>
  std::future<T> start(Awaitable<T> work) {
    return boost::asio::co_spawn(threads_.context(0), std::move(work), boost::asio::use_future);
  }

  Result<std::vector<audit::Appended>> append(std::vector<audit::NewRecord> records) {
    return start(store_->append(std::move(records), {})).get();
  }

  audit::NewRecord a_record(std::optional<Uuid> patient = std::nullopt, std::string operation = "find") {
    return {
        .id = Uuid::generate(random_),
        .source_system_name = "PatientTestApi",
        .resource = audit::Resource{.type = "patient", .id = "x", .operation = std::move(operation)},
        .actor = Principal{.kind = "subscription", .id = "1", .name = "n", .on_behalf_of = "", .purpose_of_use = ""},
        .operation_id = "0af7651916cd43dd8448eb211c80319c",
        .patient_id = patient,
        .outcome = std::nullopt};
  }

  audit::NewRecord outcome_of(const audit::NewRecord& attempt) {
    auto record = a_record(attempt.patient_id, attempt.resource->operation);
    record.outcome = audit::Outcome{.result = "failed", .of = attempt.id};
    return record;
  }

  audit::IntentPage read_intents(std::uint64_t from = 0) { return start(store_->read_intents(from)).get(); }

  std::vector<Uuid> open_intents(std::uint64_t from = 0) {
    std::vector<Uuid> ids;
    for (const auto& intent : read_intents(from).open) ids.push_back(intent.id);
    return ids;
  }

  std::int64_t query(std::string_view sql) const {
    const Connection reader(file_, Access::kReadOnly);
    auto rows = reader.prepare(sql);
    rows.step();
    return rows.integer(0);
  }

  std::string document(std::uint64_t index) const {
    const Connection reader(file_, Access::kReadOnly);
    auto rows = reader.prepare("SELECT document FROM record WHERE idx = ?");
    rows.bind(1, static_cast<std::int64_t>(index));
    return rows.step() ? std::string(rows.text(0)) : "";
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "audit.db";
  AuditTestClock clock_;
  SystemRandom random_;
  telemetry::Log log_{"test", telemetry::Level::kError};
  telemetry::Metrics metrics_;
  IoThreads threads_{1};
  std::optional<AuditStore> store_;
};

}  // namespace assay::sqlite
