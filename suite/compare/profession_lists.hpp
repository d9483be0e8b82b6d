#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/run_record.hpp"

namespace kgaudit::run {

/// Before the name of every fact about how stable a list is: "stability.list_overlap".
inline constexpr std::string_view kStability = "stability.";

/// For every row and attribute, whether another training seed gives the same lists of professions,
/// from the shifts on record (metric profession_bias). Each is a mean over all pairs of seeds, with
/// its jackknife interval from 3 seeds on; professions that lack a shift in some seed are left out.
///
///   list_overlap            share of the 20 professions at either end that both seeds name (fewer
///                           where there are fewer than 40 professions; facet "top")
///   list_overlap_by_chance  what lists of chance share: top / professions
///   list_correlation        Spearman's, of all professions
///
/// Undefined for one seed. The facts carry the number of the first seed, and n counts seeds.
[[nodiscard]] std::vector<reports::MeasurementLine> list_stability_facts(
    const reports::RunRecord& record);

/// The same between records of one graph that were trained with different score functions: every
/// seed of one with every seed of the other. A sentence for each two scores and attribute; empty
/// where no two such records are given.
[[nodiscard]] std::vector<std::string> lists_over_scores(
    std::span<const reports::RunRecord> records);

}  // namespace kgaudit::run
