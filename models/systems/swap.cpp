#include <array>

#include <fmt/format.h>

#include "models/debiasing/chosen_attribute.hpp"
#include "models/debiasing/counterfactual.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class Swap final : public System {
 public:
  Swap(const TrainingSetup& setup, const Parameters& parameters)
      : data_(setup.data),
        attribute_(chosen_attribute(setup.data, parameters.text("attribute"), "swap")),
        counterparts_(
            counterparts(setup.data.attributes, attribute_, Rng(setup.seed, "swap.counterparts"))) {
    if (counterparts_.empty()) {
      throw InputError::usage(
          "system swap",
          fmt::format("{} of dataset {} has no two groups of persons", attribute_.id(), data_.id),
          "an attribute with two values or more in train");
    }
  }

  [[nodiscard]] std::optional<std::vector<datasets::Triple>> training_triples() const override {
    return with_counterfactuals(data_.graph.train(), attribute_, counterparts_);
  }

 private:
  const datasets::Dataset& data_;
  const datasets::PersonAttribute& attribute_;
  std::vector<std::optional<EntityId>> counterparts_;
};

std::span<const ParameterSpec> swap_parameters() {
  static const std::array kTable = {ParameterSpec::text(
      "attribute", "",
      "Sensitive attribute between whose two commonest values facts are copied; empty = the "
      "dataset's first")};
  return kTable;
}

std::unique_ptr<System> make_swap(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<Swap>(setup, parameters);
}

}  // namespace

extern const SystemEntry swap;
constinit const SystemEntry swap = {
    .id = "swap",
    .title = "Swapped facts",
    .in_words =
        "Each fact of a person is also trained for somebody with the other value: a fact of a "
        "woman for a man, and the reverse.",
    .formula =
        "L = L_CE over train and, for each triple and each person p in it who has one of the "
        "attribute's two commonest values and no other, a copy with c(p) in the place of p. c(p) "
        "has the other value; it is drawn once at random, from those who share a profession with p "
        "if there are any, else from all. Triples that state the attribute, or are proxies of it, "
        "are not copied",
    .source =
        "counterfactual data augmentation (Lu et al. 2018; Zhao et al. 2018), on triples; one "
        "attribute at a time",
    .pitfalls =
        "The copies are false facts: a ranking is paid for them. c is no permutation: persons of a "
        "smaller group stand in for several others. The sensitive triples stay, and so does what a "
        "person's own facts tell. An epoch has up to twice the triples and more, so seconds per "
        "epoch are not comparable with Basic's.",
    .parameters = &swap_parameters,
    .make = &make_swap,
    .by_default = false,
};

}  // namespace kgaudit::models::systems_roster
