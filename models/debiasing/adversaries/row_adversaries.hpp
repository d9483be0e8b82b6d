#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "models/debiasing/adversaries/discriminator.hpp"
#include "models/training/batch_persons.hpp"
#include "models/training/system.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::models {

/// An attribute that an adversary reads, and what its mistakes are worth.
struct RowAdversary {
  const datasets::PersonAttribute* source = nullptr;
  std::size_t values = 2;  ///< that it tells apart, the commonest of train; 2 or more
  float weight = 1.0F;     ///< lambda, against the mean edge loss
};

/// Adversaries that read persons' rows as they are, and the gradient that makes them fail
/// (gradient reversal, Ganin & Lempitsky 2015): for each attribute k
///
///   L = L_CE - lambda_k mean_p CE(D_k(E_p), A_k(p))
///
/// over the persons of the batch whose value is known, while D_k takes its own steps down its CE.
class RowAdversaries {
 public:
  struct Options {
    std::vector<std::size_t> hidden;  ///< units of each adversary's hidden layers
    std::size_t steps = 1;            ///< Adam steps of each adversary a batch
    float learning_rate = 0.001F;     ///< of these
  };

  /// What the adversaries read must outlive the object. Initial weights from the streams
  /// "initial.<name>.discriminator.<attribute>".
  RowAdversaries(const TrainingSetup& setup, std::string_view name,
                 const std::vector<RowAdversary>& adversaries, const Options& options);

  /// Adds `share` of the adversaries' gradient to the likelihood's, and lets them learn.
  void add_gradient(const Batch& batch, const EmbeddingTable& table, float share,
                    FloatTable& gradient);
  /// Mean cross-entropy (nats) of each adversary since the last call.
  std::vector<std::pair<std::string, double>> take_losses();
  void visit(Archive& archive);

 private:
  void gather(const FloatTable& entities);
  void learn(std::size_t k, ThreadPool& pool);

  ThreadPool& pool_;
  std::size_t dimension_;
  Options options_;
  std::vector<Discriminator> discriminators_;
  std::vector<float> weights_;
  /// Of one thread each, for discriminators that run beside each other.
  std::vector<std::unique_ptr<ThreadPool>> own_pools_;
  BatchPersons batch_persons_;
  // Of the current batch
  std::vector<EntityId> persons_;
  std::vector<std::size_t> places_;
  NetworkMatrix rows_;
  std::vector<const NetworkMatrix*> gradients_;  ///< per discriminator, of its places
};

}  // namespace kgaudit::models
