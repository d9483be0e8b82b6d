#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/knowledge_graph.hpp"
#include "datasets/leaks.hpp"
#include "datasets/named_triples.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// What a split does with triples that state one fact by two relations (see RelationOverlap).
enum class LeakRule : std::uint8_t {
  kTogether,  ///< all of them go to the same list
  kDrop,      ///< one of them stays: that of the relation with most triples
  kIgnore     ///< each goes where it falls; test then asks what train says
};

struct SplitOptions {
  std::uint64_t seed = 0;
  double valid_share = 0.1;  ///< of all triples, in (0, 0.5)
  double test_share = 0.1;
  LeakRule leaks = LeakRule::kTogether;
  double overlap = 0.8;  ///< threshold of overlapping_relations
};

/// The options of `kgaudit datasets split` that decide the lists, with their ranges.
[[nodiscard]] std::span<const ParameterSpec> split_parameters();
[[nodiscard]] SplitOptions split_options(const Parameters& parameters);
/// The columns of the file, by the parameter "columns".
[[nodiscard]] ColumnOrder column_order(const Parameters& parameters);

/// Train, valid and test of one list of triples, each in the order of that list.
struct Split {
  std::vector<Triple> train;
  std::vector<Triple> valid;
  std::vector<Triple> test;
  std::uint64_t copies = 0;        ///< beyond the first of each triple; left out
  std::uint64_t dropped = 0;       ///< by LeakRule::kDrop
  std::uint64_t valid_wanted = 0;  ///< by the share; the list may hold fewer
  std::uint64_t test_wanted = 0;
  std::vector<RelationOverlap> overlaps;  ///< of the triples as they came
  std::uint64_t leaking_valid = 0;        ///< triples with a counterpart in train
  std::uint64_t leaking_test = 0;
};

/// Splits by this rule: copies of a triple are left out; the triples (with LeakRule::kTogether the
/// groups of those that state one fact) are shuffled by the stream "datasets.split" of the seed;
/// going through them once, one moves to test while test is short of its size and every entity and
/// relation of it still occurs in train; then the same for valid; train keeps the rest. So every
/// entity and relation of valid and test occurs in train, and the same triples with the same
/// options give the same lists. Throws InputError (usage) at `place` when a list would be empty.
[[nodiscard]] Split split_triples(std::span<const Triple> triples, std::size_t entity_count,
                                  std::size_t relation_count, const SplitOptions& options,
                                  const std::string& place = "triples");

/// The rule in a few sentences, for the file beside a split.
[[nodiscard]] std::string split_rule(const SplitOptions& options);

/// The triples of one file, with the file's identity.
struct TripleFile {
  Vocabulary entities;
  Vocabulary relations;
  std::vector<Triple> triples;
  SourceFile source;
};

/// Reads one file of triples written as names (see read_named_triples).
[[nodiscard]] TripleFile load_triple_file(const std::filesystem::path& file, ColumnOrder order,
                                          Progress& progress = silent_progress(),
                                          const ReadLimits& limits = {});

/// Writes train.txt, valid.txt, test.txt (tab-separated) and split.json, which says how they were
/// made, into the new folder `directory`; it appears only when all of it is written. load_dataset
/// reads it. Throws InputError (usage) when something is there already.
void write_split(const std::filesystem::path& directory, const TripleFile& file, const Split& split,
                 const SplitOptions& options);

/// What split.json holds: the rule, its options, the source and the counts, as JSON.
[[nodiscard]] std::string split_json(const TripleFile& file, const Split& split,
                                     const SplitOptions& options);

/// "together", "drop", "ignore".
[[nodiscard]] std::string_view to_text(LeakRule rule);

}  // namespace kgaudit::datasets
