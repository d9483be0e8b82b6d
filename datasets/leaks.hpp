#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/knowledge_graph.hpp"

namespace kgaudit::datasets {

/// Two relations of which one repeats most of the other: (h, a, t) stands beside (t, b, h) when
/// `inverse`, beside (h, b, t) otherwise. A test triple of one is then no question for a model that
/// saw the other in train (Toutanova and Chen 2015; Akrami et al. 2020). A symmetric relation
/// repeats itself: a == b.
struct RelationOverlap {
  RelationId a;  ///< the one with fewer triples; the lower id of two with equally many
  RelationId b;
  bool inverse = false;
  std::uint64_t shared = 0;  ///< distinct triples of a that b repeats
  double share_of_a = 0.0;   ///< shared / distinct triples of a, in [threshold, 1]
  double share_of_b = 0.0;
};

/// Every pair of relations whose smaller one the other repeats for at least the share `threshold`
/// (in (0, 1]) of its triples; by falling `shared`, then by ids. Cost: O(T log T) time, and memory
/// for the triples twice.
[[nodiscard]] std::vector<RelationOverlap> overlapping_relations(std::span<const Triple> triples,
                                                                 std::size_t relation_count,
                                                                 double threshold);

/// Which triples state the same fact as another, by the relations that overlap.
class Counterparts {
 public:
  Counterparts(std::span<const RelationOverlap> overlaps, std::size_t relation_count);

  /// The triples that would repeat `triple`, whether or not they are in a graph. A self-loop has no
  /// inverse counterpart.
  [[nodiscard]] std::vector<Triple> of(const Triple& triple) const;

 private:
  struct Other {
    RelationId relation;
    bool inverse;
  };
  std::vector<std::vector<Other>> others_;  ///< per relation
};

/// How many of `asked` have a counterpart among `known`.
[[nodiscard]] std::uint64_t leaking_triples(std::span<const Triple> asked,
                                            std::span<const Triple> known,
                                            const Counterparts& counterparts);

}  // namespace kgaudit::datasets
