#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// TOML with every value written out, each under a comment with its meaning, unit and range.
[[nodiscard]] std::string print(const Plan& plan);

/// The same as JSON for the record, without the `[run]` table:
/// {"preset", "systems", "seeds", "metrics", "tables": {"training": {...}, ...}}.
[[nodiscard]] std::string to_json(const Plan& plan);

/// Comments of a printed plan: of the whole under "", of a top key under its name ("seeds"), of a
/// table under its heading ("[training]"), of a parameter under its `parameter_key`.
using PlanComments = std::map<std::string, std::string, std::less<>>;
/// "[training] epochs"
[[nodiscard]] std::string parameter_key(std::string_view heading, std::string_view name);

/// The plan as TOML with these comments, without the table `left_out`.
[[nodiscard]] std::string print_commented(const Plan& plan, const PlanComments& comments,
                                          std::string_view left_out);

}  // namespace kgaudit::run
