#include "reports/tables/release_note.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"

namespace kgaudit::reports {
namespace {

/// "figures with the vectors, where the whitelist allows them: MRR. Figures of the rows alone: ..."
std::string by_release(std::span<const ShownMeasure> measures) {
  std::vector<std::string> with;
  std::vector<std::string> without;
  std::vector<std::string> training;
  for (const ShownMeasure& measure : measures) {
    const std::string_view release = release_of({}, measure.metric, {});
    std::vector<std::string>& names = release.empty()     ? training
                                      : release == kWhole ? with
                                                          : without;
    if (std::ranges::find(names, measure.name) == names.end()) names.push_back(measure.name);
  }
  std::vector<std::string> parts;
  const auto say = [&](std::string_view what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    parts.push_back(fmt::format("{} {}: {}.", parts.empty() ? "figures" : "Figures", what,
                                fmt::join(names, "; ")));
  };
  say("with the vectors, where the whitelist allows them", with);
  say("of the rows alone", without);
  say("of the training of both", training);
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string opening(std::span<const std::string> names) {
  return fmt::format("{} publish{} attribute vectors beside the rows", fmt::join(names, " and "),
                     names.size() == 1 ? "es" : "");
}

std::vector<std::string> those_with_vectors(std::span<const std::string> systems) {
  std::vector<std::string> names;
  for (const std::string& system : systems) {
    if (named_for_vectors(system) && std::ranges::find(names, system) == names.end()) {
      names.push_back(system);
    }
  }
  return names;
}

}  // namespace

void add_release_note(Table& table, const RunRecord& record, std::span<const ShownMeasure> measures,
                      bool mixed_rows) {
  std::vector<std::string> names;
  bool audited = false;
  for (const std::string& system : systems_with_vectors(record)) {
    names.push_back(label_of(record, system));
    audited = audited || has_releases(record, system);
  }
  if (names.empty() || measures.empty() || table.rows.empty()) return;
  std::string note = opening(names) + ".";
  if (mixed_rows || !audited) {
    note += fmt::format(" Under {} own name: {}", names.size() == 1 ? "its" : "their",
                        by_release(measures));
  }
  note += audited
              ? " Under [rows] all figures are of the rows alone, ranked without vectors; under "
                "[whole] they are of rows and vectors together, as anyone has them who downloads "
                "both. Such a reader has the rows, too: what is read from [rows] is read from "
                "[whole] as well."
              : " What rows and vectors tell together is not on this record.";
  table.notes.push_back(std::move(note));
}

void add_release_note(Table& table, std::span<const std::string> systems,
                      std::span<const ShownMeasure> measures) {
  const std::vector<std::string> names = those_with_vectors(systems);
  if (names.empty() || measures.empty() || table.rows.empty()) return;
  table.notes.push_back(fmt::format("{}. Shown are {}", opening(names), by_release(measures)));
}

void add_rows_alone_note(Table& table, std::span<const std::string> systems) {
  const std::vector<std::string> names = those_with_vectors(systems);
  if (names.empty() || table.rows.empty()) return;
  table.notes.push_back(fmt::format(
      "{}. Shown are figures of the rows alone, ranked without vectors.", opening(names)));
}

}  // namespace kgaudit::reports
