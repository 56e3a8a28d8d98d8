#include "telemetry/log.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>

#include <array>
#include <csignal>
#include <cstdio>
#include <sstream>
#include <thread>
#include <vector>

#include "base/fixed_clock.hpp"
#include "base/json.hpp"
#include "telemetry/log_line.hpp"
#include "telemetry/log_writer.hpp"

namespace assay::telemetry {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

constexpr Timestamp kMoment{std::chrono::milliseconds(1'795'477'196'007)};
const TraceContext kTrace = TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").value();

std::string line_of(LogForm form, std::string_view message, LogFields fields, const TraceContext* trace = nullptr) {
  std::string line;
  append_line(line, form,
              {.time = kMoment,
               .level = Level::kWarning,
               .part = "audit",
               .trace = trace,
               .message = message,
               .fields = fields});
  return line;
}

TEST(LogLine, IsOneJsonObject) {
  EXPECT_EQ(line_of(LogForm::kJson, "said \"so\"\n",
                    {{"text", "a\tb"}, {"number", std::int64_t{-5}}, {"share", 0.25}, {"yes", true}, {"nothing", ""}},
                    &kTrace),
            R"({"time":"2026-11-23T23:39:56.007Z","level":"warning","part":"audit",)"
            R"("trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331",)"
            R"("message":"said \"so\"\n","text":"a\tb","number":-5,"share":0.25,"yes":true})"
            "\n");
  EXPECT_THAT(line_of(LogForm::kJson, "m", {}), EndsWith(R"("part":"audit","message":"m"})"
                                                         "\n"));
}

TEST(LogLine, IsValidAndBoundedWhateverComes) {
  const auto cut = line_of(LogForm::kJson, "m", {{"text", std::string(4095, 'x') + "ää"}});
  EXPECT_THAT(cut, EndsWith("x…\"}\n"));
  EXPECT_LT(cut.size(), 4300);
  EXPECT_TRUE(parse_json(line_of(LogForm::kJson, "m", {{"text", "\xff\xfe"}})));
}

TEST(LogLine, IsReadableTextOnATerminal) {
  EXPECT_EQ(line_of(LogForm::kText, "was said", {{"route", "/patient/{id}"}, {"reason", "two words"}}, &kTrace),
            "2026-11-23T23:39:56.007Z warning audit    was said route=/patient/{id} reason=\"two words\" "
            "trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331\n");
  EXPECT_THAT(line_of(LogForm::kColouredText, "m", {}), HasSubstr("\x1b[33mwarning\x1b[0m"));
}

TEST(LogLine, HasNothingThatATerminalObeys) {
  EXPECT_THAT(line_of(LogForm::kText, "m", {{"text", "a\x1b[2J\x7f\n\xc2\x9b\"\\"}}),
              EndsWith(R"( m text="a\x1b[2J\x7f\x0a\xc2\x9b\"\\")"
                       "\n"));
}

