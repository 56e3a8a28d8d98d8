#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "audit/log_reader.hpp"
#include "merkle/proof.hpp"

namespace assay::audit {

/// The log's tree at one size, by way of its tiles. For one thread at a time.
class TreeReader {
 public:
  /// The log has at least `size` entries; `log` must outlive it.
  TreeReader(LogReader& log, std::uint64_t size, telemetry::SpanPlace under = {})
      : log_(log), size_(size), under_(std::move(under)) {}

  merkle::Hash root();

  /// Proves that the entry at `index`, below the size, is in the tree.
  merkle::Proof inclusion_proof(std::uint64_t index);

 private:
  merkle::ReadNode read_node();

  LogReader& log_;
  std::uint64_t size_;
  telemetry::SpanPlace under_;
  std::map<std::pair<unsigned, std::uint64_t>, std::string> tiles_;
};

}  // namespace assay::audit
