#include "app/clock_skew.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_map>

namespace assay::app {

namespace {

using Children = std::unordered_multimap<std::string, ToldSpan*>;

/// Of a server's span, how far it has to go to lie within the call; as much room before it as behind it.
std::int64_t shift_into(const ToldSpan& call, const ToldSpan& served) {
  if (served.start >= call.start && served.end <= call.end) return 0;
  const auto room = (call.end - call.start) - (served.end - served.start);
  return call.start + std::max<std::int64_t>(0, room) / 2 - served.start;
}

/// All below a span, itself among them; none twice, even where parents go in a circle.
std::vector<ToldSpan*> subtree(ToldSpan& top, const Children& children) {
  std::vector<ToldSpan*> found{&top};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]->id);
    for (auto child = first; child != last; ++child) {
      if (std::ranges::find(found, child->second) == found.end()) found.push_back(child->second);
    }
  }
  return found;
}

std::vector<ToldSpan*> roots(std::vector<ToldSpan>& spans) {
  std::vector<ToldSpan*> found;
  for (auto& span : spans) {
    if (std::ranges::find(spans, span.parent, &ToldSpan::id) == spans.end()) found.push_back(&span);
  }
  return found;
}

}  // namespace

std::map<std::string, std::int64_t> take_out_skew(std::vector<ToldSpan>& spans) {
  Children children;
  for (auto& span : spans) children.emplace(span.parent, &span);
  std::map<std::string, std::int64_t> shifts;
  // From the top down, so that what is moved has its call in its place already.
  for (auto* root : roots(spans)) {
    for (auto* call : subtree(*root, children)) {
      if (call->kind != "client") continue;
      const auto [first, last] = children.equal_range(call->id);
      for (auto served = first; served != last; ++served) {
        const auto shift = served->second->kind == "server" ? shift_into(*call, *served->second) : 0;
        if (shift == 0) continue;
        shifts[served->second->part] = shift;
        for (auto* moved : subtree(*served->second, children)) {
          moved->start += shift;
          moved->end += shift;
        }
      }
    }
  }
  return shifts;
}

}  // namespace assay::app
