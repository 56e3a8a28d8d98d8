#include "app/startup_notice.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/private_file.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kExample =
    R"({"firstName":"Ada","lastName":"Lovelace","gender":"female","dateOfBirth":"1980-01-02","postCode":"1234"})";

std::string reachable(http::TcpAddress address) {
  if (address.host == "0.0.0.0") address.host = "127.0.0.1";
  if (address.host == "::") address.host = "::1";
  return "http://" + address.to_string();
}

/// `key` as the shell is to see it.
std::string first_request(const http::TcpAddress& address, std::string_view key) {
  return fmt::format(
      R"(curl -i -H "Ocp-Apim-Subscription-Key: {}" -H "Content-Type: application/json" -d '{}' {}/patient)", key,
      kExample, reachable(address));
}

std::string key_lines(const StartupNotice& notice, const SensitiveText& key) {
  if (::isatty(STDOUT_FILENO) == 1) {
    return fmt::format("Key        {}\n           shown only now; keep it\nTry        {}\n", key.reveal(),
                       first_request(notice.address, key.reveal()));
  }
  const auto file = notice.data_directory / "gateway" / "first-key";
  std::filesystem::remove(file);  // of a first start that was broken off
  write_private_file(file, std::string(key.reveal()) + "\n");
  return fmt::format("Key file   {}\nTry        {}\n", file.string(),
                     first_request(notice.address, fmt::format("$(cat '{}')", file.string())));
}

}  // namespace

void print_startup_notice(const StartupNotice& notice, const std::optional<SensitiveText>& first_key) {
  auto text = fmt::format("Assay {} ({})\nAPI        {}\nMetrics    {}\nData       {}\n", ASSAY_VERSION, notice.command,
                          "http://" + notice.address.to_string(), "http://" + notice.metrics_address.to_string(),
                          notice.data_directory.string());
  if (first_key) text += key_lines(notice, *first_key);
  text += "Ready\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace assay::app
