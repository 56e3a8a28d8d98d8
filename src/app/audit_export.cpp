#include "app/audit_export.hpp"

#include <fmt/format.h>

#include <functional>
#include <iostream>

#include "app/api_reader.hpp"
#include "app/csv_row.hpp"
#include "app/import_file.hpp"
#include "app/record_texts.hpp"
#include "app/unfinished_file.hpp"
#include "base/error.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kFirstPage = "/audit?limit=1000";

using Line = std::string (*)(const json::value& entry);

std::string header_row() {
  return csv_row({"index", "id", "erased", "createdDate", "actorKind", "actorId", "actorName", "onBehalfOf",
                  "purposeOfUse", "resourceType", "operation", "resourceId", "patientId", "patientSequence", "outcome",
                  "outcomeOf", "partOf", "operationId", "sourceSystemName"});
}

std::string number_at(const json::object& object, std::string_view name) {
  const auto* number = object.if_contains(name);
  return number == nullptr ? "" : json::serialize(*number);
}

std::string to_row(const json::value& entry) {
  const auto& object = entry.as_object();
  const auto index = number_at(object, "index");
  const auto* record = object.if_contains("record");
  if (record == nullptr) {
    return csv_row(
        {index, text_at(entry, {"id"}), "true", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""});
  }
  const auto text = [record](std::initializer_list<std::string_view> path) { return text_at(*record, path); };
  return csv_row({index, text({"id"}), "", text({"createdDate"}), text({"actor", "kind"}), text({"actor", "id"}),
                  text({"actor", "name"}), text({"asserted", "onBehalfOf"}), text({"asserted", "purposeOfUse"}),
                  text({"resource", "type"}), text({"resource", "operation"}), text({"resource", "id"}),
                  text({"patientId"}), number_at(record->as_object(), "patientSequence"), text({"outcome"}),
                  text({"outcomeOf"}), text({"partOf"}), text({"operationId"}), text({"sourceSystemName"})});
}

std::string to_line(const json::value& entry) { return json::serialize(entry) + "\n"; }

std::string first_page(const AuditExport& options) {
  std::string target(kFirstPage);
  const auto add = [&target](std::string_view name, const std::string& value) {
    if (!value.empty()) target += fmt::format("&{}={}", name, http::percent_encode(value));
  };
  add("patientId", options.patient);
  add("actor", options.actor);
  add("operation", options.operation);
  add("from", options.from);
  add("to", options.to);
  return target;
}

bool is_csv(const AuditExport& options) {
  if (options.format.empty()) return format_of(options.file) == ImportFormat::kCsv;
  return options.format == "csv";
}

std::size_t write_records(const AuditExport& options, ApiReader& reader, std::ostream& output) {
  const Line line = is_csv(options) ? &to_row : &to_line;
  if (line == &to_row) output << header_row();
  std::size_t written = 0;
  reader.read_pages(first_page(options), [&](const json::value& page) {
    for (const auto& entry : page.at("records").as_array()) {
      output << line(entry);
      reader.bar().count(++written, "records");
    }
  });
  return written;
}

}  // namespace

int export_audit(const AuditExport& options) {
  ApiReader reader(options.url, options.key_file, "Exporting");
  if (options.file == "-") {
    write_records(options, reader, std::cout);
    if (!std::cout.flush()) throw Refusal("standard output can't be written");
    return 0;
  }
  UnfinishedFile file(options.file);
  const auto written = write_records(options, reader, file.output());
  file.finish();
  reader.bar().clear();
  fmt::print("{}: {} records\n", options.file.string(), written);
  return 0;
}

}  // namespace assay::app
