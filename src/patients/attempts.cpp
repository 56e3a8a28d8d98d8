#include "patients/attempts.hpp"

#include <fmt/format.h>

namespace assay::patients {

namespace {

constexpr std::chrono::seconds kRetryAfter{1};

bool writes(const Access& access) {
  return access.operation == "create" || access.operation == "update" || access.operation == "import" ||
         access.operation == "erase";
}

Problem no_record(std::string reason) {
  return {.status = 500,
          .detail = "Error creating audit log: the record could not be written.",
          .reason = std::move(reason),
          .retry_after = kRetryAfter};
}

/// Of an attempt that may stay open for long: its operation is to be seen before that.
End untraced(End end) {
  end.attempt.span = {};
  return end;
}

}  // namespace

void name_record(http::Response& response, const Warrant& warrant, std::optional<std::size_t> disclosed) {
  auto receipt = fmt::format("{}; index={}", warrant.record_id.to_string(), warrant.record_index);
  if (disclosed) receipt += fmt::format("; disclosed={}", *disclosed);
  response.headers.add("Audit-Record", receipt);
  // A cache that answered by itself would show the document to whom the register never heard of (RFC 9111
  // section 5.2.2).
  response.headers.set("Cache-Control", "private, no-cache");
}

Access Attempts::access_to(Target target, const http::Context& context) {
  return {.record_id = Uuid::generate_ordered(random_, clock_.now()),
          .resource_type = std::string(target.resource_type),
          .operation = std::string(target.operation),
          .resource_id = std::move(target.resource_id),
          .patient_id = target.patient_id,
          .principal = context.principal,
          .operation_id = context.trace.operation_id(),
          .span = context.span};
}

Awaitable<Result<std::vector<Attempt>>> Attempts::begin(std::vector<Access> accesses) {
  std::vector<Attempt> attempts;
  attempts.reserve(accesses.size());
  for (const auto& access : accesses) {
    attempts.push_back({.access = access, .warrant = {}, .ticket = {}});
    if (writes(access)) attempts.back().ticket = intents_.begin();
  }
  std::vector<RecordedAccess> recorded;
  std::optional<std::string> failure;
  bool may_be_recorded = false;
  try {
    recorded = co_await access_log_.record(std::move(accesses));
    if (recorded.size() != attempts.size()) throw OutcomeUnknown("the register acknowledged another number of records");
  } catch (const OutcomeUnknown& exception) {
    failure = exception.what();
    may_be_recorded = true;
  } catch (const std::exception& exception) {
    failure = exception.what();
  }
  if (failure) {
    note_failure(attempts, may_be_recorded);
    co_return std::unexpected(no_record(std::move(*failure)));
  }
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    auto& [access, warrant, ticket] = attempts[i];
    ticket ? intents_.place(*ticket, recorded[i].index) : intents_.pass(recorded[i].index);
    warrant = {.record_id = recorded[i].record_id, .record_index = recorded[i].index, .settled_below = 0};
  }
  // Of what one operation records, the record that its answer names.
  if (!attempts.empty() && !attempts.front().access.part_of) {
    const auto& first = attempts.front();
    first.access.span.set("assay.audit_record.id", first.warrant.record_id.to_string());
  }
  const auto mark = intents_.settled_below();
  for (auto& attempt : attempts) attempt.warrant.settled_below = mark;
  co_return attempts;
}

void Attempts::note_failure(const std::vector<Attempt>& attempts, bool may_be_recorded) {
  for (const auto& [access, warrant, ticket] : attempts) {
    if (!ticket) continue;
    if (may_be_recorded) {
      intents_.abandon({.ticket = *ticket, .end = untraced(end_of(access, "not-done")), .is_recorded = false});
    } else {
      intents_.settle(*ticket);
    }
  }
}

End Attempts::end_of(Access attempt, std::string_view outcome) {
  return {.record_id = Uuid::generate_ordered(random_, clock_.now()),
          .attempt = std::move(attempt),
          .outcome = std::string(outcome)};
}

void Attempts::end(Attempt attempt, std::string_view outcome) {
  std::vector<Attempt> attempts;
  attempts.push_back(std::move(attempt));
  end(std::move(attempts), {outcome});
}

void Attempts::end(std::vector<Attempt> attempts, const std::vector<std::string_view>& outcomes) {
  std::vector<End> ends;
  std::vector<Intents::Abandoned> open;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    auto& [access, warrant, ticket] = attempts[i];
    if (outcomes[i].empty()) {
      if (ticket) intents_.settle(*ticket);
      continue;
    }
    ends.push_back(end_of(std::move(access), outcomes[i]));
    if (ticket) open.push_back({.ticket = *ticket, .end = untraced(ends.back())});
  }
  if (ends.empty()) return;
  // An attempt to write stays open until its other end is durable too: a crash before that leaves it to the
  // next start.
  access_log_.queue_ends(std::move(ends), [this, waiting = std::move(open)](bool durable) {
    for (const auto& one : waiting) durable ? intents_.settle(one.ticket) : intents_.abandon(one);
  });
}

std::vector<Access> Attempts::one(Access access) {
  std::vector<Access> accesses;
  accesses.push_back(std::move(access));
  return accesses;
}

Result<http::Response> Attempts::finish(Attempt attempt, Ending ending, bool as_problem_details) {
  const auto warrant = attempt.warrant;
  end(std::move(attempt), ending.outcome);
  if (!ending.result && ending.result.error().status >= 500) return std::unexpected(std::move(ending.result.error()));
  auto response = ending.result ? std::move(*ending.result)
                                : http::answer(ending.result.error(), http::ErrorForm::kService, as_problem_details);
  name_record(response, warrant, ending.disclosed);
  return response;
}

}  // namespace assay::patients
