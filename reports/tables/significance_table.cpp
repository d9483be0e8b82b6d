#include "reports/tables/significance_table.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

// The facets that tell the measures of one metric apart.
constexpr std::array<const char*, 3> kTells = {"attribute", "probe", "set"};

std::string key_of(const SystemView& row, std::string_view metric, const Facets& facets) {
  std::string key = fmt::format("{}\n{}\n{}", row.system, row.view, metric);
  for (const char* name : kTells) key += "\n" + facet_or(facets, name);
  return key;
}

bool about_seeds(const MeasurementLine& line) {
  return facet_or(line.facets, "test").ends_with("over seeds");
}

// "leakage.accuracy (gender, linear)".
std::string measure_name(const RunRecord& record, const Facets& facets) {
  std::vector<std::string> parts;
  for (const char* name : kTells) {
    const std::string value = facet_or(facets, name);
    if (!value.empty() && value != "all") parts.push_back(label_of(record, value));
  }
  std::string name = facet_or(facets, "metric");
  if (name == "score_gap.micro") name = "|score_gap.micro|";
  return parts.empty() ? name : fmt::format("{} ({})", name, fmt::join(parts, ", "));
}

Cell cell_of_fact(const MeasurementLine* line) {
  if (line == nullptr) return TextCell{};
  const Measurement& fact = line->measurement;
  if (!fact.defined()) return UndefinedCell{fact.reason()};
  NumberCell cell;
  cell.summary = {fact.value(), std::nullopt, 1};
  cell.interval = fact.interval();
  cell.n = fact.n();
  return cell;
}

// All facts on one tested measure of one row.
struct TestedMeasure {
  SystemView row;
  Facets facets;
  const MeasurementLine* difference = nullptr;
  const MeasurementLine* over_units = nullptr;
  const MeasurementLine* over_both = nullptr;
  const MeasurementLine* p = nullptr;
  const MeasurementLine* p_units = nullptr;
  const MeasurementLine* adjusted = nullptr;
  const MeasurementLine* effect = nullptr;
  const MeasurementLine* detectable = nullptr;
  const MeasurementLine* seeds_needed = nullptr;
};

void take(TestedMeasure& tested, const MeasurementLine& line) {
  const std::string what = line.metric.substr(line.metric.find('.') + 1);
  const std::string test = facet_or(line.facets, "test");
  if (what == "difference" && test.starts_with("hierarchical")) {
    tested.over_both = &line;
  } else if (what == "difference") {
    (about_seeds(line) ? tested.difference : tested.over_units) = &line;
  } else if (what == "p" && !about_seeds(line)) {
    tested.p_units = &line;
  } else if (what == "p" && test.starts_with("paired t")) {
    tested.p = &line;
  } else if (what == "p_adjusted") {
    tested.adjusted = &line;
  } else if (what == "effect" && about_seeds(line)) {
    tested.effect = &line;
  } else if (what == "detectable") {
    tested.detectable = &line;
  } else if (what == "seeds_needed") {
    tested.seeds_needed = &line;
  }
}

}  // namespace

bool is_test_fact(const MeasurementLine& line) { return line.metric.starts_with("significance."); }

SignificanceMarks::SignificanceMarks(const RunRecord& record) {
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric != "significance.p_adjusted") continue;
    adjusted_[key_of({line.system, line.view}, facet_or(line.facets, "metric"), line.facets)] =
        &line;
  }
  for (const auto& [key, line] : adjusted_) {
    if (!line->measurement.defined()) continue;
    ++tested_;
    const auto alpha = parse_double(facet_or(line->facets, "alpha"));
    if (alpha && line->measurement.value() <= *alpha) ++marked_;
  }
}

std::string SignificanceMarks::mark(const SystemView& row, std::string_view metric,
                                    const Facets& facets) const {
  const auto found = adjusted_.find(key_of(row, metric, facets));
  if (found == adjusted_.end() || !found->second->measurement.defined()) return "";
  const auto alpha = parse_double(facet_or(found->second->facets, "alpha"));
  return alpha && found->second->measurement.value() <= *alpha ? "*" : "";
}

std::string SignificanceMarks::note() const {
  if (adjusted_.empty()) return "";
  const MeasurementLine& any = *adjusted_.begin()->second;
  const std::string reference = facet_or(any.facets, "reference");
  const std::string how =
      fmt::format("adjusted p ≤ {} ({}; {})", facet_or(any.facets, "alpha"),
                  facet_or(any.facets, "test"), facet_or(any.facets, "correction", "none"));
  if (tested_ == 0) {
    return fmt::format("No difference from {} could be tested: {}.", reference,
                       any.measurement.reason());
  }
  std::string text = marked_ == 0
                         ? fmt::format("No value differs from {}'s with {}.", reference, how)
                         : fmt::format("* differs from {}: {}.", reference, how);
  if (tested_ < adjusted_.size()) {
    text += fmt::format(" {} of the {} could not be tested and count as p = 1.",
                        adjusted_.size() - tested_, adjusted_.size());
  }
  return text;
}

