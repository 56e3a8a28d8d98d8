#include "sqlite/audit_chunk.hpp"

#include "base/bytes.hpp"

namespace assay::sqlite {

std::size_t RecordRows::append(Blob part) {
  bytes_.insert(bytes_.end(), part.begin(), part.end());
  return part.size();
}

void RecordRows::add(const Statement& row) {
  Place place{.index = static_cast<std::uint64_t>(row.integer(0)),
              .begin = bytes_.size(),
              .has_salt = !row.is_null(3),
              .has_document = !row.is_null(4)};
  place.id = append(row.blob(1));
  place.entry = append(row.blob(2));
  place.salt = append(row.blob(3));
  place.document = append(as_bytes(row.text(4)));
  places_.push_back(place);
}

RecordRow RecordRows::operator[](std::size_t i) const {
  const auto& place = places_[i];
  auto rest = Blob(bytes_).subspan(place.begin);
  const auto take = [&rest](std::size_t size) {
    const auto part = rest.first(size);
    rest = rest.subspan(size);
    return part;
  };
  RecordRow row{.index = place.index, .id = take(place.id), .entry = take(place.entry), .salt = {}, .document = {}};
  const auto salt = take(place.salt);
  const auto document = take(place.document);
  if (place.has_salt) row.salt = salt;
  if (place.has_document) {
    row.document = std::string_view(reinterpret_cast<const char*>(document.data()), document.size());
  }
  return row;
}

}  // namespace assay::sqlite
