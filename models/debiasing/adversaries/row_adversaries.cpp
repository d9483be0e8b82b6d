#include "models/debiasing/adversaries/row_adversaries.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace kgaudit::models {

using Index = Eigen::Index;

RowAdversaries::RowAdversaries(const TrainingSetup& setup, std::string_view name,
                               const std::vector<RowAdversary>& adversaries, const Options& options)
    : pool_(setup.pool),
      dimension_(setup.dimension),
      options_(options),
      batch_persons_(setup.data.attributes) {
  for (const RowAdversary& a : adversaries) {
    discriminators_.emplace_back(
        *a.source, a.values, dimension_, options.hidden,
        Rng(setup.seed, fmt::format("initial.{}.discriminator.{}", name, a.source->id())));
    weights_.push_back(a.weight);
  }
}

void RowAdversaries::add_gradient(const Batch& batch, const EmbeddingTable& table, float share,
                                  FloatTable& gradient) {
  persons_ = batch_persons_.of_positives(batch);
  places_.resize(persons_.size());
  std::iota(places_.begin(), places_.end(), std::size_t{0});
  gather(table.entities);
  for (std::size_t k = 0; k < discriminators_.size(); ++k) {
    Discriminator& d = discriminators_[k];
    d.look(rows_, places_, persons_);
    if (d.places().empty()) continue;
    // Cross-entropies are means over persons, our likelihood is a sum over positives.
    const float weight = share * weights_[k] * static_cast<float>(batch.positives.size());
    const NetworkMatrix& of_rows = d.gradient(pool_);
    for (std::size_t i = 0; i < d.places().size(); ++i) {
      float* target = gradient.row(batch.slot[persons_[d.places()[i]].index()]);
      const float* row = of_rows.row(static_cast<Index>(i)).data();
      for (std::size_t c = 0; c < dimension_; ++c) target[c] -= weight * row[c];
    }
    d.learn(options_.steps, options_.learning_rate, pool_);
  }
}

void RowAdversaries::gather(const FloatTable& entities) {
  rows_.resize(static_cast<Index>(persons_.size()), static_cast<Index>(dimension_));
  for (std::size_t i = 0; i < persons_.size(); ++i) {
    std::copy_n(entities.row(persons_[i].index()), dimension_,
                rows_.row(static_cast<Index>(i)).data());
  }
}

std::vector<std::pair<std::string, double>> RowAdversaries::take_losses() {
  std::vector<std::pair<std::string, double>> named;
  for (Discriminator& d : discriminators_) {
    if (const auto loss = d.take_loss()) named.emplace_back("discriminator." + d.id(), *loss);
  }
  return named;
}

void RowAdversaries::visit(Archive& archive) {
  for (Discriminator& d : discriminators_) d.visit(archive);
}

}  // namespace kgaudit::models
