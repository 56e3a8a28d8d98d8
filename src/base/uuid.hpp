#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace assay {

/// A UUID (RFC 9562) as its 16 bytes.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// A random one (version 4).
  static Uuid generate(Random& random);
  /// One that begins with the moment (version 7), so that an index of many takes the new ones at its end.
  static Uuid generate_ordered(Random& random, Timestamp now);

  /// Reads the canonical form, 36 characters in lower case. Ids compare as text, so a valid UUID in
  /// upper case names nothing here; `is_uuid` tells whether it is valid.
  static std::optional<Uuid> parse(std::string_view text);

  /// The canonical form: 36 characters, lower case.
  std::string to_string() const;

  auto operator<=>(const Uuid&) const = default;
};

/// Whether the text is a UUID in either case.
bool is_uuid(std::string_view text);

}  // namespace assay

template <>
struct std::hash<assay::Uuid> {
  std::size_t operator()(const assay::Uuid& uuid) const noexcept;
};
