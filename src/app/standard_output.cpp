#include "app/standard_output.hpp"

#include <cstdio>
#include <iostream>

#include "base/error.hpp"

namespace assay::app {

void require_output_written() {
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout) return;
  throw Refusal("standard output can't be written; is the disk full?");
}

}  // namespace assay::app
