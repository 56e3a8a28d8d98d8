#include "secrets/credential_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "base/error.hpp"

namespace assay::secrets {

namespace {

constexpr std::size_t kMaximumBytes = 64U << 10U;

void check_readers(const std::filesystem::path& file, FileReaders readers) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (error || !std::filesystem::is_regular_file(status)) {
    throw Refusal(fmt::format("{} can't be read: {}", file.string(), error ? error.message() : "it is no file"));
  }
  const auto everybody = status.permissions() & std::filesystem::perms::others_all;
  if (readers == FileReaders::kOwnerAndGroup && everybody != std::filesystem::perms::none) {
    throw Refusal(fmt::format("{0} can be read by everybody: chmod 600 {0}", file.string()));
  }
}

}  // namespace

SensitiveText read_credential_file(const std::filesystem::path& file, FileReaders readers) {
  check_readers(file, readers);
  std::ifstream in;
  // A buffer of the stream's own would not be wiped.
  in.rdbuf()->pubsetbuf(nullptr, 0);
  in.open(file, std::ios::binary);
  std::string text(kMaximumBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto size = static_cast<std::size_t>(in.gcount());
  const bool is_readable = in.is_open() && !in.bad();
  text.resize(size);
  const auto end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  SensitiveText credential(std::move(text));
  if (!is_readable) throw Refusal(fmt::format("{} can't be read", file.string()));
  if (size > kMaximumBytes) throw Refusal(fmt::format("{} is larger than 64 KiB", file.string()));
  if (credential.empty()) throw Refusal(fmt::format("{} is empty; put the credential into it", file.string()));
  return credential;
}

}  // namespace assay::secrets
