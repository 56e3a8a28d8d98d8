#pragma once

#include <string>

#include "base/sensitive.hpp"

namespace assay::app {

/// A value that an operator gives: from the file where one is named, else asked for twice on the terminal, or read from
/// standard input. Throws Refusal for one that no part could read.
SensitiveText read_secret_value(const std::string& name, const std::string& file);

/// Asks for the same thing twice. Throws Refusal when the answers differ.
SensitiveText ask_twice(const std::string& prompt);

}  // namespace assay::app
