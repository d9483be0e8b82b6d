#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "metrics/formulas/asked_persons.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// How persons compare under one and the same value.
struct ValueAuc {
  std::uint32_t value = 0;    ///< index among the candidates
  double auc = 0.0;           ///< P(score of a person with it > score of one without), ties a half
  std::uint64_t with = 0;     ///< persons who have it
  std::uint64_t without = 0;  ///< persons who have another known value and not this one
};

/// What the answers to (person, R, ?) tell, over persons and all candidate values.
struct QuestionAnswers {
  bool finite = true;  ///< else nothing below is filled
  /// Values with at least one person on each side, by value index.
  std::vector<ValueAuc> values;
  double auc_micro = 0.0;           ///< mean over `values` weighted by `with`; 0 if there are none
  std::optional<double> auc_macro;  ///< plain mean over values with min_group persons on each side
  std::vector<double> micro_influence;  ///< per person, see influence_interval
  std::vector<double> macro_influence;
  /// Per person: the mean placement over the person's own values (placements.hpp), whose mean,
  /// weighted by the number of values, is auc_micro. Nothing for a person without one.
  std::vector<std::optional<double>> placement;
  /// Per person: 1 where the best candidate is one of the known values; with a tie for the best,
  /// the share of them that is.
  std::vector<double> correct;
  /// The same of the candidate whose score lies highest above its mean over the persons: what is
  /// common to all persons' scores of a value, a preference for the commonest say, does not answer.
  std::vector<double> centred_correct;
};

/// Writes the scores of candidates [first, last) for persons [begin, end) of `asked`:
/// out[(i - begin) * stride + (c - first)], stride = last - first. Called from several threads.
using ScoreBlock = std::function<void(std::size_t begin, std::size_t end, std::size_t first,
                                      std::size_t last, float* out)>;

/// Compares persons under one value, and values for one person. Every constant that is added to all
/// scores of a value leaves the AUCs as they are. Memory: persons x 32 scores.
[[nodiscard]] QuestionAnswers answer_question(const AskedPersons& asked, std::size_t candidates,
                                              std::size_t min_group, const ScoreBlock& scores,
                                              ThreadPool& pool);

/// The best that can be answered without looking at the person: one value for all.
struct ConstantAnswer {
  std::uint32_t value = 0;      ///< the one that most persons know, the lowest index of several
  std::vector<double> correct;  ///< per person
};
[[nodiscard]] ConstantAnswer constant_answer(const AskedPersons& asked, std::size_t candidates);

/// Per person, the share of the candidates that are known of it: `correct` of answers by chance.
[[nodiscard]] std::vector<double> chance_answer(const AskedPersons& asked, std::size_t candidates);

/// Mean over values of the mean of `correct` over the persons who have the value; values with at
/// least `min_group` persons.
struct BalancedAccuracy {
  double value = 0.0;
  std::size_t values = 0;  ///< how many took part; 0 = undefined
  std::vector<double> influence;
};
[[nodiscard]] BalancedAccuracy balanced_accuracy(const AskedPersons& asked, std::size_t candidates,
                                                 std::size_t min_group,
                                                 std::span<const double> correct);

}  // namespace kgaudit::metrics
