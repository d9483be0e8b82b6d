#include <array>

#include <fmt/format.h>

#include "models/debiasing/chosen_attribute.hpp"
#include "models/debiasing/rebalancing.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class Rebalance final : public System {
 public:
  Rebalance(const TrainingSetup& setup, const Parameters& parameters)
      : data_(setup.data),
        attribute_(chosen_attribute(setup.data, parameters.text("attribute"), "rebalance")),
        options_{parameters.count("candidates"), parameters.text("target") == "equal",
                 parameters.real("largest_weight")},
        stream_(setup.seed, "rebalance.copies") {
    if (!data_.attributes.profession()) {
      throw InputError::usage("system rebalance",
                              fmt::format("dataset {} has no profession relation", data_.id),
                              "a dataset card that names one");
    }
  }

  /// A triple of weight w stands there floor(w) times, and once more with probability w - floor(w):
  /// w times in the mean.
  [[nodiscard]] std::optional<std::vector<datasets::Triple>> training_triples() const override {
    const auto train = data_.graph.train();
    const std::vector<double> weights =
        rebalancing_weights(train, attribute_, data_.attributes.profession()->source(), options_);
    std::vector<datasets::Triple> copies;
    copies.reserve(train.size());
    for (std::size_t i = 0; i < train.size(); ++i) {
      const auto whole = static_cast<std::size_t>(weights[i]);
      const double rest = weights[i] - static_cast<double>(whole);
      const std::size_t n = whole + (stream_.at(i).uniform() < rest ? 1 : 0);
      copies.insert(copies.end(), n, train[i]);
    }
    return copies;
  }

 private:
  const datasets::Dataset& data_;
  const datasets::PersonAttribute& attribute_;
  RebalancingOptions options_;
  Rng stream_;
};

std::span<const ParameterSpec> rebalance_parameters() {
  using P = ParameterSpec;
  static const std::vector<ParameterSpec> kTable = {
      P::text("attribute", "",
              "Sensitive attribute that professions are balanced for; empty = the dataset's first"),
      P::choice("target", "equal", {"equal", "population"},
                "Shares that the groups of each profession are brought to: equal, or those of all "
                "persons with a profession"),
      P::integer("candidates", 30, 2, 100000, "values",
                 "Commonest values that count as groups; persons of others keep weight 1"),
      P::real("largest_weight", 10.0, 1.0, 1e6, "",
              "Weights are kept inside [1 / this, this]; 1 = no rebalancing"),
  };
  return kTable;
}

constexpr std::array<std::string_view, 2> kTargets = {"equal", "population"};
constexpr std::array kRebalanceTunable = {Tunable{"largest_weight", 1.0, 100.0, Scale::kLog, true},
                                          Tunable{.parameter = "target", .choices = kTargets}};

std::unique_ptr<System> make_rebalance(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<Rebalance>(setup, parameters);
}

}  // namespace

extern const SystemEntry rebalance;
constinit const SystemEntry rebalance = {
    .id = "rebalance",
    .title = "Rebalanced professions",
    .in_words = "Weights the triples of professions so that groups count alike in each profession.",
    .formula =
        "L = L_CE over train with each (person, profession) triple taken w times in the mean, w = "
        "c_o G(g) / P(g | o), mean 1 over the profession's triples, clipped",
    .source = "Radstok et al. 2021 (who add persons of the smaller group)",
    .pitfalls =
        "One attribute at a time. A group that a profession lacks cannot be made up for; rare "
        "members stand there up to largest_weight times and are learnt by heart. All other triples "
        "stay, the sensitive ones too: it changes what professions learn of groups, not what a "
        "probe reads from a person.",
    .parameters = &rebalance_parameters,
    .make = &make_rebalance,
    .by_default = false,
    .tunable = kRebalanceTunable,
};

}  // namespace kgaudit::models::systems_roster
