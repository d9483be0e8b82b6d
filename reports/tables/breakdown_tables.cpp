#include "reports/tables/breakdown_tables.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::string_view kMrr = kFilteredMrr.metric;
constexpr std::uint64_t kEnoughTriples = 6;
// Columns of the whitelist table before those of the systems.
constexpr std::size_t kBeforeSystems = 3;

Facets ranking(const char* set) { return filtered_ranking(kMrr, set).all_facets(); }

Facets of_relation(const std::string& relation) {
  Facets facets = ranking("relation");
  facets["relation"] = relation;
  return facets;
}

// One column for each system under a common heading.
void add_system_columns(Table& table, const RunRecord& record, const FactIndex& facts,
                        const std::string& key, const std::string& group, int decimals,
                        Spread spread) {
  for (const SystemView& row : facts.systems()) {
    table.columns.push_back({.key = fmt::format("{}.{}", key, name_of(record, row)),
                             .group = group,
                             .header = name_of(record, row),
                             .decimals = decimals,
                             .intervals = spread == Spread::kInterval});
  }
}

void add_system_cells(Row& line, const FactIndex& facts, std::string_view metric,
                      const Facets& facets, Spread spread) {
  for (const SystemView& row : facts.systems()) {
    line.cells.push_back(cell_of(facts, row, metric, facets, {.spread = spread}));
  }
}

// Predictions of both sides come in twos.
std::uint64_t test_triples(const MeasurementLine& fact) { return fact.measurement.n() / 2; }

// Row-wise best: here the systems are the columns.
void mark_best_in_rows(Table& table, const std::string& group) {
  for (Row& row : table.rows) {
    if (row.reference) continue;
    std::vector<NumberCell*> rivals;
    double best = 0.0;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      auto* number = std::get_if<NumberCell>(&row.cells[c]);
      if (number == nullptr || table.columns[c].group != group) continue;
      if (rivals.empty() || number->summary.centre > best) best = number->summary.centre;
      rivals.push_back(number);
    }
    const auto looks = [](double value) { return fixed_text(value, 3); };
    const bool differ = std::any_of(rivals.begin(), rivals.end(), [&](const NumberCell* cell) {
      return looks(cell->summary.centre) != looks(best);
    });
    for (NumberCell* cell : rivals) {
      cell->best = differ && looks(cell->summary.centre) == looks(best);
    }
  }
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  return summarise(values, Centre::kMedian).centre;
}

