#include "app/api_session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "app/answer_limit.hpp"
#include "app/hidden_input.hpp"
#include "app/input_file.hpp"
#include "app/terminal_text.hpp"

namespace assay::app {

namespace {

constexpr int kAttempts = 8;
constexpr std::chrono::milliseconds kFirstDelay{250};

SensitiveText ask_for_key() {
  if (::isatty(STDIN_FILENO) == 0) {
    throw Refusal("a subscription key is needed: --key-file FILE names a file that holds one");
  }
  return ask_hidden("Subscription key");
}

bool is_passing(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 409;
}

}  // namespace

SensitiveText read_subscription_key(const std::filesystem::path& file) {
  auto key = read_input_file(file);
  key.resize(std::min(key.find('\n'), key.size()));
  if (key.empty()) throw Refusal(fmt::format("the file {} holds no key", file.string()));
  return SensitiveText(std::move(key));
}

ApiSession::ApiSession(const std::string& url, const std::filesystem::path& key_file, const ProgressBar& bar)
    : url_(url),
      client_(url, {.response_bytes = kLargestAnswer}),
      key_(key_file.empty() ? ask_for_key() : read_subscription_key(key_file)),
      bar_(bar) {}

Awaitable<http::Response> ApiSession::send(http::Request request) {
  request.headers.set("Ocp-Apim-Subscription-Key", key_.reveal());
  Timer timer(co_await boost::asio::this_coro::executor);
  auto delay = kFirstDelay;
  std::string last_fault;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) {
      say_waiting(last_fault);
      timer.expires_after(delay);
      co_await timer.async_wait(use_awaitable);
      delay *= 2;
    }
    try {
      auto response = co_await client_.send(request);
      if (response.status == 401 || response.status == 403) throw Refusal(reason_of(response));
      if (!is_passing(response.status)) co_return response;
      last_fault = reason_of(response);
    } catch (const AnswerTooLarge&) {
      throw;  // each repeat would be recorded as another access
    } catch (const Unavailable& error) {
      last_fault = error.what();
    }
  }
  throw Unavailable("the register does not answer: " + last_fault);
}

void ApiSession::say_waiting(const std::string& fault) {
  if (std::exchange(said_waiting_, true)) return;
  bar_.clear();
  fmt::print(stderr, "waiting for {}: {}\n", url_, fault);
}

std::string next_page(const http::Response& response, std::string_view current) {
  const auto link = response.headers.find("Link");
  if (!link || !link->starts_with('<')) return "";
  auto next = std::string(link->substr(1, link->find('>') - 1));
  if (next == current) throw Refusal("the register names a page as the one that follows it; is it in order?");
  return next;
}

Refusal unreadable_answer() { return Refusal("the register's answer can't be read; is it of another version?"); }

json::value json_of(const http::Response& response) {
  auto parsed = parse_json(response.body);
  if (!parsed) throw unreadable_answer();
  return std::move(*parsed);
}

std::string reason_of(const http::Response& response) {
  const auto parsed = parse_json(response.body);
  if (parsed && parsed->is_string()) return for_terminal(parsed->get_string());
  const auto* message = parsed && parsed->is_object() ? parsed->get_object().if_contains("message") : nullptr;
  if (message != nullptr && message->is_string()) return for_terminal(message->get_string());
  return fmt::format("status {}", response.status);
}

}  // namespace assay::app
