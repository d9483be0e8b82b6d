#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/files/byte_source.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// What is kept of a dump of RDF.
struct ImportOptions {
  /// A subject is a person if it has this relation to this value. Wikidata: instance of, human.
  std::string person_relation = "P31";
  std::string person_value = "Q5";
  /// The relations that are kept. Wikidata: gender, religion, ethnic group, citizenship,
  /// occupation.
  std::vector<std::string> relations = {"P21", "P140", "P172", "P27", "P106"};
  std::uint64_t seed = 0;
  double valid_share = 0.05;  ///< of the triples that may leave train
  double test_share = 0.05;
};

/// The options of `kgaudit datasets import` with their ranges.
[[nodiscard]] std::span<const ParameterSpec> import_parameters();
/// Throws InputError (usage) for a person that is not RELATION=VALUE, and for a name that is empty
/// or given twice.
[[nodiscard]] ImportOptions import_options(const Parameters& parameters);

/// What was kept of one relation.
struct ImportedRelation {
  std::string name;
  std::uint64_t triples = 0;  ///< in train, valid and test
  std::uint64_t persons = 0;  ///< with at least one triple
  std::uint64_t unknown =
      0;  ///< left out: blank nodes, which say that a value exists ("somevalue")
  std::uint64_t literals = 0;  ///< left out: numbers, dates and texts, which are no entities
  std::uint64_t copies = 0;    ///< left out: said before of the same person
};

/// What an import read and wrote.
struct ImportReport {
  SourceFile source;        ///< as it lies on disk, packed or not
  std::uint64_t lines = 0;  ///< of the dump when unpacked
  std::uint64_t persons = 0;
  std::uint64_t persons_without_facts = 0;  ///< of these, without a kept triple
  std::vector<ImportedRelation> relations;  ///< in the order of the options
  std::uint64_t train = 0;
  std::uint64_t valid = 0;
  std::uint64_t test = 0;
  bool has_card = false;  ///< whether a card could be proposed
};

/// Reads a dump in N-Triples (plain, gzip, bzip2 or zstd; serd parses the lines that matter) once
/// and writes the triples of persons into the new folder `out`: train.txt, valid.txt, test.txt,
/// import.json with all counts, and card.toml (its id is the folder's name) if the relations are
/// those of Wikidata.
///
/// All triples of one subject must stand together, as in Wikidata's dumps: a person's triples are
/// kept until the next subject begins, and nothing else is held in memory but the values seen and a
/// number of 8 bytes for each person. Wikidata's addresses become their last part (Q42, P21);
/// others stay as they are. A person's first triple goes to train. Each further one, in the order
/// of the dump, is drawn for test, for valid or for train, and leaves train only if its relation
/// and its value occurred in train before. So everything in valid and test occurs in train.
///
/// Throws InputError: unreadable with file:line for what is not N-Triples, for an escape that is no
/// character and for a subject whose triples stand in two places, and unreadable when the dump has
/// no person; usage when `out` holds something, and when train, valid or test would be empty.
ImportReport import_people(const std::filesystem::path& dump, const std::filesystem::path& out,
                           const ImportOptions& options, Progress& progress = silent_progress());

/// The report as it stands in import.json.
[[nodiscard]] std::string import_json(const ImportReport& report, const ImportOptions& options);

/// "http://www.wikidata.org/entity/Q42" -> "Q42", "http://www.wikidata.org/prop/direct/P21" ->
/// "P21"; any other address as it is.
[[nodiscard]] std::string_view short_wikidata_name(std::string_view address);

}  // namespace kgaudit::datasets
