#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "http/message.hpp"
#include "patients/search.hpp"

namespace assay::patients {

/// What a cursor belongs to: nobody can use it for other criteria or as another caller.
struct CursorScope {
  std::string_view criteria;  ///< in canonical form
  const http::Context& context;
};

/// The place where a page ended as a text of URL-safe characters that tells nobody anything, since URLs end up in logs
/// and the place is a patient's: base64url of the birth day (4 bytes) and the row (8 bytes), both big-endian, sealed
/// under a key made from `key`, with the scope as associated data.
std::string encode_cursor(const Position& position, const CursorScope& scope, const SensitiveText& key, Random& random);

/// Nothing for what `encode_cursor` did not make for that scope with one of the keys.
std::optional<Position> decode_cursor(std::string_view cursor, const CursorScope& scope,
                                      const std::vector<SensitiveText>& keys);

}  // namespace assay::patients
