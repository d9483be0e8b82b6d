#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/catalogue.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/glossary.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct Found {
  std::string kind;
  CatalogueEntry entry;
};

/// All entries with this id: one id may name things of two kinds (a dataset and its preset).
std::vector<Found> entries_called(const std::string& id) {
  std::vector<Found> found;
  for (CatalogueFamily& family : catalogue()) {
    for (CatalogueEntry& entry : family.entries) {
      if (entry.id == id) found.push_back({family.singular, std::move(entry)});
    }
  }
  return found;
}

/// What a fact of a record, "leakage.strongest.auc", is a part of: the longest id that it begins
/// with.
std::vector<Found> measure_of_fact(const std::string& fact) {
  for (std::size_t end = fact.rfind('.'); end != std::string::npos && end > 0;
       end = fact.rfind('.', end - 1)) {
    std::vector<Found> found = entries_called(fact.substr(0, end));
    std::erase_if(found, [](const Found& one) {
      return one.kind != "metric" && one.kind != "row measure" && one.kind != "word";
    });
    for (Found& one : found) {
      one.entry.title =
          fmt::format("a fact of {} '{}': {}", one.kind, one.entry.id, one.entry.title);
      one.kind = "fact";
      one.entry.id = fact;
    }
    if (!found.empty()) return found;
  }
  return {};
}

/// "male-leaning": what the rest of the heading means, and what was taken for a value of the data.
std::vector<Found> heading_of_value(const std::string& heading) {
  const auto made = heading_with_value(heading);
  if (!made) return {};
  std::vector<Found> found = entries_called(made->id);
  for (Found& one : found) {
    one.entry.title = fmt::format("a heading of '{}', if '{}' is a value of your data: {}",
                                  one.entry.id, printable(made->value), one.entry.title);
    one.kind = "heading";
    one.entry.id = heading;
  }
  return found;
}

std::vector<Found> find_all(const std::string& id) {
  std::vector<Found> found = entries_called(id);
  if (found.empty()) found = entries_called(glossary_id(id));
  if (found.empty()) found = measure_of_fact(id);
  if (found.empty()) found = heading_of_value(id);
  if (!found.empty()) return found;
  std::vector<std::string> known;
  for (const CatalogueFamily& family : catalogue()) {
    for (const CatalogueEntry& entry : family.entries) known.push_back(entry.id);
  }
  throw InputError::usage("explain", fmt::format("unknown id '{}'", printable(id)),
                          "an id from `kgaudit list`, or a heading of a table",
                          InputError::guess(id, known));
}

std::string default_text(const ParameterSpec& row) {
  const std::string value = value_text(row.default_value);
  return value.empty() ? "none" : value;
}

/// A line of the explanation; a text of several lines, such as a preset, follows as it is.
std::string fact_text(const std::string& label, std::string_view value, std::size_t width) {
  constexpr std::size_t kIndent = 15;
  if (value.find('\n') == std::string_view::npos) {
    return fmt::format("  {:<{}}{}\n", label, kIndent - 2, wrapped(value, kIndent, width));
  }
  std::string text = fmt::format("  {}\n", label);
  while (!value.empty()) {
    const std::string_view line = value.substr(0, value.find('\n'));
    text += line.empty() ? "\n" : fmt::format("    {}\n", line);
    value.remove_prefix(std::min(line.size() + 1, value.size()));
  }
  return text;
}

std::string in_words(const Found& found, std::size_t width) {
  const CatalogueEntry& entry = found.entry;
  std::string text = fmt::format("{} {}: {}\n\n", found.kind, entry.id, entry.title);
  for (const auto& [label, value] : entry.facts) text += fact_text(label, value, width);
  if (entry.parameters.empty()) return text;
  text += fmt::format("\n  Parameters (--set {}.NAME=VALUE)\n", entry.parameter_path);
  for (const ParameterSpec& row : entry.parameters) {
    text += fmt::format("    {} = {}\n      {}\n", row.name, default_text(row),
                        wrapped(fmt::format("{} ({}{})", row.meaning, row.range_text(),
                                            row.unit.empty() ? "" : "; " + row.unit),
                                6, width));
  }
  return text;
}

nlohmann::ordered_json in_json(const Found& found) {
  nlohmann::ordered_json json = {
      {"kind", found.kind}, {"id", found.entry.id}, {"title", found.entry.title}};
  for (const auto& [label, value] : found.entry.facts) json["facts"][label] = value;
  for (const ParameterSpec& row : found.entry.parameters) {
    nlohmann::ordered_json parameter = {{"name", row.name}};
    std::visit([&](const auto& value) { parameter["default"] = value; }, row.default_value);
    parameter["range"] = row.range_text();
    parameter["unit"] = row.unit;
    parameter["meaning"] = row.meaning;
    json["parameters"].push_back(std::move(parameter));
  }
  return json;
}

ExitCode explain(Session& session, const std::string& id) {
  auto json = nlohmann::ordered_json::array();
  std::string text;
  for (const Found& found : find_all(id)) {
    text += (text.empty() ? "" : "\n") + in_words(found, session.console.width());
    json.push_back(in_json(found));
  }
  session.console.show(text);
  session.console.show_json(json);
  return ExitCode::kPass;
}

CommandAction attach_explain(CommandLine line) {
  auto id = std::make_shared<std::string>();
  line.add_text(
      {.name = "id",
       .help = "An id from `kgaudit list` (link_prediction, kl+attr), a heading of a table (MRR), "
               "a fact of a record or an exit code (required)",
       .required = true},
      *id);
  return [id](Session& session) { return explain(session, *id); };
}

}  // namespace

extern const CommandEntry explain;
constinit const CommandEntry explain = {
    .id = "explain",
    .summary = "Explain a word of a table, a metric, system or score, or an exit code",
    .attach = &attach_explain,
};

}  // namespace kgaudit::cli::commands_roster
