#include "reports/tables/significance_facts.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/fact_names.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

std::string tested_measure(const SystemView& row, std::string_view metric, const Facets& facets) {
  std::string key = fmt::format("{}\n{}\n{}", row.system, row.view, metric);
  for (const char* name : kMeasureFacets) {
    // Tests of probes name no persons and mean those with a value in train.
    const std::string value = facet_or(facets, name);
    key += "\n" + (value == kStatedPersons ? "" : value);
  }
  return key;
}

namespace {

/// Whether this adjusted p-value is at most its level.
bool is_shown(const MeasurementLine& line) {
  if (!line.measurement.defined()) return false;
  const auto alpha = parse_double(facet_or(line.facets, "alpha"));
  return alpha && line.measurement.value() <= *alpha;
}

}  // namespace

bool is_test_fact(const MeasurementLine& line) { return line.metric.starts_with("significance."); }

SignificanceMarks::SignificanceMarks(const RunRecord& record) {
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric == "significance.seeds_needed" && line.measurement.defined()) {
      seeds_needed_[tested_measure({line.system, line.view}, facet_or(line.facets, "metric"),
                                   line.facets)] = line.measurement.value();
    }
    if (line.metric == "significance.non_inferiority" &&
        facet_or(line.facets, "set") == "without_sensitive") {
      quality_losses_.push_back(&line);
    }
    if (line.metric != "significance.p_adjusted") continue;
    tested_ = tested_ || line.measurement.defined();
    adjusted_[tested_measure({line.system, line.view}, facet_or(line.facets, "metric"),
                             line.facets)] = &line;
  }
}

std::string SignificanceMarks::mark(const SystemView& row, std::string_view metric,
                                    const Facets& facets) const {
  const auto found = adjusted_.find(tested_measure(row, metric, facets));
  return found != adjusted_.end() && is_shown(*found->second) ? "*" : "";
}

bool SignificanceMarks::is_tested(std::string_view metric, const Facets& facets) const {
  return std::ranges::any_of(adjusted_, [&](const auto& tested) {
    const MeasurementLine& line = *tested.second;
    return tested.first == tested_measure({line.system, line.view}, metric, facets);
  });
}

std::optional<SignificanceMarks::NotShown> SignificanceMarks::not_shown(
    const SystemView& row, std::string_view metric, const Facets& facets) const {
  const std::string key = tested_measure(row, metric, facets);
  const auto tested = adjusted_.find(key);
  if (tested == adjusted_.end() || !tested->second->measurement.defined()) return std::nullopt;
  if (!mark(row, metric, facets).empty()) return std::nullopt;
  NotShown open;
  if (const auto seeds = seeds_needed_.find(key); seeds != seeds_needed_.end()) {
    open.seeds_needed = seeds->second;
  }
  return open;
}

std::optional<SignificanceMarks::QualityLoss> SignificanceMarks::quality_loss(
    const SystemView& row) const {
  const auto found = std::ranges::find_if(quality_losses_, [&](const MeasurementLine* line) {
    return line->system == row.system && line->view == row.view;
  });
  if (found == quality_losses_.end() || !(*found)->measurement.defined()) return std::nullopt;
  const MeasurementLine& test = **found;
  const std::string margin = facet_or(test.facets, "margin");
  const auto percent = parse_double(std::string_view(margin).substr(0, margin.find(" %")));
  if (!percent) return std::nullopt;
  return QualityLoss{margin.substr(0, margin.find(" of ")), *percent / 100.0, is_shown(test)};
}

std::string SignificanceMarks::reference() const {
  return adjusted_.empty() ? "" : facet_or(adjusted_.begin()->second->facets, "reference");
}

std::string SignificanceMarks::how() const {
  if (adjusted_.empty()) return "";
  const MeasurementLine& any = *adjusted_.begin()->second;
  return fmt::format("adjusted p ≤ {} ({}; {})", facet_or(any.facets, "alpha"),
                     facet_or(any.facets, "test"), facet_or(any.facets, "correction", "none"));
}

std::string SignificanceMarks::note(std::span<const SystemView> rows) const {
  std::size_t all = 0;
  std::size_t tested = 0;
  bool marked = false;
  std::vector<std::string> reasons;  // why some have no value, each once
  for (const auto& [key, line] : adjusted_) {
    if (std::ranges::find(rows, SystemView{line->system, line->view}) == rows.end()) continue;
    ++all;
    const Measurement& p = line->measurement;
    if (p.defined()) {
      ++tested;
      marked = marked || is_shown(*line);
    } else if (std::ranges::find(reasons, p.reason()) == reasons.end()) {
      reasons.push_back(p.reason());
    }
  }
  if (all == 0) return "";
  const std::string reference = this->reference();
  const std::string how = this->how();
  if (tested == 0) {
    return fmt::format("No difference from {} could be tested: {}.", reference,
                       fmt::join(reasons, "; "));
  }
  std::string text = !marked ? fmt::format("No value differs from {}'s with {}.", reference, how)
                             : fmt::format("* differs from {}: {}.", reference, how);
  if (tested < all) {
    text += fmt::format(" {} of the {} could not be tested and count as p = 1.", all - tested, all);
  }
  return text;
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
