#include "reports/tables/comparison_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/tables/fact_index.hpp"
#include "reports/tables/significance_table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

struct FacetPair {
  std::string_view name;
  std::string_view value;
};

/// One column of the comparison, or one for each attribute.
struct ColumnChoice {
  std::string_view metric;
  std::array<FacetPair, 4> facets;  // those with an empty name do not count
  bool per_attribute;
  std::string_view group;
  std::string_view header;  // per attribute: the attribute's own name
  int decimals;
  Centre centre;
  double scale;              // shown number = measured number * scale
  FacetPair reference = {};  // the facet value that the row of majority guesses has in its place
};

constexpr std::array<FacetPair, 4> kRanking = {
    {{"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}}};
constexpr FacetPair kMajority = {"probe", "majority"};
constexpr double kMebi = 1.0 / (1024.0 * 1024.0);

// The whole choice of columns. A new column is a new line.
constexpr std::array<ColumnChoice, 9> kChoices = {{
    {"link_prediction.mrr", kRanking, false, "ranking", "MRR", 3, Centre::kMean, 1},
    {"link_prediction.hits_at_1", kRanking, false, "ranking", "H@1", 3, Centre::kMean, 1},
    {"link_prediction.hits_at_10", kRanking, false, "ranking", "H@10", 3, Centre::kMean, 1},
    {"time.seconds_per_epoch", {}, false, "time", "s/epoch", 3, Centre::kMedian, 1},
    {"time.ratio_to_basic", {}, false, "time", "× basic", 2, Centre::kMedian, 1},
    {"memory.peak", {}, false, "memory", "peak MiB", 0, Centre::kMedian, kMebi},
    {"score_gap.micro", {}, true, "score gap ΔS", "", 2, Centre::kMean, 1},
    {"leakage.accuracy",
     {{{"probe", "linear"}}},
     true,
     "leakage, linear",
     "",
     3,
     Centre::kMean,
     1,
     kMajority},
    {"leakage.accuracy",
     {{{"probe", "mlp"}}},
     true,
     "leakage, MLP",
     "",
     3,
     Centre::kMean,
     1,
     kMajority},
}};

// Facts with one of these facets are many; they have tables and figures of their own.
constexpr std::array<const char*, 4> kOwnTables = {"profession", "value", "relation", "quantile"};

// Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom.
constexpr std::array<double, 30> kStudent95 = {
    12.706204736, 4.302652730, 3.182446305, 2.776445105, 2.570581836, 2.446911851,
    2.364624252,  2.306004135, 2.262157163, 2.228138852, 2.200985160, 2.178812830,
    2.160368656,  2.144786688, 2.131449546, 2.119905299, 2.109815578, 2.100922040,
    2.093024054,  2.085963447, 2.079613845, 2.073873068, 2.068657610, 2.063898562,
    2.059538553,  2.055529439, 2.051830516, 2.048407142, 2.045229642, 2.042272456};

// Beyond the table: Fisher's expansion in 1 / freedom, good to 2e-6 from 31 on.
double student_quantile(std::size_t freedom) {
  if (freedom <= kStudent95.size()) return kStudent95[freedom - 1];
  const double z = 1.959963984540054;
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  const double z7 = z5 * z * z;
  const auto v = static_cast<double>(freedom);
  return z + (z3 + z) / (4.0 * v) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v) +
         (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v * v * v);
}

constexpr std::string_view kProfessionBias = "profession_bias.shift";
constexpr std::string_view kProfessionCount = "profession_bias.persons";

bool of_training(std::string_view metric) {
  return metric.starts_with("time.") || metric.starts_with("memory.");
}

bool matches(const Facets& all, const Facets& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& facet) {
    const auto found = all.find(facet.first);
    return found != all.end() && found->second == facet.second;
  });
}

