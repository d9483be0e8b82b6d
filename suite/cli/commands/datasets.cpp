#include <filesystem>
#include <memory>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <system_error>
#include <variant>

#include "datasets/fetch.hpp"
#include "datasets/known_datasets.hpp"
#include "datasets/load_dataset.hpp"
#include "datasets/planted/planted_files.hpp"
#include "datasets/planted/planted_people.hpp"
#include "datasets/rdf_import.hpp"
#include "datasets/splitting.hpp"
#include "suite/base/error.hpp"
#include "suite/base/shell_word.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/graph_preparation.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

using Json = nlohmann::ordered_json;

/// A card of the roster, a card's file, or the card in a folder of triples.
datasets::DatasetCard card_named(const std::string& id) {
  if (const datasets::DatasetCard* card = datasets::find_card(id)) return *card;
  std::error_code failure;
  const std::filesystem::path path = id;
  if (path.extension() == ".toml" && std::filesystem::exists(path, failure)) {
    return datasets::load_card(path);
  }
  if (std::filesystem::exists(path / "card.toml", failure)) {
    return datasets::load_card(path / "card.toml");
  }
  std::vector<std::string> known;
  for (const datasets::DatasetCard& card : datasets::embedded_cards()) known.push_back(card.id);
  const auto everything = datasets::list_datasets();
  const bool is_made = std::ranges::any_of(
      everything, [&](const datasets::DatasetSummary& one) { return one.id == id; });
  throw InputError::usage(
      "dataset",
      is_made ? fmt::format("'{}' is made by kgaudit itself and has no files to fetch", id)
              : fmt::format("unknown dataset '{}'", printable(id)),
      fmt::format("one of: {}; or a card (.toml)", fmt::join(known, ", ")),
      is_made ? "kgaudit datasets make writes it" : InputError::guess(id, known));
}

ExitCode list_all(Session& session) {
  auto json = Json::array();
  std::string text;
  for (const datasets::DatasetSummary& known : datasets::list_datasets()) {
    text += fmt::format("{:<16}{}\n{:16}{}; attributes: {}\n", known.id, known.title, "",
                        known.download_bytes > 0 ? "download " + bytes_text(known.download_bytes)
                                                 : "generated here",
                        fmt::join(known.sensitive, ", "));
    json.push_back({{"id", known.id},
                    {"title", known.title},
                    {"licence", known.licence},
                    {"download_bytes", known.download_bytes},
                    {"sensitive", known.sensitive}});
  }
  session.console.show(text);
  session.console.show_json(json);
  return ExitCode::kPass;
}

std::string integrity_text(const datasets::Dataset& data, std::size_t width) {
  if (data.integrity.findings.empty()) return "  integrity    no problems found\n";
  std::string text;
  for (const datasets::IntegrityFinding& finding : data.integrity.findings) {
    const std::string subject = finding.subject.empty() ? "" : " [" + finding.subject + "]";
    text += fmt::format("  {}{}: {}\n    {}\n", finding.id, subject, with_thousands(finding.count),
                        wrapped(finding.detail, 4, width));
  }
  return text;
}

std::string attribute_text(const datasets::Dataset& data) {
  std::string text;
  const auto add = [&](const datasets::PersonAttribute& attribute) {
    text += fmt::format("  {:<13}{} persons, {} values; most frequent:", attribute.id(),
                        with_thousands(attribute.train_persons().size()),
                        with_thousands(attribute.values().size()));
    constexpr std::size_t kShown = 3;
    for (std::size_t v = 0; v < std::min(kShown, attribute.values().size()); ++v) {
      text += fmt::format("{} {} ({})", v == 0 ? "" : ",",
                          printable(data.labels[attribute.values()[v].index()]),
                          with_thousands(attribute.train_counts()[v]));
    }
    text += "\n";
    for (const auto& [what, relations] : {std::pair{"stated too by", &attribute.source().also},
                                          std::pair{"told by", &attribute.source().proxies}}) {
      for (const datasets::StatingRelation& by : *relations) {
        text += fmt::format("    {} {}{}\n", what, by.inverse ? "the inverse of " : "",
                            printable(data.graph.relations().name(by.relation.value), 200));
      }
    }
  };
  for (const datasets::PersonAttribute& attribute : data.attributes.sensitive()) add(attribute);
  if (data.attributes.profession()) add(*data.attributes.profession());
  return text;
}

