#pragma once

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "audit/checkpoint_signer.hpp"
#include "audit/memory_store.hpp"
#include "audit/readings.hpp"
#include "audit/testing.hpp"
#include "base/fixed_clock.hpp"
#include "base/temporary_folder.hpp"
#include "http/router.hpp"

namespace assay::audit {

/// What routes of the audit service stand on, over a store in memory whose log is signed in earnest.
class RoutesTest : public testing::Test {
 protected:
  // Outlives the signer, whose threads wake it.
  boost::asio::io_context context_{1};
  FixedClock clock_{Timestamp(std::chrono::milliseconds(1'700'000'000'000))};
  SystemRandom random_;
  telemetry::Log log_{"test"};
  telemetry::Metrics metrics_;
  MemoryStore store_;
  TemporaryFolder folder_;
  HeadFile head_file_{folder_.path() / "log.head"};
  CheckpointSigner signer_{store_,
                           head_file_,
                           {.signer = {.origin = "log.test/1", .key = SigningKey::generate(random_)}, .newest = {}},
                           clock_,
                           log_};
  Readings readings_{store_, clock_, random_};
  http::Router router_{"audit", http::ErrorForm::kService, log_, metrics_};
};

}  // namespace assay::audit
