#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kgaudit::run {

/// A named parameter set: a partial plan in TOML. The files of `suite/plan/presets/` are embedded
/// by the build; a file's stem is the preset's name, and its key `description` says what it is for.
struct Preset {
  std::string_view name;
  std::string_view text;
};

/// All presets by name.
[[nodiscard]] std::span<const Preset> presets();
/// Throws InputError (usage) naming the nearest known preset.
[[nodiscard]] const Preset& find_preset(std::string_view name);
/// The preset named like the dataset if there is one, else "default".
[[nodiscard]] const Preset& preset_for_dataset(std::string_view dataset_id);
/// The preset's own sentence.
[[nodiscard]] std::string preset_description(const Preset& preset);

}  // namespace kgaudit::run
