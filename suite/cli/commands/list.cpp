#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/catalogue.hpp"
#include "suite/cli/command.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const CatalogueFamily& family : catalogue()) names.push_back(family.name);
  return names;
}

std::vector<CatalogueFamily> chosen_families(const std::string& wanted) {
  std::vector<CatalogueFamily> all = catalogue();
  if (wanted.empty()) return all;
  std::erase_if(all, [&](const CatalogueFamily& family) { return family.name != wanted; });
  if (all.empty()) {
    throw InputError::unknown("list", "kind", wanted, family_names());
  }
  return all;
}

std::string table_of(const CatalogueFamily& family, std::size_t width) {
  std::size_t ids = 0;
  for (const CatalogueEntry& entry : family.entries) ids = std::max(ids, entry.id.size());
  std::string text = family.name + "\n";
  for (const CatalogueEntry& entry : family.entries) {
    text += fmt::format("  {:<{}}  {}\n", entry.id, ids, wrapped(entry.title, ids + 4, width));
  }
  return text;
}

ExitCode list(Session& session, const std::string& wanted) {
  nlohmann::ordered_json json;
  std::string text;
  for (const CatalogueFamily& family : chosen_families(wanted)) {
    auto& rows = json[family.name] = nlohmann::ordered_json::array();
    for (const CatalogueEntry& entry : family.entries) {
      rows.push_back({{"id", entry.id}, {"title", entry.title}});
    }
    text += (text.empty() ? "" : "\n") + table_of(family, session.console.width());
  }
  session.console.show(text);
  session.console.show_json(json);
  return ExitCode::kPass;
}

CommandAction attach_list(CommandLine line) {
  auto wanted = std::make_shared<std::string>();
  line.add_text({.name = "kind",
                 .help = fmt::format("One of: {} (default: all)", fmt::join(family_names(), ", "))},
                *wanted);
  return [wanted](Session& session) { return list(session, *wanted); };
}

}  // namespace

extern const CommandEntry list;
constinit const CommandEntry list = {
    .id = "list",
    .summary = "List the systems, metrics, datasets and everything else that has a name",
    .attach = &attach_list,
};

}  // namespace kgaudit::cli::commands_roster
