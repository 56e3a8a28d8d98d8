#include "sqlite/patients_reader.hpp"

#include <sqlite3.h>

#include <utility>

namespace assay::sqlite {

bool PatientsReader::is_idle() const { return sqlite3_get_autocommit(connection_.handle()) != 0; }

std::unique_ptr<PatientsReader> PatientsReaders::take() {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  return std::make_unique<PatientsReader>(file_);
}

void PatientsReaders::give_back(std::unique_ptr<PatientsReader> reader) {
  // A transaction that a failed read left open would hold back every checkpoint.
  if (!reader->is_idle()) return;
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(reader));
}

}  // namespace assay::sqlite
