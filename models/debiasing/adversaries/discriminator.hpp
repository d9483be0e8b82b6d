#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/dataset.hpp"
#include "models/debiasing/adversaries/dense_network.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {

/// Of a data set in which no sensitive attribute has two values, so that an adversary has nothing
/// to tell apart.
[[nodiscard]] InputError nothing_to_tell_apart(const std::string& system,
                                               const datasets::Dataset& data);

/// The hidden layers of Bose & Hamilton's (2019) discriminators of rows of `dimension` values.
[[nodiscard]] std::vector<std::size_t> layers_of_bose(std::size_t dimension);

/// An adversary that reads one attribute off persons' rows: a network of `hidden` layers with
/// LeakyReLU, softmax and cross-entropy against the values stated in train, equal shares where a
/// person has several.
class Discriminator {
 public:
  Discriminator(const datasets::PersonAttribute& source, std::size_t values, std::size_t dimension,
                const std::vector<std::size_t>& hidden, const Rng& stream);

  [[nodiscard]] const std::string& id() const { return source_->id(); }

  /// Takes in the persons it can be asked about: row places[i] of `rows` (n x d) is persons[i].
  void look(const NetworkMatrix& rows, std::span<const std::size_t> places,
            std::span<const EntityId> persons);
  /// The places of those whose value it knows; empty = nothing to do in this batch.
  [[nodiscard]] std::span<const std::size_t> places() const { return places_; }
  /// d(mean cross-entropy)/d(row) of the places, in their order. Learns nothing. Stays as it is
  /// until the next call of this or of confusion_gradient, also while the discriminator learns.
  const NetworkMatrix& gradient(ThreadPool& pool);
  /// The same with the values' shares among the looked-at persons as everybody's target: rows that
  /// follow this gradient make the adversary's best answer a guess.
  const NetworkMatrix& confusion_gradient(ThreadPool& pool);
  /// Takes `steps` Adam steps on the rows that it looked at.
  void learn(std::size_t steps, float learning_rate, ThreadPool& pool);
  /// Mean cross-entropy (nats) before each step since the last call, if there was one.
  std::optional<double> take_loss();

  void visit(Archive& archive) { network_.visit(archive); }

 private:
  /// Of the looked-at rows under the current weights.
  const NetworkMatrix& logits(ThreadPool& pool);

  const datasets::PersonAttribute* source_;
  std::size_t values_;
  DenseNetwork network_;
  // Of the current batch
  std::vector<std::size_t> places_;
  NetworkMatrix input_;
  NetworkMatrix target_;
  NetworkMatrix dlogits_;
  NetworkMatrix logits_;
  bool logits_known_ = false;  ///< not since the rows or the weights changed
  double loss_ = 0.0;
  std::uint64_t steps_ = 0;
};

}  // namespace kgaudit::models
