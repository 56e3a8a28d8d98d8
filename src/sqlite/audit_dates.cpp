#include "sqlite/audit_dates.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "sqlite/audit_filter.hpp"

namespace assay::sqlite {

namespace {

/// How far a probe looks for a record that is still there.
constexpr std::uint64_t kReach = 100;

struct Stretch {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Halves stretches of records until the moment lies between two neighbours, or nothing but erased ones is left.
class MomentSearch {
 public:
  MomentSearch(const Connection& connection, Timestamp moment, Stretch all)
      : kept_(connection.prepare("SELECT idx, document FROM record WHERE idx >= ? AND idx < ? AND document IS NOT NULL "
                                 "ORDER BY idx LIMIT 1")),
        moment_(moment),
        open_{all},
        bounds_{.begin = all.begin, .end = all.end} {}

  DateBounds run() {
    while (!open_.empty() && bounds_.examined + kReach <= kMostExaminedForDates) {
      const auto last = open_.back();
      open_.pop_back();
      // What was found elsewhere may have answered for a part of it.
      const Stretch stretch{.begin = std::max(last.begin, bounds_.begin), .end = std::min(last.end, bounds_.end)};
      if (stretch.begin < stretch.end) halve(stretch);
    }
    return bounds_;
  }

 private:
  void halve(Stretch stretch) {
    const auto middle = stretch.begin + (stretch.end - stretch.begin) / 2;
    const Stretch probe{.begin = middle, .end = std::min(middle + kReach, stretch.end)};
    if (look_at(probe)) return open_.push_back(stretch);
    // Erased up to where later ones begin, they count as of those.
    if (probe.end == bounds_.end) {
      bounds_.end = middle;
      return open_.push_back(stretch);
    }
    // The later half comes first: what retention erased are the oldest.
    open_.push_back({.begin = stretch.begin, .end = middle});
    open_.push_back({.begin = probe.end, .end = stretch.end});
  }

  /// Moves a bound by the first record of the probe that is still there; false when there is none.
  bool look_at(Stretch probe) {
    const ResetOnExit reset(kept_);
    kept_.bind(1, static_cast<std::int64_t>(probe.begin)).bind(2, static_cast<std::int64_t>(probe.end));
    const bool found = kept_.step();
    const auto index = found ? static_cast<std::uint64_t>(kept_.integer(0)) : probe.end;
    bounds_.examined += std::min(index + 1, probe.end) - probe.begin;
    if (!found) return false;
    if (read_document(kept_.text(1)).created_date < moment_) {
      bounds_.begin = index + 1;
    } else {
      bounds_.end = probe.begin;
    }
    return true;
  }

  Statement kept_;
  Timestamp moment_;
  std::vector<Stretch> open_;
  DateBounds bounds_;
};

}  // namespace

DateBounds find_moment(const Connection& connection, Timestamp moment, std::uint64_t begin, std::uint64_t end) {
  return MomentSearch(connection, moment, {.begin = begin, .end = end}).run();
}

}  // namespace assay::sqlite
