#pragma once

#include <string>
#include <vector>

#include "datasets/knowledge_graph.hpp"
#include "suite/base/parameters.hpp"
#include "suite/cli/command.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::cli {

/// `datasets split`: writes train, valid and test of one file into the new folder `out` and tells
/// what was done. `parameters` holds datasets::split_parameters.
ExitCode split_file(Session& session, const std::string& file, const std::string& out,
                    const Parameters& parameters);

/// `datasets import`: writes what a dump of RDF says of persons into the new folder `out`.
/// `parameters` holds datasets::import_parameters.
ExitCode import_dump(Session& session, const std::string& dump, const std::string& out,
                     const Parameters& parameters);

/// `datasets propose`: shows a card for the graph at `path`, or writes it to the new file `out`.
ExitCode propose_card(Session& session, const std::string& path, const std::string& out);

/// The pairs of relations of a graph that repeat each other, and how many test triples train
/// therefore answers: a paragraph for people. Empty if there are none.
[[nodiscard]] std::string leaks_text(const datasets::KnowledgeGraph& graph);

/// For a plan whose triples no card describes: what to type. Empty for every other plan.
[[nodiscard]] std::string advice_for_card(const run::Plan& plan);

/// Which relations of a graph without a card could be about persons, in a sentence. Throws
/// Interrupted.
[[nodiscard]] std::string guess_for_card(const datasets::KnowledgeGraph& graph, Progress& progress);

}  // namespace kgaudit::cli
