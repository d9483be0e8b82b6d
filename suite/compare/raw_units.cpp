#include "suite/compare/raw_units.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::run {
namespace {

using metrics::stats::Outcome;

const reports::RawColumn* find_column(const std::vector<reports::RawColumn>& columns,
                                      std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const reports::RawColumn& c) { return c.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

/// Sorted by id. Undefined where an id comes twice.
Outcome<UnitValues> in_order(UnitValues units, std::string_view name) {
  std::vector<std::size_t> order(units.ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return units.ids[i] < units.ids[j]; });
  UnitValues sorted;
  for (const std::size_t i : order) {
    if (!sorted.ids.empty() && sorted.ids.back() == units.ids[i]) {
      return Undefined{fmt::format("column {} has the unit {} twice", name, units.ids[i])};
    }
    sorted.ids.push_back(units.ids[i]);
    sorted.values.push_back(units.values[i]);
  }
  return sorted;
}

Outcome<UnitValues> plain(const std::vector<reports::RawColumn>& columns, const std::string& name) {
  const reports::RawColumn* column = find_column(columns, name);
  if (column == nullptr) return Undefined{fmt::format("no column {}", name)};
  UnitValues units;
  units.ids = column->ids;
  std::visit(
      [&](const auto& values) {
        for (const auto value : values) units.values.push_back(static_cast<double>(value));
      },
      column->values);
  return in_order(std::move(units), name);
}

/// The column, and beside it what the column of counts says of the same units.
Outcome<UnitValues> with_counts(const std::vector<reports::RawColumn>& columns,
                                const UnitColumn& column) {
  Outcome<UnitValues> units = plain(columns, column.name);
  if (column.counts.empty() || !units.defined()) return units;
  const Outcome<UnitValues> counts = plain(columns, column.counts);
  if (!counts.defined()) return counts.undefined();
  if (counts->ids != units->ids) {
    return Undefined{
        fmt::format("columns {} and {} have different units", column.name, column.counts)};
  }
  UnitValues both = *units;
  both.counts = counts->values;
  const auto usable = [](double n) { return n >= 1.0 && n == std::floor(n) && n < 1e6; };
  if (!std::ranges::all_of(both.counts, usable)) {
    return Undefined{fmt::format("column {} holds something that is no count", column.counts)};
  }
  return both;
}

/// The rank counts of one side as the raw columns hold them, by test triple.
Outcome<std::vector<metrics::RankCounts>> side_counts(
    const std::vector<reports::RawColumn>& columns, std::string_view side) {
  std::vector<metrics::RankCounts> counts;
  for (const auto& [name, member] : {std::pair{"better", &metrics::RankCounts::better},
                                     std::pair{"equal", &metrics::RankCounts::equal},
                                     std::pair{"candidates", &metrics::RankCounts::candidates}}) {
    const std::string full = fmt::format("rank.filtered.{}.{}", side, name);
    const reports::RawColumn* column = find_column(columns, full);
    const auto* values =
        column == nullptr ? nullptr : std::get_if<std::vector<std::uint32_t>>(&column->values);
    if (values == nullptr) return Undefined{fmt::format("no column {} of counts", full)};
    if (counts.empty()) counts.resize(values->size());
    if (counts.size() != values->size()) {
      return Undefined{fmt::format("column {} has another length than its neighbours", full)};
    }
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i].*member = (*values)[i];
  }
  return counts;
}

double of_rank(const UnitColumn& column, double rank) {
  if (column.kind == UnitColumn::Kind::kReciprocalRank) return 1.0 / rank;
  return rank <= column.cut ? 1.0 : 0.0;
}

/// Head and tail of every chosen triple in turn, the triple's id with both.
Outcome<UnitValues> both_sides(const std::vector<reports::RawColumn>& columns,
                               const UnitColumn& column) {
  const auto heads = side_counts(columns, "head");
  if (!heads.defined()) return heads.undefined();
  const auto tails = side_counts(columns, "tail");
  if (!tails.defined()) return tails.undefined();
  if (heads->size() != tails->size()) return Undefined{"heads and tails differ in number"};
  std::vector<std::uint32_t> chosen(heads->size());
  std::iota(chosen.begin(), chosen.end(), 0U);
  if (!column.set.empty()) {
    const auto members = plain(columns, "set." + column.set);
    if (!members.defined()) return members.undefined();
    chosen = members->ids;
    if (!chosen.empty() && chosen.back() >= heads->size()) {
      return Undefined{fmt::format("column set.{} names a triple that is not there", column.set)};
    }
  }
  UnitValues units;
  for (const std::uint32_t i : chosen) {
    for (const auto* side : {&*heads, &*tails}) {
      units.ids.push_back(i);
      units.values.push_back(
          of_rank(column, metrics::rank_of((*side)[i], metrics::TiePolicy::kRealistic)));
    }
  }
  return units;
}