// The matching fact of each seed, in order of first appearance of the seeds.
std::vector<const MeasurementLine*> facts_of(const RunRecord& record, const SystemView& row,
                                             std::string_view metric, const Facets& facets) {
  std::vector<const MeasurementLine*> facts;
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric != metric) continue;  // the quickest to tell apart
    const bool ours = line.system == row.system &&
                      (line.view == row.view || (line.view.empty() && of_training(metric)));
    if (!ours || !matches(line.facets, facets)) continue;
    const auto same_seed = std::find_if(
        facts.begin(), facts.end(), [&](const auto* other) { return other->seed == line.seed; });
    if (same_seed == facts.end()) {
      facts.push_back(&line);
    } else if (line.facets.size() < (*same_seed)->facets.size()) {
      *same_seed = &line;
    }
  }
  return facts;
}

Facets facets_of(const ColumnChoice& choice, const std::string& attribute, bool reference) {
  Facets facets;
  for (const FacetPair& facet : choice.facets) {
    if (!facet.name.empty()) facets.emplace(facet.name, facet.value);
  }
  if (reference) facets[std::string(choice.reference.name)] = choice.reference.value;
  if (choice.per_attribute) facets["attribute"] = attribute;
  return facets;
}

std::string arrow(Direction direction, double neutral) {
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

// Direction and unit are data of the facts, so a column takes them from the first it shows. One
// with a value goes before those without.
const MeasurementLine* first_fact(const RunRecord& record, std::string_view metric,
                                  const Facets& facets) {
  const MeasurementLine* undefined = nullptr;
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric != metric || !matches(line.facets, facets)) continue;
    if (line.measurement.defined()) return &line;
    if (undefined == nullptr) undefined = &line;
  }
  return undefined;
}

struct ChosenColumn {
  const ColumnChoice* choice;
  std::string attribute;
};

std::vector<ChosenColumn> chosen_columns(const RunRecord& record) {
  std::vector<ChosenColumn> chosen;
  const std::vector<std::string> attributes = attributes_of(record);
  for (const ColumnChoice& choice : kChoices) {
    const std::vector<std::string> once = {""};
    for (const std::string& attribute : choice.per_attribute ? attributes : once) {
      if (first_fact(record, choice.metric, facets_of(choice, attribute, false)) != nullptr) {
        chosen.push_back({&choice, attribute});
      }
    }
  }
  return chosen;
}

Column column_for(const RunRecord& record, const ChosenColumn& chosen) {
  const ColumnChoice& choice = *chosen.choice;
  const Facets facets = facets_of(choice, chosen.attribute, false);
  const MeasurementLine* fact = first_fact(record, choice.metric, facets);
  KGA_REQUIRE(fact != nullptr, "no fact for {}", choice.metric);
  Column column;
  column.key = choice.metric;
  for (const FacetPair& facet : choice.facets) {
    if (facet.name == "probe") column.key += fmt::format(".{}", facet.value);
  }
  if (choice.per_attribute) column.key += "." + chosen.attribute;
  column.direction = fact->measurement.direction();
  column.unit = choice.scale == 1 ? fact->measurement.unit() : "MiB";
  column.decimals = choice.decimals;
  const std::string mark = arrow(column.direction, column.neutral);
  column.group = choice.group;
  if (choice.per_attribute) {
    column.group += mark;
    column.header = label_of(record, chosen.attribute);
  } else {
    column.header = std::string(choice.header) + mark;
  }
  return column;
}

CellStyle style_of(const ColumnChoice& choice, Spread spread) {
  return {choice.centre, choice.scale, spread};
}

Cell majority_cell(const RunRecord& record, const ChosenColumn& chosen, Spread spread) {
  if (chosen.choice->reference.name.empty()) return TextCell{};
  const Facets facets = facets_of(*chosen.choice, chosen.attribute, true);
  const MeasurementLine* fact = first_fact(record, chosen.choice->metric, facets);
  // A property of the data and the folds, the same for every system: the first stands for all.
  if (fact == nullptr) return TextCell{};
  return cell_of(record, {fact->system, fact->view}, chosen.choice->metric, facets,
                 style_of(*chosen.choice, spread));
}

