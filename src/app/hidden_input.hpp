#pragma once

#include <string_view>

#include "base/sensitive.hpp"

namespace assay::app {

/// Asks on the terminal for a line that isn't shown while it is typed. A signal to stop leaves the terminal as it was.
SensitiveText ask_hidden(std::string_view prompt);

}  // namespace assay::app
