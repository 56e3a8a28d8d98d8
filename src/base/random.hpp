#pragma once

#include <cstdint>
#include <span>

namespace assay {

/// A source of random bytes; a parameter of everything that needs some, so that tests can fix them.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out`. Safe from any thread.
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// Cryptographically secure bytes: a generator for each thread, seeded by the operating system.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace assay
