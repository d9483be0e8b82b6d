#pragma once

#include <span>
#include <string>

#include "reports/document/report_document.hpp"

namespace kgaudit::reports {

/// A list of {"kind", "row", "attribute", "value", "neutral", "reference", "words"}; what a
/// statement has not is null.
[[nodiscard]] std::string statements_json(std::span<const Statement> statements);

}  // namespace kgaudit::reports
