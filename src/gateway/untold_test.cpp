
#include "telemetry/untold.hpp"
#include "gateway/subscription.hpp"

namespace assay::gateway {
namespace {

using telemetry::Untold;

// What these say holds when this file compiles: keys cannot be told as they are, not even their hashes.
static_assert(Untold<NewKey>);
static_assert(Untold<StoredKey>);
static_assert(Untold<Subscription>);

}  // namespace
}  // namespace assay::gateway
