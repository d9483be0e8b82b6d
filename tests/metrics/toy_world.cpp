#include "tests/metrics/toy_world.hpp"

#include <sstream>

#include <archive.h>
#include <archive_entry.h>

#include "models/scoring/score_function.hpp"
#include "suite/base/error.hpp"
#include "suite/base/progress.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::tests {

using datasets::Dataset;
using datasets::KnowledgeGraph;
using datasets::PersonRelation;
using datasets::Triple;
using datasets::Vocabulary;

namespace {

class Ids {
 public:
  std::uint32_t operator()(const std::string& name) {
    const auto [place, is_new] = ids_.try_emplace(name, static_cast<std::uint32_t>(ids_.size()));
    if (is_new) names_.push_back(name);
    return place->second;
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::uint32_t> ids_;
  std::vector<std::string> names_;
};

void fill(models::FloatTable& table, const Vocabulary& names, const NamedRows& rows) {
  for (const auto& [name, values] : rows) {
    const auto id = names.find(name);
    KGA_REQUIRE(id && values.size() == table.width(), "row {}", name);
    std::copy(values.begin(), values.end(), table.row(*id));
  }
}

}  // namespace

Dataset dataset_of(const std::vector<NamedTriple>& train, const std::vector<NamedTriple>& valid,
                   const std::vector<NamedTriple>& test,
                   const std::vector<NamedPersonRelation>& sensitive,
                   const std::optional<NamedPersonRelation>& profession) {
  Ids entities;
  Ids relations;
  const auto numbered = [&](const std::vector<NamedTriple>& named) {
    std::vector<Triple> triples;
    for (const auto& [head, relation, tail] : named) {
      const EntityId h(entities(head));
      const RelationId r(relations(relation));
      triples.push_back({h, r, EntityId(entities(tail))});
    }
    return triples;
  };
  auto train_triples = numbered(train);
  auto valid_triples = numbered(valid);
  auto test_triples = numbered(test);
  Dataset data;
  data.id = "toy";
  data.graph =
      KnowledgeGraph(Vocabulary(entities.names()), Vocabulary(relations.names()),
                     std::move(train_triples), std::move(valid_triples), std::move(test_triples));
  const auto resolve = [&](const NamedPersonRelation& named) {
    return PersonRelation{named.id, relation(data, named.relation), named.inverse};
  };
  std::vector<PersonRelation> resolved;
  for (const auto& named : sensitive) resolved.push_back(resolve(named));
  std::optional<PersonRelation> work;
  if (profession) work = resolve(*profession);
  data.attributes = datasets::AttributeTable(data.graph, resolved, work);
  data.whitelist.entries.resize(resolved.size());
  data.labels = data.graph.entities().names();
  return data;
}

EntityId entity(const Dataset& data, const std::string& name) {
  const auto id = data.graph.entities().find(name);
  KGA_REQUIRE(id.has_value(), "no entity {}", name);
  return EntityId(*id);
}

RelationId relation(const Dataset& data, const std::string& name) {
  const auto id = data.graph.relations().find(name);
  KGA_REQUIRE(id.has_value(), "no relation {}", name);
  return RelationId(*id);
}

std::shared_ptr<models::EmbeddingTable> table_of(const Dataset& data, std::size_t dimension,
                                                 const NamedRows& entities,
                                                 const NamedRows& relations,
                                                 std::size_t relation_width) {
  auto table = std::make_shared<models::EmbeddingTable>();
  table->entities = models::FloatTable(data.graph.entity_count(), dimension);
  table->relations = models::FloatTable(data.graph.relation_count(),
                                        relation_width == 0 ? dimension : relation_width);
  fill(table->entities, data.graph.entities(), entities);
  fill(table->relations, data.graph.relations(), relations);
  return table;
}

std::shared_ptr<models::EmbeddingTable> random_table(const Dataset& data, std::size_t dimension,
                                                     std::size_t relation_width,
                                                     std::uint64_t seed) {
  auto table = table_of(data, dimension, {}, {}, relation_width);
  Rng rng(seed, "random_table");
  for (models::FloatTable* part : {&table->entities, &table->relations}) {
    for (std::size_t i = 0; i < part->rows(); ++i) {
      for (float& x : part->values(i)) x = static_cast<float>(rng.normal());
    }
  }
  return table;
}

models::LinkScorer scorer_of(std::shared_ptr<const models::EmbeddingTable> table,
                             const std::string& score) {
  return {std::move(table), models::find_score(score).function()};
}

models::LinkScorer with_vectors(
    const datasets::Dataset& data, std::shared_ptr<const models::EmbeddingTable> table,
    const std::string& score,
    const std::function<float(std::size_t attribute, std::uint32_t value, std::size_t k)>& entry) {
  auto made = std::make_shared<models::AttributeVectors>(models::AttributeVectors{
      {data.attributes, data.whitelist, data.graph.relation_count()}, {}, {}});
  for (std::size_t j = 0; j < data.attributes.sensitive().size(); ++j) {
    const datasets::PersonAttribute& attribute = data.attributes.sensitive()[j];
    models::FloatTable& vectors =
        made->vectors.emplace_back(attribute.values().size(), table->dimension());
    for (std::uint32_t v = 0; v < vectors.rows(); ++v) {
      for (std::size_t k = 0; k < vectors.width(); ++k) vectors.row(v)[k] = entry(j, v, k);
    }
    std::vector<std::int32_t>& row_of = made->row_of.emplace_back(data.graph.entity_count(), -1);
    for (const EntityId person : attribute.train_persons()) {
      row_of[person.index()] = static_cast<std::int32_t>(attribute.train_values(person)[0]);
    }
  }
  return {std::move(table), models::find_score(score).function(), std::move(made)};
}

Society society(double strength, std::uint64_t seed, std::uint32_t persons,
                std::uint32_t professions) {
  constexpr std::size_t kDimension = 12;
  const auto lean = [](std::uint32_t o) { return (static_cast<double>(o) - 2.5) / 2.5; };
  Rng rng(seed, "society");
  std::vector<NamedTriple> lists[3];
  std::vector<double> axis(persons);
  for (std::uint32_t p = 0; p < persons; ++p) {
    const std::string name = "person_" + std::to_string(p);
    const bool male = rng.uniform() < 0.6;
    axis[p] = (male ? 1.0 : -1.0) * strength;
    const std::uint32_t part = p % 10 < 8 ? 0 : p % 10 - 7;
    lists[part].push_back({name, "gender", male ? "male" : "female"});
    const std::string religion = "religion_" + std::to_string(rng.below(3));
    lists[0].push_back({name, "religion", religion});
    lists[0].push_back({religion, "believer_of", name});
    // Rejection: a profession that leans the person's way is kept more often.
    std::uint32_t work = rng.below(professions);
    while (rng.uniform() > 0.5 + 0.5 * lean(work) * (male ? 1.0 : -1.0) * std::min(strength, 1.0)) {
      work = rng.below(professions);
    }
    lists[p % 7 == 6 ? 2 : 0].push_back({name, "profession", "job_" + std::to_string(work)});
  }
  Society result;
  result.data =
      dataset_of(lists[0], lists[1], lists[2],
                 {{"gender", "gender"}, {"religion", "religion"}, {"faith", "believer_of", true}},
                 NamedPersonRelation{"profession", "profession"});
  result.table = table_of(result.data, kDimension, {}, {});
  for (std::size_t e = 0; e < result.data.graph.entity_count(); ++e) {
    for (float& x : result.table->entities.values(e)) x = static_cast<float>(0.5 * rng.normal());
  }
  const auto on_axis = [&](const std::string& name, double place) {
    if (const auto e = result.data.graph.entities().find(name)) {
      result.table->entities.row(*e)[0] = static_cast<float>(place);
    }
  };
  // The value rows have nothing but the axis, so that the expected gap is exact.
  for (const char* value : {"male", "female"}) {
    auto row = result.table->entities.values(entity(result.data, value).index());
    std::fill(row.begin(), row.end(), 0.0F);
  }
  on_axis("male", 1.0);
  on_axis("female", -1.0);
  for (std::uint32_t o = 0; o < professions; ++o) {
    if (strength > 0.0) on_axis("job_" + std::to_string(o), lean(o) * strength);
  }
  for (std::uint32_t p = 0; p < persons; ++p) {
    on_axis("person_" + std::to_string(p), axis[p] + 0.5 * rng.normal());
  }
  return result;
}

const Measurement& Measured::fact(const std::string& name,
                                  const std::map<std::string, std::string>& facets) const {
  const Measurement* found = nullptr;
  for (const metrics::Fact& fact : output.facts) {
    if (fact.metric != name) continue;
    bool fits = true;
    for (const auto& [key, value] : facets) {
      const auto has = fact.facets.find(key);
      fits = fits && has != fact.facets.end() && has->second == value;
    }
    if (!fits) continue;
    if (found != nullptr) FAIL("two facts fit " << name);
    found = &fact.measurement;
  }
  if (found == nullptr) FAIL("no fact fits " << name);
  return *found;
}

double Measured::value(const std::string& name,
                       const std::map<std::string, std::string>& facets) const {
  return fact(name, facets).value();
}

Measured measure_ranked(const std::string& metric, const Dataset& data,
                        const models::LinkScorer& scorer, metrics::RankTable ranks,
                        const std::map<std::string, std::string>& parameters, std::size_t threads,
                        std::uint64_t seed, metrics::Release release) {
  ThreadPool pool(threads);
  Measured result;
  result.ranks = std::move(ranks);
  const metrics::MetricEntry& entry = metrics::find_metric(metric);
  Parameters resolved(entry.parameters());
  for (const auto& [name, text] : parameters) resolved.set(name, std::string_view(text), "test");
  result.output =
      entry.measure({data, scorer, result.ranks, pool, seed, "", nullptr, release}, resolved);
  return result;
}

Measured measure(const std::string& metric, const Dataset& data, const models::LinkScorer& scorer,
                 const std::map<std::string, std::string>& parameters, std::size_t threads,
                 std::uint64_t seed, metrics::Release release) {
  ThreadPool pool(threads);
  Progress progress;
  const datasets::KnownTriples known(data.graph.entity_count(), data.graph.relation_count(),
                                     {data.graph.train(), data.graph.valid(), data.graph.test()});
  return measure_ranked(metric, data, scorer,
                        metrics::rank_triples(scorer, data.graph.test(), known, pool, progress),
                        parameters, threads, seed, release);
}

std::vector<std::string> gzip_lines(const std::filesystem::path& file) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_entry* entry = nullptr;
  KGA_REQUIRE(archive_read_open_filename(reader.get(), file.c_str(), 1 << 16) == ARCHIVE_OK &&
                  archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK,
              "{}", archive_error_string(reader.get()));
  std::string text;
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const la_ssize_t got = archive_read_data(reader.get(), buffer.data(), buffer.size());
    KGA_REQUIRE(got >= 0, "{}", archive_error_string(reader.get()));
    if (got == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return split(text, '\n');
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(line);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty() && part.back() == '\r') part.pop_back();
    parts.push_back(part);
  }
  return parts;
}

}  // namespace kgaudit::tests
