#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "patients/store.hpp"
#include "patients/validation.hpp"

namespace assay::patients {

/// The documents that a body may hold.
inline constexpr std::size_t kLargestImport = 1000;

/// One line of an import.
struct ImportLine {
  std::size_t number = 0;  ///< from 1
  Result<ImportedLine> content;
};

/// Reads newline-delimited JSON; blank lines count but are left out. A line with a fault is kept with it. More
/// than kLargestImport documents are a Problem 400.
Result<std::vector<ImportLine>> read_import(std::string_view body);

/// What became of a line's documents, in words for the answer: they are stored together or not at all.
struct LineReport {
  std::size_t number = 0;
  std::string_view status;  ///< "created", "skipped" or "refused"
  std::string reason;       ///< of "refused"
};

LineReport report_on(std::size_t number, std::span<const ImportResult> results);

std::string to_json(const std::vector<LineReport>& reports);

}  // namespace assay::patients
