#include "merkle/decimal.hpp"

#include <charconv>
#include <system_error>

namespace assay::merkle {

std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t largest) {
  const bool has_leading_zero = text.size() > 1 && text.front() == '0';
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (has_leading_zero || error != std::errc() || stop != end || number > largest) return std::nullopt;
  return number;
}

}  // namespace assay::merkle
