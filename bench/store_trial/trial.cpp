// Measures creates on two engines with the same work and the same threads, in turns; see docs/store-trial.md.
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <tuple>

#include "store.hpp"

namespace assay::store_trial {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kGroup = 64;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What a group of creates leaves: for each an audit record, a document, and the values it is found by.
struct Group {
  std::int64_t first = 0;
  std::vector<Row> records = {};
  std::vector<Row> documents = {};
  std::vector<std::array<std::string, kSearchFields>> search_values = {};
};

/// Hands groups from one thread to the next, one at a time; an empty group says that there are no more.
class Channel {
 public:
  void push(Group group) {
    free_.acquire();
    waiting_ = std::move(group);
    filled_.release();
  }
  Group pop() {
    filled_.acquire();
    auto group = std::move(waiting_);
    free_.release();
    return group;
  }

 private:
  std::binary_semaphore free_{1};
  std::binary_semaphore filled_{0};
  Group waiting_;
};

std::string make_id(std::mt19937_64& random) {
  std::string id(16, '\0');
  for (auto& byte : id) byte = static_cast<char>(random());
  return id;
}

std::string hexadecimal(const std::string& bytes) {
  std::string text;
  for (const auto byte : bytes) text += {"0123456789abcdef"[byte >> 4 & 15], "0123456789abcdef"[byte & 15]};
  return text;
}

/// Adds a create whose documents are as long as those of the register.
void add_create(Group& group, std::mt19937_64& random) {
  const auto record_id = make_id(random);
  const auto patient_id = make_id(random);
  const auto first = fmt::format("First{}", random() % 2000);
  const auto last = fmt::format("Last{}", random() % 40000);
  const auto born = fmt::format("{}-{:02}-{:02}", 1930 + random() % 95, 1 + random() % 12, 1 + random() % 28);
  const auto& values = group.search_values.emplace_back(std::array<std::string, kSearchFields>{
      first, last, first + " " + last, random() % 2 != 0 ? "female" : "male", fmt::format("{:04}", random() % 9000),
      fmt::format("INS-{:010}", random() % 10000000000), fmt::format("07{:09}", random() % 1000000000), born});
  const auto document = fmt::format(R"({{"patient":["{}"],"id":"{}","names of fields":"{:120}"}})",
                                    fmt::join(values, R"(",")"), hexadecimal(patient_id), "");
  const auto record =
      fmt::format(R"({{"id":"{0}","operationId":"{0}","patientId":"{1}","resource":"{1}","":"{2:200}"}})",
                  hexadecimal(record_id), hexadecimal(patient_id), "");
  group.documents.push_back({.id = patient_id, .document = document});
  group.records.push_back({.id = record_id, .document = record});
}

void make_creates(std::size_t count, Channel& to) {
  std::mt19937_64 random(1);
  for (std::size_t made = 0; made < count; made += kGroup) {
    Group group{.first = static_cast<std::int64_t>(made) + 1};
    for (std::size_t i = 0; i < kGroup; ++i) add_create(group, random);
    to.push(std::move(group));
  }
  to.push({});
}

void write_records(Database& audit, Channel& from, Channel& to) {
  for (auto group = from.pop(); !group.records.empty(); group = from.pop()) {
    for (auto& record : group.records) {
      record.leaf.resize(SHA256_DIGEST_LENGTH);
      SHA256(reinterpret_cast<const unsigned char*>(record.document.data()), record.document.size(),
             reinterpret_cast<unsigned char*>(record.leaf.data()));
    }
    audit.insert(group.records, group.first);
    to.push(std::move(group));
  }
  to.push({});
}

void write_documents(Database& patients, std::size_t index_batch, Channel& from) {
  std::array<std::vector<Entry>, kSearchFields> behind;
  const auto catch_up = [&] {
    for (auto& entries : behind) {
      std::ranges::sort(entries, {}, [](const Entry& entry) { return std::tie(entry.value, entry.row); });
    }
    patients.index(behind);
    for (auto& entries : behind) entries.clear();
  };
  for (auto group = from.pop(); !group.documents.empty(); group = from.pop()) {
    patients.insert(group.documents, group.first);
    for (const auto& values : group.search_values) {
      for (std::size_t field = 0; field < kSearchFields; ++field) behind[field].push_back({values[field], group.first});
      ++group.first;
    }
    if (behind[0].size() >= index_batch) catch_up();
  }
  catch_up();
}

double fsyncs_a_second(const std::filesystem::path& folder) {
  // What the run before left to be written is not to slow this one.
  sync();
  const auto file = open((folder / "fsync").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  const std::string page(4096, 'x');
  const auto start = Clock::now();
  int count = 0;
  for (; seconds_since(start) < 1; ++count) {
    if (write(file, page.data(), page.size()) < 0 || fdatasync(file) < 0) throw std::runtime_error("the disk failed");
  }
  close(file);
  return count / seconds_since(start);
}

/// Answers creates a second, from the making of the first until the last is durable and indexed.
double measure(const char* name, auto open_database, const std::filesystem::path& folder, std::size_t count,
               std::size_t index_batch) {
  std::filesystem::create_directory(folder);
  const auto fsyncs = fsyncs_a_second(folder);
  const auto audit = open_database(folder / "audit");
  const auto patients = open_database(folder / "patients");
  Channel to_audit;
  Channel to_patients;
  const auto start = Clock::now();
  const auto processor_time = std::clock();
  {
    std::jthread audit_writer([&] { write_records(*audit, to_audit, to_patients); });
    std::jthread patients_writer([&] { write_documents(*patients, index_batch, to_patients); });
    make_creates(count, to_audit);
  }
  const auto creates = static_cast<double>(count);
  const auto rate = creates / seconds_since(start);
  const auto processor = static_cast<double>(std::clock() - processor_time) / CLOCKS_PER_SEC / creates * 1e6;
  fmt::print("{:8} {:6.0f} creates/s {:5.1f} us of CPU each, disk {:5.0f} fsyncs/s\n", name, rate, processor, fsyncs);
  std::fflush(stdout);
  std::filesystem::remove_all(folder);
  return rate;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace
}  // namespace assay::store_trial

int main(int argument_count, char** arguments) {
  namespace trial = assay::store_trial;
  if (argument_count != 5) {
    fmt::print(stderr, "usage: trial NEW_FOLDER CREATES ROUNDS INDEX_BATCH\n");
    return 2;
  }
  const auto creates = std::stoul(arguments[2]) / trial::kGroup * trial::kGroup;
  const auto index_batch = std::stoul(arguments[4]);
  std::vector<double> sqlite;
  std::vector<double> rocksdb;
  std::vector<double> ratios;
  for (auto round = std::stoul(arguments[3]); round > 0; --round) {
    sqlite.push_back(trial::measure("SQLite", trial::open_sqlite, arguments[1], creates, index_batch));
    rocksdb.push_back(trial::measure("RocksDB", trial::open_rocksdb, arguments[1], creates, index_batch));
    ratios.push_back(sqlite.back() / rocksdb.back());
  }
  fmt::print("medians: SQLite {:.0f}, RocksDB {:.0f} creates/s; SQLite / RocksDB {:.2f}, round by round {:.2f}\n",
             trial::median(sqlite), trial::median(rocksdb), trial::median(ratios), fmt::join(ratios, " "));
}
