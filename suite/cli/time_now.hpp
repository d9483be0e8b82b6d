#pragma once

#include <string>

namespace kgaudit::cli {

/// "2024-05-01 12:00:00 UTC", for the first line of a record.
[[nodiscard]] std::string time_now();

}  // namespace kgaudit::cli
