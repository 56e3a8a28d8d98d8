#include "secrets/grants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace assay::secrets {

namespace {

constexpr std::string_view kOfGateway[] = {kGateway};
constexpr std::string_view kOfPatients[] = {kPatients};
constexpr std::string_view kOfAudit[] = {kAudit};
constexpr std::string_view kOfServices[] = {kPatients, kAudit};

constexpr Grant kGrants[] = {
    {.name = "patients-host-key", .readers = kOfGateway, .derived = "patients-host-key.verifier"},
    {.name = "patients-host-key.verifier", .making = Making::kDerived, .readers = kOfPatients},
    {.name = "audit-host-key", .readers = kOfPatients, .derived = "audit-host-key.verifier"},
    {.name = "audit-host-key.verifier", .making = Making::kDerived, .readers = kOfAudit},
    {.name = "audit-gateway-key", .readers = kOfGateway, .derived = "audit-gateway-key.verifier"},
    {.name = "audit-gateway-key.verifier", .making = Making::kDerived, .readers = kOfAudit},
    {.name = "principal-key", .making = Making::kSigningKey, .readers = kOfGateway, .derived = "principal-key.pub"},
    {.name = "principal-key.pub", .making = Making::kDerived, .readers = kOfServices},
    {.name = "cursor-key", .readers = kOfPatients},
    {.name = "audit-log-key", .readers = kOfAudit},
    {.name = "gateway-store", .making = Making::kGiven, .readers = kOfGateway},
    {.name = "patients-store", .making = Making::kGiven, .readers = kOfPatients},
    {.name = "audit-store", .making = Making::kGiven, .readers = kOfAudit},
};

}  // namespace

std::span<const Grant> grants() { return kGrants; }

const Grant* find_grant(std::string_view name) {
  const auto* found = std::ranges::find(kGrants, name, &Grant::name);
  return found == std::end(kGrants) ? nullptr : found;
}

const Grant& require_grant(std::string_view name) {
  const auto* grant = find_grant(name);
  if (grant == nullptr) throw Refusal(fmt::format("there is no secret {}; assay secrets list prints the names", name));
  return *grant;
}

bool may_read(std::string_view identity, std::string_view name) {
  const auto* grant = find_grant(name);
  return grant != nullptr && std::ranges::find(grant->readers, identity) != grant->readers.end();
}

}  // namespace assay::secrets
