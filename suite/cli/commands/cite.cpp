#include <algorithm>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/cli/catalogue.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/references.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

/// What the entries of this name say of their sources.
std::vector<std::string> sources_of(const std::string& id) {
  std::vector<std::string> sources;
  std::vector<std::string> known;
  bool found = false;
  for (const CatalogueFamily& family : catalogue()) {
    for (const CatalogueEntry& entry : family.entries) {
      known.push_back(entry.id);
      if (entry.id != id) continue;
      found = true;
      for (const auto& [label, text] : entry.facts) {
        if (label == "Source" || label == "Citation") sources.push_back(text);
      }
    }
  }
  if (!found) {
    throw InputError::usage("cite", fmt::format("unknown id '{}'", printable(id)),
                            "an id from `kgaudit list`", InputError::guess(id, known));
  }
  return sources;
}

ExitCode cite(Session& session, const std::string& id) {
  std::vector<const Reference*> works = {references().data()};
  if (!id.empty()) {
    works.clear();
    for (const std::string& source : sources_of(id)) {
      for (const Reference* work : references_in(source)) {
        if (std::ranges::find(works, work) == works.end()) works.push_back(work);
      }
      session.console.note(fmt::format("{}: {}", id, source));
    }
    if (works.empty()) {
      session.console.note("no work of others: cite kgaudit");
      works.push_back(references().data());
    }
  }
  auto json = nlohmann::ordered_json::array();
  for (const Reference* work : works) {
    session.console.show(fmt::format("{}{}", json.empty() ? "" : "\n", work->bibtex));
    json.push_back({{"key", work->key}, {"bibtex", work->bibtex}});
  }
  session.console.show_json(json);
  return ExitCode::kPass;
}

CommandAction attach_cite(CommandLine line) {
  auto id = std::make_shared<std::string>();
  line.add_text(
      {.name = "id",
       .help = "A system, score, metric, data set ... of `kgaudit list` (default: kgaudit "
               "itself)"},
      *id);
  return [id](Session& session) { return cite(session, *id); };
}

}  // namespace

extern const CommandEntry cite;
constinit const CommandEntry cite = {
    .id = "cite",
    .summary = "Print the BibTeX entries of kgaudit, or of what a system or measure comes from",
    .attach = &attach_cite,
};

}  // namespace kgaudit::cli::commands_roster
