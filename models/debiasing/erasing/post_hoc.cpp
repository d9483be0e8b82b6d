#include "models/debiasing/erasing/post_hoc.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/debiasing/adversaries/discriminator.hpp"
#include "suite/base/error.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {
namespace {

using Eigen::Index;

Labels labels_of(const FitPersons::Attribute& attribute, std::span<const EntityId> persons) {
  Labels labels;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (!attribute.source->train_values(persons[i]).empty()) labels.points.push_back(i);
  }
  labels.shares.setZero(static_cast<Index>(labels.points.size()),
                        static_cast<Index>(attribute.candidates));
  for (std::size_t i = 0; i < labels.points.size(); ++i) {
    const auto values = attribute.source->train_values(persons[labels.points[i]]);
    for (const std::uint32_t v : values) {
      if (v >= attribute.candidates) continue;
      labels.shares(static_cast<Index>(i), static_cast<Index>(v)) =
          1.0 / static_cast<double>(values.size());
    }
  }
  return labels;
}

/// Whether the points differ in their label at all.
bool differ(const Labels& labels) {
  return labels.points.size() > 1 &&
         (labels.shares.rowwise() - labels.shares.row(0)).cwiseAbs().maxCoeff() > 0.0;
}

std::vector<TableView> views_of(const SystemEntry& entry, const EmbeddingTable& table,
                                const FitPersons& fit, const datasets::AttributeTable& attributes,
                                const Parameters& parameters, std::uint64_t seed,
                                ThreadPool& pool) {
  KGA_REQUIRE(entry.erase != nullptr, "system {} is not post-hoc", entry.id);
  std::vector<TableView> views;
  const auto add = [&](std::string id, std::optional<std::string> attribute, std::size_t first,
                       std::size_t count) {
    auto erased = std::make_shared<EmbeddingTable>(table);
    entry.erase({attributes, fit, fit.usable().subspan(first, count),
                 fit.labels().subspan(first, count), parameters, seed, pool},
                erased->entities);
    views.push_back({std::move(id), std::move(attribute), std::move(erased), nullptr});
  };
  const std::string& wanted = parameters.text("views");
  const std::size_t n = fit.usable().size();
  if (wanted != "single") add("a", std::nullopt, 0, n);
  if (wanted == "all") return views;
  for (std::size_t j = 0; j < n; ++j) {
    const std::string& id = fit.usable()[j].source->id();
    add("s:" + id, id, j, 1);
  }
  return views;
}

class PostHoc final : public System {
 public:
  PostHoc(const SystemEntry& entry, const TrainingSetup& setup, const Parameters& parameters)
      : entry_(entry),
        attributes_(setup.data.attributes),
        parameters_(parameters),
        seed_(setup.seed),
        pool_(setup.pool),
        fit_(attributes_, parameters, seed_, entry.id) {}

  [[nodiscard]] std::vector<TableView> views(std::shared_ptr<const EmbeddingTable> table) override {
    return views_of(entry_, *table, fit_, attributes_, parameters_, seed_, pool_);
  }

 private:
  const SystemEntry& entry_;
  const datasets::AttributeTable& attributes_;
  Parameters parameters_;
  std::uint64_t seed_;
  ThreadPool& pool_;
  FitPersons fit_;
};

}  // namespace

std::vector<const SystemEntry*> post_hoc_systems() {
  std::vector<const SystemEntry*> found;
  for (const SystemEntry* system : systems()) {
    if (system->erase != nullptr) found.push_back(system);
  }
  return found;
}

const SystemEntry& find_post_hoc_system(std::string_view id, const std::string& place) {
  const SystemEntry& entry = find_system(id);
  if (entry.erase != nullptr) return entry;
  throw InputError::usage(place, fmt::format("'{}', which takes part in training", id),
                          fmt::format("post-hoc systems: {}", post_hoc_ids()),
                          "kgaudit bench for the others");
}

std::string post_hoc_ids() {
  return fmt::format("{}", fmt::join(ids_of(post_hoc_systems()), ", "));
}

