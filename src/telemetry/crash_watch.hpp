#pragma once

#include "telemetry/log_writer.hpp"

namespace assay::telemetry {

/// While it lives, a crash of this process first lets the log be written: signals that end it by a fault, std::abort
/// and exceptions that nobody takes. What comes of the crash is the same as without it, a core dump among it. One at
/// most at a time counts; signals that somebody else handles already stay his.
class CrashWatch {
 public:
  explicit CrashWatch(LogWriter& writer);
  ~CrashWatch();
  CrashWatch(const CrashWatch&) = delete;
  CrashWatch& operator=(const CrashWatch&) = delete;

 private:
  LogWriter& writer_;
};

}  // namespace assay::telemetry
