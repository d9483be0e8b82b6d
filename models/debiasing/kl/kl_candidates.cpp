#include "models/debiasing/kl/kl_candidates.hpp"

#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::models {

KlTarget::KlTarget(std::vector<float> of_values) : shares(std::move(of_values)) {
  for (const float share : shares) {
    const auto g = static_cast<double>(share);
    total += g;
    if (g > 0.0) g_log_g += g * portable::log(g);
  }
}

std::vector<ParameterSpec> kl_candidate_parameters(double weight_of_gender,
                                                   double weight_of_others) {
  using P = ParameterSpec;
  return {
      P::real("weight_gender", weight_of_gender, 0.0, 1e6, "",
              "Weight w of gender; 0 leaves it alone"),
      P::real("weight_religion", weight_of_others, 0.0, 1e6, "",
              "Weight w of religion; 0 leaves it alone"),
      P::real("weight_ethnicity", weight_of_others, 0.0, 1e6, "",
              "Weight w of ethnicity; 0 leaves it alone"),
      P::real("weight_nationality", weight_of_others, 0.0, 1e6, "",
              "Weight w of nationality; 0 leaves it alone"),
      P::real("weight_other", weight_of_others, 0.0, 1e6, "",
              "Weight w of any other attribute; 0 leaves it alone"),
      P::integer("candidates", 30, 2, 100000, "values",
                 "Commonest values of an attribute that take part (M)"),
      P::integer("candidates_gender", 2, 2, 100000, "values",
                 "Commonest values of gender that take part (M)"),
      P::choice("target", "uniform", {"uniform", "empirical"},
                "Distribution that scores are pulled to (G): equal shares, or the shares of "
                "persons in train"),
      P::choice("persons", "positives", {"positives", "batch"},
                "Which persons of a batch take part: those in its triples, or its negatives too"),
  };
}

std::vector<KlCandidates> kl_candidates(const TrainingSetup& setup, const Parameters& parameters,
                                        std::string_view system) {
  const datasets::AttributeTable& attributes = setup.data.attributes;
  if (attributes.sensitive().empty()) {
    throw InputError::usage(fmt::format("system {}", system),
                            fmt::format("dataset {} has no sensitive relation", setup.data.id),
                            "a dataset card that names at least one");
  }
  std::vector<KlCandidates> all;
  for (const datasets::PersonAttribute& source : attributes.sensitive()) {
    KlCandidates a;
    a.id = source.id();
    a.source = &source;
    a.relation = source.source().relation.index();
    a.inverse = source.source().inverse;
    a.weight = static_cast<float>(
        parameters.real(parameters.own_or_general("weight", a.id, "weight_other")));
    const std::size_t values = source.values_in_train(
        parameters.count(parameters.own_or_general("candidates", a.id, "candidates")));
    if (values < 2) continue;  // one value cannot be told from another
    const auto counts = source.train_counts().first(values);
    const double persons = std::accumulate(counts.begin(), counts.end(), 0.0);
    std::vector<float> shares;
    for (std::size_t v = 0; v < values; ++v) {
      a.entities.push_back(source.values()[v].value);
      shares.push_back(parameters.text("target") == "uniform"
                           ? 1.0F / static_cast<float>(values)
                           : static_cast<float>(counts[v] / persons));
    }
    a.target = KlTarget(std::move(shares));
    all.push_back(std::move(a));
  }
  if (all.empty()) {
    throw InputError::usage(
        fmt::format("system {}", system),
        fmt::format("no sensitive relation of {} has two values", setup.data.id),
        "at least one attribute with two values or more in train");
  }
  return all;
}

}  // namespace kgaudit::models
