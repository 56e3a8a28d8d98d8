#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Every statement that the patients' store runs; a test reads the plan of each.
enum class PatientsSql : std::uint8_t {
  kBegin,
  kPatientRow,
  kPatientById,
  kPatientByRow,
  kPatientsAfter,
  kTail,
  kLastRow,
  // One for each patients::Field, in its order, since a search reads several at a time; though birth dates
  // have indexes of their own.
  kFirstNameBlocks,
  kLastNameBlocks,
  kFullNameBlocks,
  kGenderBlocks,
  kDateOfBirthBlocks,
  kPostCodeBlocks,
  kInsuranceNumberBlocks,
  kPreferredContactNumberBlocks,
  kBirthDays,
  kBirthYears,
  kTestIds,
  kTestById,
  kIdempotency,
  kCarriedOut,
  kSettledBelow,
  kInsertPatient,
  kUpdatePatient,
  kInsertTail,
  kInsertTest,
  kReplacedValues,
  kForgetIdempotency,
  kDeleteTests,
  kDeletePatient,
  kDeleteTailOf,
  kInsertCarriedOut,
  kRaiseSettledBelow,
  kForgetSettled,
  kInsertIdempotency,
  kSweepIdempotency,
  kTailLength,
  kTailSlice,
  kDeleteTail,
  kTextEntry,
  kAddTextEntry,
  kPutTextEntry,
  kDeleteTextEntry,
  kBirthDayEntry,
  kAddBirthDayEntry,
  kPutBirthDayEntry,
  kDeleteBirthDayEntry,
  kBirthYearEntry,
  kAddBirthYearEntry,
  kPutBirthYearEntry,
  kDeleteBirthYearEntry,
  kCount,
};

inline constexpr std::size_t kPatientsSqlCount = static_cast<std::size_t>(PatientsSql::kCount);

std::string_view sql_text(PatientsSql sql);

/// A connection's prepared statements, each made when first used. Must be gone before the connection is.
class PatientsStatements {
 public:
  explicit PatientsStatements(Connection& connection) : connection_(&connection) {}

  Statement& operator[](PatientsSql sql);
  Connection& connection() { return *connection_; }

 private:
  Connection* connection_;
  std::array<std::optional<Statement>, kPatientsSqlCount> statements_;
};

/// While it lives all statements of the connection read the same state.
class ReadTransaction {
 public:
  explicit ReadTransaction(PatientsStatements& statements) : statements_(statements) {
    statements_[PatientsSql::kBegin].run();
  }
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  PatientsStatements& statements_;
};

}  // namespace assay::sqlite
