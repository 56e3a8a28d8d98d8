#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/top_view.hpp"
#include "base/clock.hpp"
#include "base/io_threads.hpp"
#include "http/client.hpp"

namespace assay::app {

/// What `assay top` watches.
struct TopPlaces {
  std::optional<std::filesystem::path> data_directory;
  std::vector<std::string> metrics_urls;
};

/// Asks all that is watched at once, and keeps the readings before.
class TopSources {
 public:
  /// Throws Refusal for an address that is none, and for a data directory without a register.
  explicit TopSources(const TopPlaces& places);
  ~TopSources();
  TopSources(const TopSources&) = delete;
  TopSources& operator=(const TopSources&) = delete;

  /// What happened since the last call. Takes about two seconds at most, also where nobody answers.
  std::vector<TopProcess> look();

 private:
  struct Source {
    std::string name;
    std::unique_ptr<http::Client> client;
    std::string trouble;  ///< of now
    std::string process;  ///< which answered; empty when it doesn't say so
    std::optional<MetricsReading> before;
    std::optional<MetricsReading> now;
  };

  void add(std::string name, std::unique_ptr<http::Client> client);
  Awaitable<void> ask(Source* source) const;

  SystemClock clock_;
  IoThreads thread_{1};  ///< before the clients, which must go first
  std::vector<Source> sources_;
};

}  // namespace assay::app