// "n a seed (...): MRR, H@1 200; score gap gender 90." Neighbouring columns with the same n stand
// together; where systems differ, the smallest and largest n.
std::string n_note(const std::vector<ChosenColumn>& chosen, const RunRecord& record,
                   const Table& table) {
  struct Part {
    std::vector<std::string> names;
    std::string text;
  };
  std::vector<Part> parts;
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const ColumnChoice& choice = *chosen[c].choice;
    if (choice.group == "memory") continue;
    std::uint64_t smallest = ~std::uint64_t{0};
    std::uint64_t largest = 0;
    for (const Row& row : table.rows) {
      const auto* cell = std::get_if<NumberCell>(&row.cells[c + 1]);
      if (cell == nullptr || !cell->n) continue;
      smallest = std::min(smallest, *cell->n);
      largest = std::max(largest, *cell->n);
    }
    if (largest == 0) continue;
    const std::string name =
        choice.per_attribute
            ? fmt::format("{} {}", choice.group, label_of(record, chosen[c].attribute))
            : std::string(choice.header);
    const std::string text = smallest == largest ? with_thousands(largest)
                                                 : fmt::format("{} to {}", with_thousands(smallest),
                                                               with_thousands(largest));
    if (!parts.empty() && parts.back().text == text) {
      parts.back().names.push_back(name);
    } else {
      parts.push_back({{name}, text});
    }
  }
  std::vector<std::string> texts;
  for (const Part& part : parts) {
    texts.push_back(fmt::format("{} {}", fmt::join(part.names, ", "), part.text));
  }
  if (texts.empty()) return "";
  return fmt::format(
      "n a seed (ranking: predictions; time: epochs; score gap: stated values; leakage: persons): "
      "{}.",
      fmt::join(texts, "; "));
}

Cell count_cell(const std::map<std::string, double>& counts, const std::string& value) {
  const auto found = counts.find(value);
  if (found == counts.end()) return TextCell{};
  return NumberCell{{found->second, std::nullopt, 1}, "", false, std::nullopt};
}

// A profession and what the profession table says of it.
struct Leaning {
  std::string id;
  NumberCell b;
  std::map<std::string, double> counts;  // attribute value -> persons
};

std::string facet_or(const Facets& facets, const std::string& name, const char* fallback) {
  const auto found = facets.find(name);
  return found == facets.end() ? fallback : found->second;
}

}  // namespace

std::vector<SystemView> system_views(const RunRecord& record) {
  std::vector<SystemView> rows;
  for (const MeasurementLine& line : record.measurements) {
    if (of_training(line.metric)) continue;
    const SystemView row = {line.system, line.view};
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
  }
  // A system of which only its training is on record yet.
  for (const MeasurementLine& line : record.measurements) {
    const bool known = std::any_of(
        rows.begin(), rows.end(), [&](const SystemView& row) { return row.system == line.system; });
    if (!known) rows.push_back({line.system, line.view});
  }
  // Systems are trained in turns, so their facts interleave; the views of one stay together.
  std::vector<std::string> order;
  for (const SystemView& row : rows) {
    if (std::find(order.begin(), order.end(), row.system) == order.end()) {
      order.push_back(row.system);
    }
  }
  const auto place = [&](const SystemView& row) {
    return std::find(order.begin(), order.end(), row.system) - order.begin();
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const SystemView& a, const SystemView& b) { return place(a) < place(b); });
  return rows;
}

const std::string& label_of(const RunRecord& record, const std::string& id) {
  const auto found = record.run.labels.find(id);
  return found == record.run.labels.end() ? id : found->second;
}

std::string name_of(const RunRecord& record, const SystemView& row) {
  const std::string& system = label_of(record, row.system);
  return row.view.empty() ? system : fmt::format("{} [{}]", system, row.view);
}

std::vector<std::string> attributes_of(const RunRecord& record) {
  std::vector<std::string> attributes;
  for (const MeasurementLine& line : record.measurements) {
    const auto found = line.facets.find("attribute");
    // What relations are whitelisted for comes before anything is measured and may lack an
    // attribute.
    if (found == line.facets.end() || line.facets.contains("relation")) continue;
    if (std::find(attributes.begin(), attributes.end(), found->second) == attributes.end()) {
      attributes.push_back(found->second);
    }
  }
  return attributes;
}

std::vector<std::uint64_t> seeds_of(const RunRecord& record) {
  std::set<std::uint64_t> seeds;
  for (const MeasurementLine& line : record.measurements) seeds.insert(line.seed);
  return {seeds.begin(), seeds.end()};
}

