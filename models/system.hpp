#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "suite/base/parameters.hpp"

namespace kgaudit::models {

class System;
struct TrainingSetup;

/// One roster entry: a debiasing system as users see it, and how to make it.
struct SystemEntry {
  std::string_view id;
  std::string_view title;
  std::string_view formula;  ///< the loss, in words and symbols
  std::string_view source;
  std::string_view pitfalls;
  /// The parameters beyond the shared training table (`[system.<id>]` of a plan).
  std::span<const ParameterSpec> (*parameters)();
  std::unique_ptr<System> (*make)(const TrainingSetup&, const Parameters&);
};

/// All systems in roster order.
[[nodiscard]] std::span<const SystemEntry* const> systems();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const SystemEntry& find_system(std::string_view id);

}  // namespace kgaudit::models
