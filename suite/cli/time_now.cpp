#include "suite/cli/time_now.hpp"

#include <chrono>

#include <fmt/chrono.h>

namespace kgaudit::cli {

std::string time_now() {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::now()));
}

}  // namespace kgaudit::cli
