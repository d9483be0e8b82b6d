#include "suite/audit/aligned_data.hpp"

#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "datasets/name_table.hpp"
#include "suite/audit/readings.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

using datasets::PersonRelation;
using datasets::StatingRelation;
using datasets::Triple;

void require_names(const models::ForeignEmbedding& embedding, std::size_t names,
                   std::string_view what, std::string_view option, const std::string& place) {
  if (names > 0) return;
  const bool entities = what == "entity";
  throw InputError::unreadable(
      place, embedding.why_without_names(entities), fmt::format("a name for each {}", what),
      fmt::format("{} FILE with the names{}", option,
                  entities ? "" : "; --rows-only measures the entities alone"));
}

void require_share(const datasets::NameMatches& matches, const std::vector<std::string>& asked,
                   std::string_view what, double least, const std::string& place) {
  if (matches.share_of_asked() >= least) return;
  throw InputError::unreadable(
      place, fmt::format("of the graph's {}, {}", what, datasets::matches_text(matches, asked)),
      fmt::format("rows for at least {:.0f} % of them", least * 100.0),
      "the data set that the embedding was trained on; --least-match SHARE for less");
}

/// A data set with fewer or more entities and relations than it was loaded with.
class Restriction {
 public:
  /// `linked` says that relations are asked, for which every entity must have a row; otherwise
  /// persons alone must, and values and other facts are what the graph says of them.
  Restriction(datasets::Dataset data, const datasets::NameMatches& entities,
              const datasets::NameMatches& relations, const std::vector<std::string>& row_names,
              std::uint64_t rows_left, bool linked)
      : data_(std::move(data)), row_names_(row_names), rows_left_(rows_left) {
    entity_of_ = numbered(entities, entity_rows_, [&](std::size_t e) {
      return linked || data_.attributes.is_person(EntityId::of(e));
    });
    relation_of_ = numbered(relations, relation_rows_, [](std::size_t) { return true; });
  }

  datasets::Dataset finish() {
    name_entities();
    const datasets::KnowledgeGraph& whole = data_.graph;
    std::vector<std::string> relation_names;
    for (std::size_t r = 0; r < relation_of_.size(); ++r) {
      if (relation_of_[r]) relation_names.push_back(whole.relations().names()[r]);
    }
    auto train = kept(whole.train(), "train");
    auto valid = kept(whole.valid(), "valid");
    auto test = kept(whole.test(), "test");
    datasets::KnowledgeGraph graph(datasets::Vocabulary(std::move(names_)),
                                   datasets::Vocabulary(std::move(relation_names)),
                                   std::move(train), std::move(valid), std::move(test));
    attributes(graph);
    data_.graph = std::move(graph);
    data_.labels = std::move(labels_);
    data_.truth.reset();
    return std::move(data_);
  }

  [[nodiscard]] std::vector<std::uint32_t> entity_rows() { return std::move(entity_rows_); }
  [[nodiscard]] std::vector<std::uint32_t> relation_rows() { return std::move(relation_rows_); }

 private:
  using Places = std::vector<std::optional<std::uint32_t>>;

  /// The new id of each asked name that has a row or needs none; the rows go to `rows` in that
  /// order.
  template <typename Needs>
  static Places numbered(const datasets::NameMatches& matches, std::vector<std::uint32_t>& rows,
                         const Needs& needs_row) {
    Places places;
    for (std::size_t asked = 0; asked < matches.row_of.size(); ++asked) {
      const auto& row = matches.row_of[asked];
      const bool kept = row || !needs_row(asked);
      places.push_back(kept ? std::optional(static_cast<std::uint32_t>(rows.size()))
                            : std::nullopt);
      if (kept) rows.push_back(row.value_or(kNoRow));
    }
    return places;
  }

  /// Entities that are kept in the graph's order, then the rows that the graph does not know.
  void name_entities() {
    std::vector<bool> known(row_names_.size(), false);
    datasets::NameTable taken;
    for (std::size_t e = 0; e < entity_of_.size(); ++e) {
      if (!entity_of_[e]) continue;
      const std::string& name = data_.graph.entities().names()[e];
      const std::uint32_t row = entity_rows_[*entity_of_[e]];
      if (row != kNoRow) known[row] = true;
      static_cast<void>(taken.id(name));
      labels_.push_back(data_.labels.empty() ? name : data_.labels[e]);
    }
    std::uint64_t strangers = 0;
    for (std::uint32_t row = 0; row < row_names_.size(); ++row) {
      if (known[row]) continue;
      std::string name = printable(row_names_[row], 200);
      if (name.empty() || taken.find(name)) name = fmt::format("row {} ({})", row, name);
      while (taken.find(name)) name += "'";
      static_cast<void>(taken.id(name));
      labels_.push_back(name);
      entity_rows_.push_back(row);
      ++strangers;
    }
    names_ = taken.take();
    note("rows_without_an_entity", "", strangers + rows_left_,
         rows_left_ == 0
             ? "Rows of the embedding that the graph does not know: they stay candidates of "
               "rankings."
             : "Rows of the embedding that the graph does not know: no figure here looks at them.");
    note("entities_without_a_row", "", missing(entity_of_),
         "Entities of the graph without a row, left out with their triples.");
    note("relations_without_a_row", "", missing(relation_of_),
         "Relations of the graph without a row, left out with their triples.");
  }

  static std::uint64_t missing(const Places& places) {
    std::uint64_t count = 0;
    for (const auto& place : places) count += place ? 0U : 1U;
    return count;
  }

