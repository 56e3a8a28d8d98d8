#include "app/audit_erase.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "app/backup.hpp"
#include "app/operator_call.hpp"
#include "app/part_folder.hpp"
#include "app/person.hpp"
#include "audit/erasure.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/reason.hpp"
#include "sqlite/records_of_person.hpp"

namespace assay::app {

namespace {

using Indexes = std::vector<std::uint64_t>;

/// What is to be erased; each group has records of erasure of its own.
struct Found {
  Indexes own;     ///< records of the patient, whose erasure is the patient's next record
  Indexes others;  ///< searches and claims
};

struct Total {
  std::uint64_t erased = 0;
  std::uint64_t already = 0;
  bool is_out_of_the_files = true;
};

Uuid id_of(const std::string& text, std::string_view flag) {
  const auto id = Uuid::parse(text);
  if (!id) throw Refusal(fmt::format("{} must be a UUID in lower case", flag));
  return *id;
}

Found find(const std::filesystem::path& data_directory, const AuditEraseOptions& options) {
  const auto database = PartFolder::database_of(data_directory, "audit");
  if (!options.record.empty()) {
    const auto record = sqlite::find_record(database, id_of(options.record, "--record"));
    if (!record) throw Refusal(fmt::format("there is no audit record {}", options.record));
    return {.own = {record->index}, .others = {}};
  }
  const auto id = id_of(options.patient, "--patient");
  const Person person(id, data_directory, options.person_file);
  if (!person.is_known()) {
    fmt::print(stderr,
               "assay: the patients database here doesn't have {}: of the searches only those by the id are found; "
               "--person FILE names a document of the person\n",
               options.patient);
  }
  Found found;
  sqlite::for_each_record_of(database, id, [&](std::uint64_t index, const audit::NewRecord& record) {
    if (person.is_told_of_by(record)) (person.is_patient_of(record) ? found.own : found.others).push_back(index);
  });
  return found;
}

void confirm(const Found& found) {
  if (::isatty(STDIN_FILENO) == 0) throw Refusal("nothing is erased without --yes where nobody can be asked");
  fmt::print("The content of {} records of the patient and of {} others will be destroyed. Erase them? [y/N] ",
             found.own.size(), found.others.size());
  std::cout.flush();
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "yes") throw Refusal("nothing was erased");
}

/// Erases a group a batch at a time, and prints the record of each erasure.
void erase(const std::filesystem::path& data_directory, const std::string& reason, const Indexes& indexes,
           Total& total) {
  for (auto first = indexes.begin(); first != indexes.end();) {
    const auto count = std::min<std::ptrdiff_t>(indexes.end() - first, audit::kMaximumErasedRecords);
    http::Request request;
    request.method = http::Method::kPost;
    request.target = "/erasures";
    request.body = json::serialize(json::object{{"indexes", json::array(first, first + count)}, {"reason", reason}});
    const auto answer = answer_of("audit", call_audit(data_directory, request));
    first += count;
    total.erased += answer.at("erased").to_number<std::uint64_t>();
    total.already += answer.at("alreadyErased").to_number<std::uint64_t>();
    total.is_out_of_the_files = answer.at("isOutOfTheFiles").as_bool();
    const auto* record = answer.as_object().if_contains("record");
    if (record == nullptr) continue;
    fmt::print("Recorded  {}, index {}\n", std::string_view(record->at("id").as_string()),
               record->at("index").to_number<std::uint64_t>());
  }
}

}  // namespace

int erase_audit_records(const std::filesystem::path& data_directory, const AuditEraseOptions& options) {
  refuse_half_restored(data_directory);
  if (!std::filesystem::exists(PartFolder::database_of(data_directory, "audit"))) {
    throw Refusal(fmt::format("there is no audit register in {}", data_directory.string()));
  }
  const auto reason = check_reason(options.reason);
  if (!reason) throw Refusal(reason.error().detail);
  const auto found = find(data_directory, options);
  if (found.own.empty() && found.others.empty()) {
    fmt::print("No record tells of {}.\n", options.patient);
    return 0;
  }
  if (!options.is_confirmed) confirm(found);
  Total total;
  erase(data_directory, *reason, found.own, total);
  erase(data_directory, *reason, found.others, total);
  fmt::print("Erased    {} records", total.erased);
  if (total.already > 0) fmt::print("; {} had been erased before", total.already);
  fmt::print("\n");
  if (total.is_out_of_the_files) return 0;
  fmt::print(stderr,
             "assay: what was erased is still in the write-ahead log, since somebody reads the database; it goes when "
             "they have ended\n");
  return 0;
}

}  // namespace assay::app
