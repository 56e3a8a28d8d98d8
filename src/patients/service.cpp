#include "patients/service.hpp"

#include "patients/routes.hpp"

namespace assay::patients {

namespace {

constexpr std::size_t kIntentsAPage = 1000;
constexpr std::chrono::hours kIdempotencyLifetime{24};

/// The attempt that an earlier run left open.
Access access_of(OpenIntent intent, const std::string& operation_id) {
  return {.record_id = intent.record_id,
          .resource_type = std::move(intent.resource_type),
          .operation = std::move(intent.operation),
          .resource_id = std::move(intent.resource_id),
          .patient_id = intent.patient_id,
          .principal = std::nullopt,
          .operation_id = operation_id};
}

}  // namespace

struct Service::Implementation {
  explicit Implementation(Dependencies what)
      : workplace(std::move(what)),
        router("patients", http::ErrorForm::kService, workplace.dependencies.log, workplace.dependencies.metrics) {
    patients.add_to(router);
    tests.add_to(router);
    search.add_to(router);
    import.add_to(router);
  }

  /// All attempts at `from` or above that the register has no end of.
  Awaitable<std::vector<OpenIntent>> open_intents(std::uint64_t from);

  Workplace workplace;
  PatientRoutes patients{workplace};
  TestRoutes tests{workplace};
  SearchRoute search{workplace};
  ImportRoute import{workplace};
  http::Router router;
};

Awaitable<std::vector<OpenIntent>> Service::Implementation::open_intents(std::uint64_t from) {
  std::vector<OpenIntent> all;
  bool more = true;
  while (more) {
    auto page = co_await workplace.dependencies.access_log.open_intents(from, kIntentsAPage);
    more = page.size() == kIntentsAPage;
    if (more) from = page.back().index + 1;
    std::ranges::move(page, std::back_inserter(all));
  }
  co_return all;
}

Service::Service(Dependencies dependencies)
    : implementation_(std::make_unique<Implementation>(std::move(dependencies))) {}

Service::~Service() = default;

Awaitable<http::Response> Service::handle(http::Request request) {
  return implementation_->router.handle(std::move(request));
}

Awaitable<void> Service::settle_open_intents() {
  auto& [dependencies, attempts, idempotency] = implementation_->workplace;
  const auto from = co_await dependencies.store.settled_below();
  auto intents = co_await implementation_->open_intents(from);
  std::vector<Uuid> record_ids;
  record_ids.reserve(intents.size());
  for (const auto& intent : intents) record_ids.push_back(intent.record_id);
  std::vector<bool> carried_out;
  if (!record_ids.empty()) carried_out = co_await dependencies.store.were_carried_out(std::move(record_ids));
  // Nothing can fail from here on: a repeat after a failure records no end twice.
  attempts.intents().resume_from(from);
  const auto operation_id = telemetry::TraceContext::begin(dependencies.random).operation_id();
  for (std::size_t i = 0; i < intents.size(); ++i) {
    auto ticket = attempts.intents().begin();
    attempts.intents().place(ticket, intents[i].index);
    attempts.end({.access = access_of(std::move(intents[i]), operation_id), .warrant = {}, .ticket = ticket},
                 carried_out.at(i) ? "done" : "not-done");
  }
}

Awaitable<void> Service::sweep() {
  auto& dependencies = implementation_->workplace.dependencies;
  return dependencies.store.sweep_idempotency(dependencies.clock.now() - kIdempotencyLifetime);
}

const http::Router& Service::router() const { return implementation_->router; }

}  // namespace assay::patients
