#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "suite/plan/plan_resolution.hpp"

namespace kgaudit::tests {

/// The plan of these assignments and, where there is one, the file "my.toml".
inline run::Plan with(std::vector<run::Assignment> assignments,
                      std::optional<std::string> file = std::nullopt) {
  return run::resolve_plan({std::move(file), "my.toml", std::move(assignments)});
}

}  // namespace kgaudit::tests
