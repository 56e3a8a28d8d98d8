#pragma once

#include <fmt/format.h>

#include <concepts>
#include <ostream>
#include <string>

#include "telemetry/log.hpp"
#include "telemetry/span.hpp"

namespace assay::telemetry {

/// A type whose values can't get into a log line, a span, a metric's label or any text by mistake: whoever wants that
/// must take a part of it out, by name. For static_assert in tests of what is patients' data or a secret.
template <class T>
concept Untold = !std::constructible_from<LogValue, const T&> && !std::constructible_from<AttributeValue, const T&> &&
                 !std::constructible_from<std::string, const T&> && !fmt::is_formattable<T>::value &&
                 !requires(std::ostream& out, const T& value) { out << value; };

}  // namespace assay::telemetry
