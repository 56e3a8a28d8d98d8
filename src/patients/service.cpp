#include "patients/service.hpp"

#include "patients/routes.hpp"
#include "patients/settlement.hpp"

namespace assay::patients {

namespace {

constexpr std::chrono::hours kIdempotencyLifetime{24};

}  // namespace

struct Service::Implementation {
  explicit Implementation(Dependencies what)
      : workplace(std::move(what)),
        router("patients", http::ErrorForm::kService, workplace.dependencies.log, workplace.dependencies.metrics) {
    patients.add_to(router);
    tests.add_to(router);
    search.add_to(router);
    import.add_to(router);
    erasure.add_to(router);
  }

  Workplace workplace;
  Settlement settlement{workplace.dependencies, workplace.attempts.intents()};
  PatientRoutes patients{workplace};
  TestRoutes tests{workplace};
  SearchRoute search{workplace};
  ImportRoute import{workplace};
  ErasureRoute erasure{workplace};
  http::Router router;
};

Service::Service(Dependencies dependencies)
    : implementation_(std::make_unique<Implementation>(std::move(dependencies))) {}

Service::~Service() = default;

Awaitable<http::Response> Service::handle(http::Request request) {
  return implementation_->router.handle(std::move(request));
}

Awaitable<void> Service::settle_earlier_run() { return implementation_->settlement.settle_earlier_run(); }

Awaitable<void> Service::look_at_register() { return implementation_->settlement.look_at_register(); }

Awaitable<void> Service::store_mark() { return implementation_->settlement.store_mark(); }

Awaitable<void> Service::sweep() {
  auto& dependencies = implementation_->workplace.dependencies;
  return dependencies.store.sweep_idempotency(dependencies.clock.now() - kIdempotencyLifetime);
}

const http::Router& Service::router() const { return implementation_->router; }

}  // namespace assay::patients
