#include "app/import_file.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "http/text.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kUnclosedQuote = "a quotation mark is not closed";

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

std::expected<json::object, std::string> content_of_text(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed)
    return std::unexpected(parsed.error() == JsonFault::kMalformed ? "The line is no JSON."
                                                                   : std::string(describe(parsed.error())));
  auto* object = parsed->if_object();
  if (object == nullptr) return std::unexpected("The line is no JSON object.");
  for (const auto& member : *object) {
    if (member.key() != "patient" && member.key() != "tests") {
      return std::unexpected(fmt::format("\"{}\" is not allowed", std::string_view(member.key())));
    }
  }
  if (object->empty()) return std::unexpected("\"patient\" is required");
  const auto* tests = object->if_contains("tests");
  if (tests != nullptr && !tests->is_array()) return std::unexpected("\"tests\" must be an array");
  return std::move(*object);
}

}  // namespace

ImportFormat format_of(const std::filesystem::path& file) {
  return http::equal_ignoring_case(file.extension().string(), ".csv") ? ImportFormat::kCsv : ImportFormat::kNdjson;
}

ImportReader::ImportReader(const std::filesystem::path& file, ImportFormat format)
    : input_(file, std::ios::binary), format_(format) {
  std::error_code error;
  bytes_total_ = std::filesystem::file_size(file, error);
  if (!input_ || error) throw Refusal(fmt::format("the file {} can't be read", file.string()));
  if (format_ != ImportFormat::kCsv) return;
  auto header = read_record();
  if (!header) throw Refusal(fmt::format("{} has no header row", file.string()));
  if (header->quoted) throw Refusal(fmt::format("{}: line {}: {}", file.string(), header->number, kUnclosedQuote));
  auto& first = header->cells.front();
  if (first.starts_with(kByteOrderMark)) first.erase(0, kByteOrderMark.size());
  header_ = std::move(header->cells);
}

std::optional<ImportLine> ImportReader::next() {
  auto line = format_ == ImportFormat::kCsv ? next_row() : next_object();
  if (line) line->key = key_of(line->text);
  return line;
}

double ImportReader::progress() const {
  return bytes_total_ == 0 ? 1.0 : static_cast<double>(bytes_read_) / static_cast<double>(bytes_total_);
}

bool ImportReader::read_line(std::string& text) {
  if (!std::getline(input_, text)) return false;
  ++line_number_;
  bytes_read_ += text.size() + 1;
  return true;
}

std::optional<ImportLine> ImportReader::next_object() {
  std::string text;
  while (read_line(text)) {
    if (is_blank(text)) continue;
    auto content = content_of_text(text);
    return ImportLine{.number = line_number_, .text = std::move(text), .content = std::move(content)};
  }
  return std::nullopt;
}

std::optional<ImportLine> ImportReader::next_row() {
  const auto record = read_record();
  if (!record) return std::nullopt;
  ImportLine line{.number = record->number, .text = {}, .content = content_of(*record)};
  if (line.content) line.text = json::serialize(*line.content);
  return line;
}

std::expected<json::object, std::string> ImportReader::content_of(const Record& record) const {
  const auto& cells = record.cells;
  if (record.quoted) return std::unexpected(fmt::format("{}; what follows it is not read", kUnclosedQuote));
  if (cells.size() != header_.size()) {
    return std::unexpected(fmt::format("The row has {} cells, the header {}.", cells.size(), header_.size()));
  }
  json::object patient;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (!cells[i].empty()) patient[header_[i]] = cells[i];
  }
  return json::object{{"patient", std::move(patient)}};
}

std::optional<ImportReader::Record> ImportReader::read_record() {
  std::string text;
  do {
    if (!read_line(text)) return std::nullopt;
  } while (is_blank(text));
  Record record{.number = line_number_};
  add_cells(text, record);
  while (record.quoted && read_line(text)) {
    record.cells.back() += '\n';
    add_cells(text, record);
  }
  return record;
}

void ImportReader::add_cells(std::string_view text, Record& record) {
  auto& [number, cells, quoted] = record;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      cells.back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r' || quoted || i + 1 != text.size()) {
      cells.back() += c;
    }
  }
}

std::string ImportReader::key_of(std::string_view text) {
  const auto occurrence = occurrences_[std::hash<std::string_view>()(text)]++;
  return fmt::format("{}-{}", to_hex(sha256(text)), occurrence);
}

}  // namespace assay::app
