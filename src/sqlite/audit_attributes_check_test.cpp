#include "sqlite/audit_attributes_check.hpp"

#include "sqlite/audit_examination_fixture.hpp"

namespace assay::sqlite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Records with actors and operations, in their index too.
class AuditAttributesTest : public AuditExaminationTest {
 protected:
  AuditAttributesTest() {
    for (const auto* actor : {"one", "two", "one", "quo\"te", "Müller"}) append_indexed(actor);
  }

  void append_indexed(const std::string& actor) {
    auto record = a_record();
    record.actor = Principal{.kind = "k", .id = actor, .name = "n", .on_behalf_of = "", .purpose_of_use = ""};
    record.resource = audit::Resource{.type = "patient", .id = std::nullopt, .operation = "find"};
    const auto attributes = audit::attributes_of(record);
    for (const auto hash : {*attributes.actor, *attributes.operation}) {
      connection_.prepare("INSERT INTO attribute VALUES(?, ?)")
          .bind(1, hash)
          .bind(2, static_cast<std::int64_t>(size_))
          .run();
    }
    append(record);
    connection_.execute(fmt::format("UPDATE access_position SET position = {}", size_));
  }
};

TEST_F(AuditAttributesTest, FindsNoFaultInTheIndexOfWhatTheRecordsSay) {
  auto behind = a_record();
  behind.resource = audit::Resource{.type = "patient", .id = std::nullopt, .operation = "find"};
  append(behind);
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(AuditAttributesTest, NamesARowOfARecordThatIsNotInTheIndexYet) {
  append(a_record());
  connection_.execute("INSERT INTO attribute VALUES(7, 5)");
  EXPECT_THAT(faults(),
              ElementsAre("The index of actors and operations has a row of record 5, which is not in it yet."));
}

TEST_F(AuditAttributesTest, NamesTheStretchOfRecordsThatItIsWrongAbout) {
  append_many(3'000);
  append_indexed("one");
  connection_.execute("DELETE FROM attribute WHERE idx = 3005");
  EXPECT_THAT(faults(), ElementsAre("The index of actors and operations is not that of the records from 2048 on."));
}

class ChangedAttributesTest : public AuditAttributesTest, public testing::WithParamInterface<const char*> {};

TEST_P(ChangedAttributesTest, AreNamed) {
  connection_.execute(GetParam());
  EXPECT_THAT(faults(), ElementsAre("The index of actors and operations is not that of the records from 0 on."));
}

INSTANTIATE_TEST_SUITE_P(
    Changes, ChangedAttributesTest,
    testing::Values("DELETE FROM attribute WHERE idx = 1", "DELETE FROM attribute",
                    "INSERT INTO attribute VALUES(7, 2)", "UPDATE attribute SET hash = hash + 1 WHERE idx = 3",
                    "UPDATE attribute SET idx = 3 WHERE idx = 1 AND hash = (SELECT min(hash) FROM attribute WHERE idx "
                    "= 1 AND hash NOT IN (SELECT hash FROM attribute WHERE idx = 3))"));

}  // namespace
}  // namespace assay::sqlite
