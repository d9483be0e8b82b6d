#include "suite/plan/plan_resolution.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "datasets/known_datasets.hpp"
#include "metrics/metric.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/files/strict_toml.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/audit_plan.hpp"
#include "suite/plan/plan_parameters.hpp"
#include "suite/plan/presets.hpp"

namespace kgaudit::run {
namespace {

/// A top-level value, whether it came from TOML or from the command line.
struct Words {
  std::vector<std::string> items;
  bool is_list = false;  ///< `seeds = [3]` is the seed 3, `seeds = 3` are three seeds
};

/// The ids of the sections below `family`: "system" -> basic, bose, ...
std::vector<std::string> members(const std::vector<PlanSection>& sections,
                                 std::string_view family) {
  std::vector<std::string> ids;
  const std::string prefix = std::string(family) + ".";
  for (const PlanSection& section : sections) {
    if (section.path.starts_with(prefix)) ids.push_back(section.path.substr(prefix.size()));
  }
  return ids;
}

Words words_from_text(std::string_view text, const std::string& place) {
  const std::string_view whole = text;
  Words words;
  words.is_list = text.find(',') != std::string_view::npos;
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    words.is_list = true;
    text = text.substr(1, text.size() - 2);
  }
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string item(trimmed(text.substr(begin, end - begin)));
    if (!item.empty()) {
      words.items.push_back(item);
    } else if (text.find(',') != std::string_view::npos) {
      throw InputError::usage(place, fmt::format("'{}', with nothing at a comma", printable(whole)),
                              "a list such as a,b,c");
    }
    begin = end + 1;
  }
  return words;
}

std::string place_of(const toml::node& node, std::string_view file) {
  const toml::source_position at = node.source().begin;
  return fmt::format("{}:{}:{}", file, at.line, at.column);
}

std::optional<ParameterValue> scalar(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* whole = node.as_integer()) return whole->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  return std::nullopt;
}

ParameterValue scalar_or_refuse(const toml::node& node, const std::string& place) {
  if (auto value = scalar(node)) return *std::move(value);
  std::ostringstream kind;
  kind << node.type();
  throw InputError::usage(place, kind.str(), "a text, a number, or true or false");
}

Words words_from_toml(const toml::node& node, std::string_view file) {
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    return {{value_text(scalar_or_refuse(node, place_of(node, file)))}, false};
  }
  Words words{{}, true};
  for (const toml::node& item : *list) {
    words.items.push_back(value_text(scalar_or_refuse(item, place_of(item, file))));
  }
  return words;
}

using Json = nlohmann::ordered_json;

ParameterValue scalar_or_refuse(const Json& value, std::string_view place) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  throw InputError::usage(std::string(place), value.type_name(),
                          "a text, a number, or true or false");
}

/// The member of an object; refuses where there is none, or no object.
const Json& member(const Json& json, const char* key, std::string_view place) {
  if (!json.is_object() || !json.contains(key)) {
    throw InputError::usage(std::string(place), fmt::format("no '{}'", key),
                            "a plan as records hold it");
  }
  return json.at(key);
}

Words words_from_json(const Json& list, std::string_view place) {
  if (!list.is_array()) {
    throw InputError::usage(std::string(place), list.type_name(), "a list");
  }
  Words words{{}, true};
  for (const Json& item : list) words.items.push_back(value_text(scalar_or_refuse(item, place)));
  return words;
}

/// The plan in the making: every section of every roster entry, narrowed down at the end.
class Draft {
 public:
  Draft() : sections_(all_plan_sections()) {
    for (const models::SystemEntry* entry : models::systems()) {
      if (entry->by_default) systems_.emplace_back(entry->id);
    }
    for (const metrics::MetricEntry* entry : metrics::metrics()) {
      if (entry->by_default) metrics_.emplace_back(entry->id);
    }
  }

  /// In place of those that are measured by default.
  void measure(std::vector<std::string> metrics) { metrics_ = std::move(metrics); }

  void apply(const toml::table& table, std::string_view file) { apply_table("", table, file); }

  void apply(const Assignment& assignment) {
    const auto dot = assignment.key.rfind('.');
    if (dot == std::string::npos) {
      set_top(assignment.key, words_from_text(assignment.value, assignment.place),
              assignment.place);
      return;
    }
    std::string path = assignment.key.substr(0, dot);
    std::erase(path, '"');
    section(path, assignment.place)
        .set(assignment.key.substr(dot + 1), std::string_view(assignment.value), assignment.place);
  }

