#include "app/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace assay::app {

std::size_t raise_limit_of_open_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

std::size_t connections_within(std::size_t open_files, std::size_t wanted) { return std::min(open_files / 2, wanted); }

}  // namespace assay::app
