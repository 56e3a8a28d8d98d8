
#include "telemetry/untold.hpp"
#include "http/message.hpp"

namespace assay::http {
namespace {

using telemetry::Untold;

// What these say holds when this file compiles: what was sent cannot be told as it is.
static_assert(Untold<Request>);
static_assert(Untold<Headers>);
static_assert(Untold<Response>);
static_assert(Untold<Context>);

}  // namespace
}  // namespace assay::http
