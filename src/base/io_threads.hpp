#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "base/async.hpp"

namespace assay {

/// The program's I/O threads: one io_context each, so that a request never moves between threads and
/// needs no lock.
class IoThreads {
 public:
  explicit IoThreads(std::size_t count);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  std::size_t size() const { return contexts_.size(); }
  boost::asio::io_context& context(std::size_t index) { return *contexts_.at(index); }

  /// Starts the threads; they run until `stop`.
  void start();

  /// Ends the threads and waits for them; what is still suspended is dropped.
  void stop();

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<boost::asio::executor_work_guard<Executor>> work_;
  std::vector<std::thread> threads_;
};

}  // namespace assay
