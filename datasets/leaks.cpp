#include "datasets/leaks.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "suite/base/error.hpp"

namespace kgaudit::datasets {
namespace {

std::vector<Triple> distinct(std::span<const Triple> triples) {
  std::vector<Triple> sorted(triples.begin(), triples.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

/// A triple as (its two entities, relation), so that all relations of a pair stand together.
struct Link {
  std::uint64_t ends;
  RelationId relation;

  auto operator<=>(const Link&) const = default;
};

constexpr std::uint64_t ends_of(EntityId head, EntityId tail) {
  return std::uint64_t{head.value} << 32U | tail.value;
}

/// How many triples of one relation another repeats, per ordered pair of relations.
class SharedCounts {
 public:
  explicit SharedCounts(std::size_t relation_count) : relations_(relation_count) {}

  void add(RelationId a, RelationId b, bool inverse) {
    ++counts_[(std::uint64_t{a.value} * relations_ + b.value) * 2 + (inverse ? 1 : 0)];
  }
  template <typename Use>
  void each(const Use& use) const {
    for (const auto& [key, shared] : counts_) {
      const std::uint64_t pair = key / 2;
      use(RelationId(static_cast<std::uint32_t>(pair / relations_)),
          RelationId(static_cast<std::uint32_t>(pair % relations_)), key % 2 == 1, shared);
    }
  }

 private:
  std::uint64_t relations_;
  std::unordered_map<std::uint64_t, std::uint64_t> counts_;
};

SharedCounts count_shared(const std::vector<Triple>& triples, std::size_t relation_count) {
  std::vector<Link> links;
  links.reserve(triples.size());
  for (const Triple& t : triples) links.push_back({ends_of(t.head, t.tail), t.relation});
  std::ranges::sort(links);
  SharedCounts counts(relation_count);
  // Each pair of relations is counted from the lower id's side alone.
  const auto count = [&](std::uint64_t ends, RelationId relation, bool inverse) {
    auto at = std::ranges::lower_bound(links, Link{ends, relation});
    for (; at != links.end() && at->ends == ends; ++at) {
      if (inverse || at->relation != relation) counts.add(relation, at->relation, inverse);
    }
  };
  for (const Triple& t : triples) {
    count(ends_of(t.head, t.tail), t.relation, false);
    if (t.head != t.tail) count(ends_of(t.tail, t.head), t.relation, true);
  }
  return counts;
}

}  // namespace

std::vector<RelationOverlap> overlapping_relations(std::span<const Triple> triples,
                                                   std::size_t relation_count, double threshold) {
  KGA_REQUIRE(threshold > 0.0 && threshold <= 1.0, "threshold = {}", threshold);
  const std::vector<Triple> all = distinct(triples);
  std::vector<std::uint64_t> size(relation_count, 0);
  for (const Triple& t : all) {
    KGA_REQUIRE(t.relation.index() < relation_count, "relation {} of {}", t.relation.value,
                relation_count);
    ++size[t.relation.index()];
  }
  std::vector<RelationOverlap> overlaps;
  count_shared(all, relation_count)
      .each([&](RelationId a, RelationId b, bool inverse, std::uint64_t shared) {
        if (size[b.index()] < size[a.index()]) std::swap(a, b);
        RelationOverlap overlap{a, b, inverse, shared, 0.0, 0.0};
        overlap.share_of_a = static_cast<double>(shared) / static_cast<double>(size[a.index()]);
        overlap.share_of_b = static_cast<double>(shared) / static_cast<double>(size[b.index()]);
        if (overlap.share_of_a >= threshold) overlaps.push_back(overlap);
      });
  std::ranges::sort(overlaps, [](const RelationOverlap& x, const RelationOverlap& y) {
    if (x.shared != y.shared) return x.shared > y.shared;
    if (x.a != y.a) return x.a < y.a;
    return x.b != y.b ? x.b < y.b : x.inverse < y.inverse;
  });
  return overlaps;
}

Counterparts::Counterparts(std::span<const RelationOverlap> overlaps, std::size_t relation_count)
    : others_(relation_count) {
  for (const RelationOverlap& overlap : overlaps) {
    others_[overlap.a.index()].push_back({overlap.b, overlap.inverse});
    if (overlap.a != overlap.b) {
      others_[overlap.b.index()].push_back({overlap.a, overlap.inverse});
    }
  }
}

std::vector<Triple> Counterparts::of(const Triple& triple) const {
  std::vector<Triple> result;
  for (const Other& other : others_[triple.relation.index()]) {
    if (!other.inverse) {
      result.push_back({triple.head, other.relation, triple.tail});
    } else if (triple.head != triple.tail) {
      result.push_back({triple.tail, other.relation, triple.head});
    }
  }
  return result;
}

std::uint64_t leaking_triples(std::span<const Triple> asked, std::span<const Triple> known,
                              const Counterparts& counterparts) {
  const std::vector<Triple> sorted = distinct(known);
  return static_cast<std::uint64_t>(std::ranges::count_if(asked, [&](const Triple& t) {
    return std::ranges::any_of(counterparts.of(t), [&](const Triple& other) {
      return std::ranges::binary_search(sorted, other);
    });
  }));
}

}  // namespace kgaudit::datasets
