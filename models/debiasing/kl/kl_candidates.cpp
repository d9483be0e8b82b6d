#include "models/debiasing/kl/kl_candidates.hpp"

#include <numeric>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::models {

std::vector<KlCandidates> kl_candidates(const TrainingSetup& setup, const Parameters& parameters) {
  const datasets::AttributeTable& attributes = setup.data.attributes;
  if (attributes.sensitive().empty()) {
    throw InputError::usage("system kl",
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
    for (std::size_t v = 0; v < values; ++v) {
      a.entities.push_back(source.values()[v].value);
      a.target.push_back(parameters.text("target") == "uniform"
                             ? 1.0F / static_cast<float>(values)
                             : static_cast<float>(counts[v] / persons));
    }
    all.push_back(std::move(a));
  }
  if (all.empty()) {
    throw InputError::usage(
        "system kl", fmt::format("no sensitive relation of {} has two values", setup.data.id),
        "at least one attribute with two values or more in train");
  }
  return all;
}

}  // namespace kgaudit::models
