#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "sqlite/patients_statements.hpp"

namespace assay::sqlite {

/// A connection for reading, with its statements. For one call at a time.
class PatientsReader {
 public:
  explicit PatientsReader(const std::filesystem::path& file)
      : connection_(file, Access::kReadOnly), statements_(connection_) {}

  PatientsStatements& statements() { return statements_; }
  /// Whether no transaction is open, as must be between calls.
  bool is_idle() const;

 private:
  Connection connection_;
  PatientsStatements statements_;
};

/// Readers that wait for a call. There are at most as many as threads that read at the same time. Safe from
/// any thread.
class PatientsReaders {
 public:
  explicit PatientsReaders(std::filesystem::path file) : file_(std::move(file)) {}

  /// Runs `read(PatientsStatements&)` on a reader of its own and returns its result.
  template <class Read>
  auto run(Read read) {
    const Lease lease(*this);
    return read(lease.reader->statements());
  }

 private:
  struct Lease {
    explicit Lease(PatientsReaders& readers) : owner(readers), reader(readers.take()) {}
    ~Lease() { owner.give_back(std::move(reader)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    PatientsReaders& owner;
    std::unique_ptr<PatientsReader> reader;
  };

  std::unique_ptr<PatientsReader> take();
  void give_back(std::unique_ptr<PatientsReader> reader);

  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<PatientsReader>> idle_;
};

}  // namespace assay::sqlite
