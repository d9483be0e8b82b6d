#pragma once

#include <cstdint>
#include <vector>

#include "datasets/knowledge_graph.hpp"
#include "datasets/name_table.hpp"
#include "datasets/triple_format.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// What the three columns of a line hold, from left to right.
enum class ColumnOrder : std::uint8_t { kHeadRelationTail, kHeadTailRelation, kRelationHeadTail };

/// Reads triples written as names, three to a line with tabs between them; the names join the
/// tables, heads before tails. Duplicates are kept. Every fault is an InputError (unreadable) with
/// file:line; a file without a triple is one.
[[nodiscard]] std::vector<Triple> read_named_triples(TripleInput& input, NameTable& entities,
                                                     NameTable& relations, ColumnOrder order,
                                                     Progress& progress, const ReadLimits& limits);

}  // namespace kgaudit::datasets
