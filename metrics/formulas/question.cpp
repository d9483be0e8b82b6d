#include "metrics/formulas/question.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/formulas/placements.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

constexpr std::size_t kPersonsAtOnce = 256;
constexpr std::size_t kValuesPerBlock = 32;

bool holds(const std::vector<std::uint32_t>& ascending, std::uint32_t value) {
  return std::binary_search(ascending.begin(), ascending.end(), value);
}

/// The best candidate so far of one person.
struct Best {
  float score = -std::numeric_limits<float>::infinity();
  double tied = 0.0;
  double right = 0.0;

  [[nodiscard]] double share_right() const { return tied > 0.0 ? right / tied : 0.0; }
  void see(float candidate, bool is_true) {
    if (candidate < score) return;
    if (candidate > score) {
      score = candidate;
      tied = 0.0;
      right = 0.0;
    }
    tied += 1.0;
    if (is_true) right += 1.0;
  }
};

/// One value's comparison of persons.
struct OfValue {
  std::vector<Group> sides;
  std::optional<Placements> placements;
};

class Question {
 public:
  Question(const AskedPersons& asked, std::size_t candidates, std::size_t min_group,
           ThreadPool& pool)
      : asked_(asked),
        candidates_(candidates),
        min_group_(static_cast<double>(min_group)),
        pool_(pool),
        best_(asked.size()),
        best_centred_(asked.size()),
        placement_sum_(asked.size(), 0.0),
        placement_count_(asked.size(), 0.0) {
    result_.micro_influence.assign(asked.size(), 0.0);
    result_.macro_influence.assign(asked.size(), 0.0);
  }

  QuestionAnswers operator()(const ScoreBlock& scores) && {
    for (std::size_t first = 0; first < candidates_ && result_.finite; first += kValuesPerBlock) {
      block(scores, first, std::min(candidates_, first + kValuesPerBlock));
    }
    if (result_.finite) {
      means();
    } else {
      result_ = QuestionAnswers{};
      result_.finite = false;
    }
    return std::move(result_);
  }

 private:
  void block(const ScoreBlock& scores, std::size_t first, std::size_t last) {
    const std::size_t width = last - first;
    std::vector<float> matrix(asked_.size() * width);
    const std::size_t tasks = (asked_.size() + kPersonsAtOnce - 1) / kPersonsAtOnce;
    std::vector<std::uint8_t> broken(tasks, 0);
    pool_.run(tasks, [&](std::size_t task, std::size_t) {
      const std::size_t begin = task * kPersonsAtOnce;
      const std::size_t end = std::min(asked_.size(), begin + kPersonsAtOnce);
      scores(begin, end, first, last, matrix.data() + begin * width);
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t c = 0; c < width; ++c) {
          const float score = matrix[i * width + c];
          if (!std::isfinite(score)) broken[task] = 1;
          best_[i].see(score, holds(asked_.values[i].known, static_cast<std::uint32_t>(first + c)));
        }
      }
    });
    if (std::ranges::find(broken, 1) != broken.end()) {
      result_.finite = false;
      return;
    }
    std::vector<OfValue> compared(width);
    pool_.run(width, [&](std::size_t c, std::size_t) {
      const auto value = static_cast<std::uint32_t>(first + c);
      std::vector<double> column(asked_.size());
      compared[c].sides.resize(asked_.size());
      for (std::size_t i = 0; i < asked_.size(); ++i) {
        column[i] = static_cast<double>(matrix[i * width + c]);
        const AskedPersons::Values& values = asked_.values[i];
        compared[c].sides[i] = holds(values.own, value)     ? Group::kPositive
                               : holds(values.known, value) ? Group::kNeither
                                                            : Group::kNegative;
      }
      compared[c].placements = auc_placements(column, compared[c].sides);
    });
    see_centred(matrix, first, width);
    for (std::size_t c = 0; c < width; ++c) {
      if (compared[c].placements) add(static_cast<std::uint32_t>(first + c), compared[c]);
    }
  }

  /// The candidates of a block less their means over the persons.
  void see_centred(const std::vector<float>& matrix, std::size_t first, std::size_t width) {
    std::vector<double> mean(width, 0.0);
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      for (std::size_t c = 0; c < width; ++c) {
        mean[c] += static_cast<double>(matrix[i * width + c]) / static_cast<double>(asked_.size());
      }
    }
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      for (std::size_t c = 0; c < width; ++c) {
        best_centred_[i].see(
            static_cast<float>(static_cast<double>(matrix[i * width + c]) - mean[c]),
            holds(asked_.values[i].known, static_cast<std::uint32_t>(first + c)));
      }
    }
  }

  void add(std::uint32_t value, const OfValue& of) {
    const Placements& placements = *of.placements;
    result_.values.push_back({value, placements.auc,
                              static_cast<std::uint64_t>(placements.positives),
                              static_cast<std::uint64_t>(placements.negatives)});
    // The micro mean is the mean over persons with a value of their placements; those without it
    // add to the error through the AUC of the value.
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (of.sides[i] == Group::kPositive) {
        placement_sum_[i] += placements.of[i];
        placement_count_[i] += 1.0;
      } else if (of.sides[i] == Group::kNegative) {
        result_.micro_influence[i] +=
            placements.positives * (placements.of[i] - placements.auc) / placements.negatives;
      }
    }
    if (placements.positives >= min_group_ && placements.negatives >= min_group_) {
      add_influence(placements, of.sides, 1.0, result_.macro_influence);
    }
  }

  void means() {
    double pairs = 0.0;
    double sum = 0.0;
    double macro_sum = 0.0;
    double macro_count = 0.0;
    for (const ValueAuc& value : result_.values) {
      pairs += static_cast<double>(value.with);
      sum += static_cast<double>(value.with) * value.auc;
      if (static_cast<double>(value.with) < min_group_ ||
          static_cast<double>(value.without) < min_group_) {
        continue;
      }
      macro_sum += value.auc;
      macro_count += 1.0;
    }
    if (pairs > 0.0) result_.auc_micro = sum / pairs;
    if (macro_count > 0.0) result_.auc_macro = macro_sum / macro_count;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (pairs > 0.0) {
        result_.micro_influence[i] += placement_sum_[i] - placement_count_[i] * result_.auc_micro;
        result_.micro_influence[i] /= pairs;
      }
      if (macro_count > 0.0) result_.macro_influence[i] /= macro_count;
      result_.placement.push_back(placement_count_[i] > 0.0
                                      ? std::optional(placement_sum_[i] / placement_count_[i])
                                      : std::nullopt);
      result_.correct.push_back(best_[i].share_right());
      result_.centred_correct.push_back(best_centred_[i].share_right());
    }
  }

  const AskedPersons& asked_;
  std::size_t candidates_;
  double min_group_;
  ThreadPool& pool_;
  std::vector<Best> best_;
  std::vector<Best> best_centred_;
  std::vector<double> placement_sum_;
  std::vector<double> placement_count_;
  QuestionAnswers result_;
};

}  // namespace

