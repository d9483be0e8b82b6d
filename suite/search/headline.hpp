#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/run_record.hpp"

namespace kgaudit::run {

/// The few numbers of a system that weights are chosen by and trade-offs are drawn from, each the
/// mean over the seeds of a record; nothing where a seed has no value or the metric did not run.
struct Headline {
  struct Attribute {
    std::string id;
    /// Share of the questions (person, relation, ?) answered right, less that of the commonest
    /// answer, in [-1, 1].
    std::optional<double> question;
    /// AUC of the strongest probe on hidden persons less .5, in [-.5, .5].
    std::optional<double> leakage;
  };
  /// Filtered MRR of both sides without the triples of sensitive relations.
  std::optional<double> mrr;
  std::vector<Attribute> attributes;
  /// Why there is no `mrr` although it was measured: the first seed's reason that has none, such as
  /// "diverged at epoch 3"; "" if there is one, or if no ranking was asked for.
  std::string failure = {};

  [[nodiscard]] const Attribute* find(std::string_view id) const;
  /// Means over the attributes; nothing if there is none or one has no value. A value below 0
  /// counts as 0: answers worse than the commonest one are not more neutral than it.
  [[nodiscard]] std::optional<double> mean_question() const;
  [[nodiscard]] std::optional<double> mean_leakage() const;
};

/// Of a system with several views the first one speaks: for filters and erasers the one in which
/// all attributes are taken out. Of a system with attribute vectors its rows alone speak, in
/// quality and in bias.
[[nodiscard]] Headline headline_of(const reports::RunRecord& record, std::string_view system);

}  // namespace kgaudit::run
