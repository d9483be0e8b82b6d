#include "suite/plan/presets.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/files/strict_toml.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

const Preset* look_up(std::string_view name) {
  const auto found = std::find_if(presets().begin(), presets().end(),
                                  [&](const Preset& p) { return p.name == name; });
  return found == presets().end() ? nullptr : &*found;
}

}  // namespace

const Preset& find_preset(std::string_view name) {
  if (const Preset* found = look_up(name)) return *found;
  std::vector<std::string> known;
  for (const Preset& preset : presets()) known.emplace_back(preset.name);
  throw InputError::unknown("preset", "preset", name, known);
}

const Preset& preset_for_dataset(std::string_view dataset_id) {
  const Preset* found = look_up(dataset_id);
  return found != nullptr ? *found : find_preset("default");
}

std::string preset_description(const Preset& preset) {
  const toml::table table = parse_strict_toml(preset.text, preset.name);
  return table["description"].value_or(std::string());
}

}  // namespace kgaudit::run
