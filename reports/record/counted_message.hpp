#pragma once

#include <optional>
#include <string>

#include "reports/record/run_lines.hpp"

namespace kgaudit::reports {

/// What a finding about the data says: "871: Of 4146 persons these have no value."
struct CountedMessage {
  std::string count;  ///< "871", with commas between thousands
  std::string words;  ///< what stands behind it
};
/// Nothing for a finding that counts nothing.
[[nodiscard]] std::optional<CountedMessage> counted_message(const FindingLine& finding);

}  // namespace kgaudit::reports
