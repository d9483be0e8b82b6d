#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/system_columns.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

constexpr std::uint64_t kEnoughTriples = 6;
// Columns of the table before those of the systems.
constexpr std::size_t kBeforeSystems = 3;

// The facts of whitelisted professions over both sides, those with most test triples first.
std::vector<std::pair<Facets, std::uint64_t>> professions_by_size(const FactIndex& facts) {
  std::vector<std::pair<Facets, std::uint64_t>> professions;
  for (const Facets& facets : facts.facets_of(kMrr)) {
    if (facet_or(facets, "profession").empty()) continue;
    Facets wanted = ranking_of_set("profession");
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
      if (of_system.empty()) {
        last.cells.emplace_back(UndefinedCell{fmt::format(
            "no whitelisted {} has {} test triples and an MRR above 0", one, kEnoughTriples)});
        continue;
      }
      last.cells.push_back(number_cell(summarise(of_system, Centre::kMedian).centre));
    }
    return last;
  }

 private:
  std::vector<std::vector<double>> ratios_;  // by system
};

// Filtered MRR of the relations that the whitelist lets depend on an attribute, one row for each
// attribute and relation, and below them the median over relations with more than 5 test triples of
// MRR / MRR of the first system (Fisher et al. 2020, section 5.4, compare systems so). Then the
// same for whitelisted professions, one row each whatever attributes list it, of those with more
// than 5 test triples only. Records made before professions were measured have the relations.
Table make_whitelist(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  const Spread spread = options.spread;

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
        static_cast<std::uint64_t>(fact->measurement.value()), ranking_of_relation(relation),
        of_relations);
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
  add_release_note(table, record, std::array{ShownMeasure{"MRR", std::string(kMrr)}});
  return table;
}

}  // namespace

extern const RunTable whitelist;
constinit const RunTable whitelist = {
    .id = "whitelist",
    .chapter = Chapter::kRanking,
    .make = make_whitelist,
    .folded = true,
};

}  // namespace kgaudit::reports::run_tables_roster
