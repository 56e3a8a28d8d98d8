#include "audit/register_parameters.hpp"

#include <gmock/gmock.h>

namespace assay::audit {
namespace {

http::Request request(std::string query) {
  http::Request out;
  out.target = "/audit?" + std::move(query);
  return out;
}

RegisterParameters read(std::string query) { return read_register_parameters(request(std::move(query))).value(); }

std::string fault_of(std::string query) { return read_register_parameters(request(std::move(query))).error().detail; }

Timestamp moment(std::string_view text) { return parse_timestamp(text).value(); }

TEST(RegisterParameters, AreAllOptional) {
  const auto parameters = read("");
  EXPECT_EQ(parameters.patient_id, std::nullopt);
  EXPECT_EQ(parameters.from, std::nullopt);
  EXPECT_EQ(parameters.before, std::nullopt);
  EXPECT_EQ(parameters.cursor, std::nullopt);
  EXPECT_EQ(parameters.limit, 100);
  EXPECT_EQ(canonical_json(parameters.filters), "{}");
}

TEST(RegisterParameters, IncludeTheLastDayAndTheLastMoment) {
  EXPECT_EQ(read("to=2026-02-28").before, moment("2026-03-01T00:00:00.000Z"));
  EXPECT_EQ(read("to=2026-02-28T23:59:59.999Z").before, moment("2026-03-01T00:00:00.000Z"));
  EXPECT_EQ(read("to=2026-02-28T10:00").before, moment("2026-02-28T10:00:00.001Z"));
  EXPECT_EQ(read("from=2026-02-28").from, moment("2026-02-28T00:00:00.000Z"));
  EXPECT_EQ(read("from=2026-02-28T10:00:00%2B01:00").from, moment("2026-02-28T09:00:00.000Z"));
}

TEST(RegisterParameters, KeepTheFiltersAsSentForTheRecord) {
  const auto parameters = read("to=2026-02-28&limit=5&actor=a+b%22&cursor=3-7&operation=find");
  EXPECT_EQ(canonical_json(parameters.filters), R"({"actor":"a b\"","operation":"find","to":"2026-02-28"})");
  EXPECT_EQ(parameters.limit, 5);
  EXPECT_EQ(parameters.cursor->next, 3);
  EXPECT_EQ(parameters.cursor->last, 7);
}

TEST(RegisterParameters, LeadToTheNextPageWithTheSameFilters) {
  const auto parameters = read("actor=a+b%22%26%3E&limit=5");
  const auto link = link_to("/audit", parameters, {.next = 3, .last = 7});
  EXPECT_EQ(link, R"(</audit?actor=a%20b%22%26%3E&cursor=3-7&limit=5>; rel="next")");
  const auto next = read(link.substr(link.find('?') + 1, link.find('>') - link.find('?') - 1));
  EXPECT_EQ(next.filters, parameters.filters);
  EXPECT_EQ(next.limit, 5);
}

TEST(RegisterParameters, TellTheFirstFault) {
  EXPECT_EQ(fault_of("foo=1&limit=0&operation=&patientId=x"), R"("patientId" must be a valid GUID)");
  EXPECT_EQ(fault_of("foo=1&limit=0&operation="), R"("operation" is not allowed to be empty)");
  EXPECT_EQ(fault_of("foo=1&limit=0"), R"("limit" must be a number from 1 to 1000)");
  EXPECT_EQ(fault_of("foo=1"), R"("foo" is not allowed)");
  EXPECT_EQ(fault_of("from=a&from=b"), R"("from" must be a valid date)");
  EXPECT_EQ(read_paging_parameters(request("actor=a")).error().detail, R"("actor" is not allowed)");
}

TEST(RegisterParameters, TakeNoOtherCursors) {
  for (const auto* cursor : {"1", "-", "1-", "-1", "1-2-3", "1--2", "+1-2", "1-9223372036854775808", "a-b"}) {
    EXPECT_EQ(fault_of(std::string("cursor=") + cursor), R"("cursor" is not valid for this query)") << cursor;
  }
}

}  // namespace
}  // namespace assay::audit
