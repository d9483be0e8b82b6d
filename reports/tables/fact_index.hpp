#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"

namespace kgaudit::reports {

/// The measurements of a record by what they speak of: made in one pass, for tables with thousands
/// of cells. The record must outlive it.
class FactIndex {
 public:
  explicit FactIndex(const RunRecord& record);

  /// The facts with exactly these facets, one for each seed; empty if there is none.
  [[nodiscard]] std::span<const MeasurementLine* const> facts(const SystemView& row,
                                                              std::string_view metric,
                                                              const Facets& facets) const;
  [[nodiscard]] Cell cell(const SystemView& row, std::string_view metric, const Facets& facets,
                          const CellStyle& style = {}) const {
    return cell_from(facts(row, metric, facets), style);
  }
  /// The sets of facets that a metric has facts for, in order of first appearance.
  [[nodiscard]] const std::vector<Facets>& facets_of(std::string_view metric) const;
  /// The first fact with these facets, whatever system; nothing if there is none.
  [[nodiscard]] const MeasurementLine* first(std::string_view metric, const Facets& facets) const;

  /// `system_views` of the record.
  [[nodiscard]] const std::vector<SystemView>& systems() const { return systems_; }
  /// All facts of a metric in the record's order.
  [[nodiscard]] const std::vector<const MeasurementLine*>& lines_of(std::string_view metric) const;

 private:
  using Key = std::tuple<std::string_view, std::string_view, const Facets&>;
  /// Records of many seeds hold 100,000 facts: ordering them by their facets took a third of a
  /// report's time.
  struct Hash {
    std::size_t operator()(const Facets& facets) const;
    std::size_t operator()(const Key& key) const;
  };
  struct OfMetric {
    std::unordered_map<Key, std::vector<const MeasurementLine*>, Hash> facts;
    std::vector<const MeasurementLine*> lines;
    std::vector<Facets> facets;
    std::unordered_map<Facets, const MeasurementLine*, Hash> first;
  };

  std::vector<SystemView> systems_;
  std::map<std::string_view, OfMetric> metrics_;
};

}  // namespace kgaudit::reports
