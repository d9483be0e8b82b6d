#include "models/kl_candidates.hpp"

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
  // A parameter of the attribute's own name decides, else the general one.
  const auto name = [&](const std::string& stem, const std::string& id,
                        const std::string& general) {
    const std::string own = fmt::format("{}_{}", stem, id);
    return parameters.has(own) ? own : general;
  };
  std::vector<KlCandidates> all;
  for (const datasets::PersonAttribute& source : attributes.sensitive()) {
    KlCandidates a;
    a.id = source.id();
    a.source = &source;
    a.relation = source.source().relation.index();
    a.inverse = source.source().inverse;
    a.weight = static_cast<float>(parameters.real(name("weight", a.id, "weight_other")));
    const std::size_t most = parameters.count(name("candidates", a.id, "candidates"));
    double persons = 0.0;
    for (std::size_t v = 0; v < source.values().size() && v < most && source.train_counts()[v] > 0;
         ++v) {
      a.entities.push_back(source.values()[v].value);
      persons += source.train_counts()[v];
    }
    if (a.entities.size() < 2) continue;  // one value cannot be told from another
    for (std::size_t v = 0; v < a.entities.size(); ++v) {
      a.target.push_back(parameters.text("target") == "uniform"
                             ? 1.0F / static_cast<float>(a.entities.size())
                             : static_cast<float>(source.train_counts()[v] / persons));
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
