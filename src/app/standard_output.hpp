#pragma once

namespace assay::app {

/// Throws Refusal when not all that was printed could be written, as on a full disk.
void require_output_written();

}  // namespace assay::app
