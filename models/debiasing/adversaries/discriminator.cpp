#include "models/debiasing/adversaries/discriminator.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kgaudit::models {

using Index = Eigen::Index;

namespace {

std::vector<std::size_t> widths(std::size_t dimension, const std::vector<std::size_t>& hidden,
                                std::size_t values) {
  std::vector<std::size_t> all = {dimension};
  all.insert(all.end(), hidden.begin(), hidden.end());
  all.push_back(values);
  return all;
}

}  // namespace

InputError nothing_to_tell_apart(const std::string& system, const datasets::Dataset& data) {
  return InputError::usage(
      system,
      fmt::format("{} dataset {}",
                  data.attributes.sensitive().empty()
                      ? "no sensitive relation in"
                      : "fewer than two values of every sensitive attribute in",
                  data.id),
      "a dataset card that names at least one with two values or more");
}

std::vector<std::size_t> layers_of_bose(std::size_t dimension) {
  return {2 * dimension, dimension, std::max<std::size_t>(1, dimension / 2)};
}

Discriminator::Discriminator(const datasets::PersonAttribute& source, std::size_t values,
                             std::size_t dimension, const std::vector<std::size_t>& hidden,
                             const Rng& stream)
    : source_(&source),
      values_(values),
      network_({.widths = widths(dimension, hidden, values)}, stream) {}

void Discriminator::look(const NetworkMatrix& rows, std::span<const std::size_t> places,
                         std::span<const EntityId> persons) {
  logits_known_ = false;
  places_.clear();
  std::vector<EntityId> known;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto values = source_->train_values(persons[i]);
    if (values.empty() || values.front() >= values_) continue;
    places_.push_back(places[i]);
    known.push_back(persons[i]);
  }
  input_.resize(static_cast<Index>(places_.size()), rows.cols());
  target_.setZero(static_cast<Index>(places_.size()), static_cast<Index>(values_));
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto row = static_cast<Index>(i);
    input_.row(row) = rows.row(static_cast<Index>(places_[i]));
    const auto values = source_->train_values(known[i]);
    const auto of_these =
        std::count_if(values.begin(), values.end(), [&](std::uint32_t v) { return v < values_; });
    for (const std::uint32_t v : values) {
      if (v < values_) target_(row, static_cast<Index>(v)) = 1.0F / static_cast<float>(of_these);
    }
  }
}

const NetworkMatrix& Discriminator::logits(ThreadPool& pool) {
  if (!logits_known_) logits_ = network_.forward(input_, pool);
  logits_known_ = true;
  return logits_;
}

const NetworkMatrix& Discriminator::gradient(ThreadPool& pool) {
  softmax_cross_entropy(logits(pool), target_, dlogits_);
  return network_.backward(input_, dlogits_, Gradients::kInput, pool);
}

const NetworkMatrix& Discriminator::confusion_gradient(ThreadPool& pool) {
  const NetworkMatrix shares = target_.colwise().mean().replicate(target_.rows(), 1);
  softmax_cross_entropy(logits(pool), shares, dlogits_);
  return network_.backward(input_, dlogits_, Gradients::kInput, pool);
}

void Discriminator::learn(std::size_t steps, float learning_rate, ThreadPool& pool) {
  if (places_.empty()) return;
  for (std::size_t s = 0; s < steps; ++s) {
    loss_ += softmax_cross_entropy(logits(pool), target_, dlogits_);
    ++steps_;
    network_.backward(input_, dlogits_, Gradients::kWeights, pool);
    network_.step(learning_rate);
    logits_known_ = false;
  }
}

std::optional<double> Discriminator::take_loss() {
  if (steps_ == 0) return std::nullopt;
  const double mean = loss_ / static_cast<double>(steps_);
  loss_ = 0.0;
  steps_ = 0;
  return mean;
}

}  // namespace kgaudit::models
