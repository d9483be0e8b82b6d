#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>

#include "models/debiasing/adversaries/discriminator.hpp"
#include "models/training/batch_persons.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class GradientReversal final : public System {
 public:
  GradientReversal(const TrainingSetup& setup, const Parameters& parameters)
      : pool_(setup.pool),
        dimension_(setup.dimension),
        lambda_(static_cast<float>(parameters.real("lambda"))),
        discriminator_steps_(parameters.count("discriminator_steps")),
        learning_rate_(static_cast<float>(parameters.real("learning_rate"))),
        batch_persons_(setup.data.attributes) {
    for (const datasets::PersonAttribute& source : setup.data.attributes.sensitive()) {
      const std::size_t values = source.values_in_train(parameters.count("candidates"));
      if (values < 2) continue;
      discriminators_.emplace_back(
          source, values, dimension_,
          Rng(setup.seed, "initial.gradient-reversal.discriminator." + source.id()));
    }
    if (discriminators_.empty()) {
      throw nothing_to_tell_apart("system gradient-reversal", setup.data);
    }
  }

  [[nodiscard]] bool adds_gradient() const override { return true; }

  void add_gradient(const Batch& batch, const EmbeddingTable& table,
                    FloatTable& gradient) override {
    persons_ = batch_persons_.of_positives(batch);
    places_.resize(persons_.size());
    std::iota(places_.begin(), places_.end(), std::size_t{0});
    gather(table.entities);
    // Cross-entropies are means over persons, our likelihood is a sum over positives.
    const float weight = lambda_ * static_cast<float>(batch.positives.size());
    for (Discriminator& d : discriminators_) {
      d.look(rows_, places_, persons_);
      if (d.places().empty()) continue;
      const NetworkMatrix& of_rows = d.gradient(pool_);
      for (std::size_t i = 0; i < d.places().size(); ++i) {
        float* target = gradient.row(batch.slot[persons_[d.places()[i]].index()]);
        const float* row = of_rows.row(static_cast<Eigen::Index>(i)).data();
        for (std::size_t k = 0; k < dimension_; ++k) target[k] -= weight * row[k];
      }
      d.learn(discriminator_steps_, learning_rate_, pool_);
    }
  }

  std::vector<std::pair<std::string, double>> take_losses() override {
    std::vector<std::pair<std::string, double>> named;
    for (Discriminator& d : discriminators_) {
      if (const auto loss = d.take_loss()) named.emplace_back("discriminator." + d.id(), *loss);
    }
    return named;
  }

  void visit(Archive& archive) override {
    for (Discriminator& d : discriminators_) d.visit(archive);
  }

 private:
  void gather(const FloatTable& entities) {
    rows_.resize(static_cast<Eigen::Index>(persons_.size()), static_cast<Eigen::Index>(dimension_));
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      std::copy_n(entities.row(persons_[i].index()), dimension_,
                  rows_.row(static_cast<Eigen::Index>(i)).data());
    }
  }

  ThreadPool& pool_;
  std::size_t dimension_;
  float lambda_;
  std::size_t discriminator_steps_;
  float learning_rate_;
  std::vector<Discriminator> discriminators_;
  BatchPersons batch_persons_;
  // Of the current batch
  std::vector<EntityId> persons_;
  std::vector<std::size_t> places_;
  NetworkMatrix rows_;
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