std::string caption_of(const RunRecord& record, Spread spread) {
  const std::vector<std::uint64_t> seeds = seeds_of(record);
  const bool intervals = spread == Spread::kInterval;
  std::string caption;
  if (seeds.size() == 1) {
    caption = fmt::format("{}; 1 seed ({}){}", record.run.dataset, seeds.front(),
                          intervals ? ", value [95 % interval over the units of n]" : "");
  } else {
    caption = fmt::format("{}; {} seeds ({}), {}", record.run.dataset, seeds.size(),
                          fmt::join(seeds, ", "),
                          intervals ? "mean [95 % t interval over seeds], times median [smallest, "
                                      "largest]"
                                    : "mean ± sd, times median ± sd");
  }
  for (const auto& [name, value] : record.run.settings) {
    caption += fmt::format("; {} {}", name, value);
  }
  std::vector<std::string> machine;
  for (const auto& [name, value] : record.run.machine) {
    const bool cpu = name == "cpu";
    machine.insert(cpu ? machine.begin() : machine.end(),
                   cpu ? value : fmt::format("{} {}", name, value));
  }
  if (!machine.empty()) caption += fmt::format("; on {}", fmt::join(machine, ", "));
  return caption + ".";
}

Interval seed_interval(std::span<const double> values, Centre centre) {
  KGA_REQUIRE(values.size() >= 2, "{} values", values.size());
  const auto n = static_cast<double>(values.size());
  if (centre == Centre::kMedian) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {*low, *high, 1.0 - std::pow(2.0, 1.0 - n), "order statistics, seeds"};
  }
  const Summary summary = summarise(values);
  const double half = student_quantile(values.size() - 1) * *summary.sd / std::sqrt(n);
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

Cell cell_of(const RunRecord& record, const SystemView& row, std::string_view metric,
             const Facets& facets, const CellStyle& style) {
  return cell_from(facts_of(record, row, metric, facets), style);
}

Table comparison_table(const RunRecord& record, Spread spread) {
  Table table;
  table.title = "Quality, cost and bias of each system";
  table.caption = caption_of(record, spread);
  const std::vector<ChosenColumn> chosen = chosen_columns(record);
  table.columns.push_back(
      {"system", "", "system", Column::Align::kLeft, 0, "", Direction::kDescriptive, 0.0, false});
  for (const ChosenColumn& column : chosen) {
    table.columns.push_back(column_for(record, column));
    table.columns.back().intervals = spread == Spread::kInterval;
  }

  Row majority;
  majority.reference = true;
  majority.cells.emplace_back(TextCell{"majority guess"});
  bool any_majority = false;
  for (const ChosenColumn& column : chosen) {
    majority.cells.push_back(majority_cell(record, column, spread));
    any_majority = any_majority || !std::holds_alternative<TextCell>(majority.cells.back());
  }
  if (any_majority) table.rows.push_back(std::move(majority));

  const SignificanceMarks marks(record);
  for (const SystemView& system : system_views(record)) {
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, system)});
    for (const ChosenColumn& column : chosen) {
      const Facets facets = facets_of(*column.choice, column.attribute, false);
      row.cells.push_back(
          cell_of(record, system, column.choice->metric, facets, style_of(*column.choice, spread)));
      if (auto* number = std::get_if<NumberCell>(&row.cells.back())) {
        number->mark = marks.mark(system, column.choice->metric, facets);
      }
    }
    table.rows.push_back(std::move(row));
  }
  mark_best(table);
  if (std::string note = n_note(chosen, record, table); !note.empty()) {
    table.notes.push_back(std::move(note));
  }
  if (std::string note = marks.note(); !note.empty()) table.notes.push_back(std::move(note));
  return table;
}