// The relations with facts of their own, those with most test triples first.
std::vector<std::pair<std::string, std::uint64_t>> relations_by_size(const FactIndex& facts) {
  std::vector<std::pair<std::string, std::uint64_t>> relations;
  for (const Facets& facets : facts.facets_of(kMrr)) {
    const std::string relation = facet_or(facets, "relation");
    if (relation.empty() || facets != of_relation(relation)) continue;
    relations.emplace_back(relation, test_triples(*facts.first(kMrr, facets)));
  }
  std::stable_sort(relations.begin(), relations.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return relations;
}

// The facts of whitelisted professions over both sides, those with most test triples first.
std::vector<std::pair<Facets, std::uint64_t>> professions_by_size(const FactIndex& facts) {
  std::vector<std::pair<Facets, std::uint64_t>> professions;
  for (const Facets& facets : facts.facets_of(kMrr)) {
    if (facet_or(facets, "profession").empty()) continue;
    Facets wanted = ranking("profession");
    for (const char* name : {"attributes", "profession"}) wanted[name] = facet_or(facets, name);
    if (facets != wanted) continue;
    professions.emplace_back(facets, test_triples(*facts.first(kMrr, facets)));
  }
  std::stable_sort(professions.begin(), professions.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return professions;
}

// "gender,religion" in the record's words.
std::string labels_of(const RunRecord& record, const std::string& ids) {
  std::vector<std::string> labels;
  for (std::size_t begin = 0; begin <= ids.size();) {
    const std::size_t end = std::min(ids.find(',', begin), ids.size());
    labels.push_back(label_of(record, ids.substr(begin, end - begin)));
    begin = end + 1;
  }
  return fmt::format("{}", fmt::join(labels, ", "));
}

// MRR / MRR of the first system, over the rows of one kind in the whitelist table.
class RatiosToFirst {
 public:
  explicit RatiosToFirst(std::size_t systems) : ratios_(systems) {}

  // Rows with few test triples or without an MRR of the first system above 0 do not count.
  void add(const Row& row, std::uint64_t triples) {
    if (ratios_.empty() || triples < kEnoughTriples) return;
    const auto* first = std::get_if<NumberCell>(&row.cells[kBeforeSystems]);
    if (first == nullptr || first->summary.centre <= 0.0) return;
    for (std::size_t i = 0; i < ratios_.size(); ++i) {
      const auto* mrr = std::get_if<NumberCell>(&row.cells[kBeforeSystems + i]);
      if (mrr != nullptr) ratios_[i].push_back(mrr->summary.centre / first->summary.centre);
    }
  }
  // `one` says what a row is, `rows` how many of them are called.
  [[nodiscard]] Row medians(const std::string& first_system, const char* one,
                            const char* rows) const {
    Row last;
    last.reference = true;
    last.cells.emplace_back(TextCell{""});
    last.cells.emplace_back(TextCell{
        fmt::format("median ratio to {}, {} {}", first_system, ratios_.front().size(), rows)});
    last.cells.emplace_back(TextCell{fmt::format("≥ {}", kEnoughTriples)});
    for (const std::vector<double>& of_system : ratios_) {
      const auto middle = median(of_system);
      if (!middle) {
        last.cells.emplace_back(UndefinedCell{fmt::format(
            "no whitelisted {} has {} test triples and an MRR above 0", one, kEnoughTriples)});
        continue;
      }
      last.cells.push_back(number_cell(*middle));
    }
    return last;
  }

 private:
  std::vector<std::vector<double>> ratios_;  // by system
};

}  // namespace

Table group_table(const RunRecord& record, const FactIndex& facts, const std::string& attribute,
                  Spread spread) {
  Table table;
  table.title = fmt::format("Groups of {}", label_of(record, attribute));
  std::vector<Facets> groups;
  for (const char* metric : {"score_gap.by_value", "group_gap.mrr"}) {
    for (const Facets& facets : facts.facets_of(metric)) {
      if (facets.size() != 2 || facet_or(facets, "attribute") != attribute) continue;
      if (facet_or(facets, "value").empty()) continue;
      if (std::find(groups.begin(), groups.end(), facets) == groups.end()) groups.push_back(facets);
    }
  }
  table.columns.push_back(text_column("value", label_of(record, attribute)));
  table.columns.push_back(count_column("persons", "persons"));
  add_system_columns(table, record, facts, "score_gap.by_value", "score gap ΔS →0", 2, spread);
  table.columns.push_back(count_column("test_triples", "test triples"));
  add_system_columns(table, record, facts, "group_gap.mrr", "MRR of the value ↑", 3, spread);
  const auto count = [&](const char* metric, const Facets& facets) -> Cell {
    const MeasurementLine* fact = facts.first(metric, facets);
    return fact == nullptr ? Cell(TextCell{}) : count_cell(fact->measurement.n());
  };
  for (const Facets& facets : groups) {
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, facet_or(facets, "value"))});
    row.cells.push_back(count("score_gap.by_value", facets));
    add_system_cells(row, facts, "score_gap.by_value", facets, spread);
    row.cells.push_back(count("group_gap.mrr", facets));
    add_system_cells(row, facts, "group_gap.mrr", facets, spread);
    table.rows.push_back(std::move(row));
  }
  table.caption =
      "Persons: those whose value is stated in train. ΔS: score of the true value minus the mean "
      "of "
      "the others, mean over these persons. MRR: filtered rank of the true value in test.";
  return table;
}

Table test_set_table(const RunRecord& record, const FactIndex& facts, Spread spread) {
  constexpr std::array<std::pair<const char*, const char*>, 5> kSets = {
      {{"all", "all test triples"},
       {"without_sensitive", "without sensitive relations"},
       {"sensitive", "sensitive relations"},
       {"persons", "triples with a person"},
       {"whitelisted", "whitelisted triples"}}};
  Table table;
  table.title = "Ranking quality by part of the test set";
  table.caption =
      "Filtered MRR of heads and tails. Whitelisted: the relation or the profession "
      "may legitimately depend on an attribute.";
  table.columns.push_back(text_column("set", "part"));
  table.columns.push_back(count_column("test_triples", "test triples"));
  add_system_columns(table, record, facts, "mrr", "MRR ↑", 3, spread);
  for (const auto& [set, words] : kSets) {
    const MeasurementLine* fact = facts.first(kMrr, ranking(set));
    if (fact == nullptr) continue;
    Row row;
    row.cells.emplace_back(TextCell{words});
    row.cells.push_back(count_cell(test_triples(*fact)));
    add_system_cells(row, facts, kMrr, ranking(set), spread);
    table.rows.push_back(std::move(row));
  }
  mark_best_in_rows(table, "MRR ↑");
  return table;
}

Table relation_table(const RunRecord& record, const FactIndex& facts, std::size_t top,
                     Spread spread) {
  Table table;
  table.title = "Ranking quality by relation";
  table.caption = "Filtered MRR of heads and tails, relations with most test triples first.";
  table.columns.push_back(text_column("relation", "relation"));
  table.columns.push_back(count_column("test_triples", "test triples"));
  add_system_columns(table, record, facts, "mrr", "MRR ↑", 3, spread);
  const auto relations = relations_by_size(facts);
  for (std::size_t i = 0; i < std::min(top, relations.size()); ++i) {
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, relations[i].first)});
    row.cells.push_back(count_cell(relations[i].second));
    add_system_cells(row, facts, kMrr, of_relation(relations[i].first), spread);
    table.rows.push_back(std::move(row));
  }
  if (relations.size() > top) {
    table.notes.push_back(
        fmt::format("{} of {} relations; the CSV table has all.", top, relations.size()));
  }
  mark_best_in_rows(table, "MRR ↑");
  return table;
}

