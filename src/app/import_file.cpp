#include "app/import_file.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

std::expected<json::object, std::string> content_of(std::string_view text) {
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
  return file.extension() == ".csv" ? ImportFormat::kCsv : ImportFormat::kNdjson;
}

ImportReader::ImportReader(const std::filesystem::path& file, ImportFormat format)
    : input_(file, std::ios::binary), format_(format) {
  std::error_code error;
  bytes_total_ = std::filesystem::file_size(file, error);
  if (!input_ || error) throw Refusal(fmt::format("the file {} can't be read", file.string()));
  if (format_ != ImportFormat::kCsv) return;
  auto header = read_record();
  if (!header) throw Refusal(fmt::format("{} has no header row", file.string()));
  if (header->front().starts_with(kByteOrderMark)) header->front().erase(0, kByteOrderMark.size());
  header_ = std::move(*header);
}

std::optional<ImportLine> ImportReader::next() { return format_ == ImportFormat::kCsv ? next_row() : next_object(); }

double ImportReader::progress() const {
  return bytes_total_ == 0 ? 1.0 : static_cast<double>(bytes_read_) / static_cast<double>(bytes_total_);
}

std::optional<ImportLine> ImportReader::next_object() {
  std::string text;
  while (std::getline(input_, text)) {
    ++line_number_;
    bytes_read_ += text.size() + 1;
    if (is_blank(text)) continue;
    auto content = content_of(text);
    return ImportLine{.number = line_number_, .text = std::move(text), .content = std::move(content)};
  }
  return std::nullopt;
}

std::optional<ImportLine> ImportReader::next_row() {
  auto cells = read_record();
  if (!cells) return std::nullopt;
  ImportLine line{.number = line_number_, .text = {}, .content = json::object()};
  if (cells->size() != header_.size()) {
    line.content = std::unexpected(fmt::format("The row has {} cells, the header {}.", cells->size(), header_.size()));
    return line;
  }
  json::object patient;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (!(*cells)[i].empty()) patient[header_[i]] = (*cells)[i];
  }
  line.content = json::object{{"patient", std::move(patient)}};
  line.text = json::serialize(*line.content);
  return line;
}

std::optional<std::vector<std::string>> ImportReader::read_record() {
  std::string text;
  do {
    if (!std::getline(input_, text)) return std::nullopt;
    ++line_number_;
    bytes_read_ += text.size() + 1;
  } while (is_blank(text));
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0;; ++i) {
    if (i == text.size()) {
      std::string more;
      if (!quoted || !std::getline(input_, more)) return cells;
      ++line_number_;
      bytes_read_ += more.size() + 1;
      cells.back() += '\n';
      text = std::move(more);
      i = static_cast<std::size_t>(-1);
      continue;
    }
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

}  // namespace assay::app