Table profession_table(const RunRecord& record, const FactIndex& facts, const SystemView& row,
                       const std::string& attribute, std::size_t top, Spread spread) {
  std::map<std::string, std::vector<const MeasurementLine*>> b;
  std::map<std::string, std::map<std::string, double>> counts;
  std::vector<std::string> values;
  std::string towards;
  std::size_t undefined = 0;
  std::vector<const MeasurementLine*> lines = facts.lines_of(kProfessionBias);
  const std::vector<const MeasurementLine*>& counted = facts.lines_of(kProfessionCount);
  lines.insert(lines.end(), counted.begin(), counted.end());
  for (const MeasurementLine* of_profession : lines) {
    const MeasurementLine& line = *of_profession;
    const bool counting = line.metric == kProfessionCount;
    if (line.system != row.system) continue;
    if (facet_or(line.facets, "attribute", "") != attribute) continue;
    const std::string profession = facet_or(line.facets, "profession", "");
    if (profession.empty()) continue;
    // Counts are properties of the data: any view of the system may have brought them.
    if (counting) {
      const std::string value = facet_or(line.facets, "value", "");
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
      if (line.measurement.defined()) counts[profession][value] = line.measurement.value();
    } else if (line.view == row.view) {
      towards = facet_or(line.facets, "towards", "");
      if (line.measurement.defined()) {
        b[profession].push_back(&line);
      } else {
        ++undefined;
      }
    }
  }
  Table table;
  if (b.empty()) return table;

  std::vector<Leaning> professions;
  for (const auto& [id, all] : b) {
    professions.push_back(
        {id, std::get<NumberCell>(cell_from(all, {Centre::kMean, 1.0, spread})), counts[id]});
  }
  std::stable_sort(professions.begin(), professions.end(), [](const auto& x, const auto& y) {
    return x.b.summary.centre > y.b.summary.centre;
  });

  // B > 0 leans to the value that the fact names; of two values the other is the opposite side.
  std::string away;
  if (values.size() == 2 && !towards.empty()) away = values[0] == towards ? values[1] : values[0];
  table.title =
      fmt::format("Professions by {} bias, {}", label_of(record, attribute), name_of(record, row));
  const auto add_side = [&](const std::string& key, const std::string& heading) {
    const auto column = [&](const std::string& name, std::string header, Column::Align align,
                            int decimals) {
      table.columns.push_back({key + "." + name, heading, std::move(header), align, decimals, "",
                               Direction::kDescriptive, 0.0, true});
    };
    column("profession", "profession", Column::Align::kLeft, 0);
    column("b", "B", Column::Align::kRight, 4);
    for (const std::string& value : values) {
      column("count." + value, "n " + label_of(record, value), Column::Align::kRight, 0);
    }
  };
  table.columns.push_back(
      {"place", "", "#", Column::Align::kRight, 0, "", Direction::kDescriptive, 0.0, false});
  add_side("negative", away.empty() ? "smallest B" : label_of(record, away) + "-leaning");
  add_side("positive", towards.empty() ? "largest B" : label_of(record, towards) + "-leaning");

  const std::size_t rows = std::min(top, professions.size());
  for (std::size_t i = 0; i < rows; ++i) {
    Row line;
    line.cells.emplace_back(TextCell{std::to_string(i + 1)});
    for (const Leaning* side : {&professions[professions.size() - 1 - i], &professions[i]}) {
      line.cells.emplace_back(TextCell{label_of(record, side->id)});
      line.cells.emplace_back(side->b);
      for (const std::string& value : values) {
        line.cells.push_back(count_cell(side->counts, value));
      }
    }
    table.rows.push_back(std::move(line));
  }
  if (!towards.empty()) {
    table.notes.push_back(fmt::format("B > 0 leans to {}.", label_of(record, towards)));
  }
  if (undefined > 0) {
    table.notes.push_back(fmt::format("{} professions have no B and are not shown.", undefined));
  }
  return table;
}