Table whitelist_table(const RunRecord& record, const FactIndex& facts, Spread spread) {
  Table table;
  table.title = "Whitelisted relations";
  table.columns.push_back(text_column("attribute", "may depend on"));
  table.columns.push_back(text_column("relation", "relation"));
  table.columns.push_back(count_column("test_triples", "test triples"));
  add_system_columns(table, record, facts, "mrr", "MRR ↑", 3, spread);
  const std::vector<SystemView>& systems = facts.systems();
  const auto add = [&](std::string attributes, std::string name, std::uint64_t triples,
                       const Facets& where, RatiosToFirst& ratios) {
    Row row;
    row.cells.emplace_back(TextCell{std::move(attributes)});
    row.cells.emplace_back(TextCell{std::move(name)});
    row.cells.push_back(count_cell(triples));
    add_system_cells(row, facts, kMrr, where, spread);
    ratios.add(row, triples);
    table.rows.push_back(std::move(row));
  };
  RatiosToFirst of_relations(systems.size());
  for (const Facets& listed : facts.facets_of("link_prediction.whitelisted_triples")) {
    const std::string relation = facet_or(listed, "relation");
    const MeasurementLine* fact = facts.first("link_prediction.whitelisted_triples", listed);
    if (!fact->measurement.defined()) continue;
    add(label_of(record, facet_or(listed, "attribute")), label_of(record, relation),
        static_cast<std::uint64_t>(fact->measurement.value()), of_relation(relation), of_relations);
  }
  if (!table.rows.empty()) {
    table.rows.push_back(
        of_relations.medians(name_of(record, systems.front()), "relation", "rows"));
  }
  RatiosToFirst of_professions(systems.size());
  std::size_t shown = 0;
  std::size_t small = 0;
  for (const auto& [facets, triples] : professions_by_size(facts)) {
    if (triples < kEnoughTriples) {
      ++small;
      continue;
    }
    ++shown;
    add(labels_of(record, facet_or(facets, "attributes")),
        fmt::format("profession: {}", label_of(record, facet_or(facets, "profession"))), triples,
        facets, of_professions);
  }
  if (shown != 0) {
    table.rows.push_back(
        of_professions.medians(name_of(record, systems.front()), "profession", "professions"));
  }
  if (table.rows.empty()) return table;
  mark_best_in_rows(table, "MRR ↑");
  table.caption =
      "Filtered MRR of the relations that may legitimately depend on an attribute: what debiasing "
      "should leave alone. A relation that is listed for two attributes has two rows.";
  if (shown != 0) {
    table.title = "Whitelisted relations and professions";
    table.columns[1].header = "relation or profession";
    table.caption =
        "Filtered MRR of the relations, and of the triples of the professions, that may "
        "legitimately depend on an attribute: what debiasing should leave alone. A relation that "
        "is "
        "listed for two attributes has two rows, a profession one.";
  }
  if (small != 0) {
    table.notes.push_back(
        fmt::format("Whitelisted professions with fewer than {} test triples, not shown: {}.",
                    kEnoughTriples, small));
  }
  return table;
}

Table degree_table(const RunRecord& record, const FactIndex& facts, Spread spread) {
  Table table;
  table.title = "Ranking quality by popularity";
  table.columns.push_back(text_column("system", "system"));
  std::vector<std::pair<const char*, Facets>> sources;
  const auto add = [&](const char* metric, Facets facets, std::string key, std::string group,
                       std::string header, Direction direction) {
    if (facts.first(metric, facets) == nullptr) return;
    table.columns.push_back({.key = std::move(key),
                             .group = std::move(group),
                             .header = std::move(header),
                             .direction = direction,
                             .intervals = spread == Spread::kInterval});
    sources.emplace_back(metric, std::move(facets));
  };
  constexpr std::array<const char*, 4> kQuarters = {"rarest", "2nd", "3rd", "commonest"};
  for (std::size_t q = 0; q < kQuarters.size(); ++q) {
    const std::string number = std::to_string(q + 1);
    add("degree_bias.mrr", {{"side", "both"}, {"quartile", number}}, "mrr.quarter" + number,
        "MRR by quarter of degree ↑", kQuarters[q], Direction::kHigher);
  }
  const Facets both = {{"side", "both"}};
  add("degree_bias.quartile_gap", both, "quartile_gap", "", "gap →0", Direction::kNearer);
  add("degree_bias.spearman", both, "spearman", "", "Spearman →0", Direction::kNearer);
  add("degree_bias.stratified_mrr", both, "stratified_mrr", "", "weighted MRR ↑",
      Direction::kHigher);
  if (sources.empty()) return table;
  for (const SystemView& system : facts.systems()) {
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, system)});
    for (const auto& [metric, facets] : sources) {
      row.cells.push_back(cell_of(facts, system, metric, facets, {.spread = spread}));
    }
    table.rows.push_back(std::move(row));
  }
  mark_best(table);
  table.caption =
      "Degree: occurrences in train of the entity to be found. Gap: commonest minus rarest "
      "quarter. "
      "Spearman: of degree with reciprocal rank. Weighted MRR: rare entities weigh more.";
  return table;
}

}  // namespace kgaudit::reports
