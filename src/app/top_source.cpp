#include "app/top_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <utility>

#include "app/check.hpp"
#include "app/operator_door.hpp"
#include "app/part_folder.hpp"
#include "base/error.hpp"

namespace assay::app {

namespace {

constexpr http::ClientLimits kLimits{.connect_timeout = std::chrono::seconds(1),
                                     .response_timeout = std::chrono::seconds(2)};
constexpr int kOk = 200;

double seconds_of(Timestamp moment) { return std::chrono::duration<double>(moment.time_since_epoch()).count(); }

std::string authority_of(const std::string& url) {
  const auto scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(scheme + 3);
}

}  // namespace

TopSources::TopSources(const TopPlaces& places) {
  if (places.data_directory) {
    for (const auto part : kPartsInSnapshotOrder) {
      if (!std::filesystem::exists(PartFolder::database_of(*places.data_directory, part))) continue;
      add(std::string(part),
          std::make_unique<http::Client>(*places.data_directory / part / PartFolder::kOperatorSocket, kLimits));
    }
    if (sources_.empty()) throw Refusal(fmt::format("there is no register in {}", places.data_directory->string()));
  }
  for (auto url : places.metrics_urls) {
    constexpr std::string_view kPath = "/metrics";
    if (url.ends_with(kPath)) url.resize(url.size() - kPath.size());
    add(authority_of(url), std::make_unique<http::Client>(url, kLimits));
  }
  thread_.start();
}

TopSources::~TopSources() { thread_.stop(); }

void TopSources::add(std::string name, std::unique_ptr<http::Client> client) {
  sources_.push_back({.name = std::move(name),
                      .client = std::move(client),
                      .trouble = {},
                      .process = {},
                      .before = std::nullopt,
                      .now = std::nullopt});
}

Awaitable<void> TopSources::ask(Source* source) const {
  source->trouble.clear();
  source->before = std::exchange(source->now, std::nullopt);
  http::Request request;
  request.target = "/metrics";
  try {
    const auto response = co_await source->client->send(std::move(request));
    if (response.status != kOk) {
      source->trouble = fmt::format("answered {}", response.status);
      co_return;
    }
    source->process = response.headers.find(kProcessHeader).value_or("");
    source->now = MetricsReading{.seconds = seconds_of(clock_.now()), .samples = parse_metrics(response.body)};
    if (source->now->samples.empty()) source->trouble = "its answer has no metrics";
  } catch (const OutcomeUnknown&) {
    source->trouble = "does not answer";
  } catch (const Unavailable&) {
    source->trouble = "can't be reached";
  }
}

std::vector<TopProcess> TopSources::look() {
  std::vector<std::future<void>> asked;
  asked.reserve(sources_.size());
  for (auto& source : sources_) {
    asked.push_back(boost::asio::co_spawn(thread_.context(0), ask(&source), boost::asio::use_future));
  }
  for (auto& each : asked) each.get();
  std::vector<TopProcess> processes;
  std::vector<std::string> known;
  for (const auto& source : sources_) {
    // Parts of one process all tell the same.
    if (source.now && !source.process.empty() && std::ranges::find(known, source.process) != known.end()) continue;
    if (source.now) known.push_back(source.process);
    TopProcess process{.name = source.name, .trouble = source.trouble, .figures = {}};
    if (source.now) process.figures = figures_of(source.before ? &*source.before : nullptr, *source.now);
    if (source.now && !process.figures.parts.empty()) {
      const auto& part = process.figures.parts.front();
      process.name = source.process.empty() ? fmt::format("{} {}", part, source.name) : part;
    }
    processes.push_back(std::move(process));
  }
  return processes;
}

}  // namespace assay::app
