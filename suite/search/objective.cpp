#include "suite/search/objective.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace kgaudit::run {
namespace {

constexpr const char* kGender = "gender";

double wanted_reduction(const Parameters& tuning, std::string_view attribute) {
  return tuning.real(attribute == kGender ? "question_reduction_gender" : "question_reduction");
}

}  // namespace

std::span<const ParameterSpec> tuning_parameters() {
  static const std::array rows = {
      ParameterSpec::integer("budget", 16, 1, 100000, "trials",
                             "Trials of each system that has weights to search"),
      ParameterSpec::integer(
          "shared_budget", 4, 1, 100000, "trials",
          "Trials of the negatives, which all systems share: the plan's own, and "
          "others. The ones that Basic ranks best with serve every system's "
          "trials; 1 = keep the plan's"),
      ParameterSpec::integer("trial_seeds", 1, 1, 1000, "seeds",
                             "Trainings of each trial, with the first seeds of the plan; the trial "
                             "is judged by their mean"),
      ParameterSpec::real("budget_seconds", 0.0, 0.0, 1e9, "s",
                          "Start no further trial of a system after this time; 0 = no limit, and "
                          "only without one do two searches have the same trials"),
      ParameterSpec::real("question_reduction", 0.7, 0.0, 1.0, "share of Basic's",
                          "Least reduction, for every attribute but gender, of the share of "
                          "questions answered right above that of the commonest answer"),
      ParameterSpec::real("question_reduction_gender", 0.9, 0.0, 1.0, "share of Basic's",
                          "Least reduction of the same for gender"),
      ParameterSpec::real("leakage_margin", 0.15, 0.0, 0.5, "AUC",
                          "Most that the strongest probe may read of the gender of hidden persons, "
                          "as AUC above .5"),
      ParameterSpec::integer("search_seed", 0, 0, 2147483647, "",
                             "Seed of the search itself; trainings use the seeds of the plan"),
  };
  return rows;
}

std::string objective_text(const Parameters& tuning) {
  return fmt::format(
      "highest validation MRR without sensitive relations among weights with questions of gender "
      "at "
      "least {:.3g} % and of every other attribute at least {:.3g} % less often right above the "
      "commonest answer than with Basic of the same seeds, and an AUC of the strongest probe of "
      "hidden persons' gender of at most {:.3g}; weights that miss a demand are ordered by the sum "
      "of what they miss; of a system with attribute vectors its rows alone are measured",
      100.0 * tuning.real("question_reduction_gender"), 100.0 * tuning.real("question_reduction"),
      0.5 + tuning.real("leakage_margin"));
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
    if (!reference.question) {
      // What a cut would be measured against is not there: the demand is not met.
      miss(1.0, fmt::format("question of {} undefined with basic", reference.id));
    } else if (*reference.question > 0.0) {
      const double wanted = wanted_reduction(tuning, reference.id);
      if (own == nullptr || !own->question) {
        miss(1.0, fmt::format("question of {} undefined", reference.id));
      } else {
        const double reduction = 1.0 - std::max(0.0, *own->question) / *reference.question;
        verdict.reductions[reference.id] = reduction;
        if (reduction < wanted) {
          miss(wanted - reduction,
               fmt::format("question of {} {:+.1f} %, not {:+.1f} %", reference.id,
                           0.0 - 100.0 * reduction, -100.0 * wanted));
        }
      }
    }
    if (reference.id != kGender) continue;
    const double margin = tuning.real("leakage_margin");
    if (own == nullptr || !own->leakage) {
      miss(1.0, "leakage of gender undefined");
    } else if (*own->leakage > margin) {
      miss(*own->leakage - margin, fmt::format("leakage of gender, AUC {:.3f}, not {:.3f}",
                                               0.5 + *own->leakage, 0.5 + margin));
    }
  }
  return verdict;
}

}  // namespace kgaudit::run
