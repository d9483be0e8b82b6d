#include "reports/tables/cells.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

std::string caption_of(const RunRecord& record, Spread spread) {
  const std::vector<std::uint64_t> seeds = seeds_of(record);
  const bool intervals = spread == Spread::kInterval;
  std::string caption;
  if (seeds.size() == 1) {
    caption = fmt::format("{}; 1 seed ({}){}", record.run.dataset, seeds.front(),
                          intervals ? ", value [95 % confidence interval]" : "");
  } else {
    caption = fmt::format("{}; {} seeds ({}), {}", record.run.dataset, seeds.size(),
                          fmt::join(seeds, ", "),
                          intervals ? "mean [95 % t interval over seeds], times: median [smallest, "
                                      "largest]"
                                    : "mean ± sd, times: median (sd over seeds)");
  }
  if (ranks_validation(record)) caption += "; validation triples ranked, not test triples";
  for (const auto& [name, value] : record.run.settings) {
    caption += fmt::format("; {} {}", name, value);
  }
  // What times depend on; the report's provenance has the rest.
  std::vector<std::string> machine;
  for (const char* name : {"cpu", "processors", "cores", "threads"}) {
    const auto part = record.run.machine.find(name);
    if (part == record.run.machine.end()) continue;
    machine.push_back(part->first == "cpu" ? part->second
                                           : fmt::format("{} {}", part->first, part->second));
  }
  if (!machine.empty()) caption += fmt::format("; on {}", fmt::join(machine, ", "));
  return caption + ".";
}

std::string direction_mark(Direction direction, double neutral) {
  switch (direction) {
    case Direction::kHigher:
      return " ↑";
    case Direction::kLower:
      return " ↓";
    case Direction::kNearer:
      return " →" + number_text(neutral);
    case Direction::kDescriptive:
      break;
  }
  return "";
}

Interval seed_interval(std::span<const double> values, Centre centre) {
  KGA_REQUIRE(values.size() >= 2, "{} values", values.size());
  const auto n = static_cast<double>(values.size());
  if (centre == Centre::kMedian) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {*low, *high, 1.0 - std::pow(2.0, 1.0 - n), "order statistics, seeds"};
  }
  const Summary summary = summarise(values);
  const double half =
      distributions::student_upper_quantile(0.025, n - 1.0) * *summary.sd / std::sqrt(n);
  return {summary.centre - half, summary.centre + half, 0.95, "Student's t, seeds"};
}

Cell cell_from(std::span<const MeasurementLine* const> facts, const CellStyle& style) {
  std::vector<double> values;
  std::vector<std::string> reasons;
  const MeasurementLine* defined = nullptr;
  for (const MeasurementLine* fact : facts) {
    if (fact->measurement.defined()) {
      values.push_back(fact->measurement.value() * style.scale);
      defined = fact;
    } else {
      reasons.push_back(fact->measurement.reason());
    }
  }
  const std::size_t total = values.size() + reasons.size();
  if (total == 0) return TextCell{};
  if (values.empty()) return UndefinedCell{reasons.front()};
  NumberCell cell;
  cell.summary = summarise(values, style.centre);
  cell.n = defined->measurement.n();
  if (!reasons.empty()) {
    cell.note =
        fmt::format("undefined for {} of {} seeds: {}", reasons.size(), total, reasons.front());
  }
  if (values.size() > 1) {
    if (style.spread == Spread::kInterval) cell.interval = seed_interval(values, style.centre);
  } else if (const auto& interval = defined->measurement.interval()) {
    cell.interval = interval;
    cell.interval->low *= style.scale;
    cell.interval->high *= style.scale;
  }
  return cell;
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

Cell cell_of(const FactIndex& facts, const SystemView& row, std::string_view metric,
             const Facets& facets_of_it, const CellStyle& style) {
  Cell cell = cell_from(facts.facts(row, metric, facets_of_it), style);
  if (auto* number = std::get_if<NumberCell>(&cell)) {
    number->release = facts.release(row, metric, facets_of_it);
  }
  return cell;
}

Cell cell_of(const FactIndex& facts, const SystemView& row, const FactName& name,
             const std::string& attribute, const CellStyle& style) {
  Cell cell = cell_from(facts.facts(row, name, attribute), style);
  if (auto* number = std::get_if<NumberCell>(&cell)) {
    number->release = facts.release(row, name.metric, name.all_facets(attribute));
  }
  return cell;
}

}  // namespace kgaudit::reports
