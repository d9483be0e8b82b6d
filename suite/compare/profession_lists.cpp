#include "suite/compare/profession_lists.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "metrics/stats/estimates.hpp"
#include "metrics/stats/list_agreement.hpp"
#include "metrics/stats/outcome.hpp"
#include "reports/record/rows.hpp"

namespace kgaudit::run {
namespace {

namespace stats = metrics::stats;
using reports::Facets;
using reports::MeasurementLine;
using reports::RunRecord;
using reports::SystemView;
using stats::Outcome;
using stats::PairMean;

constexpr std::size_t kTop = 20;
constexpr const char* kOneSeed =
    "one seed: how stable the list is is unknown, 2 or more seeds are needed";

/// The shifts of one row and attribute.
struct Shifts {
  std::map<std::uint64_t, std::map<std::string, double>> of_seed;  ///< profession -> shift
  std::string missing;  ///< why the first profession without a shift has none
};

/// The shifts of a record by system, view and attribute. Seeds without any, as of a training that
/// diverged, are not there.
class ShiftsOnRecord {
 public:
  explicit ShiftsOnRecord(const RunRecord& record) {
    for (const MeasurementLine& line : record.measurements) {
      if (line.metric != "profession_bias.shift") continue;
      const auto profession = line.facets.find("profession");
      if (profession == line.facets.end()) continue;
      Shifts& shifts = all_[{line.system, line.view, reports::facet_or(line.facets, "attribute")}];
      if (line.measurement.defined()) {
        shifts.of_seed[line.seed][profession->second] = line.measurement.value();
      } else if (shifts.missing.empty()) {
        shifts.missing = fmt::format("seed {}: {}", line.seed, line.measurement.reason());
      }
    }
  }
  /// Nothing for a row that was not measured.
  [[nodiscard]] const Shifts* of(const SystemView& row, const std::string& attribute) const {
    const auto found = all_.find({row.system, row.view, attribute});
    return found == all_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, Shifts> all_;
};

/// The values of the professions that all lists have, one row a list.
std::vector<std::vector<double>> aligned(const std::vector<const Shifts*>& sides) {
  std::vector<const std::map<std::string, double>*> lists;
  for (const Shifts* side : sides) {
    for (const auto& [seed, list] : side->of_seed) lists.push_back(&list);
  }
  std::vector<std::vector<double>> values(lists.size());
  if (lists.empty()) return values;
  for (const auto& entry : *lists.front()) {
    const std::string& profession = entry.first;
    const bool everywhere =
        std::ranges::all_of(lists, [&](const auto* list) { return list->contains(profession); });
    if (!everywhere) continue;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      values[i].push_back(lists[i]->at(profession));
    }
  }
  return values;
}

/// How lists agree, and out of how many professions.
struct ListAgreement {
  std::size_t top = 0;
  std::size_t professions = 0;
  PairMean overlap;
  Outcome<PairMean> correlation = Undefined{"not computed"};

