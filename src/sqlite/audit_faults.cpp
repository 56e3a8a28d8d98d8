#include "sqlite/audit_faults.hpp"

#include <utility>

namespace assay::sqlite {

void AuditFaults::note(std::uint64_t index, std::string sentence) {
  if (!is_full()) faults_.emplace(index, std::move(sentence));
}

std::vector<std::string> AuditFaults::release() && {
  std::vector<std::string> sentences;
  sentences.reserve(faults_.size());
  for (auto& [index, sentence] : faults_) sentences.push_back(std::move(sentence));
  return sentences;
}

}  // namespace assay::sqlite
