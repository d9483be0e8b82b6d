#pragma once

#include "suite/cli/catalogue.hpp"

namespace kgaudit::cli {

/// What records and warnings find about the data, by the name of the check: what it says, and what
/// to do about it.
[[nodiscard]] CatalogueFamily finding_family();

}  // namespace kgaudit::cli