  std::vector<Triple> kept(std::span<const Triple> list, std::string_view name) {
    std::vector<Triple> result;
    for (const Triple& t : list) {
      const auto head = entity_of_[t.head.index()];
      const auto relation = relation_of_[t.relation.index()];
      const auto tail = entity_of_[t.tail.index()];
      if (head && relation && tail) {
        result.push_back({EntityId(*head), RelationId(*relation), EntityId(*tail)});
      }
    }
    note("triples_without_rows", std::string(name), list.size() - result.size(),
         "Triples with an entity or relation that has no row, left out.");
    return result;
  }

  [[nodiscard]] std::vector<StatingRelation> with_rows(
      const std::vector<StatingRelation>& relations) const {
    std::vector<StatingRelation> result;
    for (const StatingRelation& one : relations) {
      if (const auto id = relation_of_[one.relation.index()]) {
        result.push_back({RelationId(*id), one.inverse});
      }
    }
    return result;
  }

  /// The same fact by the relations that have a row: the first of them is asked. Nothing if none
  /// has.
  [[nodiscard]] std::optional<PersonRelation> with_rows(const PersonRelation& source) const {
    std::vector<StatingRelation> stating = with_rows(source.sources());
    if (stating.empty()) return std::nullopt;
    PersonRelation result = source;
    result.relation = stating.front().relation;
    result.inverse = stating.front().inverse;
    result.also.assign(stating.begin() + 1, stating.end());
    result.proxies = with_rows(source.proxies);
    return result;
  }

  void attributes(const datasets::KnowledgeGraph& graph) {
    std::vector<PersonRelation> sensitive;
    datasets::Whitelist whitelist;
    for (std::size_t j = 0; j < data_.attributes.sensitive().size(); ++j) {
      const datasets::PersonAttribute& attribute = data_.attributes.sensitive()[j];
      auto source = with_rows(attribute.source());
      if (!source) {
        note("attribute_without_relation", attribute.id(), 1,
             "No relation that states the attribute has a row: it is not measured.");
        continue;
      }
      sensitive.push_back(std::move(*source));
      whitelist.entries.push_back(j < data_.whitelist.entries.size()
                                      ? with_rows(data_.whitelist.entries[j])
                                      : datasets::Whitelist::Entry{});
    }
    std::optional<PersonRelation> profession;
    if (data_.attributes.profession()) {
      profession = with_rows(data_.attributes.profession()->source());
    }
    data_.attributes = datasets::AttributeTable(graph, sensitive, profession);
    data_.whitelist = std::move(whitelist);
  }

  [[nodiscard]] datasets::Whitelist::Entry with_rows(
      const datasets::Whitelist::Entry& entry) const {
    datasets::Whitelist::Entry result;
    for (const RelationId r : entry.relations) {
      if (const auto id = relation_of_[r.index()]) result.relations.emplace_back(*id);
    }
    for (const RelationId r : entry.inverse_relations) {
      if (const auto id = relation_of_[r.index()]) result.inverse_relations.emplace_back(*id);
    }
    for (const EntityId e : entry.professions) {
      if (const auto id = entity_of_[e.index()]) result.professions.emplace_back(*id);
    }
    return result;
  }

  void note(const char* id, std::string subject, std::uint64_t count, std::string detail) {
    if (count == 0) return;
    data_.integrity.findings.push_back(
        {id, std::move(subject), count, fmt::format("{}: {}", with_thousands(count), detail)});
  }

  datasets::Dataset data_;
  const std::vector<std::string>& row_names_;
  std::uint64_t rows_left_;  ///< of the file, which were not kept
  std::vector<std::uint32_t> entity_rows_;
  std::vector<std::uint32_t> relation_rows_;
  Places entity_of_;  ///< per entity of the graph: its new id
  Places relation_of_;
  std::vector<std::string> names_;
  std::vector<std::string> labels_;
};

bool complete(const datasets::NameMatches& matches) { return matches.matched() == matches.asked(); }

}  // namespace

AlignedData aligned_data(datasets::Dataset data, const models::ForeignEmbedding& embedding,
                         const AlignOptions& options, const std::string& place,
                         std::optional<datasets::NameMatches> entities) {
  const std::uint64_t rows = entities ? entities->rows : embedding.entity_names.size();
  require_names(embedding, rows, "entity", "--entities", place);
  const bool linked = !options.entities_alone && !embedding.relations.empty();
  if (linked) {
    require_names(embedding, embedding.relation_names.size(), "relation", "--relations", place);
  }
  AlignedData aligned;
  aligned.entity_names = data.graph.entities().names();
  aligned.relation_names = data.graph.relations().names();
  aligned.entities = entities ? *std::move(entities)
                              : datasets::match_names(embedding.entity_names, aligned.entity_names);
  // Rows without relations ask none, so the graph keeps its own.
  aligned.relations = datasets::match_names(
      linked ? embedding.relation_names : aligned.relation_names, aligned.relation_names);
  require_share(aligned.entities, aligned.entity_names, "entities", options.least_match, place);
  require_share(aligned.relations, aligned.relation_names, "relations", options.least_match, place);
  datasets::require_matches(aligned.entities, aligned.entity_names, options.strict, place);
  datasets::require_matches(aligned.relations, aligned.relation_names, options.strict, place);

  if (complete(aligned.entities) && complete(aligned.relations) &&
      aligned.entities.asked() == rows) {
    for (const auto& row : aligned.entities.row_of) aligned.entity_rows.push_back(*row);
    for (const auto& row : aligned.relations.row_of) aligned.relation_rows.push_back(*row);
    aligned.data = std::move(data);
    return aligned;
  }
  Restriction restriction(std::move(data), aligned.entities, aligned.relations,
                          embedding.entity_names, rows - embedding.entity_names.size(), linked);
  aligned.data = restriction.finish();
  aligned.entity_rows = restriction.entity_rows();
  aligned.relation_rows = restriction.relation_rows();
  return aligned;
}

}  // namespace kgaudit::run
