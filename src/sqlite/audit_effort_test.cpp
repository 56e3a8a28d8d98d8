#include "sqlite/audit_effort.hpp"

#include <gtest/gtest.h>

namespace assay::sqlite {
namespace {

using std::chrono::seconds;

TEST(AuditEffort, IsBoundByWhatTookMostOfTheProcessors) {
  AuditEffort effort{.hashing = seconds(3), .examining = seconds(1), .signatures = seconds(1), .reading = seconds(2)};
  effort.elapsed = seconds(4);
  EXPECT_EQ(effort.bound(), "SHA-256 (3.0 of 7.0 s of processor time)");
  effort.signatures = seconds(9);
  EXPECT_EQ(effort.bound(), "Ed25519 signatures (9.0 of 15.0 s of processor time)");
}

TEST(AuditEffort, IsBoundByTheDiskOnlyWhereItWasReadFrom) {
  AuditEffort effort{.hashing = seconds(3), .disk = seconds(5), .elapsed = seconds(8)};
  EXPECT_EQ(effort.bound(), "SHA-256 (3.0 of 3.0 s of processor time)");
  effort.disk_bytes = 1;
  EXPECT_EQ(effort.bound(), "reading the disk (waited 5.0 of 8.0 s for it)");
}

TEST(AuditEffort, AddsUp) {
  AuditEffort sum{.hashing = seconds(1), .bytes = 10};
  sum += {.hashing = seconds(2), .reading = seconds(3), .bytes = 5, .disk_bytes = 7};
  EXPECT_EQ(sum.hashing, seconds(3));
  EXPECT_EQ(sum.reading, seconds(3));
  EXPECT_EQ(sum.bytes, 15U);
  EXPECT_EQ(sum.disk_bytes, 7U);
}

}  // namespace
}  // namespace assay::sqlite
