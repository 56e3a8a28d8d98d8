#include "sqlite/audit_disclosures_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::sqlite {

AuditDisclosuresCheck::AuditDisclosuresCheck(const Connection& connection, AuditFaults& faults)
    : faults_(faults), runs_(connection.prepare("SELECT search, first, count FROM disclosure ORDER BY first")) {
  advance();
}

void AuditDisclosuresCheck::advance() {
  run_.reset();
  if (!runs_.step()) return;
  Run run{.whole = {},
          .begin = static_cast<std::uint64_t>(runs_.integer(1)),
          .end = static_cast<std::uint64_t>(runs_.integer(1) + runs_.integer(2))};
  const auto search = runs_.blob(0);
  if (search.size() == run.whole.bytes.size()) std::ranges::copy(search, run.whole.bytes.begin());
  run_ = run;
}

void AuditDisclosuresCheck::close_run(const IndexRuns& erased) {
  const bool is_run = run_->begin < run_->end;
  if (!is_run || run_->parts + erased.count_in(run_->begin, run_->end) != run_->end - run_->begin) {
    faults_.note(run_->begin,
                 fmt::format("Records {} to {} are noted as parts of another, but are not all parts of it.",
                             run_->begin, run_->end - 1));
  }
  advance();
}

void AuditDisclosuresCheck::add(const RecordPart& part, const IndexRuns& erased) {
  while (run_ && run_->end <= part.index && !faults_.is_full()) close_run(erased);
  if (run_ && run_->begin <= part.index && run_->whole == part.whole) {
    ++run_->parts;
  } else {
    faults_.note(part.index, fmt::format("Record {} is part of another, but is not noted as such.", part.index));
  }
}

void AuditDisclosuresCheck::finish(const IndexRuns& erased) {
  while (run_ && !faults_.is_full()) close_run(erased);
}

}  // namespace assay::sqlite
