#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace kgaudit::models {

/// How a query vector q meets a candidate row c. Larger = more plausible.
enum class Comparator {
  kDot,        ///< <q, c>
  kL1,         ///< -||q - c||_1
  kL2,         ///< -||q - c||_2
  kComplexL1,  ///< -sum_k |q_k - c_k| over complex numbers, stored as halves [re | im] (RotatE)
};

/// A knowledge-graph score, factored as comparator(operator(known entity, relation), candidate):
/// the same factoring serves one triple, one query against all candidates, and the gradients, so
/// that the three forms agree.
///
/// Shapes: entity rows have `dimension` floats, relation rows `relation_width(dimension)` floats,
/// query vectors `dimension` floats. The paper's letters: h head, r relation, t tail, q query.
class ScoreFunction {
 public:
  virtual ~ScoreFunction() = default;

  [[nodiscard]] virtual Comparator comparator() const = 0;
  [[nodiscard]] virtual std::size_t relation_width(std::size_t dimension) const {
    return dimension;
  }
  /// The dimension must be a multiple of this (2 for complex scores).
  [[nodiscard]] virtual std::size_t dimension_multiple() const { return 1; }

  /// True when adding a vector to r is the same as adding it to h: g(h + v, r, t) = g(h, r + v, t).
  [[nodiscard]] virtual bool translates() const { return false; }

  /// q such that g(h, r, t) = compare(q, t) + returned constant.
  virtual float tail_query(const float* h, const float* r, float* q,
                           std::size_t dimension) const = 0;
  /// q such that g(h, r, t) = compare(q, h) + returned constant.
  virtual float head_query(const float* r, const float* t, float* q,
                           std::size_t dimension) const = 0;

  /// Back through tail_query: given dL/dq and dL/dconstant, adds to dL/dh and dL/dr.
  virtual void tail_query_gradient(const float* h, const float* r, const float* dq, float dconstant,
                                   float* dh, float* dr, std::size_t dimension) const = 0;
  /// Back through head_query: given dL/dq and dL/dconstant, adds to dL/dr and dL/dt.
  virtual void head_query_gradient(const float* r, const float* t, const float* dq, float dconstant,
                                   float* dr, float* dt, std::size_t dimension) const = 0;
};

/// One roster entry: everything that help, `list` and `explain` say about a score.
struct ScoreEntry {
  std::string_view id;
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  std::string_view pitfalls;
  const ScoreFunction& (*function)();
};

/// All scores in roster order.
[[nodiscard]] std::span<const ScoreEntry* const> scores();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const ScoreEntry& find_score(std::string_view id);

}  // namespace kgaudit::models
