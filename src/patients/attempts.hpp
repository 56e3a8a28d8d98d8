#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/answer.hpp"
#include "patients/access_log.hpp"
#include "patients/intents.hpp"
#include "patients/store.hpp"

namespace assay::patients {

/// What is accessed and how, in the words of the contract's section 5.
struct Target {
  std::string_view resource_type;
  std::string_view operation;
  std::string resource_id;
  std::optional<Uuid> patient_id;
};

/// An access whose record is durable.
struct Attempt {
  Access access;
  Warrant warrant;
  std::optional<Intents::Ticket> ticket;  ///< of an attempt to write
};

/// How an attempt ended.
struct Ending {
  Result<http::Response> result;
  std::string_view outcome = {};                        ///< "not-found", …; empty when it succeeded
  std::optional<std::size_t> disclosed = std::nullopt;  ///< of a search: the patients that the answer shows
};

/// Names the record of an answer in it, and forbids caches to give the answer by themselves.
void name_record(http::Response& response, const Warrant& warrant, std::optional<std::size_t> disclosed = std::nullopt);

/// Audit before act: nothing is read or changed before the record of the attempt is durable, and an end
/// other than success has a record of its own. Safe from any I/O thread.
class Attempts {
 public:
  Attempts(AccessLog& access_log, const Clock& clock, Random& random)
      : access_log_(access_log), clock_(clock), random_(random) {}

  Access access_to(Target target, const http::Context& context);

  /// Records the accesses. When that fails, whatever the reason, a Problem 500: then nothing may be done.
  Awaitable<Result<std::vector<Attempt>>> begin(std::vector<Access> accesses);

  /// Notes the end; `outcome` is empty when the attempt succeeded.
  void end(Attempt attempt, std::string_view outcome);
  /// Notes the ends of attempts that began together.
  void end(std::vector<Attempt> attempts, const std::vector<std::string_view>& outcomes);

  /// Records the access, lets `act` do the work (a function from the Attempt to Awaitable<Ending>), notes
  /// its end and names the record in the answer. An exception of `act` ends the attempt as failed.
  template <class Act>
  Awaitable<Result<http::Response>> carry_out(Access access, bool as_problem_details, Act act) {
    auto begun = co_await begin(one(std::move(access)));
    if (!begun) co_return std::unexpected(std::move(begun.error()));
    auto& attempt = begun->front();
    std::optional<Ending> ending;
    std::exception_ptr failure;
    try {
      ending.emplace(co_await act(attempt));
    } catch (const OutcomeUnknown&) {
      throw;  // the next start finds out how it ended
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      end(std::move(attempt), "failed");
      std::rethrow_exception(failure);
    }
    co_return finish(std::move(attempt), std::move(*ending), as_problem_details);
  }

  /// Which attempts to write are still open.
  Intents& intents() { return intents_; }

 private:
  static std::vector<Access> one(Access access);
  void note_failure(const std::vector<Attempt>& attempts, bool may_be_recorded);
  End end_of(Access attempt, std::string_view outcome);
  Result<http::Response> finish(Attempt attempt, Ending ending, bool as_problem_details);

  AccessLog& access_log_;
  const Clock& clock_;
  Random& random_;
  Intents intents_;
};

}  // namespace assay::patients
