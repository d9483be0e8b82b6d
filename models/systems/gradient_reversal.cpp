#include <array>

#include "models/debiasing/adversaries/row_adversaries.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class GradientReversal final : public System {
 public:
  GradientReversal(const TrainingSetup& setup, const Parameters& parameters)
      : adversaries_(setup, "gradient-reversal", adversaries(setup, parameters),
                     {.hidden = layers_of_bose(setup.dimension),
                      .steps = parameters.count("discriminator_steps"),
                      .learning_rate = static_cast<float>(parameters.real("learning_rate"))}) {}

  [[nodiscard]] bool adds_gradient() const override { return true; }
  void add_gradient(const Batch& batch, const EmbeddingTable& table,
                    FloatTable& gradient) override {
    adversaries_.add_gradient(batch, table, 1.0F, gradient);
  }
  std::vector<std::pair<std::string, double>> take_losses() override {
    return adversaries_.take_losses();
  }
  void visit(Archive& archive) override { adversaries_.visit(archive); }

 private:
  static std::vector<RowAdversary> adversaries(const TrainingSetup& setup,
                                               const Parameters& parameters) {
    std::vector<RowAdversary> all;
    for (const datasets::PersonAttribute& source : setup.data.attributes.sensitive()) {
      const std::size_t values = source.values_in_train(parameters.count("candidates"));
      if (values < 2) continue;
      all.push_back({&source, values, static_cast<float>(parameters.real("lambda"))});
    }
    if (all.empty()) throw nothing_to_tell_apart("system gradient-reversal", setup.data);
    return all;
  }

  RowAdversaries adversaries_;
};

std::span<const ParameterSpec> gradient_reversal_parameters() {
  using P = ParameterSpec;
  static const std::vector<ParameterSpec> kTable = {
      P::real("lambda", 1.0, 0.0, 1e6, "",
              "Weight of the reversed gradient against the mean edge loss; 0 = only watch"),
      P::integer("discriminator_steps", 5, 1, 100, "steps",
                 "Adam steps of each discriminator a batch"),
      P::real("learning_rate", 0.001, 1e-9, 1.0, "", "Step size of Adam for the discriminators"),
      P::integer("candidates", 30, 2, 100000, "values",
                 "Commonest values that a discriminator tells apart"),
  };
  return kTable;
}

constexpr std::array kGradientReversalTunable = {
    Tunable{"lambda", 0.01, 1000.0, Scale::kLog, true}};

std::unique_ptr<System> make_gradient_reversal(const TrainingSetup& setup,
                                               const Parameters& parameters) {
  return std::make_unique<GradientReversal>(setup, parameters);
}

}  // namespace

extern const SystemEntry gradient_reversal;
constinit const SystemEntry gradient_reversal = {
    .id = "gradient-reversal",
    .title = "Gradient reversal",
    .in_words =
        "A small network learns to read the attribute from the rows while they train; the rows "
        "move against it.",
    .formula =
        "L = L_CE - lambda sum_k mean_p CE(D_k(E_p), A_k(p)) over the persons of the batch; each "
        "D_k takes its own step down its CE",
    .source = "Ganin & Lempitsky 2015, on raw rows in place of Bose & Hamilton's filters",
    .pitfalls =
        "No filter: persons' rows themselves are pushed, through the likelihood's optimiser, whose "
        "accumulators grow with the reversed gradient. Sensitive triples stay in the likelihood "
        "and pull the other way in every batch. The adversaries know the values of all persons in "
        "train: a cross-validated probe of those may fall below the majority's accuracy while "
        "others still leak, so read the probe's row held_out beside it.",
    .parameters = &gradient_reversal_parameters,
    .make = &make_gradient_reversal,
    .by_default = false,
    .tunable = kGradientReversalTunable,
};

}  // namespace kgaudit::models::systems_roster
