#include "app/patient_erase.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "app/api_session.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/reason.hpp"
#include "http/text.hpp"

namespace assay::app {

int erase_patient(const std::string& id, const std::string& reason, const std::string& url,
                  const std::filesystem::path& key_file) {
  if (const auto checked = check_reason(reason); !checked) throw Refusal(checked.error().detail);
  boost::asio::io_context context(1);
  const ProgressBar bar("erasing");
  ApiSession session(url, key_file, bar);
  http::Request request;
  request.method = http::Method::kPost;
  request.target = fmt::format("/patient/{}/erase", http::percent_encode(id));
  request.headers.set("Content-Type", "application/json");
  request.body = json::serialize(json::object{{"reason", reason}});
  auto sent = boost::asio::co_spawn(context, session.send(std::move(request)), boost::asio::use_future);
  context.run();
  const auto response = sent.get();
  if (response.status != 200) throw Refusal(reason_of(response));
  const auto answer = read_shape([&] { return json_of(response).as_object(); });
  fmt::print("Erased the patient and {} tests.\n",
             read_shape([&] { return answer.at("tests").to_number<std::uint64_t>(); }));
  if (!answer.contains("stillInFiles")) return 0;
  fmt::print(stderr,
             "assay: what was erased is still in the patients database's write-ahead log, since somebody reads it; it "
             "goes when they have ended\n");
  return 0;
}

}  // namespace assay::app
