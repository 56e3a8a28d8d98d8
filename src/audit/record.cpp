#include "audit/record.hpp"

#include "base/hash.hpp"

namespace assay::audit {

namespace {

constexpr std::string_view kHostKeyKind = "host-key";

constexpr std::size_t kUsualBytes = 512;
/// What date and number take.
constexpr std::size_t kOpenPlacesBytes = 96;

/// Appends members of an object; they must come in the order of the canonical form.
class MemberWriter {
 public:
  explicit MemberWriter(std::string& out) : out_(out) {}

  MemberWriter& text(std::string_view name, std::string_view value) {
    begin(name);
    append_json_string(out_, value);
    out_.push_back(',');
    return *this;
  }

  MemberWriter& text_unless_empty(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
  }

  template <class WriteMembers>
  MemberWriter& object(std::string_view name, WriteMembers write) {
    begin(name);
    out_.push_back('{');
    write(*this);
    end_object();
    out_.push_back(',');
    return *this;
  }

  /// Puts a brace in the place of the last comma.
  void end_object() { out_.back() = '}'; }

 private:
  void begin(std::string_view name) {
    out_.push_back('"');
    out_ += name;
    out_ += "\":";
  }

  std::string& out_;
};

void write_who(MemberWriter& out, const NewRecord& record) {
  if (!record.actor) return;
  const auto& actor = *record.actor;
  out.object("actor", [&](MemberWriter& members) {
    members.text("id", actor.id).text("kind", actor.kind).text("name", actor.name);
  });
  if (actor.on_behalf_of.empty() && actor.purpose_of_use.empty()) return;
  out.object("asserted", [&](MemberWriter& members) {
    members.text_unless_empty("onBehalfOf", actor.on_behalf_of).text_unless_empty("purposeOfUse", actor.purpose_of_use);
  });
}

void write_occasion(MemberWriter& out, const NewRecord& record) {
  out.text("id", record.id.to_string()).text_unless_empty("operationId", record.operation_id);
  if (record.outcome) out.text("outcome", record.outcome->result).text("outcomeOf", record.outcome->of.to_string());
  if (record.part_of) out.text("partOf", record.part_of->to_string());
  if (record.patient_id) out.text("patientId", record.patient_id->to_string());
}

void write_what(MemberWriter& out, const NewRecord& record) {
  if (record.resource) {
    out.object("resource", [&](MemberWriter& members) {
      if (record.resource->id) members.text("id", *record.resource->id);
      members.text("operation", record.resource->operation).text("type", record.resource->type);
    });
  }
  out.text("sourceSystemName", record.source_system_name);
}

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
  if (record.part_of) out["partOf"] = record.part_of->to_string();
  if (record.patient_id) out["patientId"] = record.patient_id->to_string();
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
  if (record.resource) out["resource"] = to_json(*record.resource);
  out["sourceSystemName"] = record.source_system_name;
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
  record.part_of = members.uuid("partOf");
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
    comparable.actor->scope.clear();
    if (comparable.actor->kind == kHostKeyKind) comparable.operation_id = stored.operation_id;
  }
  return comparable == stored;
}

Bytes32 log_entry(const Bytes32& salt, std::string_view document) {
  return sha256_of_parts({salt, as_bytes(document)});
}

Draft::Draft(NewRecord record) : record_(std::move(record)), attributes_(attributes_of(record_)) {
  text_.reserve(kUsualBytes);
  text_.push_back('{');
  MemberWriter members(text_);
  write_who(members, record_);
  date_position_ = text_.size();
  write_occasion(members, record_);
  number_position_ = text_.size();
  write_what(members, record_);
  members.end_object();
}

std::string Draft::complete(Timestamp created_date, std::optional<std::uint64_t> patient_sequence) const {
  std::string text;
  text.reserve(text_.size() + kOpenPlacesBytes);
  text.append(text_, 0, date_position_);
  text += "\"createdDate\":\"" + to_iso8601(created_date) + "\",";
  text.append(text_, date_position_, number_position_ - date_position_);
  if (patient_sequence) text += "\"patientSequence\":" + std::to_string(*patient_sequence) + ",";
  text.append(text_, number_position_);
  return text;
}

}  // namespace assay::audit
