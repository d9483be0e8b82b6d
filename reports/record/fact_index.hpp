#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// The measurements of a record by what they speak of: made in one pass, for tables with thousands
/// of cells. What it gives for a fact does not depend on the order of the record's lines, but for
/// that of the seeds. The record must outlive it.
class FactIndex {
 public:
  explicit FactIndex(const RunRecord& record);

  /// The facts with exactly these facets, one for each seed; empty if there is none. Seeds come in
  /// order of their first appearance in the record, here and below.
  [[nodiscard]] std::span<const MeasurementLine* const> facts(const SystemView& row,
                                                              std::string_view metric,
                                                              const Facets& facets) const;
  /// The named fact of a row, one for each seed. Where the row's views were measured one by one and
  /// have no figure in common, the first of them by name speaks. Facts of training are those of the
  /// whole system.
  [[nodiscard]] std::vector<const MeasurementLine*> facts(const SystemView& row,
                                                          const FactName& name,
                                                          const std::string& attribute = "") const;
  /// The named fact of the first row that has it, one with a value before those without; nothing
  /// if there is none.
  [[nodiscard]] const MeasurementLine* first(const FactName& name,
                                             const std::string& attribute = "") const;

  /// The sets of facets that a metric has facts for, in order of first appearance.
  [[nodiscard]] const std::vector<Facets>& facets_of(std::string_view metric) const;
  /// The first fact with these facets, whatever system; nothing if there is none.
  [[nodiscard]] const MeasurementLine* first(std::string_view metric, const Facets& facets) const;

  /// What the row's fact is measured on (see `release_of`); "" where the system publishes no
  /// attribute vectors.
  [[nodiscard]] std::string_view release(const SystemView& row, std::string_view metric,
                                         const Facets& facets) const;

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

  /// Puts the facts of one key in the order of the seeds.
  void sort_by_seed(std::vector<const MeasurementLine*>& facts) const;

  std::vector<SystemView> systems_;
  std::vector<std::string> with_vectors_;
  std::map<std::uint64_t, std::size_t> seeds_;  // seed -> its place in order of first appearance
  std::map<std::string_view, OfMetric> metrics_;
};

}  // namespace kgaudit::reports