  /// What `to_json` wrote: every list and table of the plan.
  void apply(const Json& plan, const std::string& place) {
    for (const char* list : {"systems", "seeds", "metrics"}) {
      set_top(list, words_from_json(member(plan, list, place), place), place);
    }
    for (const auto& [path, table] : member(plan, "tables", place).items()) {
      Parameters& values = section(path, place);
      for (const auto& [name, value] : table.items()) {
        values.set(name, scalar_or_refuse(value, place), place);
      }
    }
  }

  /// Of an audit in which a file about people is all the data.
  void without_dataset() { has_dataset_ = false; }

  void forget_own_graph() {
    for (const char* key : {"triples", "card"}) {
      find("dataset")->values.set(key, std::string_view(""), "dataset");
    }
  }

  Plan finish(std::string preset) && {
    Plan plan;
    plan.preset = std::move(preset);
    plan.systems = systems_;
    plan.metrics = metrics_;
    plan.seeds = seeds();
    settle_dataset();
    check_reference();
    const std::string dataset_id = find("dataset")->values.text("id");
    for (PlanSection& section : sections_) {
      if (belongs(section.path, plan, dataset_id)) plan.sections.push_back(std::move(section));
    }
    return plan;
  }

 private:
  struct TopKey {
    std::string_view name;
    void (Draft::*set)(const Words&, const std::string& place);
  };
  static std::span<const TopKey> top_keys() {
    static constexpr std::array kKeys = {
        TopKey{"preset", &Draft::ignore},       TopKey{"description", &Draft::ignore},
        TopKey{"systems", &Draft::set_systems}, TopKey{"metrics", &Draft::set_metrics},
        TopKey{"seeds", &Draft::set_seeds},     TopKey{"seed", &Draft::set_first_seed},
    };
    return kKeys;
  }

