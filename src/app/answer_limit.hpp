#pragma once

#include <cstddef>

namespace assay::app {

/// What a client of the patients' routes takes, in bytes: a patient's tests are answered whole, and one who may write
/// them must not be able to make them unreadable.
inline constexpr std::size_t kLargestAnswer = std::size_t{1} << 30U;

}  // namespace assay::app
