#include <array>

#include "models/debiasing/chosen_attribute.hpp"
#include "models/debiasing/counterfactual.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class Degender final : public System {
 public:
  Degender(const TrainingSetup& setup, const Parameters& parameters) : data_(setup.data) {
    const std::string& id = parameters.text("attribute");
    const datasets::PersonAttribute& first = chosen_attribute(data_, id, "degender");
    if (!id.empty()) {
      removed_.push_back(&first);
      return;
    }
    for (const datasets::PersonAttribute& a : data_.attributes.sensitive()) removed_.push_back(&a);
  }

  [[nodiscard]] std::optional<std::vector<datasets::Triple>> training_triples() const override {
    const auto train = data_.graph.train();
    std::vector<datasets::Triple> kept(train.begin(), train.end());
    for (const datasets::PersonAttribute* a : removed_) kept = without_attribute(kept, *a);
    return kept;
  }

 private:
  const datasets::Dataset& data_;
  std::vector<const datasets::PersonAttribute*> removed_;
};

std::span<const ParameterSpec> degender_parameters() {
  static const std::array kTable = {ParameterSpec::text(
      "attribute", "", "Sensitive attribute whose triples are taken out; empty = all of them")};
  return kTable;
}

std::unique_ptr<System> make_degender(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<Degender>(setup, parameters);
}

}  // namespace

extern const SystemEntry degender;
constinit const SystemEntry degender = {
    .id = "degender",
    .title = "Attributes and proxies taken out",
    .in_words =
        "Leaves the facts that state the attribute out of training, and those that the card names "
        "as its proxies, such as given names.",
    .formula =
        "L = L_CE over the train triples of all relations but those that state a sensitive "
        "attribute and those that the card declares as its proxies",
    .source =
        "Fisher et al. 2020, appendix A.3 (sensitive relations removed from train), with proxies",
    .pitfalls =
        "Without declared proxies it is no-sensitive. What other facts tell stays. Rows of the "
        "relations that were taken out keep their initial values, so their score gaps are those of "
        "random relations. An epoch has fewer triples, so seconds per epoch are not comparable "
        "with Basic's.",
    .parameters = &degender_parameters,
    .make = &make_degender,
    .by_default = false,
};

}  // namespace kgaudit::models::systems_roster
