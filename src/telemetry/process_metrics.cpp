#include "telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace assay::telemetry {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::string read(const char* file) {
  std::ifstream input(file);
  return {std::istreambuf_iterator<char>(input), {}};
}

/// The fields of /proc/self/stat from the third on: the second, the program's name, may hold blanks.
std::vector<std::string> stat_fields() {
  const auto text = read("/proc/self/stat");
  std::istringstream rest(text.substr(text.rfind(')') + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

/// A field by its number in proc(5).
double field(const std::vector<std::string>& fields, std::size_t number) {
  constexpr std::size_t kFirst = 3;
  return number - kFirst < fields.size() ? std::stod(fields[number - kFirst]) : 0;
}

double ticks_a_second() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

double boot_time() {
  constexpr std::string_view kName = "\nbtime ";
  const auto text = read("/proc/stat");
  const auto place = text.find(kName);
  return place == std::string::npos ? 0 : std::stod(text.substr(place + kName.size()));
}

double read_start_time() {
  constexpr std::size_t kStartTime = 22;
  return boot_time() + field(stat_fields(), kStartTime) / ticks_a_second();
}

double processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    constexpr double kMicroseconds = 1e6;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / kMicroseconds;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_files() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  // The one by which they are listed is none of them.
  return error ? 0 : static_cast<double>(std::distance(begin(files), end(files)) - 1);
}

double open_files_at_most() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

MetricFamily single(const char* name, const char* help, double value, MetricType type = MetricType::Gauge) {
  prometheus::ClientMetric metric;
  metric.counter.value = type == MetricType::Counter ? value : 0;
  metric.gauge.value = value;
  return {.name = name, .help = help, .type = type, .metric = {metric}};
}

}  // namespace

ProcessMetrics::ProcessMetrics() : start_time_(read_start_time()) {}

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  constexpr std::size_t kThreads = 20;
  constexpr std::size_t kVirtualBytes = 23;
  constexpr std::size_t kResidentPages = 24;
  const auto fields = stat_fields();
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {
      single("process_cpu_seconds_total", "Processor time, user and system.", processor_time(), MetricType::Counter),
      single("process_resident_memory_bytes", "Memory that is in RAM.", field(fields, kResidentPages) * page),
      single("process_virtual_memory_bytes", "Memory that is mapped.", field(fields, kVirtualBytes)),
      single("process_open_fds", "Open files and sockets.", open_files()),
      single("process_max_fds", "How many may be open.", open_files_at_most()),
      single("process_threads", "Threads.", field(fields, kThreads)),
      single("process_start_time_seconds", "When the process began.", start_time_)};
}

}  // namespace assay::telemetry
