#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace assay::sqlite {

/// What an examination found wrong: a sentence, and the index of the record where it begins.
struct AuditFault {
  std::uint64_t index = 0;
  std::string sentence;
};

/// The faults of one examination, at most a hundred of them.
class AuditFaults {
 public:
  static constexpr std::size_t kMaximum = 100;

  bool is_full() const { return faults_.size() >= kMaximum; }

  void note(std::uint64_t index, std::string sentence);

  /// The sentences in the order of the records; those about one record as they were noted.
  std::vector<std::string> release() &&;

 private:
  std::multimap<std::uint64_t, std::string> faults_;
};

}  // namespace assay::sqlite