  [[nodiscard]] double by_chance() const {
    return static_cast<double>(top) / static_cast<double>(professions);
  }
};

/// `mean` takes the mean over pairs of lists by their numbers.
template <typename Mean>
Outcome<ListAgreement> agreement_of(const std::vector<std::vector<double>>& lists,
                                    const Mean& mean) {
  ListAgreement result;
  result.professions = lists.front().size();
  result.top = std::min(kTop, result.professions / 2);
  if (result.top == 0) return Undefined{"fewer than 2 professions have a shift in every seed"};
  result.overlap = mean([&](std::size_t i, std::size_t j) {
    return stats::shared_ends(lists[i], lists[j], result.top);
  });
  const auto constant = [](const std::vector<double>& list) {
    return std::ranges::all_of(list, [&](double shift) { return shift == list.front(); });
  };
  if (std::ranges::any_of(lists, constant)) {
    result.correlation = Undefined{"all professions have one shift"};
  } else {
    result.correlation = mean([&](std::size_t i, std::size_t j) {
      return metrics::spearman(lists[i], lists[j]).value_or(0.0);
    });
  }
  return result;
}

Outcome<ListAgreement> over_seeds(const Shifts& shifts) {
  const std::vector<std::vector<double>> lists = aligned({&shifts});
  if (lists.empty()) return Undefined{shifts.missing};
  if (lists.size() < 2) return Undefined{kOneSeed};
  return agreement_of(lists, [&](const auto& agreement) {
    return stats::mean_of_pairs(lists.size(), "seeds", agreement);
  });
}

Outcome<ListAgreement> between(const Shifts& ours, const Shifts& theirs) {
  const std::vector<std::vector<double>> lists = aligned({&ours, &theirs});
  const std::size_t first = ours.of_seed.size();
  if (first == 0) return Undefined{ours.missing};
  if (theirs.of_seed.empty()) return Undefined{theirs.missing};
  return agreement_of(lists, [&](const auto& agreement) {
    return stats::mean_across(
        first, theirs.of_seed.size(), "seeds",
        [&](std::size_t i, std::size_t j) { return agreement(i, first + j); });
  });
}

Measurement measured(const Outcome<PairMean>& mean, std::size_t seeds) {
  if (!mean.defined()) {
    return Measurement::undefined(mean.reason(), seeds, "", Direction::kDescriptive);
  }
  return Measurement::of(mean->value, seeds, "", Direction::kDescriptive, mean->interval);
}

std::string in_words(const PairMean& mean) {
  if (!mean.interval) return fmt::format("{:.2f}", mean.value);
  return fmt::format("{:.2f} [{:.2f}, {:.2f}]", mean.value, mean.interval->low,
                     mean.interval->high);
}

/// One system of the sentence about two scores.
std::string in_words(const std::string& name, const Outcome<ListAgreement>& agreement) {
  if (!agreement.defined()) return fmt::format("{}: {}", name, agreement.reason());
  const std::string correlation = agreement->correlation.defined()
                                      ? in_words(*agreement->correlation)
                                      : agreement->correlation.reason();
  return fmt::format("{} shares {} of its {} (by chance {:.2f}), Spearman {}", name,
                     in_words(agreement->overlap), agreement->top, agreement->by_chance(),
                     correlation);
}

}  // namespace

std::vector<MeasurementLine> list_stability_facts(const RunRecord& record) {
  std::vector<MeasurementLine> facts;
  const ShiftsOnRecord shifts(record);
  for (const SystemView& row : reports::system_views(record)) {
    for (const std::string& attribute : reports::attributes_of(record)) {
      const Shifts* of_row = shifts.of(row, attribute);
      if (of_row == nullptr) continue;
      const Outcome<ListAgreement> agreement = over_seeds(*of_row);
      const std::size_t top = agreement.defined() ? agreement->top : kTop;
      const Facets facets = {
          {"attribute", attribute}, {"over", "seeds"}, {"top", std::to_string(top)}};
      const auto put = [&](const char* name, Measurement measurement) {
        facts.push_back({record.run.run, row.system, row.view, record.measurements.front().seed,
                         std::string(kStability) + name, facets, std::move(measurement)});
      };
      const std::size_t seeds = of_row->of_seed.size();
      put("list_overlap",
          measured(agreement.transform([](const ListAgreement& all) { return all.overlap; }),
                   seeds));
      put("list_correlation",
          measured(agreement.and_then([](const ListAgreement& all) { return all.correlation; }),
                   seeds));
      if (!agreement.defined()) continue;
      put("list_overlap_by_chance", Measurement::of(agreement->by_chance(), agreement->professions,
                                                    "", Direction::kDescriptive));
    }
  }
  return facts;
}

std::vector<std::string> lists_over_scores(std::span<const RunRecord> records) {
  std::vector<std::string> sentences;
  for (std::size_t a = 0; a < records.size(); ++a) {
    const ShiftsOnRecord ours(records[a]);
    for (std::size_t b = a + 1; b < records.size(); ++b) {
      const std::string score = reports::setting_of(records[a], "score");
      const std::string other = reports::setting_of(records[b], "score");
      if (records[a].run.graph_hash != records[b].run.graph_hash || score == other) continue;
      const ShiftsOnRecord theirs(records[b]);
      for (const std::string& attribute : reports::attributes_of(records[a])) {
        std::vector<std::string> systems;
        for (const SystemView& row : reports::system_views(records[a])) {
          const Shifts* x = ours.of(row, attribute);
          const Shifts* y = theirs.of(row, attribute);
          if (x == nullptr || y == nullptr) continue;
          systems.push_back(in_words(reports::name_of(records[a], row), between(*x, *y)));
        }
        if (systems.empty()) continue;
        sentences.push_back(fmt::format(
            "Professions by {} bias, {} against {} (the ends of both lists, mean over "
            "pairs of seeds, 95 % jackknife intervals): {}.",
            reports::label_of(records[a], attribute), score, other, fmt::join(systems, "; ")));
      }
    }
  }
  return sentences;
}

}  // namespace kgaudit::run
