#include "app/operator_call.hpp"

#include <fmt/format.h>

#include "app/foundation.hpp"
#include "app/part_folder.hpp"
#include "app/parts.hpp"
#include "http/client.hpp"

namespace assay::app {

namespace {

http::Response call_stopped_gateway(const std::filesystem::path& data_directory, http::Request request) {
  Foundation foundation("command", 1);
  GatewayPart gateway(foundation, data_directory, nullptr, nullptr, [] { return false; });
  foundation.threads.start();
  foundation.wait_for(gateway.load());
  auto response = foundation.wait_for(gateway.operator_handler()(std::move(request)));
  foundation.threads.stop();
  return response;
}

}  // namespace

http::Response call_gateway(const std::filesystem::path& data_directory, http::Request request) {
  if (!std::filesystem::exists(PartFolder::database_of(data_directory, "gateway"))) {
    throw Refusal(fmt::format("there is no register in {}; assay serve makes one, --data-dir says where it is",
                              data_directory.string()));
  }
  if (!PartFolder::is_in_use(data_directory, "gateway")) {
    return call_stopped_gateway(data_directory, std::move(request));
  }
  const http::Client gateway(data_directory / "gateway" / PartFolder::kOperatorSocket);
  return http::send_and_wait(gateway, std::move(request));
}

}  // namespace assay::app
