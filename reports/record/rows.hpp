#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// A row of the comparison: a system and which of its embeddings ("" when it has only one).
struct SystemView {
  std::string system;
  std::string view;

  bool operator==(const SystemView&) const = default;
};

// Views of a system that publishes attribute vectors beside its rows, by what is measured.
inline constexpr std::string_view kRowsAlone = "rows";  ///< without any vector
inline constexpr std::string_view kWhole = "whole";     ///< rows, vectors, and which is whose
/// One filter at a time: a release for each attribute, with its own quality. The row has the bias
/// of each attribute where that one is filtered, and the mean of their qualities.
inline constexpr std::string_view kOneFilter = "s";

/// Every system and view with measurements, in order of first appearance. Facts of training (time,
/// memory) hold for the whole system and make no row of their own.
[[nodiscard]] std::vector<SystemView> system_views(const RunRecord& record);

/// Whether the system is a control: it shows what a change costs and hides that is no remedy.
[[nodiscard]] bool is_control(std::string_view system);

/// The row that a model's view belongs to: "s:gender" and "s:religion" are both row "s".
[[nodiscard]] std::string row_of(std::string_view view_id);

/// "bose [s]".
[[nodiscard]] std::string name_of(const RunRecord& record, const SystemView& row);

/// What the record says of a setting such as "score"; "" if nothing.
[[nodiscard]] std::string setting_of(const RunRecord& record, std::string_view name);
/// The label of an id in a facet, or the id itself.
[[nodiscard]] const std::string& label_of(const RunRecord& record, const std::string& id);

/// The system whose training the system's rows come from: most often itself (kOwnStep).
[[nodiscard]] std::string trained_by(const RunRecord& record, const std::string& system);

/// Values of the facet "attribute", in order of first appearance in facts of no single relation.
[[nodiscard]] std::vector<std::string> attributes_of(const RunRecord& record);
/// Ascending.
[[nodiscard]] std::vector<std::uint64_t> seeds_of(const RunRecord& record);

/// Whether the plan ranks validation triples in place of test triples.
[[nodiscard]] bool ranks_validation(const RunRecord& record);

/// Whether a metric speaks of training: time, memory and epochs.
[[nodiscard]] bool of_training(std::string_view metric);

/// Trainings (system, seed) of the plan, or with a fact, that the record does not call done.
[[nodiscard]] std::set<std::pair<std::string, std::uint64_t>> missing_trainings(
    const RunRecord& record);

using Facets = std::map<std::string, std::string>;

/// The value of the facet `name`, or `otherwise`.
[[nodiscard]] std::string facet_or(const Facets& facets, const std::string& name,
                                   std::string_view otherwise = "");

}  // namespace kgaudit::reports
