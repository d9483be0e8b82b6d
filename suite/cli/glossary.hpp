#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suite/cli/catalogue.hpp"

namespace kgaudit::cli {

/// The words of tables that no roster knows: headings of columns and of groups of columns, cells
/// such as "undef.", and facts that no measure makes.
[[nodiscard]] CatalogueFamily glossary();

/// What stands under exit codes: `explain 4`.
[[nodiscard]] CatalogueFamily exit_code_family();

/// The id of the entry that a heading of a table is about, as it stands in a report: without
/// arrows, marks and backslashes, and small and capital letters are the same. The text itself if
/// none is.
[[nodiscard]] std::string glossary_id(std::string_view heading);

/// A heading that a report makes with a value of an attribute, "male-leaning" or "n male": the id
/// of the entry about it, and the value. Any word may be a value of somebody's data.
struct ValueHeading {
  std::string id;
  std::string value;
};
[[nodiscard]] std::optional<ValueHeading> heading_with_value(std::string_view heading);

}  // namespace kgaudit::cli
