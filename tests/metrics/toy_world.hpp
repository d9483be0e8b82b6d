#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/metric.hpp"
#include "models/scoring/link_scorer.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::tests {

using NamedTriple = std::array<std::string, 3>;

/// A person relation by name.
struct NamedPersonRelation {
  std::string id;
  std::string relation;
  bool inverse = false;
};

/// A data set from triples written by name; entities and relations get ids by first appearance in
/// train, valid, test.
[[nodiscard]] datasets::Dataset dataset_of(
    const std::vector<NamedTriple>& train, const std::vector<NamedTriple>& valid,
    const std::vector<NamedTriple>& test, const std::vector<NamedPersonRelation>& sensitive = {},
    const std::optional<NamedPersonRelation>& profession = std::nullopt);

[[nodiscard]] EntityId entity(const datasets::Dataset& data, const std::string& name);
[[nodiscard]] RelationId relation(const datasets::Dataset& data, const std::string& name);

/// Rows by name; what is not named is 0. All rows have the width of the first.
using NamedRows = std::map<std::string, std::vector<float>>;
[[nodiscard]] std::shared_ptr<models::EmbeddingTable> table_of(const datasets::Dataset& data,
                                                               std::size_t dimension,
                                                               const NamedRows& entities,
                                                               const NamedRows& relations,
                                                               std::size_t relation_width = 0);

/// Every entry drawn from a standard normal: an embedding that knows nothing.
[[nodiscard]] std::shared_ptr<models::EmbeddingTable> random_table(const datasets::Dataset& data,
                                                                   std::size_t dimension,
                                                                   std::size_t relation_width,
                                                                   std::uint64_t seed);

[[nodiscard]] models::LinkScorer scorer_of(std::shared_ptr<const models::EmbeddingTable> table,
                                           const std::string& score);

/// The same rows with attribute vectors as a system publishes them: of every sensitive attribute a
/// row for each value that train states, value v at place v, and that of their first value for the
/// persons of train. `entry(attribute, value, k)` is the k-th number of a vector.
[[nodiscard]] models::LinkScorer with_vectors(
    const datasets::Dataset& data, std::shared_ptr<const models::EmbeddingTable> table,
    const std::string& score,
    const std::function<float(std::size_t attribute, std::uint32_t value, std::size_t k)>& entry);

/// A made-up society of `persons` people for bias metrics. Two genders (60 % "male"), three
/// religions (the second religion is told from the religion's side as well: "believer_of" is its
/// inverse relation, attribute "faith"), six professions. Of each person's facts the gender stands
/// in train for 8 of 10, in valid for 1 and in test for 1.
///
/// `strength` plants the bias in the rows: axis 0 holds gender (male +1, female -1), persons stand
/// at +-strength on it and professions at (o - 2.5) / 2.5 * strength. Everything else is noise of
/// deviation 0.5 drawn from `seed`. Scored by transe-dot with relation rows 0, the gap of gender
/// is 2 * strength + noise with mean 0. Professions are drawn with the same skew when strength > 0.
struct Society {
  datasets::Dataset data;
  std::shared_ptr<models::EmbeddingTable> table;
};
[[nodiscard]] Society society(double strength, std::uint64_t seed, std::uint32_t persons = 600,
                              std::uint32_t professions = 6);

/// Runs one metric with its default parameters, ranking the test set first.
struct Measured {
  metrics::MetricOutput output;
  metrics::RankTable ranks;

  /// The one fact with this name whose facets hold all of `facets`; fails the test otherwise.
  [[nodiscard]] const Measurement& fact(const std::string& name,
                                        const std::map<std::string, std::string>& facets) const;
  [[nodiscard]] double value(const std::string& name,
                             const std::map<std::string, std::string>& facets) const;
};
[[nodiscard]] Measured measure(const std::string& metric, const datasets::Dataset& data,
                               const models::LinkScorer& scorer,
                               const std::map<std::string, std::string>& parameters = {},
                               std::size_t threads = 1, std::uint64_t seed = 7,
                               metrics::Release release = metrics::Release::kOwnRow);
/// The same with ranks that are given.
[[nodiscard]] Measured measure_ranked(const std::string& metric, const datasets::Dataset& data,
                                      const models::LinkScorer& scorer, metrics::RankTable ranks,
                                      const std::map<std::string, std::string>& parameters = {},
                                      std::size_t threads = 1, std::uint64_t seed = 7,
                                      metrics::Release release = metrics::Release::kOwnRow);

/// Lines of a gzip-compressed text.
[[nodiscard]] std::vector<std::string> gzip_lines(const std::filesystem::path& file);
[[nodiscard]] std::vector<std::string> split(const std::string& line, char separator);

}  // namespace kgaudit::tests
