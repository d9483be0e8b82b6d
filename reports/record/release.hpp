#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

// A system with attribute vectors publishes two things: its rows alone (kRowsAlone), or rows,
// vectors and which vector is whose (kWhole). Its own row in a table has figures of both, as Fisher
// et al. 2020 report them; its rows [rows] and [whole] have figures of the one or the other.

/// Whether the row shows one of the two things that a system publishes: it is no further system.
[[nodiscard]] bool is_release(const SystemView& row);

/// Whether the record measures releases of the system by themselves.
[[nodiscard]] bool has_releases(const RunRecord& record, std::string_view system);

/// Whether the row has quality of the one and bias of the other, and both stand on record by
/// themselves: nobody can have what such a row shows, so it is not compared with others.
[[nodiscard]] bool mixes_releases(const RunRecord& record, const SystemView& row);

/// Systems of the record that publish attribute vectors, in order of first appearance: those with
/// such rows, and in records from before these rows those whose id says it ("+attr").
[[nodiscard]] std::vector<std::string> systems_with_vectors(const RunRecord& record);
[[nodiscard]] bool named_for_vectors(std::string_view system);

/// What a figure of a system with attribute vectors is measured on: kRowsAlone, kWhole, or "" for
/// one of its training (time, memory). A fact that compares rows has the release of what it
/// compares.
[[nodiscard]] std::string_view release_of(const SystemView& row, std::string_view metric,
                                          const Facets& facets);

/// The facets under which a row holds a fact: in the row [whole], "release" is kWhole.
[[nodiscard]] Facets facets_in_row(Facets facets, const SystemView& row);

}  // namespace kgaudit::reports