/// The mean of the two sides of each triple.
Outcome<UnitValues> of_ranks(const std::vector<reports::RawColumn>& columns,
                             const UnitColumn& column) {
  const auto sides = both_sides(columns, column);
  if (!sides.defined()) return sides.undefined();
  UnitValues units;
  for (std::size_t i = 0; i + 1 < sides->ids.size(); i += 2) {
    units.ids.push_back(sides->ids[i]);
    units.values.push_back((sides->values[i] + sides->values[i + 1]) / 2.0);
  }
  return units;
}

}  // namespace

std::filesystem::path path_below(const std::filesystem::path& folder, const std::string& file,
                                 std::string_view what) {
  const std::filesystem::path name(file);
  const bool climbs = std::find(name.begin(), name.end(), "..") != name.end();
  if (name.is_absolute() || climbs || name.empty()) {
    throw InputError::unsafe("the record", fmt::format("{} '{}'", what, printable(file)),
                             "a file below the record's folder");
  }
  return folder / name;
}

std::filesystem::path raw_path(const std::filesystem::path& folder, const reports::RawLine& line) {
  return path_below(folder, line.file, "the raw file");
}

void require_raw_files(const reports::RunRecord& record, const std::filesystem::path& folder) {
  for (const reports::RawLine& line : record.raw) {
    const std::filesystem::path path = raw_path(folder, line);
    std::error_code failure;
    if (std::filesystem::exists(path, failure)) continue;
    throw InputError::unreadable(path.string(), "no such file",
                                 "the raw file that the record names",
                                 "put it back, or run the plan again in another folder");
  }
}

RawUnits::RawUnits(const reports::RunRecord& record, std::filesystem::path folder)
    : record_(record), folder_(std::move(folder)) {}

const Outcome<RawUnits::Columns>& RawUnits::file(const reports::RawLine& line) {
  const auto known = files_.find(line.file);
  if (known != files_.end()) return known->second;
  const std::filesystem::path path = raw_path(folder_, line);
  std::error_code failure;
  Outcome<Columns> columns =
      std::filesystem::exists(path, failure)
          ? Outcome<Columns>(reports::read_raw_file_on_record(path, line.sha256))
          // The path is this machine's; a fact on record names the file alone.
          : Outcome<Columns>(Undefined{fmt::format("{}: no such file", line.file)});
  return files_.emplace(line.file, std::move(columns)).first->second;
}

const Outcome<UnitValues>& RawUnits::values(const reports::SystemView& row, std::uint64_t seed,
                                            const UnitColumn& column) {
  auto key = std::tuple(row.system, row.view, seed, column);
  const auto known = values_.find(key);
  if (known != values_.end()) return known->second;
  return values_.emplace(std::move(key), read(row, seed, column)).first->second;
}

std::map<std::string, const reports::RawLine*> RawUnits::lines(const reports::SystemView& row,
                                                               std::uint64_t seed) const {
  std::map<std::string, const reports::RawLine*> lines;
  for (const reports::RawLine& line : record_.raw) {
    if (line.system == row.system && line.seed == seed && reports::row_of(line.view) == row.view) {
      lines[line.file] = &line;
    }
  }
  return lines;
}

Outcome<std::vector<std::vector<double>>> RawUnits::predictions(const reports::SystemView& row,
                                                                std::uint64_t seed,
                                                                const UnitColumn& column) {
  KGA_REQUIRE(column.kind != UnitColumn::Kind::kColumn, "{} holds no ranks", column.name);
  std::vector<std::vector<double>> views;
  for (const auto& [name, line] : lines(row, seed)) {
    const auto& columns = file(*line);
    if (!columns.defined()) return columns.undefined();
    const auto sides = both_sides(*columns, column);
    if (!sides.defined()) return Undefined{fmt::format("{}: {}", name, sides.reason())};
    views.push_back(sides->values);
  }
  if (views.empty()) return Undefined{"no raw file on record"};
  return views;
}

Outcome<UnitValues> RawUnits::read(const reports::SystemView& row, std::uint64_t seed,
                                   const UnitColumn& column) {
  std::vector<UnitValues> views;
  std::string reason = "no raw file on record";
  for (const auto& [name, line] : lines(row, seed)) {
    const auto& columns = file(*line);
    if (!columns.defined()) return columns.undefined();
    Outcome<UnitValues> units = column.kind == UnitColumn::Kind::kColumn
                                    ? with_counts(*columns, column)
                                    : of_ranks(*columns, column);
    if (units.defined()) {
      views.push_back(*units);
    } else {
      reason = fmt::format("{}: {}", name, units.reason());
    }
  }
  if (views.empty()) return Undefined{std::move(reason)};
  UnitValues mean = views.front();
  for (std::size_t v = 1; v < views.size(); ++v) {
    if (views[v].ids != mean.ids || views[v].counts != mean.counts) {
      return Undefined{"the row's views have different units"};
    }
    for (std::size_t i = 0; i < mean.values.size(); ++i) mean.values[i] += views[v].values[i];
  }
  for (double& value : mean.values) value /= static_cast<double>(views.size());
  return mean;
}

}  // namespace kgaudit::run
