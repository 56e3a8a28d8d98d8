#pragma once

#include <cstddef>

namespace assay::app {

/// Raises the limit of open files as far as this process may. Returns the limit.
std::size_t raise_limit_of_open_files();

/// How many of the connections that are wanted may be open at once where so many files may be: half of these at
/// most, since databases, health and the connections to other parts need theirs.
std::size_t connections_within(std::size_t open_files, std::size_t wanted);

}  // namespace assay::app
