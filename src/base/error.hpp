#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <stdexcept>
#include <string>

namespace assay {

/// A fault that can happen by design, told twice: to the client and to the operator.
struct Problem {
  /// HTTP status code that answers it (RFC 9110 section 15).
  int status = 500;
  /// The sentence the client reads; never tells anything of the inside.
  std::string detail;
  /// The inner reason, for the log only; never patient data or a secret. May be empty.
  std::string reason = {};
  /// When set, the answer carries Retry-After.
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

template <class T>
using Result = std::expected<T, Problem>;

inline std::unexpected<Problem> fail(int status, std::string detail, std::string reason = {}) {
  return std::unexpected(Problem{.status = status, .detail = std::move(detail), .reason = std::move(reason)});
}

/// Thrown when something that the program depends on (a disk, a store, another part) can't do its
/// work now; answered 503. The text is for the log.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown when it is not known whether the work was done: the disk or the other part failed in the middle of it.
class OutcomeUnknown : public Unavailable {
 public:
  using Unavailable::Unavailable;
};

/// Thrown when another part's answer is larger than can be taken: asking again would not help.
class AnswerTooLarge : public Unavailable {
 public:
  using Unavailable::Unavailable;
};

/// Thrown when the program can't start or a command can't be carried out; the text is one sentence
/// for the operator that names the file or setting and the remedy.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace assay