Table significance_table(const RunRecord& record) {
  std::vector<TestedMeasure> all;
  std::map<std::string, std::size_t> places;
  std::string reference;
  for (const MeasurementLine& line : record.measurements) {
    if (!is_test_fact(line) || line.metric.starts_with("significance.equivalence")) continue;
    const SystemView row{line.system, line.view};
    const auto [place, is_new] =
        places.emplace(key_of(row, facet_or(line.facets, "metric"), line.facets), all.size());
    if (is_new) {
      all.push_back({row, line.facets});
      reference = facet_or(line.facets, "reference");
    }
    take(all[place->second], line);
  }
  Table table;
  table.title = fmt::format("Differences from {}", reference);
  table.caption =
      "System minus reference, with intervals; for score gaps of their distance from 0. "
      "Detectable: "
      "the smallest difference that a paired t test of these seeds finds with the planned power.";
  const std::string seeds = "over seeds";
  const std::string units = "over triples or persons";
  const std::string can_see = "power of these seeds";
  const auto number = [](std::string key, std::string header, const std::string& group,
                         int decimals = 4) {
    return Column{.key = std::move(key),
                  .group = group,
                  .header = std::move(header),
                  .decimals = decimals,
                  .intervals = true};
  };
  table.columns = {text_column("system", "system"),
                   text_column("measure", "measure"),
                   number("difference", "difference", seeds),
                   number("p", "p", seeds),
                   number("p_adjusted", "adjusted p", seeds),
                   number("effect", "dz", seeds, 2),
                   number("difference_units", "difference", units),
                   number("p_units", "p", units),
                   number("difference_both", "difference", "over both"),
                   number("detectable", "detectable", can_see),
                   number("seeds_needed", "seeds needed", can_see, 0)};
  bool adjusted_over_units = false;
  for (const TestedMeasure& tested : all) {
    if (tested.adjusted != nullptr && !about_seeds(*tested.adjusted)) adjusted_over_units = true;
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, tested.row)});
    row.cells.emplace_back(TextCell{measure_name(record, tested.facets)});
    for (const MeasurementLine* line :
         {tested.difference, tested.p, tested.adjusted, tested.effect, tested.over_units,
          tested.p_units, tested.over_both, tested.detectable, tested.seeds_needed}) {
      row.cells.push_back(cell_of_fact(line));
    }
    table.rows.push_back(std::move(row));
  }
  if (adjusted_over_units) {
    table.columns[4].group = "";  // the plan corrects the bootstrap's p-values
  }
  return table;
}

Table equivalence_table(const RunRecord& record) {
  Table table;
  table.title = "Equivalence and non-inferiority tests";
  table.caption =
      "A small p supports the claim: MRR is less than the margin below the reference's, or the "
      "standardised score gap lies within the margin of 0. A large p supports neither the claim "
      "nor "
      "its opposite.";
  table.columns = {
      text_column("system", "system"),
      text_column("claim", "claim"),
      {.key = "p", .header = "p", .decimals = 4, .intervals = true},
      text_column("shown", "shown"),
      {.key = "estimate", .header = "mean or lower bound", .decimals = 4, .intervals = true}};
  std::map<std::pair<std::string, Facets>, const MeasurementLine*> estimates;
  const auto key = [](const MeasurementLine& line) {
    return std::pair(line.system + "\n" + line.view, line.facets);
  };
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric == "significance.non_inferiority_bound" ||
        line.metric == "significance.equivalence_mean") {
      estimates[key(line)] = &line;
    }
  }
  for (const MeasurementLine& line : record.measurements) {
    const bool not_worse = line.metric == "significance.non_inferiority";
    if (!not_worse && line.metric != "significance.equivalence") continue;
    const auto alpha = parse_double(facet_or(line.facets, "alpha"));
    const bool shown = line.measurement.defined() && alpha && line.measurement.value() <= *alpha;
    const std::string margin = facet_or(line.facets, "margin");
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, {line.system, line.view})});
    row.cells.emplace_back(TextCell{
        not_worse
            ? fmt::format("MRR less than {} below {}", margin, facet_or(line.facets, "reference"))
            : fmt::format("score gap of {} within ± {}",
                          label_of(record, facet_or(line.facets, "attribute")), margin)});
    row.cells.push_back(cell_of_fact(&line));
    row.cells.emplace_back(TextCell{!line.measurement.defined() ? "not tested"
                                    : shown                     ? "yes"
                                                                : "no"});
    const auto estimate = estimates.find(key(line));
    row.cells.push_back(cell_of_fact(estimate == estimates.end() ? nullptr : estimate->second));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string tests_in_words(const RunRecord& record) {
  std::set<std::string> tests;
  std::set<std::string> families;
  std::string reference;
  for (const MeasurementLine& line : record.measurements) {
    if (!is_test_fact(line)) continue;
    reference = facet_or(line.facets, "reference", reference);
    const std::string test = label_of(record, facet_or(line.facets, "test"));
    const std::string correction = label_of(record, facet_or(line.facets, "correction"));
    if (!correction.empty()) {
      const std::string alpha = facet_or(line.facets, "alpha");
      families.insert(alpha.empty() ? correction
                                    : fmt::format("{} at level {} (p-values of the {})", correction,
                                                  alpha, test));
    }
    if (line.metric != "significance.p_adjusted" && line.metric != "significance.effect" &&
        !test.empty()) {
      tests.insert(test);
    }
  }
  if (tests.empty() && families.empty()) return "";
  return fmt::format("Differences{} were tested by {}; correction for multiple comparisons: {}. ",
                     reference.empty() ? " between systems" : fmt::format(" from {}", reference),
                     fmt::join(tests, ", "),
                     families.empty() ? "none" : fmt::format("{}", fmt::join(families, ", ")));
}

}  // namespace kgaudit::reports
