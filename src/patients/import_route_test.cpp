#include <gmock/gmock.h>

#include "patients/service_fakes.hpp"

namespace assay::patients {
namespace {

using http::Method;
using testing::ElementsAre;
using testing::IsEmpty;

std::string line(char digit) {
  const std::string patient(8, digit);
  return R"({"patient":{"firstName":"A","gender":"male","dateOfBirth":"1980","postCode":"1234","id":")" + patient +
         R"(-1111-4111-8111-111111111111","lastUpdated":"2020-01-01"},"tests":[{"performer":"L",)"
         R"("orderReference":"R","observations":[],"lastUpdated":"2020-01-01","id":")" +
         patient + "-2222-4222-8222-222222222222\"}]}\n";
}

class ImportRouteTest : public testing::Test {
 protected:
  http::Response import(std::string body, std::string_view type = "application/x-ndjson") {
    return bench_.ask(Method::kPost, "/api/import", std::move(body), {{"Content-Type", type}});
  }

  Bench bench_;
};

TEST_F(ImportRouteTest, RecordsAllDocumentsBeforeItStoresAny) {
  using enum ImportResult;
  bench_.store.import_results = {kCreated, kCreated, kSkipped, kSkipped, kCreated, kConflict};
  const auto answer = import(line('a') + "{}\n" + line('b') + line('c'));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"([{"line":1,"status":"created"},{"line":2,"status":"refused","reason":"\"patient\" is required"},)"
            R"({"line":3,"status":"skipped"},)"
            R"({"line":4,"status":"refused","reason":"A document with this id exists with other content."}])");
  EXPECT_THAT(bench_.events, ElementsAre("record import", "record import", "record import", "record import",
                                         "record import", "record import", "import", "outcome not-modified",
                                         "outcome not-modified", "outcome conflict"));
  EXPECT_EQ(bench_.access_log.records[1].resource_type, "test");
  EXPECT_EQ(bench_.access_log.records[1].patient_id, bench_.access_log.records[0].patient_id);
  EXPECT_EQ(bench_.store.warrants[5].record_id, bench_.access_log.records[5].record_id);
  EXPECT_EQ(bench_.store.warrants[5].record_index, 5);
}

TEST_F(ImportRouteTest, StoresNothingWithoutTheRecords) {
  bench_.access_log.away = true;
  EXPECT_EQ(import(line('a')).status, 500);
  EXPECT_THAT(bench_.events, IsEmpty());
}

TEST_F(ImportRouteTest, TouchesNothingWhenAllLinesAreFaulty) {
  EXPECT_EQ(import("{\n").body, R"([{"line":1,"status":"refused","reason":"\"value\" must be of type object"}])");
  EXPECT_THAT(bench_.events, IsEmpty());
}

TEST_F(ImportRouteTest, RecordsABrokenStoreAsFailed) {
  bench_.store.broken = true;
  EXPECT_EQ(import(line('a')).status, 503);
  EXPECT_THAT(bench_.events,
              ElementsAre("record import", "record import", "import", "outcome failed", "outcome failed"));
}

TEST_F(ImportRouteTest, TakesNewlineDelimitedJsonAndNothingElse) {
  bench_.store.import_results.assign(2, ImportResult::kCreated);
  for (const auto* type :
       {"application/x-ndjson", "Application/X-NDJSON; charset=utf-8", "text/plain", "application/json"}) {
    EXPECT_EQ(import(line('a'), type).status, 200) << type;
  }
  for (const auto* type : {"text/csv", "application/x-ndjson; charset=latin1"}) {
    EXPECT_EQ(import(line('a'), type).status, 415) << type;
  }
  EXPECT_EQ(import("").status, 400);
}

}  // namespace
}  // namespace assay::patients
