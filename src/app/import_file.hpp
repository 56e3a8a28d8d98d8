#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.hpp"

namespace assay::app {

enum class ImportFormat { kNdjson, kCsv };

/// The format that the file's name ends in: .csv in whatever case, else NDJSON.
ImportFormat format_of(const std::filesystem::path& file);

/// A line of an import: a patient and its tests, as the file has it.
struct ImportLine {
  std::size_t number = 0;  ///< from 1, as an editor shows it; of the first where a row goes over several
  std::string text;        ///< the line as the file has it
  /// {"patient": {…}, "tests": […]}, one of them at least, or the sentence that says what is wrong with it.
  std::expected<json::object, std::string> content;
  std::string key = {};  ///< identifies the line by its text, and among equal lines of the file by how many are before
};

/// Reads an import file line by line. For one thread at a time.
class ImportReader {
 public:
  /// Throws Refusal when the file can't be read or a CSV file has no header row.
  ImportReader(const std::filesystem::path& file, ImportFormat format);

  /// The next line that isn't blank; nothing at the end.
  std::optional<ImportLine> next();

  /// How much of the file was read, from 0 to 1.
  double progress() const;

 private:
  /// A CSV record (RFC 4180), which may go over several lines.
  struct Record {
    std::size_t number = 0;  ///< of its first line
    std::vector<std::string> cells = {""};
    bool quoted = false;  ///< whether a quotation mark is open at its end
  };

  bool read_line(std::string& text);
  std::optional<ImportLine> next_object();
  std::optional<ImportLine> next_row();
  std::expected<json::object, std::string> content_of(const Record& record) const;
  /// Nothing at the end.
  std::optional<Record> read_record();
  static void add_cells(std::string_view text, Record& record);
  std::string key_of(std::string_view text);

  std::ifstream input_;
  ImportFormat format_;
  std::size_t line_number_ = 0;
  std::size_t bytes_read_ = 0;
  std::size_t bytes_total_ = 0;
  std::vector<std::string> header_;
  std::unordered_map<std::size_t, std::size_t> occurrences_;  ///< of texts, by their hash
};

}  // namespace assay::app
