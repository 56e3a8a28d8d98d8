#include "audit/forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "audit/fields.hpp"
#include "base/bytes.hpp"

namespace assay::audit {

namespace {

constexpr std::array<std::string_view, 7> kOutcomes{
    "not-found", "not-modified", "precondition-failed", "conflict", "failed", "done", "not-done"};

std::optional<Resource> read_resource(Fields& fields) {
  auto resource_fields = fields.object("resource");
  if (!resource_fields) return std::nullopt;
  Resource resource;
  resource.type = resource_fields->required_text("type");
  resource.id = resource_fields->text("id");
  resource.operation = resource_fields->required_text("operation");
  resource_fields->refuse_others();
  return resource;
}

std::optional<Uuid> read_id(Fields& fields, std::string_view name) {
  const auto text = fields.guid(name);
  if (!text) return std::nullopt;
  const auto id = Uuid::parse(*text);
  if (!id) fields.refuse(name, "must be a GUID in lower case");
  return id;
}

std::optional<Outcome> read_outcome(Fields& fields) {
  const auto result = fields.text("outcome");
  if (result && std::ranges::find(kOutcomes, *result) == kOutcomes.end()) {
    fields.refuse("outcome", fmt::format("must be one of [{}]", fmt::join(kOutcomes, ", ")));
  }
  const auto attempt = read_id(fields, "outcomeOf");
  if (result && !attempt) fields.refuse("outcomeOf", "is required");
  if (attempt && !result) fields.refuse("outcome", "is required");
  if (!result || !attempt) return std::nullopt;
  return Outcome{.result = *result, .of = *attempt};
}

/// Reads the records of a batch one after the other, and verifies each of its principals once.
class BatchReader {
 public:
  BatchReader(const Sender& sender, const secrets::PrincipalVerifier& principals, Timestamp now)
      : sender_(sender), verifier_(principals), now_(now) {}

  NewRecord read(Fields& fields) {
    NewRecord record;
    const auto id = read_id(fields, "id");
    if (!id) fields.refuse("id", "is required");
    record.id = id.value_or(Uuid());
    record.source_system_name = fields.required_text("sourceSystemName");
    record.resource = read_resource(fields);
    record.patient_id = read_id(fields, "patientId");
    record.outcome = read_outcome(fields);
    record.part_of = read_id(fields, "partOf");
    read_origin(fields, record);
    fields.refuse_others();
    return record;
  }

 private:
  void read_origin(Fields& fields, NewRecord& record) {
    principals_.push_back(read_principal(fields));
    const auto operation_id = read_operation_id(fields);
    const auto& verified = principals_.back();
    if (verified) {
      record.actor = verified->principal;
      record.operation_id = verified->operation_id;
    } else {
      record.actor = Principal{.kind = "host-key",
                               .id = sender_.host_key,
                               .name = sender_.host_key,
                               .on_behalf_of = "",
                               .purpose_of_use = ""};
      record.operation_id = operation_id.value_or(sender_.operation_id);
    }
  }

  std::optional<VerifiedPrincipal> read_principal(Fields& fields) {
    const auto* value = fields.any("principal");
    if (value == nullptr) return std::nullopt;
    std::optional<VerifiedPrincipal> verified;
    if (const auto* token = value->if_string()) {
      verified = verifier_.verify(*token, now_);
    } else if (const auto* position = value->if_int64()) {
      const bool is_earlier = *position >= 0 && static_cast<std::size_t>(*position) < principals_.size();
      if (is_earlier) verified = principals_[static_cast<std::size_t>(*position)];
    }
    if (!verified) fields.refuse("principal", "must be a principal that was signed and has not expired");
    return verified;
  }

  static std::optional<std::string> read_operation_id(Fields& fields) {
    auto operation_id = fields.text("operationId");
    std::array<std::uint8_t, 16> bytes{};
    if (operation_id && !from_hex(*operation_id, bytes)) {
      fields.refuse("operationId", "must be 32 hexadecimal digits in lower case");
    }
    return operation_id;
  }

  const Sender& sender_;
  const secrets::PrincipalVerifier& verifier_;
  Timestamp now_;
  std::vector<std::optional<VerifiedPrincipal>> principals_;
};

}  // namespace

Result<Claim> read_claim(const json::value& body) {
  const auto* object = body.if_object();
  if (object == nullptr) return fail(400, "\"value\" must be of type object");
  FirstFault fault;
  Fields fields(*object, "", fault);
  const auto id = fields.guid("id");
  const auto created_date = fields.date("createdDate");
  Claim claim;
  claim.source_system_name = fields.required_text("sourceSystemName");
  claim.resource = read_resource(fields);
  fields.refuse_others();
  if (id) fault.note("Id unexpected.");
  if (created_date) fault.note("createdDate unexpected.");
  if (fault.found()) return fault.problem();
  return claim;
}

Result<std::vector<NewRecord>> read_batch(const json::value& body, const Sender& sender,
                                          const secrets::PrincipalVerifier& principals, Timestamp now) {
  const auto* array = body.if_array();
  if (array == nullptr) return fail(400, "\"value\" must be an array");
  if (array->empty()) return fail(400, "\"value\" must contain at least 1 items");
  if (array->size() > kMaximumBatchRecords) {
    return fail(400, fmt::format("\"value\" must contain less than or equal to {} items", kMaximumBatchRecords));
  }
  FirstFault fault;
  BatchReader reader(sender, principals, now);
  std::vector<NewRecord> records;
  records.reserve(array->size());
  for (std::size_t position = 0; position < array->size(); ++position) {
    const auto* object = (*array)[position].if_object();
    if (object == nullptr) return fail(400, fmt::format("\"[{}]\" must be of type object", position));
    Fields fields(*object, fmt::format("[{}].", position), fault);
    records.push_back(reader.read(fields));
    if (fault.found()) return fault.problem();
  }
  return records;
}

}  // namespace assay::audit
