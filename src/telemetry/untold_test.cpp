#include "telemetry/untold.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/locked_memory.hpp"
#include "base/principal.hpp"
#include "base/sensitive.hpp"
#include "base/uuid.hpp"

namespace assay::telemetry {
namespace {

// What these say holds when this file compiles.
static_assert(Untold<SensitiveText>);
static_assert(Untold<std::optional<SensitiveText>>);
static_assert(Untold<std::vector<SensitiveText>>);
static_assert(Untold<LockedBytes>);
static_assert(Untold<Principal>);
static_assert(Untold<Uuid>, "most ids are of patients and tests; the text of an audit record's is told on purpose");

/// What can be told is not taken for untold.
static_assert(!Untold<std::string>);
static_assert(!Untold<std::string_view>);
static_assert(!Untold<const char*>);
static_assert(!Untold<double>);
static_assert(!Untold<std::thread::id>, "a stream shows it");

TEST(Untold, IsWhatMustBeRevealedByName) { EXPECT_EQ(SensitiveText::copy_of("key").reveal(), "key"); }

}  // namespace
}  // namespace assay::telemetry
