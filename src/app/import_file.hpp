#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace assay::app {

enum class ImportFormat { kNdjson, kCsv };

/// The format that the file's name ends in: .csv, else NDJSON.
ImportFormat format_of(const std::filesystem::path& file);

/// A line of an import: a patient and its tests, as the file has it.
struct ImportLine {
  std::size_t number = 0;  ///< from 1, as an editor shows it
  std::string text;        ///< the line as the file has it
  /// {"patient": {…}, "tests": […]}, one of them at least, or the sentence that says what is wrong with it.
  std::expected<json::object, std::string> content;
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
  std::optional<ImportLine> next_object();
  std::optional<ImportLine> next_row();
  /// A CSV record's cells (RFC 4180), which may go over several lines; nothing at the end.
  std::optional<std::vector<std::string>> read_record();

  std::ifstream input_;
  ImportFormat format_;
  std::size_t line_number_ = 0;
  std::size_t bytes_read_ = 0;
  std::size_t bytes_total_ = 0;
  std::vector<std::string> header_;
};

}  // namespace assay::app
