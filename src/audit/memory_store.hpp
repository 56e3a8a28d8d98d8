#pragma once

#include <vector>

#include "audit/store.hpp"

namespace assay::audit {

/// A store for tests that keeps what it is given, and answers as told.
class MemoryStore final : public Store {
 public:
  Awaitable<Result<std::vector<Appended>>> append(std::vector<NewRecord> new_records) override {
    if (problem) co_return std::unexpected(*problem);
    if (is_away) throw Unavailable("away");
    std::vector<Appended> appended;
    for (auto& record : new_records) {
      appended.push_back({.id = record.id, .index = records.size(), .created_date = date, .patient_sequence = {}});
      records.push_back(std::move(record));
    }
    co_return appended;
  }

  Awaitable<IntentPage> read_intents(std::uint64_t from) override {
    asked_from = from;
    co_return intents;
  }

  merkle::TreeHead head() const override { return {.size = records.size(), .root = {}}; }

  std::vector<NewRecord> records;
  IntentPage intents;
  std::optional<Problem> problem;
  bool is_away = false;
  Timestamp date{std::chrono::milliseconds(1'700'000'000'123)};
  std::uint64_t asked_from = 0;
};

}  // namespace assay::audit