QuestionAnswers answer_question(const AskedPersons& asked, std::size_t candidates,
                                std::size_t min_group, const ScoreBlock& scores, ThreadPool& pool) {
  KGA_REQUIRE(candidates > 0, "no candidates");
  return Question(asked, candidates, min_group, pool)(scores);
}

ConstantAnswer constant_answer(const AskedPersons& asked, std::size_t candidates) {
  KGA_REQUIRE(candidates > 0, "no candidates");
  std::vector<std::uint64_t> persons_with(candidates, 0);
  for (const AskedPersons::Values& values : asked.values) {
    for (const std::uint32_t v : values.known) ++persons_with[v];
  }
  const auto most = std::ranges::max_element(persons_with);
  ConstantAnswer answer;
  answer.value = static_cast<std::uint32_t>(most - persons_with.begin());
  for (const AskedPersons::Values& values : asked.values) {
    answer.correct.push_back(holds(values.known, answer.value) ? 1.0 : 0.0);
  }
  return answer;
}

std::vector<double> chance_answer(const AskedPersons& asked, std::size_t candidates) {
  KGA_REQUIRE(candidates > 0, "no candidates");
  std::vector<double> correct;
  for (const AskedPersons::Values& values : asked.values) {
    correct.push_back(static_cast<double>(values.known.size()) / static_cast<double>(candidates));
  }
  return correct;
}

BalancedAccuracy balanced_accuracy(const AskedPersons& asked, std::size_t candidates,
                                   std::size_t min_group, std::span<const double> correct) {
  KGA_REQUIRE(correct.size() == asked.size(), "{} answers of {} persons", correct.size(),
              asked.size());
  std::vector<double> persons_with(candidates, 0.0);
  std::vector<double> right(candidates, 0.0);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (const std::uint32_t v : asked.values[i].own) {
      persons_with[v] += 1.0;
      right[v] += correct[i];
    }
  }
  const auto counts = [&](std::size_t v) {
    return persons_with[v] > 0.0 && persons_with[v] >= static_cast<double>(min_group);
  };
  BalancedAccuracy result;
  for (std::size_t v = 0; v < candidates; ++v) {
    if (!counts(v)) continue;
    result.value += right[v] / persons_with[v];
    ++result.values;
  }
  if (result.values == 0) return result;
  const auto n = static_cast<double>(result.values);
  result.value /= n;
  result.influence.assign(asked.size(), 0.0);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (const std::uint32_t v : asked.values[i].own) {
      if (!counts(v)) continue;
      result.influence[i] += (correct[i] - right[v] / persons_with[v]) / (persons_with[v] * n);
    }
  }
  return result;
}

}  // namespace kgaudit::metrics
