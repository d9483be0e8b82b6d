#include "models/training/batch_sampler.hpp"

#include <algorithm>

#include "suite/base/rng.hpp"

namespace kgaudit::models {

BatchSampler::BatchSampler(std::span<const datasets::Triple> triples, std::size_t entities,
                           const TrainingOptions& options, std::uint64_t seed, ThreadPool& pool)
    : triples_(triples),
      entities_(static_cast<std::uint32_t>(entities)),
      batch_size_(options.batch_size),
      chunk_size_(options.chunk_size),
      chunks_per_batch_(options.chunks_per_batch()),
      negatives_per_chunk_(2 * options.uniform_negatives),
      seed_(seed),
      pool_(pool) {}

std::size_t BatchSampler::batches() const {
  return (triples_.size() + batch_size_ - 1) / batch_size_;
}

std::size_t BatchSampler::chunks() const {
  return (positives_.size() + chunk_size_ - 1) / chunk_size_;
}

std::span<const datasets::Triple> BatchSampler::positives_of(std::size_t chunk) const {
  const std::size_t first = chunk * chunk_size_;
  return positives().subspan(first, std::min(chunk_size_, positives_.size() - first));
}

void BatchSampler::begin_epoch(std::uint32_t epoch) {
  order_.resize(triples_.size());
  for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::uint32_t>(i);
  Rng(seed_, "batches", epoch).shuffle(std::span(order_));
}

void BatchSampler::draw(std::size_t index, std::uint64_t step) {
  constexpr std::size_t kAhead = 32;  // triples of a large graph lie in memory, not in a cache
  const std::size_t first = index * batch_size_;
  const std::size_t last = std::min(triples_.size(), first + batch_size_);
  positives_.clear();
  for (std::size_t i = first; i < last; ++i) {
    if (i + kAhead < order_.size()) __builtin_prefetch(&triples_[order_[i + kAhead]]);
    positives_.push_back(triples_[order_[i]]);
  }
  if (negatives_.size() < chunks()) negatives_.resize(chunks());
  const Rng stream(seed_, "negatives");
  pool_.run(chunks(), [&](std::size_t c, std::size_t) {
    Rng rng = stream.at(step * chunks_per_batch_ + c);
    negatives_[c].resize(negatives_per_chunk_);
    for (std::uint32_t& e : negatives_[c]) e = rng.below(entities_);
  });
}

}  // namespace kgaudit::models
