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
    std::optional<double> gap;     ///< |ΔS|, score_gap.micro, in score units
    std::optional<double> excess;  ///< MLP probe's accuracy less the majority's, in [-1, 1]
  };
  /// Filtered MRR of both sides without the triples of sensitive relations.
  std::optional<double> mrr;
  std::vector<Attribute> attributes;
  /// Why there is no `mrr` although it was measured: the first seed's reason that has none, such as
  /// "diverged at epoch 3"; "" if there is one, or if no ranking was asked for.
  std::string failure = {};

  [[nodiscard]] const Attribute* find(std::string_view id) const;
  /// Means over the attributes; nothing if there is none or one has no value. An excess below 0
  /// counts as 0: a probe worse than the majority's guess is noise, not neutrality.
  [[nodiscard]] std::optional<double> mean_gap() const;
  [[nodiscard]] std::optional<double> mean_excess() const;
};

/// Of a system with several views the first one speaks: for filters and erasers the one in which
/// all attributes are taken out.
[[nodiscard]] Headline headline_of(const reports::RunRecord& record, std::string_view system);

}  // namespace kgaudit::run
