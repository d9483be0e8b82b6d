#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// How attribute vectors learn and are published; by default as in Fisher et al. 2020, section 3.3.
struct VectorTraining {
  std::size_t twin_every = 1;      ///< see TrainedAttributeVectors
  std::size_t residual_every = 0;  ///< see TrainedAttributeVectors
  float share = 1.0F;              ///< of the vectors that is published
};

/// The attribute vectors a_{j,v}, one for each value of each sensitive attribute, and their
/// optimiser. The trainer adds them to persons' rows where the whitelist allows attribute j. With
/// `residual_every` their mean over the persons with a known value is kept at 0.
class TrainableVectors {
 public:
  /// Initial values from the stream "initial.attribute_vectors" of the setup's seed.
  TrainableVectors(const TrainingSetup& setup, const VectorTraining& training);

  /// For System::attribute_vectors; valid while the object lives where it is.
  [[nodiscard]] TrainedAttributeVectors trained();
  /// To be called after every update.
  void after_update();
  /// For the rows of `entities` entities: one vector for each set of values that some person has,
  /// `share` of the mean of the values' vectors.
  [[nodiscard]] std::shared_ptr<const AttributeVectors> published(std::size_t entities) const;
  void visit(Archive& archive);

 private:
  void publish(std::size_t j, std::size_t entities, AttributeVectors& published) const;

  const datasets::AttributeTable& attributes_;
  AttributeRules rules_;
  VectorTraining training_;
  std::vector<std::size_t> first_row_;
  FloatTable vectors_;
  std::unique_ptr<RowOptimizer> optimizer_;
};

/// A system that trains attribute vectors beside what `Base` does, and publishes them with the
/// first view of Base.
template <typename Base>
class WithAttributeVectors final : public Base {
 public:
  WithAttributeVectors(const TrainingSetup& setup, const Parameters& parameters,
                       std::string_view system, const VectorTraining& training)
      : Base(setup, parameters, system), vectors_(setup, training) {}

  [[nodiscard]] std::optional<TrainedAttributeVectors> attribute_vectors() override {
    return vectors_.trained();
  }
  void after_update(const Batch& batch, EmbeddingTable& table) override {
    Base::after_update(batch, table);
    vectors_.after_update();
  }
  [[nodiscard]] std::vector<TableView> views(std::shared_ptr<const EmbeddingTable> table) override {
    std::vector<TableView> views = Base::views(std::move(table));
    views.front().vectors = vectors_.published(views.front().table->entities.rows());
    return views;
  }
  void visit(Archive& archive) override {
    Base::visit(archive);
    vectors_.visit(archive);
  }

 private:
  TrainableVectors vectors_;
};

}  // namespace kgaudit::models
