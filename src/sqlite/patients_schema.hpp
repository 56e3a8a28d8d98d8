#pragma once

#include <span>
#include <string_view>

namespace assay::sqlite {

/// Marks patients.db as ours: "Aspt".
inline constexpr int kPatientsApplicationId = 0x41737074;

/// What leads from each schema version of patients.db to the next.
std::span<const std::string_view> patients_migrations();

}  // namespace assay::sqlite