  void apply_table(const std::string& path, const toml::table& table, std::string_view file) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const std::string place =
          fmt::format("{}:{}:{}", file, key.source().begin.line, key.source().begin.column);
      // Rules about the result are no part of what is measured; `kgaudit gate` reads them.
      if (path.empty() && name == kGateTable && node.is_table()) continue;
      if (const toml::table* below = node.as_table()) {
        const std::string child = path.empty() ? name : fmt::format("{}.{}", path, name);
        if (!leads_somewhere(child)) refuse_section(child, place);
        apply_table(child, *below, file);
      } else if (path.empty()) {
        set_top(name, words_from_toml(node, file), place);
      } else {
        section(path, place).set(name, scalar_or_refuse(node, place), place);
      }
    }
  }

  void set_top(std::string_view name, const Words& words, const std::string& place) {
    std::vector<std::string> known;
    for (const TopKey& key : top_keys()) {
      if (key.name == name) return (this->*key.set)(words, place);
      known.emplace_back(key.name);
    }
    refuse_without_table(name, place);
    for (const PlanSection& section : sections_) known.push_back(section.path);
    throw InputError::unknown(place, "key", name, known);
  }

  /// A key of some tables, typed without one: names them all.
  void refuse_without_table(std::string_view name, const std::string& place) const {
    std::vector<std::string> whole;
    for (const PlanSection& section : sections_) {
      if (section.values.has(name)) whole.push_back(fmt::format("{}.{}", section.path, name));
    }
    if (whole.empty()) return;
    throw InputError::usage(place, fmt::format("key '{}' without its table", printable(name)),
                            "a key with the table that it is of",
                            fmt::format("{}", fmt::join(whole, " or ")));
  }

  /// The preset is chosen before anything else is applied; a description is for the reader.
  void ignore(const Words&, const std::string&) {}

  void set_systems(const Words& words, const std::string& place) {
    systems_ = checked_ids(words, "system", place);
  }
  void set_metrics(const Words& words, const std::string& place) {
    metrics_ = checked_ids(words, "metric", place);
  }

  std::vector<std::string> checked_ids(const Words& words, std::string_view family,
                                       const std::string& place) const {
    const std::vector<std::string> known = members(sections_, family);
    std::vector<std::string> ids;
    for (const std::string& id : words.items) {
      if (std::find(known.begin(), known.end(), id) == known.end()) {
        throw InputError::unknown(place, family, id, known);
      }
      if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
        throw InputError::usage(place, fmt::format("{} '{}' is listed twice", family, id),
                                "each once");
      }
      ids.push_back(id);
    }
    if (ids.empty()) {
      throw InputError::usage(place, "an empty list",
                              fmt::format("at least one of: {}", fmt::join(known, ", ")));
    }
    return ids;
  }

  static std::uint64_t seed_number(const std::string& text, const std::string& place) {
    const auto number = parse_int(text);
    if (!number || *number < 0) {
      throw InputError::usage(place, fmt::format("'{}' is not a seed", printable(text)),
                              "a whole number of at least 0");
    }
    return static_cast<std::uint64_t>(*number);
  }

  void set_seeds(const Words& words, const std::string& place) {
    std::vector<std::uint64_t> numbers;
    for (const std::string& text : words.items) numbers.push_back(seed_number(text, place));
    if (words.is_list) {
      std::vector<std::uint64_t> sorted = numbers;
      std::sort(sorted.begin(), sorted.end());
      if (numbers.empty() || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
        throw InputError::usage(place, numbers.empty() ? "no seed" : "a seed is listed twice",
                                "at least one seed, each once");
      }
      first_seed_ = numbers.front();
      seed_list_ = std::move(numbers);
      listed_at_ = place;
      refuse_list_and_first();
      return;
    }
    constexpr std::uint64_t kMostSeeds = 1000;
    if (numbers.size() != 1 || numbers[0] == 0 || numbers[0] > kMostSeeds) {
      throw InputError::usage(place, fmt::format("{} seeds", fmt::join(words.items, " ")),
                              fmt::format("a number in [1, {}], or a list of seeds", kMostSeeds));
    }
    seed_count_ = numbers[0];
    seed_list_.clear();
  }

  void set_first_seed(const Words& words, const std::string& place) {
    if (words.is_list || words.items.size() != 1) {
      throw InputError::usage(place, "not one number", "the first seed; the others follow it");
    }
    first_seed_ = seed_number(words.items[0], place);
    first_at_ = place;
    refuse_list_and_first();
    if (!seed_list_.empty()) seed_count_ = seed_list_.size();
    seed_list_.clear();
  }

  /// On one command line one of them would be passed over. The list of a plan can be moved.
  void refuse_list_and_first() const {
    const auto is_typed = [](const std::string& place) { return place.starts_with("--"); };
    if (!is_typed(listed_at_) || !is_typed(first_at_)) return;
    throw InputError::usage(first_at_, "beside a list of seeds",
                            "a list of seeds, or a first seed and how many", "one of the two");
  }

  std::vector<std::uint64_t> seeds() const {
    if (!seed_list_.empty()) return seed_list_;
    // TOML, in which the plan is written down, has no larger number.
    constexpr auto kLastSeed = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (first_seed_ > kLastSeed - (seed_count_ - 1)) {
      throw InputError::usage("seed", fmt::format("{} seeds from {} on", seed_count_, first_seed_),
                              fmt::format("seeds up to {}", kLastSeed), "a smaller first seed");
    }
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 0; i < seed_count_; ++i) all.push_back(first_seed_ + i);
    return all;
  }

  /// A graph of the user's takes the place of the roster's; else the roster must know the id.
  void settle_dataset() {
    if (!has_dataset_) return;
    Parameters& dataset = find("dataset")->values;
    const bool own = !dataset.text("triples").empty() || !dataset.text("card").empty();
    if (own) {
      dataset.set("id", std::string_view(""), "dataset");
      return;
    }
    std::vector<std::string> known;
    for (const datasets::DatasetSummary& one : datasets::list_datasets()) known.push_back(one.id);
    const std::string& id = dataset.text("id");
    if (std::find(known.begin(), known.end(), id) == known.end()) {
      throw InputError::unknown("dataset.id", "dataset", id, known);
    }
  }

  void check_reference() {
    const std::string& reference = find("statistics")->values.text("reference");
    const std::string system = reference.substr(0, reference.find(':'));
    if (reference.empty() || std::find(systems_.begin(), systems_.end(), system) != systems_.end())
      return;
    throw InputError::unknown("statistics.reference", "system", system, systems_);
  }

  static bool belongs(std::string_view path, const Plan& plan, std::string_view dataset_id) {
    const auto dot = path.find('.');
    if (dot == std::string_view::npos) return true;
    const std::string_view family = path.substr(0, dot);
    const std::string_view id = path.substr(dot + 1);
    const auto lists = [id](const std::vector<std::string>& ids) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    return (family == "system" && lists(plan.systems)) ||
           (family == "metric" && lists(plan.metrics)) || (family == "dataset" && id == dataset_id);
  }

  PlanSection* find(std::string_view path) {
    const auto found = std::find_if(sections_.begin(), sections_.end(),
                                    [&](const PlanSection& s) { return s.path == path; });
    return found == sections_.end() ? nullptr : &*found;
  }

  bool leads_somewhere(std::string_view path) const {
    const std::string prefix = std::string(path) + ".";
    return std::any_of(sections_.begin(), sections_.end(), [&](const PlanSection& s) {
      return s.path == path || s.path.starts_with(prefix);
    });
  }

  [[noreturn]] void refuse_section(std::string_view path, const std::string& place) const {
    std::vector<std::string> known;
    for (const PlanSection& section : sections_) known.push_back(section.path);
    throw InputError::unknown(place, "table", path, known);
  }

  Parameters& section(std::string_view path, const std::string& place) {
    PlanSection* found = find(path);
    if (found == nullptr) refuse_section(path, place);
    return found->values;
  }

  std::vector<PlanSection> sections_;
  bool has_dataset_ = true;
  std::vector<std::string> systems_;
  std::vector<std::string> metrics_;
  std::uint64_t seed_count_ = 3;
  std::uint64_t first_seed_ = 0;
  std::string listed_at_;  ///< where a list of seeds was given last, and a first seed
  std::string first_at_;
  std::vector<std::uint64_t> seed_list_;
};

