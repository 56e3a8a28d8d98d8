#pragma once

namespace assay::http {

/// Starts libcurl up at the first call, with memory that is wiped when it is freed: requests and answers lie in its
/// buffers. Safe from any thread; throws Refusal when it can't be started.
void prepare_curl();

}  // namespace assay::http
