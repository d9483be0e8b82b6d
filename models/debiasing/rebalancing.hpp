#pragma once

#include <cstddef>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/knowledge_graph.hpp"

namespace kgaudit::models {

struct RebalancingOptions {
  /// Groups: the commonest values in train; everybody else counts as unknown.
  std::size_t candidates = 30;
  /// What a profession's groups are brought to: equal shares, or the groups' shares among all
  /// persons with a profession.
  bool equal_shares = true;
  double most = 10.0;  ///< weights are kept inside [1 / most, most]
};

/// A weight for each of `triples` that makes a profession's groups g of one attribute count alike
/// in it:
///
///   w(p, o) = c_o G(g_p) / P(g_p | o),  c_o such that the mean weight of o's triples is 1,
///
/// G as `equal_shares` says and P(g | o) the shares among the triples of o whose person's group is
/// known. A person of several groups counts with equal shares and has the mean of their weights;
/// triples of other relations, and of persons without a known group, have weight 1. Weights are
/// clipped last, so a clipped profession's mean differs from 1. Radstok et al. 2021 add persons to
/// the same end.
[[nodiscard]] std::vector<double> rebalancing_weights(std::span<const datasets::Triple> triples,
                                                      const datasets::PersonAttribute& attribute,
                                                      const datasets::PersonRelation& profession,
                                                      const RebalancingOptions& options);

}  // namespace kgaudit::models
