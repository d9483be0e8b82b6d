#include "suite/plan/plan_text.hpp"

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/base/text.hpp"
#include "suite/plan/plan_parameters.hpp"

namespace kgaudit::run {
namespace {

std::string toml_list(const std::vector<std::string>& words) {
  std::vector<std::string> items;
  for (const std::string& word : words) items.push_back(toml_text(word));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

/// "system.kl+attr" -> `system."kl+attr"`: TOML's bare keys know letters, digits, '_' and '-' only.
std::string toml_path(std::string_view path) {
  const auto dot = path.find('.');
  const std::string_view last = dot == std::string_view::npos ? path : path.substr(dot + 1);
  const bool bare = std::all_of(last.begin(), last.end(), [](char c) {
    return is_ascii_letter_or_digit(c) || c == '_' || c == '-';
  });
  if (dot == std::string_view::npos || bare) return std::string(path);
  return fmt::format("{}.{}", path.substr(0, dot), toml_text(last));
}

std::string toml_value(const ParameterValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? toml_text(*text) : value_text(value);
}

std::string heading_of(const PlanSection& section) {
  return fmt::format("[{}]", toml_path(section.path));
}

/// The comments of today: what help says of the same keys.
PlanComments comments_of(const Plan& plan) {
  PlanComments comments = {
      {"",
       "A kgaudit plan: all that decides the numbers of a run. `kgaudit bench --plan FILE` runs "
       "it."},
      {"preset",
       "The parameter set this plan started from; every value below is already written "
       "out"},
      {"systems", "Debiasing systems to compare, in the order of the rows"},
      {"seeds", "Each system is trained once with each seed; a single number n means 0 .. n - 1"},
      {"metrics", "What is measured of every trained system"}};
  for (const PlanSection& section : plan.sections) {
    const std::string heading = heading_of(section);
    comments[heading] = section.meaning;
    for (const ParameterSpec& row : section.values.table()) {
      comments[parameter_key(heading, row.name)] = fmt::format(
          "{} ({}{})", row.meaning, row.range_text(), row.unit.empty() ? "" : "; " + row.unit);
    }
  }
  return comments;
}

}  // namespace

std::string parameter_key(std::string_view heading, std::string_view name) {
  return fmt::format("{} {}", heading, name);
}

std::string print_commented(const Plan& plan, const PlanComments& comments,
                            std::string_view left_out) {
  std::string out;
  const auto comment = [&](std::string_view key) {
    const auto found = comments.find(key);
    if (found != comments.end()) out += fmt::format("# {}\n", found->second);
  };
  const auto line = [&](std::string_view key, std::string_view name, const std::string& value) {
    comment(key);
    out += fmt::format("{} = {}\n", name, value);
  };
  comment("");
  out += "\n";
  line("preset", "preset", toml_text(plan.preset));
  line("systems", "systems", toml_list(plan.systems));
  line("seeds", "seeds", fmt::format("[{}]", fmt::join(plan.seeds, ", ")));
  line("metrics", "metrics", toml_list(plan.metrics));
  for (const PlanSection& section : plan.sections) {
    if (section.path == left_out) continue;
    const std::string heading = heading_of(section);
    out += "\n";
    comment(heading);
    out += heading + "\n";
    for (const auto& [name, value] : section.values.entries()) {
      line(parameter_key(heading, name), name, toml_value(value));
    }
  }
  return out;
}

std::string print(const Plan& plan) { return print_commented(plan, comments_of(plan), ""); }

std::string to_json(const Plan& plan) {
  nlohmann::ordered_json json = {{"preset", plan.preset},
                                 {"systems", plan.systems},
                                 {"seeds", plan.seeds},
                                 {"metrics", plan.metrics},
                                 {"tables", nlohmann::ordered_json::object()}};
  for (const PlanSection& section : plan.sections) {
    if (section.path == kExecutionTable) continue;
    auto& table = json["tables"][section.path] = nlohmann::ordered_json::object();
    for (const auto& [name, value] : section.values.entries()) {
      std::visit([&, &key = name](const auto& v) { table[key] = v; }, value);
    }
  }
  return json.dump();
}

}  // namespace kgaudit::run
