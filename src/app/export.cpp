#include "app/export.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "app/api_session.hpp"
#include "app/progress_bar.hpp"
#include "app/unfinished_file.hpp"
#include "base/io_threads.hpp"
#include "base/json.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kFirstPage = "/patient/search?limit=1000";

constexpr std::size_t kLineTests = 500;
constexpr std::size_t kLineBytes = 256 * 1024;
/// What a request of the import takes.
constexpr std::size_t kLongestLine = 1024 * 1024;

class Export {
 public:
  Export(const std::filesystem::path& file, const std::string& url, const std::filesystem::path& key_file)
      : session_(url, key_file, bar_), file_(file) {}

  std::size_t run() {
    auto done = boost::asio::co_spawn(thread_.context(0), write_pages(), boost::asio::use_future);
    thread_.start();
    done.wait();
    thread_.stop();
    done.get();
    file_.finish();
    return written_;
  }

 private:
  Awaitable<void> write_pages() {
    for (std::string target(kFirstPage); !target.empty();) {
      const auto page = co_await session_.send(request(http::Method::kPost, target, "{}"));
      if (page.status == 404 && written_ == 0) co_return;
      if (page.status != 200) throw Refusal(reason_of(page));
      target = next_page(page, target);
      const auto patients = read_shape([&] { return json_of(page).as_array(); });
      for (const auto& patient : patients) co_await write_patient(patient);
    }
  }

  Awaitable<void> write_patient(json::value patient) {
    const auto id = read_shape([&] { return std::string(patient.at("id").as_string()); });
    const auto tests = co_await load_tests(id);
    write_lines(patient, tests);
    bar_.count(++written_, "patients");
  }

  /// One line, or several that repeat the patient: a line must fit into a request of the import. Tests that don't fit
  /// beside their patient stand alone.
  void write_lines(const json::value& patient, const json::array& tests) {
    const auto patient_text = json::serialize(patient);
    bool has_patient = false;
    std::size_t next = 0;
    do {
      const auto some = take_tests(tests, next);
      auto line = fmt::format(R"({{"patient":{},"tests":[{}]}})", patient_text, some);
      if (line.size() > kLongestLine) {
        if (!has_patient) file_.output() << fmt::format(R"({{"patient":{}}})", patient_text) << '\n';
        line = fmt::format(R"({{"tests":[{}]}})", some);
      }
      has_patient = true;
      file_.output() << line << '\n';
    } while (next < tests.size());
  }

  /// The texts of some tests from `next` on, at least one if there is one, with commas between.
  static std::string take_tests(const json::array& tests, std::size_t& next) {
    std::string some;
    for (const auto end = std::min(tests.size(), next + kLineTests); next < end; ++next) {
      const auto text = json::serialize(tests[next]);
      if (!some.empty() && some.size() + text.size() > kLineBytes) break;
      if (!some.empty()) some += ',';
      some += text;
    }
    return some;
  }

  Awaitable<json::array> load_tests(std::string patient_id) {
    const auto answer =
        co_await session_.send(request(http::Method::kGet, fmt::format("/patient/{}/tests", patient_id), ""));
    if (answer.status != 200) throw Refusal(reason_of(answer));
    co_return read_shape([&] { return json_of(answer).as_array(); });
  }

  static http::Request request(http::Method method, std::string target, std::string body) {
    http::Request made;
    made.method = method;
    made.target = std::move(target);
    if (!body.empty()) made.headers.add("Content-Type", "application/json");
    made.body = std::move(body);
    return made;
  }

  IoThreads thread_{1};  // before the session, whose open connections belong to it
  ProgressBar bar_{"Exporting"};
  ApiSession session_;
  UnfinishedFile file_;
  std::size_t written_ = 0;
};

}  // namespace

int export_register(const std::filesystem::path& file, const std::string& url, const std::filesystem::path& key_file) {
  const auto written = Export(file, url, key_file).run();
  fmt::print("{}: {} patients\n", file.string(), written);
  return 0;
}

}  // namespace assay::app