FitPersons::FitPersons(const datasets::AttributeTable& attributes, const Parameters& parameters,
                       std::uint64_t seed, std::string_view system) {
  const Rng stream(seed, "post_hoc.fit");
  const double share = parameters.real("fit_share");
  std::vector<std::pair<double, EntityId>> lots;
  for (const EntityId person : attributes.persons()) {
    const double lot = stream.at(person.value).uniform();
    if (lot < share) lots.emplace_back(lot, person);
  }
  if (lots.size() > parameters.count("max_persons")) {
    std::sort(lots.begin(), lots.end());
    lots.resize(parameters.count("max_persons"));
  }
  std::vector<EntityId> drawn;
  for (const auto& [lot, person] : lots) drawn.push_back(person);
  std::sort(drawn.begin(), drawn.end());
  for (const datasets::PersonAttribute& source : attributes.sensitive()) {
    const std::size_t most =
        parameters.count(parameters.own_or_general("candidates", source.id(), "candidates"));
    const Attribute attribute{&source, source.values_in_train(most)};
    if (attribute.candidates > 1 && differ(labels_of(attribute, drawn)))
      usable_.push_back(attribute);
  }
  if (usable_.empty()) {
    throw InputError::usage(
        fmt::format("system {}", system),
        fmt::format("{} of {} persons in the fit split, and no sensitive relation with two values "
                    "among them",
                    drawn.size(), attributes.persons().size()),
        "a graph with at least one sensitive relation of two values or more",
        "a larger fit_share where the graph is small");
  }
  for (const EntityId person : drawn) {
    if (std::ranges::any_of(
            usable_, [&](const Attribute& a) { return !a.source->train_values(person).empty(); })) {
      persons_.push_back(person);
    }
  }
  for (const Attribute& attribute : usable_) {
    labels_.push_back(labels_of(attribute, persons_));
  }
}

PointMatrix FitPersons::points(const FloatTable& entities) const {
  PointMatrix points(static_cast<Index>(persons_.size()), static_cast<Index>(entities.width()));
  for (std::size_t i = 0; i < persons_.size(); ++i) {
    const auto row = entities.values(persons_[i].index());
    for (std::size_t k = 0; k < row.size(); ++k) {
      points(static_cast<Index>(i), static_cast<Index>(k)) = static_cast<double>(row[k]);
    }
  }
  return points;
}

std::vector<ParameterSpec> post_hoc_parameters(std::initializer_list<ParameterSpec> own) {
  using P = ParameterSpec;
  std::vector<P> table = {
      P::real("fit_share", 0.5, 0.0, 1.0, "share of persons",
              "Probability with which a person is in the fit split; the others' values are not "
              "learnt from; 1 = fit on all"),
      P::integer(
          "max_persons", 50000, 10, 10000000, "persons",
          "Largest size of the fit split, which bounds memory; those with the lowest lots stay"),
      P::integer("candidates", 30, 2, 100000, "values",
                 "Commonest values of an attribute that are told apart; all others are one class"),
      P::integer("candidates_gender", 2, 2, 100000, "values",
                 "Values of gender that are told apart"),
      P::choice("views", "both", {"both", "all", "single"},
                "Rows to publish: all = [a], every attribute erased at once; single = [s], the "
                "measured attribute erased alone"),
  };
  table.insert(table.end(), own);
  return table;
}

std::vector<TableView> erased_views(const SystemEntry& entry, const EmbeddingTable& table,
                                    const datasets::AttributeTable& attributes,
                                    const Parameters& parameters, std::uint64_t seed,
                                    ThreadPool& pool) {
  const FitPersons fit(attributes, parameters, seed, entry.id);
  return views_of(entry, table, fit, attributes, parameters, seed, pool);
}

std::unique_ptr<System> make_post_hoc(const SystemEntry& entry, const TrainingSetup& setup,
                                      const Parameters& parameters) {
  return std::make_unique<PostHoc>(entry, setup, parameters);
}

}  // namespace kgaudit::models
