#include "app/audit_report.hpp"

#include <fmt/format.h>

#include "app/access_report.hpp"
#include "app/api_reader.hpp"
#include "app/api_session.hpp"
#include "base/error.hpp"
#include "base/private_file.hpp"
#include "base/uuid.hpp"
#include "http/message.hpp"

namespace assay::app {

namespace {

/// The accesses as the register tells them, and what the report makes of them.
struct Told {
  json::array accesses;
  AccessReport report;
};

Told read_accesses(ApiReader& reader, const std::string& patient) {
  Told told;
  const auto target = fmt::format("/patient/{}/accesses?limit=1000", http::percent_encode(patient));
  reader.read_pages(target, [&](const json::value& page) {
    // Later pages go on with what the first one counted; their own checkpoints are newer.
    if (told.accesses.empty()) {
      told.report.patient_id = page.at("patientId").as_string();
      told.report.count = json::value_to<std::uint64_t>(page.at("count"));
      told.report.checkpoint = page.at("checkpoint").as_string();
    }
    for (const auto& access : page.at("accesses").as_array()) {
      told.accesses.push_back(access);
      told.report.accesses.push_back(to_reported(access.as_object()));
      reader.bar().count(told.accesses.size(), "accesses");
    }
  });
  if (told.report.patient_id != patient) throw unreadable_answer();
  told.report.log = to_reported_log(told.report.checkpoint);
  require_complete(told.report);
  return told;
}

/// Ids compare as text: one in upper case would be nobody's.
void require_lower_case(const std::string& patient) {
  if (!is_uuid(patient) || Uuid::parse(patient)) return;
  throw Refusal(fmt::format("{} is no patient's id: ids are in lower case", patient));
}

/// Beside the report stand files of the proofs then.
void fetch_proofs(ApiReader& reader, const std::filesystem::path& folder, AccessReport& report) {
  if (!std::filesystem::create_directory(folder)) {
    throw Refusal(fmt::format("{} exists; the proofs go into a new folder", folder.string()));
  }
  const auto name = (folder.has_filename() ? folder : folder.parent_path()).filename();
  for (auto& access : report.accesses) {
    if (access.is_erased) continue;
    const auto file = fmt::format("{:06}-{}.tlog-proof", access.number, access.record_id);
    write_private_file(folder / file, reader.get(access.proof));
    access.proof = (name / file).string();
    access.link = fmt::format("{}/{}", http::percent_encode(name.string()), file);
    reader.bar().count(access.number, "proofs");
  }
  write_private_file(folder / "checkpoint", report.checkpoint);
}

void name_register(AccessReport& report, std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  for (auto& access : report.accesses) {
    if (access.is_erased) continue;
    access.proof.insert(0, url);
    access.link = access.proof;
  }
}

std::string to_json(const Told& told) {
  return json::serialize(json::value{{"patientId", told.report.patient_id},
                                     {"count", told.report.count},
                                     {"checkpoint", told.report.checkpoint},
                                     {"accesses", told.accesses}}) +
         "\n";
}

}  // namespace

int report_accesses(const AuditReport& options) {
  require_lower_case(options.patient);
  ApiReader reader(options.url, options.key_file, "Reading");
  auto told = read_accesses(reader, options.patient);
  options.proofs.empty() ? name_register(told.report, options.url) : fetch_proofs(reader, options.proofs, told.report);
  reader.bar().clear();
  join_endings(told.report);
  if (options.output == "json") {
    fmt::print("{}", to_json(told));
  } else {
    fmt::print("{}", options.output == "html" ? to_html(told.report) : to_text(told.report));
  }
  return 0;
}

}  // namespace assay::app