/// The last assignment to `key`, else the file's value, else nothing.
std::optional<std::string> early_value(const PlanSources& sources, const toml::table& file,
                                       std::string_view key) {
  for (auto a = sources.assignments.rbegin(); a != sources.assignments.rend(); ++a) {
    if (a->key == key) return a->value;
  }
  if (const auto text = file.at_path(key).value<std::string>()) return *text;
  return std::nullopt;
}

bool names_dataset(const Assignment& assignment) { return assignment.key == "dataset.id"; }

const Preset& chosen_preset(const PlanSources& sources, const toml::table& file) {
  if (const auto name = early_value(sources, file, "preset")) return find_preset(*name);
  const bool named =
      std::any_of(sources.assignments.begin(), sources.assignments.end(), names_dataset);
  const bool own_graph = !early_value(sources, file, "dataset.triples").value_or("").empty() ||
                         !early_value(sources, file, "dataset.card").value_or("").empty();
  if (own_graph && !named) return find_preset("default");
  const std::string default_id = value_text(dataset_parameters()[0].default_value);
  return preset_for_dataset(early_value(sources, file, "dataset.id").value_or(default_id));
}

/// A plan that audit_plan made. What it adds to other plans is taken out first and added at the
/// end.
Plan audit_plan_from(Json plan, std::string preset, const std::string& place) {
  const auto set_all = [&](Parameters& values, const Json& table) {
    for (const auto& [name, value] : table.items()) {
      values.set(name, scalar_or_refuse(value, place), place);
    }
  };
  Parameters audit(audit_parameters());
  set_all(audit, plan["tables"][std::string(kAuditTable)]);
  plan["tables"].erase(std::string(kAuditTable));
  std::vector<std::string> previewed;
  for (const Json& id : member(plan, "systems", place)) {
    if (id.is_string() && id != kAuditSystem) previewed.push_back(id.get<std::string>());
  }
  plan["systems"] = previewed;
  if (previewed.empty()) plan["systems"] = {std::string(models::reference_system().id)};
  Draft draft;
  draft.apply(plan, place);
  const Json& dataset = member(member(plan, "tables", place), "dataset", place);
  const auto names = [&](const char* key) { return !dataset.value(key, std::string()).empty(); };
  if (!names("id") && !names("triples") && !names("card")) draft.without_dataset();
  return audit_plan(std::move(draft).finish(std::move(preset)), std::move(audit), previewed);
}

}  // namespace

Plan resolve_plan(const PlanSources& sources) {
  const toml::table file =
      sources.file_text ? parse_strict_toml(*sources.file_text, sources.file_name) : toml::table{};
  const Preset& preset = chosen_preset(sources, file);
  const std::string preset_place = fmt::format("preset {}", preset.name);

  Draft draft;
  if (!sources.metrics.empty()) draft.measure(sources.metrics);
  draft.apply(parse_strict_toml(preset.text, preset_place), preset_place);
  draft.apply(file, sources.file_name);
  for (const Assignment& assignment : sources.assignments) {
    // A dataset named on the command line takes the place of the file's own graph.
    if (names_dataset(assignment)) draft.forget_own_graph();
    draft.apply(assignment);
  }
  return std::move(draft).finish(std::string(preset.name));
}

Plan parse_plan(std::string_view toml, std::string_view file_name) {
  return resolve_plan({std::string(toml), std::string(file_name), {}});
}

Plan plan_from_json(std::string_view json, std::string_view place) {
  const Json plan = parse_strict_json(json, place);
  const Json& preset = member(plan, "preset", place);
  if (!preset.is_string()) {
    throw InputError::usage(std::string(place), "a preset without a name", "a text");
  }
  if (const Json& tables = member(plan, "tables", place); tables.contains(kAuditTable)) {
    return audit_plan_from(plan, preset.get<std::string>(), std::string(place));
  }
  Draft draft;
  draft.apply(plan, std::string(place));
  return std::move(draft).finish(preset.get<std::string>());
}

}  // namespace kgaudit::run
