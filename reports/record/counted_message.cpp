#include "reports/record/counted_message.hpp"

namespace kgaudit::reports {

std::optional<CountedMessage> counted_message(const FindingLine& finding) {
  const std::string& message = finding.message;
  const std::size_t digits = message.find_first_not_of("0123456789,");
  if (digits == 0 || digits == std::string::npos || message.compare(digits, 2, ": ") != 0) {
    return std::nullopt;
  }
  return CountedMessage{message.substr(0, digits), message.substr(digits + 2)};
}

}  // namespace kgaudit::reports
