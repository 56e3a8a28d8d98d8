#include "audit/attributes.hpp"

#include <gtest/gtest.h>

#include "audit/record.hpp"

namespace assay::audit {
namespace {

TEST(Attributes, AreTheBytesThatTheFormatsName) {
  EXPECT_EQ(actor_hash("820c609c-f674-48da-a63e-54b1d884366a"), 8962493406697975179);
  EXPECT_EQ(operation_hash("find"), -5189885372977216332);
}

TEST(Attributes, TellActorsFromOperationsOfTheSameText) { EXPECT_NE(actor_hash("find"), operation_hash("find")); }

TEST(Attributes, AreAbsentWhereTheRecordHasNone) {
  NewRecord record;
  EXPECT_EQ(attributes_of(record), Attributes());
  record.actor.emplace().id = "1";
  record.resource.emplace().operation = "find";
  EXPECT_EQ(attributes_of(record), (Attributes{.actor = actor_hash("1"), .operation = operation_hash("find")}));
}

}  // namespace
}  // namespace assay::audit
