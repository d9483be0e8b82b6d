#include "models/debiasing/adversaries/row_adversaries.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "suite/base/pool_blocks.hpp"

namespace kgaudit::models {

using Index = Eigen::Index;

namespace {

constexpr std::size_t kPersonBlock = 128;
constexpr std::size_t kUnitsOfSmall = 128;  // of each hidden layer

}  // namespace

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
    own_pools_.push_back(std::make_unique<ThreadPool>(1));
  }
}

void RowAdversaries::add_gradient(const Batch& batch, const EmbeddingTable& table, float share,
                                  FloatTable& gradient) {
  persons_ = batch_persons_.of_positives(batch);
  places_.resize(persons_.size());
  std::iota(places_.begin(), places_.end(), std::size_t{0});
  gather(table.entities);
  // They know nothing of each other, and the bits are the same in either way. A small network has
  // little that threads could share, so where there is one for each thread they run side by side.
  const std::size_t n = discriminators_.size();
  gradients_.assign(n, nullptr);
  const bool small = std::ranges::all_of(options_.hidden,
                                         [](std::size_t units) { return units <= kUnitsOfSmall; });
  if (small && n >= pool_.threads()) {
    pool_.run(n, [&](std::size_t k, std::size_t) { learn(k, *own_pools_[k]); });
  } else {
    for (std::size_t k = 0; k < n; ++k) learn(k, pool_);
  }
  for (std::size_t k = 0; k < n; ++k) {
    if (gradients_[k] == nullptr) continue;
    // Cross-entropies are means over persons, our likelihood is a sum over positives.
    const float weight = share * weights_[k] * static_cast<float>(batch.positives.size());
    const std::span<const std::size_t> places = discriminators_[k].places();
    run_in_blocks(pool_, places.size(), kPersonBlock, [&](std::size_t i, std::size_t) {
      float* target = gradient.row(batch.slot[persons_[places[i]].index()]);
      const float* row = gradients_[k]->row(static_cast<Index>(i)).data();
      for (std::size_t c = 0; c < dimension_; ++c) target[c] -= weight * row[c];
    });
  }
}

void RowAdversaries::learn(std::size_t k, ThreadPool& pool) {
  Discriminator& d = discriminators_[k];
  d.look(rows_, places_, persons_);
  if (d.places().empty()) return;
  gradients_[k] = &d.gradient(pool);
  d.learn(options_.steps, options_.learning_rate, pool);
}

void RowAdversaries::gather(const FloatTable& entities) {
  rows_.resize(static_cast<Index>(persons_.size()), static_cast<Index>(dimension_));
  run_in_blocks(pool_, persons_.size(), kPersonBlock, [&](std::size_t i, std::size_t) {
    std::copy_n(entities.row(persons_[i].index()), dimension_,
                rows_.row(static_cast<Index>(i)).data());
  });
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
