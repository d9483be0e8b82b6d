#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/tensor.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// What the JSON files of embedding tools hold, read in one pass without a tree of values.
struct JsonTables {
  enum class Kind {
    kNames,    ///< ["a", "b", null]: names in the order of rows
    kIds,      ///< {"a": 0, "b": 1}: names and row numbers
    kTexts,    ///< {"0": "a", "1": "b"}: texts under keys, such as names under row numbers
    kVectors,  ///< {"a": [0.1, 0.2]}: a vector for each name
    kTensors,  ///< {"ent_embeddings.weight": [[0.1]], "gamma": [9]}: OpenKE's export
  };
  Kind kind = Kind::kNames;
  std::vector<std::string> names;  ///< of all but tensors; of texts their keys
  std::uint64_t nulls = 0;         ///< names that are null; they stand as ""
  std::vector<std::int64_t> ids;   ///< of kIds
  std::vector<std::string> texts;  ///< of kTexts
  TensorView vectors;              ///< of kVectors: a row for each name
  std::map<std::string, TensorView> tensors;
};

/// Throws InputError (unreadable) at `place` for anything else, rows of unlike length, and what
/// does not fit the budget.
[[nodiscard]] JsonTables read_json_tables(std::string_view text, std::string_view place,
                                          MemoryBudget& budget);

}  // namespace kgaudit::models
