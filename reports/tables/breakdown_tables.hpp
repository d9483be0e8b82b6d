#pragma once

#include <cstddef>
#include <string>

#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

// Where the figures of the comparison come from: the same measures by group, relation, part of the
// test set and popularity. Every table has one column (or group of columns) for each system, and
// no rows where the record has no such facts.

/// One row for each value of the attribute: persons, ΔS of every system, test triples, filtered MRR
/// of the attribute's own relation. Values in the record's order, the commonest first.
[[nodiscard]] Table group_table(const RunRecord& record, const FactIndex& facts,
                                const std::string& attribute, Spread spread = Spread::kSd);

/// Filtered MRR of the parts of the test set: all, without sensitive relations, sensitive
/// relations, triples with a person, whitelisted triples.
[[nodiscard]] Table test_set_table(const RunRecord& record, const FactIndex& facts,
                                   Spread spread = Spread::kSd);

/// Filtered MRR of every relation, those with most test triples first; at most `top` rows.
[[nodiscard]] Table relation_table(const RunRecord& record, const FactIndex& facts,
                                   std::size_t top = 40, Spread spread = Spread::kSd);

/// Filtered MRR of the relations that the whitelist lets depend on an attribute, one row for each
/// attribute and relation, and below them the median over relations with more than 5 test triples
/// of MRR / MRR of the first system (Fisher et al. 2020, section 5.4, compare systems so). Then the
/// same for whitelisted professions, one row each whatever attributes list it, of those with more
/// than 5 test triples only. Records made before professions were measured have the relations.
[[nodiscard]] Table whitelist_table(const RunRecord& record, const FactIndex& facts,
                                    Spread spread = Spread::kSd);

/// Filtered MRR by quarter of the train degree of the entity to be found, the difference between
/// the highest and the lowest, rank correlation and degree-weighted MRR: one row a system.
[[nodiscard]] Table degree_table(const RunRecord& record, const FactIndex& facts,
                                 Spread spread = Spread::kSd);

}  // namespace kgaudit::reports
