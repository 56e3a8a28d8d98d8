#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "app/api_session.hpp"
#include "app/progress_bar.hpp"
#include "base/io_threads.hpp"
#include "base/json.hpp"

namespace assay::app {

/// Reads from the register's API and waits for each answer, for commands that do nothing else meanwhile.
class ApiReader {
 public:
  /// As ApiSession; `label` stands before the progress that is shown.
  ApiReader(const std::string& url, const std::filesystem::path& key_file, std::string label);
  ~ApiReader();
  ApiReader(const ApiReader&) = delete;
  ApiReader& operator=(const ApiReader&) = delete;

  /// The body of what is there. Throws as ApiSession::send, and Refusal when the answer isn't 200.
  std::string get(const std::string& target);

  /// Gives each page to `take`, as JSON, from the first to the last.
  void read_pages(std::string target, const std::function<void(const json::value& page)>& take);

  ProgressBar& bar() { return bar_; }

 private:
  http::Response send(const std::string& target);

  IoThreads thread_{1};  // before the session, whose open connections belong to it
  ProgressBar bar_;
  ApiSession session_;
};

}  // namespace assay::app
