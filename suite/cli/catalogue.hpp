#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "suite/base/parameters.hpp"

namespace kgaudit::cli {

/// One roster entry of any family, as `list` and `explain` show it.
struct CatalogueEntry {
  std::string id;
  std::string title;
  /// ("Formula", "..."), ("Source", "..."), in reading order; blank texts are left out.
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<ParameterSpec> parameters;
  std::string parameter_path;  ///< the plan's table they stand in: "system.bose"
};

/// All entries of one kind: systems, scores, losses, metrics, datasets ...
struct CatalogueFamily {
  std::string name;      ///< plural, as typed: "systems"
  std::string singular;  ///< "system"
  std::vector<CatalogueEntry> entries;
};

/// Everything the program knows by name, read from the rosters.
[[nodiscard]] std::vector<CatalogueFamily> catalogue();

}  // namespace kgaudit::cli
