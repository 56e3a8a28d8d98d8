#include "audit/record.hpp"

#include <fmt/format.h>

namespace assay::audit {

namespace {

constexpr std::string_view kHostKeyKind = "host-key";

// The three groups are what stands before the date, between date and number, and after the number when
// all members are in the canonical form's order.

void add_who(json::object& out, const NewRecord& record) {
  if (!record.actor) return;
  out["actor"] = {{"kind", record.actor->kind}, {"id", record.actor->id}, {"name", record.actor->name}};
  json::object asserted;
  if (!record.actor->on_behalf_of.empty()) asserted["onBehalfOf"] = record.actor->on_behalf_of;
  if (!record.actor->purpose_of_use.empty()) asserted["purposeOfUse"] = record.actor->purpose_of_use;
  if (!asserted.empty()) out["asserted"] = std::move(asserted);
}

void add_occasion(json::object& out, const NewRecord& record) {
  out["id"] = record.id.to_string();
  if (!record.operation_id.empty()) out["operationId"] = record.operation_id;
  if (record.outcome) {
    out["outcome"] = record.outcome->result;
    out["outcomeOf"] = record.outcome->of.to_string();
  }
  if (record.patient_id) out["patientId"] = record.patient_id->to_string();
}

void add_what(json::object& out, const NewRecord& record) {
  if (record.resource) out["resource"] = to_json(*record.resource);
  out["sourceSystemName"] = record.source_system_name;
}

/// The members of a group in canonical form, without the object's braces.
std::string canonical_members(const NewRecord& record, void (*add)(json::object&, const NewRecord&)) {
  json::value group(json::object_kind);
  add(group.get_object(), record);
  const auto text = canonical_json(group);
  return text.substr(1, text.size() - 2);
}

/// Takes members out of an object; whatever is of a wrong type, or left in the end, makes it invalid.
class MemberReader {
 public:
  explicit MemberReader(const json::object& object) : object_(object) {}

  std::optional<std::string> text(std::string_view name) {
    const auto* member = take(name);
    if (member == nullptr) return std::nullopt;
    if (const auto* text = member->if_string()) return std::string(*text);
    valid_ = false;
    return std::nullopt;
  }

  std::string required_text(std::string_view name) { return required(text(name)); }

  std::optional<Uuid> uuid(std::string_view name) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto uuid = Uuid::parse(*found);
    if (!uuid) valid_ = false;
    return uuid;
  }

  Uuid required_uuid(std::string_view name) { return required(uuid(name)); }

  std::optional<std::uint64_t> positive_number(std::string_view name) {
    const auto* member = take(name);
    if (member == nullptr) return std::nullopt;
    const auto* number = member->if_int64();
    if (number != nullptr && *number > 0) return static_cast<std::uint64_t>(*number);
    valid_ = false;
    return std::nullopt;
  }

  const json::object* object(std::string_view name) {
    const auto* member = take(name);
    if (member != nullptr && !member->is_object()) valid_ = false;
    return member != nullptr ? member->if_object() : nullptr;
  }

  template <class T>
  T required(std::optional<T> value) {
    if (!value) valid_ = false;
    return std::move(value).value_or(T());
  }

  bool valid() const { return valid_ && taken_ == object_.size(); }

 private:
  const json::value* take(std::string_view name) {
    const auto* member = object_.if_contains(name);
    if (member != nullptr) ++taken_;
    return member;
  }

  const json::object& object_;
  std::size_t taken_ = 0;
  bool valid_ = true;
};

bool read_resource(const json::object& object, Resource& resource) {
  MemberReader members(object);
  resource.type = members.required_text("type");
  resource.id = members.text("id");
  resource.operation = members.required_text("operation");
  return members.valid();
}

bool read_actor(const json::object& object, Principal& actor) {
  MemberReader members(object);
  actor.kind = members.required_text("kind");
  actor.id = members.required_text("id");
  actor.name = members.required_text("name");
  return members.valid();
}

bool read_asserted(const json::object& object, Principal& actor) {
  MemberReader members(object);
  actor.on_behalf_of = members.text("onBehalfOf").value_or("");
  actor.purpose_of_use = members.text("purposeOfUse").value_or("");
  return members.valid();
}

bool read_who(MemberReader& members, NewRecord& record) {
  const auto* actor = members.object("actor");
  const auto* asserted = members.object("asserted");
  if (actor == nullptr) return asserted == nullptr;
  return read_actor(*actor, record.actor.emplace()) && (asserted == nullptr || read_asserted(*asserted, *record.actor));
}

bool read_outcome(MemberReader& members, NewRecord& record) {
  auto result = members.text("outcome");
  const auto attempt = members.uuid("outcomeOf");
  if (result && attempt) record.outcome = Outcome{.result = std::move(*result), .of = *attempt};
  return result.has_value() == attempt.has_value();
}

}  // namespace

json::object to_json(const Resource& resource) {
  json::object out;
  out["type"] = resource.type;
  if (resource.id) out["id"] = *resource.id;
  out["operation"] = resource.operation;
  return out;
}

json::object to_json(const NewRecord& record, Timestamp created_date, std::optional<std::uint64_t> patient_sequence) {
  json::object out;
  add_who(out, record);
  out["createdDate"] = to_iso8601(created_date);
  add_occasion(out, record);
  if (patient_sequence) out["patientSequence"] = *patient_sequence;
  add_what(out, record);
  return out;
}

std::optional<StoredRecord> parse_record(std::string_view document) {
  const auto parsed = parse_json(document);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  MemberReader members(parsed->get_object());
  StoredRecord stored;
  auto& record = stored.record;
  record.id = members.required_uuid("id");
  record.source_system_name = members.required_text("sourceSystemName");
  record.operation_id = members.text("operationId").value_or("");
  record.patient_id = members.uuid("patientId");
  stored.created_date = members.required(parse_timestamp(members.required_text("createdDate")));
  stored.patient_sequence = members.positive_number("patientSequence");
  const auto* resource = members.object("resource");
  if (resource != nullptr && !read_resource(*resource, record.resource.emplace())) return std::nullopt;
  if (!read_who(members, record) || !read_outcome(members, record) || !members.valid()) return std::nullopt;
  if (stored.patient_sequence.has_value() != record.patient_id.has_value()) return std::nullopt;
  return stored;
}

bool is_repeat(const NewRecord& sent, const NewRecord& stored) {
  auto comparable = sent;
  if (comparable.actor) {
    comparable.actor->token.clear();
    if (comparable.actor->kind == kHostKeyKind) comparable.operation_id = stored.operation_id;
  }
  return comparable == stored;
}

Draft::Draft(NewRecord record)
    : record_(std::move(record)),
      before_date_(canonical_members(record_, &add_who)),
      before_number_(canonical_members(record_, &add_occasion)),
      after_number_(canonical_members(record_, &add_what)) {}

std::string Draft::complete(Timestamp created_date, std::optional<std::uint64_t> patient_sequence) const {
  return fmt::format(R"({{{}{}"createdDate":"{}",{},{}{}}})", before_date_, before_date_.empty() ? "" : ",",
                     to_iso8601(created_date), before_number_,
                     patient_sequence ? fmt::format(R"("patientSequence":{},)", *patient_sequence) : "", after_number_);
}

}  // namespace assay::audit
