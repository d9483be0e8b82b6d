#include <algorithm>

#include <fmt/format.h>

#include "models/training/system.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class NoSensitive final : public System {
 public:
  explicit NoSensitive(const TrainingSetup& setup) : data_(setup.data) {
    if (data_.attributes.sensitive().empty()) {
      throw InputError::usage("system no-sensitive",
                              fmt::format("dataset {} has no sensitive relation", data_.id),
                              "a dataset card that names at least one");
    }
  }

  [[nodiscard]] std::optional<std::vector<datasets::Triple>> training_triples() const override {
    std::vector<datasets::Triple> kept;
    for (const datasets::Triple& t : data_.graph.train()) {
      if (!data_.attributes.sensitive_index(t.relation)) kept.push_back(t);
    }
    return kept;
  }

 private:
  const datasets::Dataset& data_;
};

std::span<const ParameterSpec> no_sensitive_parameters() { return {}; }

std::unique_ptr<System> make_no_sensitive(const TrainingSetup& setup,
                                          const Parameters& /*parameters*/) {
  return std::make_unique<NoSensitive>(setup);
}

}  // namespace

extern const SystemEntry no_sensitive;
constinit const SystemEntry no_sensitive = {
    .id = "no-sensitive",
    .title = "No sensitive triples",
    .in_words = "Trains without the triples that state a sensitive attribute.",
    .formula = "L = L_CE over the train triples of all relations but the sensitive ones",
    .source = "Fisher et al. 2020, appendix A.3 (sensitive relations removed from train)",
    .pitfalls =
        "A control: names, languages and professions still tell (the paper's gender probe stays "
        "at .853, majority .767). Rows of the sensitive relations keep their initial values, so "
        "their score gaps are those of random relations. An epoch has fewer triples, so seconds "
        "per epoch are not comparable with Basic's.",
    .parameters = &no_sensitive_parameters,
    .make = &make_no_sensitive,
};

}  // namespace kgaudit::models::systems_roster