ExitCode show(Session& session, const std::string& name, const std::string& mirror) {
  datasets::LoadOptions options;
  if (!mirror.empty()) options.fetch.mirror = mirror;
  const datasets::DatasetSource source = datasets::dataset_from_word(name);
  const datasets::Dataset data = datasets::load_dataset(source, options, session.progress);
  const datasets::KnowledgeGraph& graph = data.graph;
  const auto* folder = std::get_if<datasets::TriplesFolder>(&source);
  std::error_code failure;
  const bool has_card = folder != nullptr
                            ? std::filesystem::exists(folder->folder / "card.toml", failure)
                            : !std::holds_alternative<datasets::TriplesArchive>(source);
  session.console.show(fmt::format(
      "{}: {}\n  entities     {}\n  relations    {}\n  triples      {} train, {} valid, {} test\n"
      "  persons      {}\n  graph hash   {}\n{}{}{}",
      data.id, data.title, with_thousands(graph.entity_count()),
      with_thousands(graph.relation_count()), with_thousands(graph.train().size()),
      with_thousands(graph.valid().size()), with_thousands(graph.test().size()),
      with_thousands(data.attributes.persons().size()), graph.digest().hex(), attribute_text(data),
      leaks_text(graph), integrity_text(data, session.console.width())));
  Json json = {{"id", data.id},
               {"title", data.title},
               {"entities", graph.entity_count()},
               {"relations", graph.relation_count()},
               {"train", graph.train().size()},
               {"valid", graph.valid().size()},
               {"test", graph.test().size()},
               {"persons", data.attributes.persons().size()},
               {"graph_hash", graph.digest().hex()},
               {"findings", Json::array()}};
  for (const datasets::IntegrityFinding& finding : data.integrity.findings) {
    json["findings"].push_back({{"id", finding.id},
                                {"subject", finding.subject},
                                {"count", finding.count},
                                {"detail", finding.detail}});
  }
  session.console.show_json(json);
  if (data.attributes.sensitive().empty() && !has_card) {
    session.console.note(
        fmt::format("no card says which relations are about persons; to guess them: kgaudit "
                    "datasets propose {}",
                    shell_path(name)));
  }
  return ExitCode::kPass;
}

ExitCode fetch(Session& session, const std::string& id, const std::string& mirror) {
  datasets::FetchOptions options;
  if (!mirror.empty()) options.mirror = mirror;
  auto json = Json::array();
  for (const auto& file : datasets::fetch_dataset(card_named(id), options, session.progress)) {
    session.console.show(file.string() + "\n");
    json.push_back(file.string());
  }
  session.console.show_json({{"files", json}});
  return ExitCode::kPass;
}

/// What to do about files that are not as their card says; "" if all are.
std::string advice_for_files(std::span<const datasets::FileState> states,
                             const datasets::DatasetCard& card, const std::string& id) {
  using datasets::FileCondition;
  bool unchecked = false;
  bool own = false;  // lies beside the card: there is no place to fetch it from
  for (const datasets::FileState& state : states) {
    if (state.condition == FileCondition::kGood) continue;
    if (state.condition == FileCondition::kUnchecked) {
      unchecked = true;
    } else if (state.file.url.empty()) {
      own = true;
    } else {
      return fmt::format("kgaudit datasets fetch {}",
                         datasets::find_card(id) != nullptr ? id : shell_path(card.source));
    }
  }
  if (own) return "restore the files, or the card that was written with them";
  if (!unchecked) return "";
  return fmt::format("sha256 = \"...\" for each file in {}, as sha256sum prints it", card.source);
}

ExitCode verify(Session& session, const std::string& id) {
  auto json = Json::array();
  const datasets::DatasetCard card = card_named(id);
  const auto states = datasets::verify_dataset(card);
  std::size_t width = 12;
  for (const datasets::FileState& state : states) {
    width = std::max(width, datasets::to_text(state.condition).size());
  }
  for (const datasets::FileState& state : states) {
    session.console.show(fmt::format("{:<{}}  {}\n", datasets::to_text(state.condition), width,
                                     state.path.string()));
    json.push_back({{"path", state.path.string()},
                    {"condition", datasets::to_text(state.condition)},
                    {"expected_sha256", state.file.sha256},
                    {"got_sha256", state.got_sha256}});
  }
  session.console.show_json({{"files", json}});
  const std::string advice = advice_for_files(states, card, id);
  if (advice.empty()) return ExitCode::kPass;
  session.console.note("try: " + advice);
  return ExitCode::kUnreadable;
}

ExitCode make(Session& session, const std::string& folder,
              const std::vector<std::string>& settings) {
  Parameters parameters(datasets::planted_people_parameters());
  for (const std::string& setting : settings) {
    const auto equals = std::min(setting.find('='), setting.size());
    parameters.set(setting.substr(0, equals),
                   std::string_view(setting).substr(std::min(equals + 1, setting.size())), "--set");
  }
  datasets::write_planted_people(folder, parameters, session.progress);
  session.console.show(folder + "\n");
  session.console.show_json({{"directory", folder}});
  return ExitCode::kPass;
}

/// What was typed for the rows of a table; an empty text = the row's default.
Parameters settings_of(std::span<const ParameterSpec> table,
                       const std::vector<std::string>& typed) {
  Parameters parameters(table);
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (typed[i].empty()) continue;
    parameters.set(table[i].name, std::string_view(typed[i]), "--" + table[i].name);
  }
  return parameters;
}

/// An option for each row of a table, into `typed`.
void add_settings(CommandLine& line, std::span<const ParameterSpec> table,
                  std::vector<std::string>& typed) {
  typed.resize(table.size());
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const ParameterSpec& row = table[i];
    const std::string standard = value_text(row.default_value);
    line.add_text({.name = "--" + row.name,
                   .help = fmt::format("{} ({}{}; default: {})", row.meaning, row.range_text(),
                                       row.unit.empty() ? "" : ", " + row.unit,
                                       standard.empty() ? "none" : standard),
                   .type = "VALUE"},
                  typed[i], Repeated::kLastWins);
  }
}

