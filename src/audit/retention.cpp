#include "audit/retention.hpp"

#include <fmt/format.h>

namespace assay::audit {

namespace {

Principal service_itself() {
  return {.kind = "service", .id = "audit", .name = "audit", .on_behalf_of = {}, .purpose_of_use = {}};
}

}  // namespace

Awaitable<bool> Retention::erase_some() {
  const auto now = clock_.now();
  const auto old = co_await store_.find_older(now - age_, from_);
  if (!old.indexes.empty()) {
    const auto erased = co_await store_.erase({.indexes = old.indexes,
                                               .reason = fmt::format("retention of {} days", age_.count()),
                                               .record_id = Uuid::generate_ordered(random_, now),
                                               .actor = service_itself(),
                                               .operation_id = {}},
                                              {});
    if (!erased) throw std::runtime_error(erased.error().detail);
  }
  from_ = old.next;
  co_return !old.is_last;
}

}  // namespace assay::audit
