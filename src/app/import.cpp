#include "app/import.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "app/api_session.hpp"
#include "app/import_progress.hpp"
#include "app/progress_bar.hpp"
#include "app/terminal_text.hpp"
#include "base/io_threads.hpp"
#include "patients/import_body.hpp"
#include "patients/validation.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kWorkers = 16;
constexpr std::size_t kBatchBytes = 256 * 1024;
constexpr std::size_t kBatchDocuments = 500;
constexpr std::size_t kLargestBody = 1024 * 1024;
constexpr std::size_t kSaveEvery = 200;

struct Counts {
  std::size_t read = 0;  ///< lines of the file, with those that earlier runs have settled
  std::size_t created = 0;
  std::size_t skipped = 0;
  std::size_t refused = 0;
  std::size_t refused_before = 0;  ///< by earlier runs

  std::size_t done() const { return created + skipped + refused; }
};

bool is_replayed(const http::Response& response) { return response.headers.find("Idempotency-Replayed").has_value(); }

bool has_tests_alone(const ImportLine& line) { return line.content && !line.content->contains("patient"); }

bool has_id(const ImportLine& line) {
  const auto* patient = line.content ? line.content->if_contains("patient") : nullptr;
  return patient != nullptr && patient->is_object() && patient->get_object().contains("id");
}

std::size_t documents_of(const ImportLine& line) {
  if (!line.content) return 1;
  const auto* tests = line.content->if_contains("tests");
  return (tests != nullptr ? tests->get_array().size() : 0) + (has_tests_alone(line) ? 0 : 1);
}

/// Lines that one worker sends.
struct Batch {
  std::vector<ImportLine> lines;
  std::size_t bytes = 0;
  std::size_t documents = 0;

  bool empty() const { return lines.empty(); }

  /// Whether one request would still be of a good size with that line.
  bool has_room_for(const ImportLine& line) const {
    return bytes + line.text.size() <= kBatchBytes && documents + documents_of(line) <= kBatchDocuments;
  }

  void add(ImportLine line) {
    bytes += line.text.size() + 1;
    documents += documents_of(line);
    lines.push_back(std::move(line));
  }
};

/// What all workers share; they run on one thread.
class Import {
 public:
  explicit Import(const ImportOptions& options)
      : options_(options), reader_(options.file, options.format.value_or(format_of(options.file))), bar_("Importing") {}

