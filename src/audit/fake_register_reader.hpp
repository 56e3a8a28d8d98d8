#pragma once

#include "audit/register_query.hpp"
#include "base/error.hpp"

namespace assay::audit {

/// A reader for tests that keeps what it is asked, and answers as told.
class FakeRegisterReader final : public RegisterReader {
 public:
  Awaitable<RegisterPage> find(RegisterQuery query, telemetry::SpanPlace /*under*/) override {
    asked = std::move(query);
    if (is_away) throw Unavailable("away");
    co_return page;
  }

  Awaitable<AccessPage> read_accesses(AccessQuery query, telemetry::SpanPlace /*under*/) override {
    asked_accesses = query;
    if (is_away) throw Unavailable("away");
    co_return accesses;
  }

  RegisterPage page;
  AccessPage accesses;
  std::optional<RegisterQuery> asked;
  std::optional<AccessQuery> asked_accesses;
  bool is_away = false;
};

}  // namespace assay::audit