std::string planted_help() {
  std::string text = "NAME=VALUE, may be repeated:";
  for (const ParameterSpec& row : datasets::planted_people_parameters()) {
    text += fmt::format(" {} ({}; {}{}; default: {}).", row.name, row.meaning, row.range_text(),
                        row.unit.empty() ? "" : ", " + row.unit, value_text(row.default_value));
  }
  return text;
}

CommandAction attach_datasets(CommandLine line) {
  struct Options {
    std::string name;
    std::string mirror;
    std::string folder;
    std::vector<std::string> settings;
    std::vector<std::string> typed;  ///< for each row of split_parameters; empty = its default
    std::vector<std::string> typed_for_import;  ///< the same of import_parameters
    CommandAction chosen;
  };
  auto o = std::make_shared<Options>();
  // `o` outlives the callbacks; a raw pointer in them keeps the options from owning themselves.
  Options* const options = o.get();
  line.require_command();
  const auto add = [options, &line](const char* name, const char* summary,
                                    const CommandAction& action) {
    CommandLine below = line.add_command(name, summary);
    below.when_typed([options, action] { options->chosen = action; });
    return below;
  };
  const auto add_mirror = [options](CommandLine below) {
    below.add_text({.name = "--mirror",
                    .help = "Folder or address to fetch from, laid out by host and path (default: "
                            "$KGAUDIT_MIRROR, else the public addresses)",
                    .type = "DIR|URL"},
                   options->mirror);
  };
  const std::string known = "A dataset from `kgaudit datasets list`";
  const auto add_name = [options](CommandLine below, const std::string& help) {
    below.add_text({.name = "name", .help = help, .required = true}, options->name);
  };

  add("list", "List the datasets with their download size and attributes", list_all);
  CommandLine below =
      add("show", "Load a dataset and show its counts, attributes and problems",
          [options](Session& s) { return show(s, options->name, options->mirror); });
  add_name(below, known + ", or a path to a graph or card");
  add_mirror(below);
  below = add("fetch", "Download a dataset into the cache and check its digests",
              [options](Session& s) { return fetch(s, options->name, options->mirror); });
  add_name(below, known + ", or a card (.toml)");
  add_mirror(below);
  below = add("verify", "Check the cached files of a dataset against its card",
              [options](Session& s) { return verify(s, options->name); });
  add_name(below, known + ", or a card (.toml)");
  below = add("make", "Generate a planted-people graph, whose bias is known, as files",
              [options](Session& s) { return make(s, options->folder, options->settings); });
  below.add_text({.name = "--out",
                  .help = "New folder for the files (required)",
                  .type = "DIR",
                  .required = true},
                 options->folder);
  below.add_words({.name = "--set", .help = planted_help(), .type = "NAME=VALUE"},
                  options->settings, Words::kOneEach);
  below =
      add("split", "Make train, valid and test from one file of triples", [options](Session& s) {
        return split_file(s, options->name, options->folder,
                          settings_of(datasets::split_parameters(), options->typed));
      });
  add_name(below, "File with one triple a line, three names with tabs between them");
  below.add_text({.name = "--out",
                  .help = "New folder for train.txt, valid.txt, test.txt and split.json (required)",
                  .type = "DIR",
                  .required = true},
                 options->folder);
  add_settings(below, datasets::split_parameters(), options->typed);
  below = add("import", "Make a graph of the persons of a dump of RDF (Wikidata's, N-Triples)",
              [options](Session& s) {
                return import_dump(
                    s, options->name, options->folder,
                    settings_of(datasets::import_parameters(), options->typed_for_import));
              });
  add_name(below, "N-Triples, plain, gzip, bzip2 or zstd; all triples of a subject stand together");
  below.add_text({.name = "--out",
                  .help = "New folder for train.txt, valid.txt, test.txt, import.json and, for "
                          "Wikidata's properties, card.toml (required)",
                  .type = "DIR",
                  .required = true},
                 options->folder);
  add_settings(below, datasets::import_parameters(), options->typed_for_import);
  below = add("propose", "Propose a card: which relations are about persons' gender, religion ...",
              [options](Session& s) { return propose_card(s, options->name, options->folder); });
  add_name(below, "A folder or archive of triples");
  below.add_text({.name = "--out",
                  .help = "New file for the card; `kgaudit bench --triples DIR` finds it as "
                          "DIR/card.toml (default: print it)",
                  .type = "FILE"},
                 options->folder);
  return [o](Session& session) { return o->chosen(session); };
}

}  // namespace

extern const CommandEntry datasets;
constinit const CommandEntry datasets = {
    .id = "datasets",
    .summary = "List, show, fetch, verify, make, split, import and describe datasets",
    .attach = &attach_datasets,
    .when_stopped = "no unfinished file is in use; `datasets fetch` goes on where it stopped",
};

}  // namespace kgaudit::cli::commands_roster
