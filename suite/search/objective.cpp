#include "suite/search/objective.hpp"

#include <array>

#include <fmt/format.h>

namespace kgaudit::run {
namespace {

constexpr const char* kGender = "gender";

double wanted_reduction(const Parameters& tuning, std::string_view attribute) {
  return tuning.real(attribute == kGender ? "gap_reduction_gender" : "gap_reduction");
}

}  // namespace

std::span<const ParameterSpec> tuning_parameters() {
  static const std::array rows = {
      ParameterSpec::integer("budget", 16, 1, 100000, "trials",
                             "Trials of each system that has weights to search"),
      ParameterSpec::integer("trial_seeds", 1, 1, 1000, "seeds",
                             "Trainings of each trial, with the first seeds of the plan; the trial "
                             "is judged by their mean"),
      ParameterSpec::real("budget_seconds", 0.0, 0.0, 1e9, "s",
                          "Start no further trial of a system after this time; 0 = no limit, and "
                          "only without one do two searches have the same trials"),
      ParameterSpec::real("gap_reduction", 0.7, 0.0, 1.0, "share of Basic's",
                          "Least reduction of |dS| demanded of every attribute but gender"),
      ParameterSpec::real("gap_reduction_gender", 0.9, 0.0, 1.0, "share of Basic's",
                          "Least reduction of |dS| demanded of gender"),
      ParameterSpec::real("probe_margin", 0.02, 0.0, 1.0, "accuracy",
                          "Most that the MLP probe of gender may beat the majority guess by"),
      ParameterSpec::integer("search_seed", 0, 0, 2147483647, "",
                             "Seed of the search itself; trainings use the seeds of the plan"),
  };
  return rows;
}

std::string objective_text(const Parameters& tuning) {
  return fmt::format(
      "highest validation MRR without sensitive relations among weights with |dS| of gender at "
      "least {:.3g} % and of every other attribute at least {:.3g} % below Basic's of the same "
      "seeds, and an MLP probe of gender at most {:.3g} points above the majority; weights that "
      "miss a demand are ordered by the sum of what they miss",
      100.0 * tuning.real("gap_reduction_gender"), 100.0 * tuning.real("gap_reduction"),
      100.0 * tuning.real("probe_margin"));
}

Verdict judge(const Headline& system, const Headline& basic, const Parameters& tuning) {
  Verdict verdict;
  verdict.result.quality = system.mrr;
  const auto miss = [&](double violation, std::string words) {
    verdict.result.violation += violation;
    verdict.misses.push_back(std::move(words));
  };
  if (!system.mrr) verdict.misses.emplace_back("MRR undefined");
  for (const Headline::Attribute& reference : basic.attributes) {
    const Headline::Attribute* own = system.find(reference.id);
    if (reference.gap && *reference.gap > 0.0) {
      const double wanted = wanted_reduction(tuning, reference.id);
      if (own == nullptr || !own->gap) {
        miss(1.0, fmt::format("|dS| of {} undefined", reference.id));
      } else {
        const double reduction = 1.0 - *own->gap / *reference.gap;
        verdict.reductions[reference.id] = reduction;
        if (reduction < wanted) {
          miss(wanted - reduction, fmt::format("|dS| of {} {:+.1f} %, not {:+.1f} %", reference.id,
                                               0.0 - 100.0 * reduction, -100.0 * wanted));
        }
      }
    }
    if (reference.id != kGender || !reference.excess) continue;
    const double margin = tuning.real("probe_margin");
    if (own == nullptr || !own->excess) {
      miss(1.0, "probe of gender undefined");
    } else if (*own->excess > margin) {
      miss(*own->excess - margin, fmt::format("probe of gender {:+.1f} points, not {:+.1f}",
                                              100.0 * *own->excess, 100.0 * margin));
    }
  }
  return verdict;
}

}  // namespace kgaudit::run