Table attribute_table(const RunRecord& record, const FactIndex& facts, const std::string& attribute,
                      Spread spread) {
  struct Fact {
    std::string metric;
    Facets facets;
    const Measurement* first;
  };
  std::vector<Fact> rows;
  std::set<std::pair<std::string, Facets>> known;
  for (const MeasurementLine& line : record.measurements) {
    if (facet_or(line.facets, "attribute", "") != attribute || is_test_fact(line)) continue;
    const auto stands_elsewhere = [&](const char* facet) { return line.facets.contains(facet); };
    if (std::any_of(kOwnTables.begin(), kOwnTables.end(), stands_elsewhere)) continue;
    if (known.emplace(line.metric, line.facets).second) {
      rows.push_back({line.metric, line.facets, &line.measurement});
    }
  }
  Table table;
  table.title = fmt::format("Attribute {}", label_of(record, attribute));
  const auto column = [&](std::string key, std::string header, Column::Align align) {
    table.columns.push_back(
        {std::move(key), "", std::move(header), align, 3, "", Direction::kDescriptive, 0.0, true});
  };
  column("measure", "measure", Column::Align::kLeft);
  column("unit", "unit", Column::Align::kLeft);
  column("n", "n", Column::Align::kRight);
  const std::vector<SystemView>& systems = facts.systems();
  for (const SystemView& system : systems) {
    column(name_of(record, system), name_of(record, system), Column::Align::kRight);
  }
  for (const Fact& fact : rows) {
    std::vector<std::string> rest;
    for (const auto& [name, value] : fact.facets) {
      if (name != "attribute") {
        rest.push_back(fmt::format("{} {}", name, label_of(record, value)));
      }
    }
    const std::string name =
        rest.empty() ? fact.metric : fmt::format("{} ({})", fact.metric, fmt::join(rest, ", "));
    Row row;
    row.cells.emplace_back(TextCell{name + arrow(fact.first->direction(), 0.0)});
    row.cells.emplace_back(TextCell{fact.first->unit()});
    row.cells.emplace_back(TextCell{with_thousands(fact.first->n())});
    for (const SystemView& system : systems) {
      row.cells.push_back(
          facts.cell(system, fact.metric, fact.facets, {Centre::kMean, 1.0, spread}));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table time_table(const RunRecord& record) {
  struct Spent {
    std::string system;
    std::vector<double> seconds;
    std::map<std::uint64_t, std::pair<std::uint64_t, std::optional<double>>> last;  // by seed
  };
  std::vector<Spent> all;
  for (const EpochLine& epoch : record.epochs) {
    auto spent = std::find_if(all.begin(), all.end(),
                              [&](const Spent& s) { return s.system == epoch.system; });
    if (spent == all.end()) spent = all.insert(all.end(), {epoch.system, {}, {}});
    spent->seconds.push_back(epoch.seconds);
    auto& last = spent->last[epoch.seed];
    if (epoch.epoch >= last.first) last = {epoch.epoch, epoch.loss};
  }
  Table table;
  table.title = "Time";
  const auto column = [&](std::string key, std::string header, Column::Align align, int decimals) {
    table.columns.push_back({std::move(key), "", std::move(header), align, decimals, "",
                             Direction::kDescriptive, 0.0, false});
  };
  column("system", "system", Column::Align::kLeft, 0);
  column("epochs", "epochs timed", Column::Align::kRight, 0);
  column("median_seconds", "s/epoch median", Column::Align::kRight, 4);
  column("smallest_seconds", "smallest", Column::Align::kRight, 4);
  column("largest_seconds", "largest", Column::Align::kRight, 4);
  column("total_seconds", "training in all, s", Column::Align::kRight, 2);
  column("last_loss", "last loss", Column::Align::kRight, 4);
  const auto number = [](double value) {
    return NumberCell{{value, std::nullopt, 1}, "", false, std::nullopt};
  };
  for (const Spent& spent : all) {
    double total = 0.0;
    for (const double seconds : spent.seconds) total += seconds;
    const auto [smallest, largest] =
        std::minmax_element(spent.seconds.begin(), spent.seconds.end());
    std::vector<double> losses;
    for (const auto& [seed, last] : spent.last) {
      if (last.second) losses.push_back(*last.second);
    }
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, spent.system)});
    row.cells.emplace_back(TextCell{with_thousands(spent.seconds.size())});
    row.cells.emplace_back(number(summarise(spent.seconds, Centre::kMedian).centre));
    row.cells.emplace_back(number(*smallest));
    row.cells.emplace_back(number(*largest));
    row.cells.emplace_back(number(total));
    if (losses.empty()) {
      row.cells.emplace_back(UndefinedCell{"the loss was not finite"});
    } else {
      row.cells.emplace_back(NumberCell{summarise(losses), "", false, std::nullopt});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace kgaudit::reports
