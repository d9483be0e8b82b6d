#include "models/debiasing/attribute_vectors/trainable_vectors.hpp"

#include <map>
#include <numeric>

#include "suite/base/rng.hpp"

namespace kgaudit::models {

TrainableVectors::TrainableVectors(const TrainingSetup& setup, const VectorTraining& training)
    : attributes_(setup.data.attributes),
      rules_(setup.data.attributes, setup.data.whitelist, setup.data.graph.relation_count()),
      training_(training) {
  std::size_t rows = 0;
  for (const datasets::PersonAttribute& a : attributes_.sensitive()) {
    first_row_.push_back(rows);
    rows += a.values().size();
  }
  vectors_ = FloatTable(rows, setup.dimension);
  const Rng stream(setup.seed, "initial.attribute_vectors");
  const double scale = setup.training.real("initial_scale");
  for (std::size_t i = 0; i < rows; ++i) {
    Rng rng = stream.at(i);
    for (float& x : vectors_.values(i)) x = static_cast<float>(scale * rng.normal());
  }
  optimizer_ = setup.optimizer.make(rows, setup.dimension);
}

TrainedAttributeVectors TrainableVectors::trained() {
  return {.rules = &rules_,
          .attributes = &attributes_,
          .vectors = &vectors_,
          .first_row = first_row_,
          .optimizer = optimizer_.get(),
          .twin_every = training_.twin_every,
          .residual_every = training_.residual_every};
}

void TrainableVectors::after_update() {
  if (training_.residual_every == 0) return;
  // A mean of 0 over the persons with a known value: the rows already describe the average person.
  // Otherwise whitelisted professions would rise for everybody whose value is known.
  for (std::size_t j = 0; j < attributes_.sensitive().size(); ++j) {
    const auto counts = attributes_.sensitive()[j].train_counts();
    const double persons = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (persons == 0.0) continue;
    std::vector<float> mean(vectors_.width(), 0.0F);
    for (std::size_t v = 0; v < counts.size(); ++v) {
      const auto share = static_cast<float>(counts[v] / persons);
      const auto row = vectors_.values(first_row_[j] + v);
      for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += share * row[k];
    }
    for (std::size_t v = 0; v < counts.size(); ++v) {
      const auto row = vectors_.values(first_row_[j] + v);
      for (std::size_t k = 0; k < mean.size(); ++k) row[k] -= mean[k];
    }
  }
}

std::shared_ptr<const AttributeVectors> TrainableVectors::published(std::size_t entities) const {
  auto all = std::make_shared<AttributeVectors>(AttributeVectors{rules_, {}, {}});
  for (std::size_t j = 0; j < attributes_.sensitive().size(); ++j) publish(j, entities, *all);
  return all;
}

void TrainableVectors::publish(std::size_t j, std::size_t entities,
                               AttributeVectors& published) const {
  const datasets::PersonAttribute& attribute = attributes_.sensitive()[j];
  std::map<std::vector<std::uint32_t>, std::int32_t> rows;
  std::vector<std::int32_t> row_of(entities, -1);
  for (const EntityId person : attribute.train_persons()) {
    const auto values = attribute.train_values(person);
    const auto next = static_cast<std::int32_t>(rows.size());
    row_of[person.index()] =
        rows.emplace(std::vector<std::uint32_t>(values.begin(), values.end()), next).first->second;
  }
  FloatTable vectors(rows.size(), vectors_.width());
  for (const auto& [values, row] : rows) {
    float* mean = vectors.row(static_cast<std::size_t>(row));
    const float share = training_.share / static_cast<float>(values.size());
    for (const std::uint32_t v : values) {
      const float* a = vectors_.row(first_row_[j] + v);
      for (std::size_t k = 0; k < vectors_.width(); ++k) mean[k] += share * a[k];
    }
  }
  published.vectors.push_back(std::move(vectors));
  published.row_of.push_back(std::move(row_of));
}

void TrainableVectors::visit(Archive& archive) {
  archive.table("attribute_vectors", vectors_);
  optimizer_->visit(archive);
}

}  // namespace kgaudit::models
