#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/record.hpp"
#include "base/json.hpp"

namespace assay::sqlite {

/// What a record that the log writes about itself says in its resource's id: an empty object where that is none.
/// Nothing for a record of another operation, or one that came by the reference's single route, whose actor is a host
/// key and which may claim anything.
std::optional<json::object> read_log_record(const audit::NewRecord& record, std::string_view operation);

/// Members of that object; empty, or nothing, where they are none of their kind.
std::string text_of(const json::object& object, std::string_view name);
std::optional<std::uint64_t> size_of(const json::object& object);

}  // namespace assay::sqlite
