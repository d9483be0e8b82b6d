#pragma once

#include <string>

#include "reports/record/run_lines.hpp"

namespace kgaudit::reports {

/// The message of a finding as a sentence: "There are 29 persons with two or more values of gender
/// in train." of "29: Persons with two or more ...", which is how records hold it.
[[nodiscard]] std::string finding_sentence(const FindingLine& finding);

}  // namespace kgaudit::reports
