#include "app/api_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <utility>

namespace assay::app {

ApiReader::ApiReader(const std::string& url, const std::filesystem::path& key_file, std::string label)
    : bar_(std::move(label)), session_(url, key_file, bar_) {
  thread_.start();
}

ApiReader::~ApiReader() { thread_.stop(); }

std::string ApiReader::get(const std::string& target) { return std::move(send(target).body); }

void ApiReader::read_pages(std::string target, const std::function<void(const json::value& page)>& take) {
  while (!target.empty()) {
    const auto answer = send(target);
    read_shape([&] { take(json_of(answer)); });
    target = next_page(answer, target);
  }
}

http::Response ApiReader::send(const std::string& target) {
  http::Request request;
  request.method = http::Method::kGet;
  request.target = target;
  auto answer = boost::asio::co_spawn(thread_.context(0), session_.send(std::move(request)), boost::asio::use_future);
  auto response = answer.get();
  if (response.status != 200) throw Refusal(reason_of(response));
  return response;
}

}  // namespace assay::app