TEST(LogLine, HasTheTimeOfEachMoment) {
  std::string lines;
  for (const auto later : {0, 992, 993, 60'000, -1}) {
    append_line(lines, LogForm::kText, {.time = kMoment + std::chrono::milliseconds(later), .message = "m"});
  }
  for (const auto* time : {"39:56.007Z", "39:56.999Z", "39:57.000Z", "40:56.007Z", "39:56.006Z"}) {
    EXPECT_THAT(lines, HasSubstr(time));
  }
}

TEST(Levels, AreReadAsTheyAreWritten) {
  for (const auto level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    EXPECT_EQ(parse_level(to_string(level)), level);
  }
  EXPECT_EQ(parse_level("Info"), std::nullopt);
}

TEST(Log, SpeaksFromItsLevelOnWhichEachPartHasOfItsOwn) {
  const Log log("serve");
  const auto audit = log.of_part("audit");
  EXPECT_THAT(log.levels(), ElementsAre(Pair("serve", Level::kInfo), Pair("audit", Level::kInfo)));
  EXPECT_TRUE(log.set_level("audit", Level::kError));
  EXPECT_FALSE(log.set_level("nobody", Level::kError));
  EXPECT_FALSE(audit.writes(Level::kWarning));
  EXPECT_FALSE(log.of_part("audit").writes(Level::kWarning));
  EXPECT_TRUE(log.writes(Level::kInfo));
  log.set_level("", Level::kDebug);
  EXPECT_TRUE(audit.writes(Level::kDebug) && log.writes(Level::kDebug));
}

TEST(Log, WritesAtOnceBeforeItIsOpened) {
  const Log log("serve");
  testing::internal::CaptureStderr();
  log.of_part("audit").write(Level::kInfo, kTrace, "told", {{"number", std::int64_t{1}}});
  const auto written = testing::internal::GetCapturedStderr();
  EXPECT_THAT(written, HasSubstr(R"("part":"audit","trace_id":"0af7651916cd43dd8448eb211c80319c")"));
  EXPECT_THAT(written, EndsWith(R"("message":"told","number":1})"
                                "\n"));
}

/// A pipe whose reader takes nothing until it is asked.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Pipe() {
    ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int to_write() const { return ends_[1]; }

  /// At least one byte, else waits.
  std::string read_some() {
    std::array<char, 65'536> room{};
    const auto size = ::read(ends_[0], room.data(), room.size());
    return {room.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
  /// All up to the end; the writer must have gone.
  std::string read_all() {
    ::close(std::exchange(ends_[1], -1));
    std::string all;
    for (auto some = read_some(); !some.empty(); some = read_some()) all += some;
    return all;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class LogWriterTest : public testing::Test {
 protected:
  void start(std::size_t queue_bytes) {
    writer_.emplace("test", pipe_.to_write());
    writer_->start({.queue_bytes = queue_bytes}, dropped_);
  }

  Pipe pipe_;
  Metrics metrics_;
  Counter& dropped_ = metrics_.counter("dropped", "");
  std::optional<LogWriter> writer_;
};

TEST_F(LogWriterTest, WritesAllWholeAndInTheOrderOfEachThread) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kLines = 2'000;
  start(std::size_t{1} << 24U);
  std::string text;
  std::jthread reader([&] {
    for (auto some = pipe_.read_some(); !some.empty(); some = pipe_.read_some()) {
      text += some;
      if (text.ends_with("end\n")) return;
    }
  });
  {
    std::vector<std::jthread> writers;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      writers.emplace_back([&, thread] {
        for (std::size_t i = 0; i < kLines; ++i) writer_->take(Level::kInfo, fmt::format("{} {}\n", thread, i));
      });
    }
  }
  writer_->take(Level::kInfo, "end\n");
  reader.join();
  std::vector<std::size_t> next(kThreads, 0);
  for (const auto& line : lines_in(text)) {
    if (line == "end") continue;
    std::istringstream stream(line);
    std::size_t thread = kThreads;
    std::size_t number = 0;
    stream >> thread >> number;
    ASSERT_LT(thread, kThreads);
    EXPECT_EQ(number, next[thread]++);
  }
  EXPECT_THAT(next, testing::Each(kLines));
  EXPECT_EQ(dropped_.Value(), 0);
}

TEST_F(LogWriterTest, WritesAnErrorBeforeItsWriterGoesOn) {
  start(1'000'000);
  writer_->take(Level::kInfo, "first\n");
  writer_->take(Level::kError, "second\n");
  EXPECT_EQ(pipe_.read_some(), "first\nsecond\n");
}

/// The whole lines of x.
int came(const std::string& text) {
  const auto lines = lines_in(text.substr(0, text.rfind('\n') + 1));
  return static_cast<int>(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with('x'); }));
}

/// As the log says in as many lines as it likes.
int told_as_dropped(const std::string& text) {
  constexpr std::string_view kMember = "\"lines\":";
  int lines = 0;
  for (const auto& line : lines_in(text.substr(0, text.rfind('\n') + 1))) {
    const auto member = line.find(kMember);
    if (member != std::string::npos) lines += std::stoi(line.substr(member + kMember.size()));
  }
  return lines;
}

