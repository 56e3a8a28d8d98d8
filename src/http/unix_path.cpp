#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cstring>

#include "http/listener.hpp"

namespace assay::http {

UnixPath::UnixPath(const std::filesystem::path& path) : name_(path.filename().string()) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  folder_ = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder_ < 0) {
    throw Refusal(
        fmt::format("the folder {} of the socket can't be opened: {}", folder.string(), std::strerror(errno)));
  }
}

UnixPath::~UnixPath() { ::close(folder_); }

Endpoint UnixPath::endpoint() const {
  return boost::asio::local::stream_protocol::endpoint(fmt::format("/proc/self/fd/{}/{}", folder_, name_));
}

void UnixPath::remove() const { ::unlinkat(folder_, name_.c_str(), 0); }

}  // namespace assay::http