  Counts run() {
    if (options_.dry_run) return check_all();
    progress_.emplace(options_.file, options_.url, options_.keep_ids);
    counts_.refused_before = progress_->refused();
    session_.emplace(options_.url, options_.key_file, bar_);
    std::vector<std::future<void>> workers;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      workers.push_back(boost::asio::co_spawn(thread_.context(0), work(), boost::asio::use_future));
    }
    thread_.start();
    std::exception_ptr failure;
    for (auto& worker : workers) {
      try {
        worker.get();
      } catch (...) {
        failure = std::current_exception();
      }
    }
    thread_.stop();
    progress_->save();
    if (failure) std::rethrow_exception(failure);
    return counts_;
  }

 private:
  Counts check_all() {
    while (const auto line = read_line()) {
      bar_.show(reader_.progress());
      const auto reason = fault_of(*line);
      if (reason) {
        report_refused(line->number, *reason);
      } else {
        ++counts_.created;
      }
    }
    return counts_;
  }

  /// Why the register would refuse the line, as far as that shows without asking it.
  std::optional<std::string> fault_of(const ImportLine& line) const {
    if (!line.content) return line.content.error();
    if (options_.keep_ids) {
      const auto valid = patients::validate_import(json::value(*line.content));
      return valid ? std::nullopt : std::optional(valid.error().detail);
    }
    if (has_tests_alone(line)) return "\"patient\" is required";
    const auto patient = patients::validate_patient(line.content->at("patient"));
    if (!patient) return patient.error().detail;
    for (const auto& test : tests_of(line)) {
      const auto valid = patients::validate_test(test, kAnyPatient);
      if (!valid) return valid.error().detail;
    }
    return std::nullopt;
  }

  static json::array tests_of(const ImportLine& line) {
    const auto* tests = line.content->if_contains("tests");
    return tests != nullptr ? tests->get_array() : json::array();
  }

  /// The next lines that are not settled yet: one, or with kept ids as many as go into a request, and those of tests
  /// alone that follow.
  Batch next_batch() {
    Batch batch;
    for (auto line = next_line(); line && !stopped_; line = next_line()) {
      const bool joins = options_.keep_ids && (has_tests_alone(*line) || batch.has_room_for(*line));
      if (!batch.empty() && !joins) {
        waiting_ = std::move(line);
        break;
      }
      // A line that can't be sent must not spoil the request of others.
      if (options_.keep_ids && !line->content) {
        refuse(line->number, line->content.error());
        settle(line->number);
        continue;
      }
      batch.add(std::move(*line));
      if (!options_.keep_ids) break;
    }
    bar_.show(reader_.progress(), fmt::format("{} lines", counts_.done()));
    return batch;
  }

  std::optional<ImportLine> read_line() {
    auto line = reader_.next();
    if (!line) return line;
    if (++counts_.read == 1 && !options_.keep_ids && has_id(*line)) {
      throw Refusal(
          fmt::format("{} has patients with ids; an export is imported with --keep-ids, other patients get "
                      "their ids from the register",
                      options_.file.string()));
    }
    return line;
  }

  std::optional<ImportLine> next_line() {
    if (waiting_) return std::exchange(waiting_, std::nullopt);
    auto line = read_line();
    while (line && line->number <= progress_->settled_until()) line = read_line();
    if (line) progress_->begin(line->number);
    if (line && options_.keep_ids && line->content && documents_of(*line) > patients::kLargestImport) {
      line->content = std::unexpected(fmt::format("The line holds more than {} documents.", patients::kLargestImport));
    } else if (line && options_.keep_ids && line->text.size() > kLargestBody) {
      line->content = std::unexpected("The line is longer than a request may be.");
    }
    return line;
  }

  Awaitable<void> work() {
    try {
      for (auto batch = next_batch(); !batch.empty(); batch = next_batch()) {
        if (options_.keep_ids) {
          co_await import_in_order(std::move(batch));
        } else {
          co_await create(std::move(batch.lines.front()));
        }
      }
    } catch (...) {
      stopped_ = true;
      throw;
    }
  }

  Awaitable<void> create(ImportLine line) {
    const auto number = line.number;
    // What can be told here is told before half of a line is stored.
    if (const auto fault = fault_of(line)) {
      refuse(number, *fault);
    } else {
      co_await create_documents(std::move(line));
    }
    settle(number);
  }

  Awaitable<void> create_documents(ImportLine line) {
    const auto made =
        co_await session_->send(request("/patient", json::serialize(line.content->at("patient")), line, 0));
    if (made.status != 201) {
      refuse(line.number, reason_of(made));
      co_return;
    }
    bool any_new = !is_replayed(made);
    const auto id = read_shape([&] { return std::string(json_of(made).at("id").as_string()); });
    const auto path = fmt::format("/patient/{}/tests", id);
    std::size_t document = 0;
    for (const auto& test : tests_of(line)) {
      const auto answer = co_await session_->send(request(path, json::serialize(test), line, ++document));
      if (answer.status != 201) {
        refuse(line.number, fmt::format("test {}: {}", document, reason_of(answer)));
        co_return;
      }
      any_new = any_new || !is_replayed(answer);
    }
    ++(any_new ? counts_.created : counts_.skipped);
  }

  /// The same line bears the same key, also where the file's other lines were corrected, so that a repeat makes
  /// nothing twice.
  http::Request request(std::string path, std::string body, const ImportLine& line, std::size_t document) const {
    http::Request made;
    made.method = http::Method::kPost;
    made.target = std::move(path);
    made.headers.add("Content-Type", "application/json");
    made.headers.add("Idempotency-Key", fmt::format("import-{}-{}", line.key, document));
    made.body = std::move(body);
    return made;
  }

  /// One request after the other: tests alone need their patient, who may be in the request before.
  Awaitable<void> import_in_order(Batch batch) {
    Batch next;
    for (auto& line : batch.lines) {
      if (!next.empty() && !next.has_room_for(line)) co_await import_with_ids(std::exchange(next, {}));
      next.add(std::move(line));
    }
    co_await import_with_ids(std::move(next));
  }

  Awaitable<void> import_with_ids(Batch batch) {
    http::Request request;
    request.method = http::Method::kPost;
    request.target = "/import";
    request.headers.add("Content-Type", "application/x-ndjson");
    for (const auto& line : batch.lines) {
      if (!request.body.empty()) request.body += '\n';
      request.body += line.text;
    }
    const auto answer = co_await session_->send(std::move(request));
    const auto results = parse_json(answer.body);
    const auto& lines = batch.lines;
    if (answer.status != 200 || !results || !results->is_array() || results->get_array().size() != lines.size()) {
      throw Refusal(fmt::format("lines {} to {}: {}", lines.front().number, lines.back().number, reason_of(answer)));
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      read_shape([&] { count(lines[i].number, results->get_array()[i].as_object()); });
      settle(lines[i].number);
    }
  }

  void count(std::size_t line, const json::object& result) {
    const std::string_view status = result.at("status").as_string();
    if (status == "created") {
      ++counts_.created;
    } else if (status == "skipped") {
      ++counts_.skipped;
    } else {
      const auto* reason = result.if_contains("reason");
      refuse(line, reason != nullptr ? std::string(reason->as_string()) : "refused");
    }
  }

  void refuse(std::size_t line, const std::string& reason) {
    progress_->refuse(line);
    report_refused(line, reason);
  }

  void report_refused(std::size_t line, const std::string& reason) {
    ++counts_.refused;
    bar_.clear();
    fmt::print(stderr, "line {}: {}\n", line, for_terminal(reason));
  }

  void settle(std::size_t line) {
    progress_->settle(line);
    if (++settled_since_save_ < kSaveEvery) return;
    settled_since_save_ = 0;
    progress_->save();
  }

  /// Stands for the patient that a test will have, where only the test is checked.
  static constexpr std::string_view kAnyPatient = "00000000-0000-4000-8000-000000000000";

  const ImportOptions& options_;
  ImportReader reader_;
  std::optional<ImportProgress> progress_;  ///< not of a dry run
  ProgressBar bar_;
  IoThreads thread_{1};  // before the session, whose open connections belong to it
  std::optional<ApiSession> session_;
  Counts counts_;
  std::optional<ImportLine> waiting_;  ///< read, but too much for the last batch
  std::size_t settled_since_save_ = 0;
  bool stopped_ = false;
};

}  // namespace

int import_file(const ImportOptions& options) {
  const auto counts = Import(options).run();
  const auto file = options.file.string();
  if (counts.read == 0) {
    fmt::print("{} has no lines\n", file);
    return 0;
  }
  if (counts.done() == 0) {
    fmt::print("{0}: nothing left to import; {0}.progress says that all lines are settled", file);
  } else {
    fmt::print("{}: {} {}, {} skipped, {} refused", file, counts.created, options.dry_run ? "in order" : "created",
               counts.skipped, counts.refused);
  }
  if (counts.refused_before > 0) fmt::print("; earlier runs refused {}", counts.refused_before);
  fmt::print("\n");
  return counts.refused + counts.refused_before == 0 ? 0 : 1;
}

}  // namespace assay::app
