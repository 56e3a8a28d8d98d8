#include "telemetry/crash_watch.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>

namespace assay::telemetry {

namespace {

constexpr std::array kFatalSignals{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

/// A handler of signals is given nothing of ours.
std::atomic<LogWriter*> watched_writer{nullptr};

void let_log_be_written(int signal, siginfo_t* information, void* /*context*/) {
  if (auto* writer = watched_writer.exchange(nullptr)) writer->flush_before_crash(signal);
  // The default is in force again. A fault of the processor comes again by itself, so that a core dump shows its place.
  const bool is_fault = information->si_code > 0 && signal != SIGABRT;
  if (!is_fault) static_cast<void>(std::raise(signal));
}

[[noreturn]] void tell_and_abort() {
  auto* writer = watched_writer.load();
  if (const auto exception = std::current_exception(); writer != nullptr && exception) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& untaken) {
      writer->tell_untaken(untaken.what());
    } catch (...) {
      writer->tell_untaken("of an unknown type");
    }
  }
  std::abort();
}

void handle(int signal) {
  struct sigaction now{};
  if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
  struct sigaction ours{};
  ours.sa_sigaction = let_log_be_written;
  ours.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND | SA_NODEFER);
  sigemptyset(&ours.sa_mask);
  ::sigaction(signal, &ours, nullptr);
}

void leave(int signal) {
  struct sigaction now{};
  if (::sigaction(signal, nullptr, &now) == 0 && now.sa_sigaction == let_log_be_written) std::signal(signal, SIG_DFL);
}

}  // namespace

CrashWatch::CrashWatch(LogWriter& writer) : writer_(writer) {
  watched_writer = &writer;
  std::set_terminate(tell_and_abort);
  for (const int signal : kFatalSignals) handle(signal);
}

CrashWatch::~CrashWatch() {
  auto* expected = &writer_;
  if (!watched_writer.compare_exchange_strong(expected, nullptr)) return;
  for (const int signal : kFatalSignals) leave(signal);
}

}  // namespace assay::telemetry
