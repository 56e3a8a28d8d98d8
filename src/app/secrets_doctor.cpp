#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <vector>

#include "app/operator_secrets.hpp"
#include "app/secrets_commands.hpp"
#include "app/secrets_place.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/grants.hpp"
#include "secrets/making.hpp"
#include "secrets/rotation.hpp"
#include "secrets/sealed_change.hpp"

namespace assay::app {

namespace {

constexpr std::chrono::days kOld{365};

/// What is known of one secret.
struct Finding {
  std::string name;
  std::string version;
  std::optional<std::chrono::days> age;
  std::vector<std::string> readers;
  std::vector<std::string> remarks;  ///< what isn't as it should be is in `faults`
  std::vector<std::string> faults;
};

class Doctor {
 public:
  Doctor(const Configuration& configuration, const SecretsOptions& options)
      : configuration_(configuration),
        secrets_(configuration, passphrase_from(options.passphrase_file), clock_),
        document_(secrets_.document()),
        provider_(secrets_.open_for_reading()),
        names_(provider_->names()) {}

  std::vector<Finding> examine() {
    std::vector<Finding> findings;
    for (const auto& grant : secrets::grants()) findings.push_back(examine(grant));
    for (const auto& name : names_) {
      if (secrets::find_grant(name) != nullptr) continue;
      findings.push_back({.name = name,
                          .version = {},
                          .age = std::nullopt,
                          .readers = readers_of(name, {}),
                          .remarks = {"unused: assay knows no secret of that name"},
                          .faults = {}});
    }
    return findings;
  }

 private:
  Finding examine(const secrets::Grant& grant) {
    Finding finding{.name = std::string(grant.name),
                    .version = {},
                    .age = std::nullopt,
                    .readers = readers_of(grant.name, grant.readers),
                    .remarks = {},
                    .faults = {}};
    if (std::ranges::find(names_, grant.name) == names_.end()) {
      if (grant.making == secrets::Making::kGiven) {
        finding.remarks.emplace_back("not set; embedded stores need none");
      } else {
        finding.faults.emplace_back("missing: no part that reads it can start");
      }
      return finding;
    }
    const auto versions = provider_->versions(grant.name);
    if (versions.empty()) {
      finding.faults.emplace_back("each of its versions was removed: no part that reads it can start");
      return finding;
    }
    const auto& newest = versions.front();
    finding.version = newest.id;
    finding.age = secrets::age_of(newest, clock_.now());
    note_age(grant, finding);
    note_readers(grant, finding);
    if (document_ && secrets::is_revoke_unfinished(*document_, grant.name)) {
      finding.faults.emplace_back("it was revoked from somebody, and has no newer version: do that again");
    }
    if (!grant.derived.empty()) note_superseded(grant, finding);
    if (grant.making == secrets::Making::kGiven) finding.remarks.emplace_back("unused: stores are embedded");
    return finding;
  }

  std::vector<std::string> readers_of(std::string_view name, std::span<const std::string_view> granted) const {
    return secrets_.readers(name).value_or(std::vector<std::string>(granted.begin(), granted.end()));
  }

  void note_age(const secrets::Grant& grant, Finding& finding) const {
    const std::chrono::days limit(configuration_.number("secrets.rotate_every"));
    const bool is_old = finding.age && *finding.age >= (limit.count() > 0 ? limit : kOld);
    if (!is_old || (grant.making != secrets::Making::kGiven && !secrets::is_rotated_by_schedule(grant))) return;
    finding.remarks.push_back(fmt::format("old: assay secrets {} {}",
                                          grant.making == secrets::Making::kGiven ? "set" : "rotate", grant.name));
  }

  static void note_readers(const secrets::Grant& grant, Finding& finding) {
    for (const auto reader : grant.readers) {
      if (std::ranges::find(finding.readers, reader) == finding.readers.end()) {
        finding.faults.push_back(fmt::format("{} can't read it, and needs it", reader));
      }
    }
    for (const auto& reader : finding.readers) {
      if (!secrets::may_read(reader, grant.name)) {
        finding.faults.push_back(
            fmt::format("{} can read it and does not need it: assay secrets revoke {} {}", reader, grant.name, reader));
      }
    }
  }

  /// Of a key that others check: what they accept besides the newest.
  void note_superseded(const secrets::Grant& grant, Finding& finding) {
    const auto keys = listed(grant);
    if (!keys) return finding.faults.push_back(fmt::format("{} can't be read here", grant.derived));
    const auto limit = std::chrono::seconds(configuration_.number("secrets.patience"));
    for (const auto& key : *keys | std::views::drop(1)) {
      if (!key.superseded) {
        finding.faults.push_back(fmt::format("a rotation was broken off: assay secrets rotate {}", grant.name));
      } else if (const auto end = *key.superseded + limit; end > clock_.now()) {
        finding.remarks.push_back(fmt::format("one superseded {} is accepted until unused, or {}",
                                              to_iso8601(*key.superseded), to_iso8601(end)));
      }
    }
  }

  std::optional<std::vector<secrets::ListedKey>> listed(const secrets::Grant& grant) {
    try {
      const auto secret = secrets_.open_for_reading(grant.derived)->read(grant.derived);
      return secrets::parse_key_list(secret.newest().value.reveal(), secrets::key_form(grant));
    } catch (const Refusal&) {
      return std::nullopt;
    }
  }

  SystemClock clock_;
  const Configuration& configuration_;
  OperatorSecrets secrets_;
  std::optional<secrets::SealedDocument> document_;
  std::unique_ptr<secrets::Provider> provider_;
  std::vector<std::string> names_;
};

json::object to_json(const Finding& finding) {
  json::object out{{"name", finding.name},
                   {"readBy", json::array(finding.readers.begin(), finding.readers.end())},
                   {"remarks", json::array(finding.remarks.begin(), finding.remarks.end())},
                   {"faults", json::array(finding.faults.begin(), finding.faults.end())}};
  if (!finding.version.empty()) out["version"] = finding.version;
  if (finding.age) out["ageDays"] = finding.age->count();
  return out;
}

void print_text(const std::vector<Finding>& findings, bool readers_are_known) {
  fmt::print("{:<28} {:<22} {:<9} {}\n", "NAME", "VERSION", "AGE", readers_are_known ? "READ BY" : "SHOULD BE READ BY");
  for (const auto& finding : findings) {
    fmt::print("{:<28} {:<22} {:<9} {}\n", finding.name, finding.version.empty() ? "-" : finding.version,
               finding.age ? fmt::format("{} d", finding.age->count()) : "-", fmt::join(finding.readers, ", "));
    for (const auto& fault : finding.faults) fmt::print("  ! {}\n", fault);
    for (const auto& remark : finding.remarks) fmt::print("  - {}\n", remark);
  }
}

}  // namespace

int examine_secrets(const SecretsOptions& options, const Configuration& configuration) {
  const auto findings = Doctor(configuration, options).examine();
  if (options.output == "json") {
    json::array out;
    for (const auto& finding : findings) out.push_back(to_json(finding));
    fmt::print("{}\n", json::serialize(out));
  } else {
    print_text(findings, are_secrets_in_folder(configuration));
  }
  return std::ranges::all_of(findings, &std::vector<std::string>::empty, &Finding::faults) ? 0 : 1;
}

}  // namespace assay::app