TEST_F(LogWriterTest, DropsWhatFindsNoRoomAndTellsHowMuch) {
  constexpr int kLines = 1'000;
  const std::string line = std::string(999, 'x') + "\n";
  start(100'000);
  // The reader takes nothing: the pipe takes what it takes, the queue its bound, and the rest must not wait.
  for (int i = 0; i < kLines; ++i) writer_->take(Level::kInfo, line);
  const auto dropped = dropped_.Value();
  EXPECT_GT(dropped, kLines / 2);
  std::string text;
  while (text.empty() || came(text) + told_as_dropped(text) < kLines) text += pipe_.read_some();
  EXPECT_EQ(came(text), kLines - static_cast<int>(dropped));
  EXPECT_EQ(told_as_dropped(text), static_cast<int>(dropped));
}

/// The signal of a file that may not grow is an error of writing instead.
class SmallFile {
 public:
  explicit SmallFile(rlim_t bytes) : file_(std::tmpfile()) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    limit(bytes);
  }
  ~SmallFile() {
    limit(before_.rlim_cur);
    std::fclose(file_);
  }
  SmallFile(const SmallFile&) = delete;
  SmallFile& operator=(const SmallFile&) = delete;

  void limit(rlim_t bytes) {
    const rlimit limits{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limits);
  }
  void unlimit() { limit(before_.rlim_cur); }
  int descriptor() { return ::fileno(file_); }
  std::string content() {
    std::array<char, 4096> room{};
    return {room.data(), static_cast<std::size_t>(::pread(descriptor(), room.data(), room.size(), 0))};
  }

 private:
  std::FILE* file_;
  rlimit before_{};
};

TEST_F(LogWriterTest, GoesOnAtALineOfItsOwnAfterAFileThatTookAPart) {
  SmallFile file(15);
  LogWriter writer("test", file.descriptor());
  writer.start({}, dropped_);
  writer.take(Level::kError, "first line\n");
  writer.take(Level::kError, "second line\n");
  writer.take(Level::kError, "third line\n");
  file.unlimit();
  writer.take(Level::kError, "fourth line\n");
  EXPECT_EQ(dropped_.Value(), 2);
  EXPECT_THAT(file.content(), StartsWith("first line\nseco\nfourth line\n"));
  EXPECT_THAT(file.content(), HasSubstr("\"lines\":2"));
}

TEST_F(LogWriterTest, WritesAtItsEndWhatWaits) {
  start(1'000'000);
  writer_->take(Level::kInfo, "told\n");
  writer_.reset();
  EXPECT_EQ(pipe_.read_all(), "told\n");
}

Counter& counter() {
  static Metrics metrics;
  static Counter& counter = metrics.counter("dropped", "");
  return counter;
}

/// In a process of its own.
Log opened() {
  Log log("audit");
  log.open({}, counter());
  return log;
}

class CrashTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(CrashTest, LetsTheLogBeWrittenWhenItAborts) {
  const auto crash = [] {
    const auto log = opened();
    log.info("before the end");
    std::abort();
  };
  EXPECT_EXIT(crash(), testing::KilledBySignal(SIGABRT), "before the end.*\n.*the program crashes.*\"signal\":6");
}

TEST_F(CrashTest, LetsTheLogBeWrittenWhenASignalIsSent) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "the sanitizer has a handler of its own for it";
#endif
  const auto crash = [] {
    const auto log = opened();
    log.info("before the end");
    std::raise(SIGSEGV);
  };
  EXPECT_EXIT(crash(), testing::KilledBySignal(SIGSEGV), "before the end.*\n.*\"signal\":11");
}

TEST_F(CrashTest, TellsOfAnExceptionThatNobodyTook) {
  const auto crash = [] {
    const auto log = opened();
    log.info("before the end");
    std::jthread thrower([] { throw std::runtime_error("out of cheese"); });
  };
  EXPECT_EXIT(crash(), testing::KilledBySignal(SIGABRT), "before the end.*\n.*\"reason\":\"out of cheese\"");
}

}  // namespace
}  // namespace assay::telemetry
