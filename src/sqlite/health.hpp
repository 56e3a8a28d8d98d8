#pragma once

namespace assay::sqlite {

enum class Health { kReady, kDegraded, kFailed };

}  // namespace assay::sqlite
