#pragma once

#include <vector>

#include "gateway/service.hpp"

namespace assay::app {

/// The files that the binary carries: the API's description and the page to read and try it.
std::vector<gateway::Asset> assets();

}  // namespace assay::app
