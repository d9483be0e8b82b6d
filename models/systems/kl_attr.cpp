#include <map>
#include <numeric>
#include <vector>

#include "models/debiasing/kl/kl_system.hpp"
#include "models/training/optimizer.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::models::systems_roster {
namespace {

class KlAttr final : public KlSystem {
 public:
  KlAttr(const TrainingSetup& setup, const Parameters& parameters)
      : KlSystem(setup, parameters),
        attributes_(setup.data.attributes),
        rules_(setup.data.attributes, setup.data.whitelist, setup.data.graph.relation_count()),
        twin_every_(parameters.count("twin_every")),
        residual_every_(parameters.count("residual_every")),
        vector_share_(static_cast<float>(parameters.real("vector_share"))) {
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

  [[nodiscard]] std::optional<TrainedAttributeVectors> attribute_vectors() override {
    return TrainedAttributeVectors{.rules = &rules_,
                                   .attributes = &attributes_,
                                   .vectors = &vectors_,
                                   .first_row = first_row_,
                                   .optimizer = optimizer_.get(),
                                   .twin_every = twin_every_,
                                   .residual_every = residual_every_};
  }
  void after_update(const Batch& batch, EmbeddingTable& table) override {
    KlSystem::after_update(batch, table);
    if (residual_every_ > 0) centre();
  }
  [[nodiscard]] std::vector<TableView> views(std::shared_ptr<const EmbeddingTable> table) override {
    std::vector<TableView> views = KlSystem::views(std::move(table));
    auto published = std::make_shared<AttributeVectors>(AttributeVectors{rules_, {}, {}});
    for (std::size_t j = 0; j < attributes_.sensitive().size(); ++j)
      publish(j, views.front().table->entities.rows(), *published);
    views.front().vectors = std::move(published);
    return views;
  }

  void visit(Archive& archive) override {
    KlSystem::visit(archive);
    archive.table("attribute_vectors", vectors_);
    optimizer_->visit(archive);
  }

 private:
  // Gives the vectors a mean of 0 over the persons with a known value: the rows already describe
  // the average person. Otherwise whitelisted professions would rise for everybody whose value is
  // known.
  void centre() {
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

  // One row for each set of values that some person has: vector_share of the mean of the values'
  // vectors.
  void publish(std::size_t j, std::size_t entities, AttributeVectors& published) const {
    const datasets::PersonAttribute& attribute = attributes_.sensitive()[j];
    std::map<std::vector<std::uint32_t>, std::int32_t> rows;
    std::vector<std::int32_t> row_of(entities, -1);
    for (const EntityId person : attribute.train_persons()) {
      const auto values = attribute.train_values(person);
      const auto next = static_cast<std::int32_t>(rows.size());
      row_of[person.index()] =
          rows.emplace(std::vector<std::uint32_t>(values.begin(), values.end()), next)
              .first->second;
    }
    FloatTable vectors(rows.size(), vectors_.width());
    for (const auto& [values, row] : rows) {
      float* mean = vectors.row(static_cast<std::size_t>(row));
      const float share = vector_share_ / static_cast<float>(values.size());
      for (const std::uint32_t v : values) {
        const float* a = vectors_.row(first_row_[j] + v);
        for (std::size_t k = 0; k < vectors_.width(); ++k) mean[k] += share * a[k];
      }
    }
    published.vectors.push_back(std::move(vectors));
    published.row_of.push_back(std::move(row_of));
  }

  const datasets::AttributeTable& attributes_;
  AttributeRules rules_;
  std::size_t twin_every_;
  std::size_t residual_every_;
  float vector_share_;
  std::vector<std::size_t> first_row_;
  FloatTable vectors_;
  std::unique_ptr<RowOptimizer> optimizer_;
};

std::span<const ParameterSpec> parameters() {
  static const std::vector<ParameterSpec> kTable = [] {
    std::vector<ParameterSpec> table = KlDebiasing::parameter_table();
    table.push_back(
        ParameterSpec::integer("twin_every", 1, 0, 1000, "triples",
                               "Train every n-th sensitive triple a second time, with its vector, "
                               "under a twin relation (the paper: 1); 0 = none"));
    table.push_back(ParameterSpec::integer(
        "residual_every", 0, 0, 1000, "triples",
        "Triples from every n-th of which the vectors alone learn what the rows leave over, which "
        "learn as in KL; 0 = rows and vectors learn together (the paper)"));
    table.push_back(
        ParameterSpec::real("vector_share", 1.0, 0.0, 1.0, "",
                            "Share of the vectors that is published: below 1 shrinks what was "
                            "fitted to triples that the rows had learnt already (the paper: 1)"));
    return table;
  }();
  return kTable;
}

std::unique_ptr<System> make(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<KlAttr>(setup, parameters);
}

}  // namespace

extern const SystemEntry kl_attr;
constinit const SystemEntry kl_attr = {
    .id = "kl+attr",
    .title = "KL+Attr",
    .formula =
        "KL, and E_p + a_{j,m*(p)} in place of E_p in triples for which attribute j is whitelisted "
        "(m* is p's "
        "value; several values: the mean of their vectors; unknown: nothing). Twin relations train "
        "a. With residual_every, the likelihood of E_p alone moves the rows, and a, with mean 0 "
        "over persons, fits what they leave over; vector_share of a is published.",
    .source = "Fisher et al. 2020, section 3.3",
    .pitfalls =
        "The vectors carry the sensitive value openly: publish the table without them where that "
        "matters. "
        "What a probe sees is the table without vectors. The whitelist is a moral choice; it is in "
        "the plan.",
    .parameters = &parameters,
    .make = &make,
    .tunable = KlDebiasing::kTunable,
};

}  // namespace kgaudit::models::systems_roster
