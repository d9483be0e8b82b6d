#include "suite/cli/graph_preparation.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <system_error>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "datasets/card_proposal.hpp"
#include "datasets/dataset_source.hpp"
#include "datasets/known_datasets.hpp"
#include "datasets/leaks.hpp"
#include "datasets/load_dataset.hpp"
#include "datasets/load_graph.hpp"
#include "datasets/rdf_import.hpp"
#include "datasets/splitting.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/shell_word.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/dataset_source.hpp"

namespace kgaudit::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kShownPairs = 5;

std::string percent(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

/// "  r  is repeated by the inverse of s: 1,086 triples (100 % of r, 98 % of s)", the largest.
std::string pairs_text(std::span<const datasets::RelationOverlap> overlaps,
                       const datasets::Vocabulary& relations) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kShownPairs, overlaps.size()); ++i) {
    const datasets::RelationOverlap& o = overlaps[i];
    const std::string a = printable(relations.name(o.a.value), 200);
    if (o.a == o.b) {
      text += fmt::format("    {} is symmetric: {} triples ({})\n", a, with_thousands(o.shared),
                          percent(o.share_of_a));
      continue;
    }
    text +=
        fmt::format("    {}{} repeats {}: {} triples ({} and {} of theirs)\n",
                    o.inverse ? "the inverse of " : "", printable(relations.name(o.b.value), 200),
                    a, with_thousands(o.shared), percent(o.share_of_b), percent(o.share_of_a));
  }
  if (overlaps.size() > kShownPairs) {
    text += fmt::format("    and {} more\n", with_thousands(overlaps.size() - kShownPairs));
  }
  return text;
}

std::string split_text(const datasets::TripleFile& file, const datasets::Split& split,
                       const datasets::SplitOptions& options) {
  std::string text =
      fmt::format("  train        {}\n  valid        {}\n  test         {}\n",
                  with_thousands(split.train.size()), with_thousands(split.valid.size()),
                  with_thousands(split.test.size()));
  if (split.copies > 0) {
    text += fmt::format("  left out     {} copies\n", with_thousands(split.copies));
  }
  if (split.dropped > 0) {
    text += fmt::format("  dropped      {} triples that say what another says\n",
                        with_thousands(split.dropped));
  }
  text += fmt::format("  rule         {}\n", wrapped(split_rule(options), 15, 100));
  if (split.overlaps.empty()) return text + "  leaks        no relation repeats another\n";
  const bool one = split.overlaps.size() == 1;
  text +=
      fmt::format("  leaks        {} {} the same facts:\n", with_thousands(split.overlaps.size()),
                  one ? "pair of relations tells" : "pairs of relations tell");
  text += pairs_text(split.overlaps, file.relations);
  text += fmt::format("  leaking      {} of {} test triples and {} of {} in valid\n",
                      with_thousands(split.leaking_test), with_thousands(split.test.size()),
                      with_thousands(split.leaking_valid), with_thousands(split.valid.size()));
  return text;
}

std::string import_text(const datasets::ImportReport& report) {
  std::string text =
      fmt::format("  persons      {}, {} of them without a kept fact\n",
                  with_thousands(report.persons), with_thousands(report.persons_without_facts));
  for (const datasets::ImportedRelation& relation : report.relations) {
    text += fmt::format("  {:<12} {} triples of {} persons", printable(relation.name),
                        with_thousands(relation.triples), with_thousands(relation.persons));
    for (const auto& [count, what] :
         {std::pair{relation.unknown, "unknown values"}, std::pair{relation.literals, "literals"},
          std::pair{relation.copies, "copies"}}) {
      if (count > 0) text += fmt::format("; left out: {} {}", with_thousands(count), what);
    }
    text += "\n";
  }
  return text + fmt::format("  train        {}\n  valid        {}\n  test         {}\n",
                            with_thousands(report.train), with_thousands(report.valid),
                            with_thousands(report.test));
}

/// The graph itself; a card that may lie beside it is not looked at.
datasets::KnowledgeGraph graph_of(const datasets::DatasetSource& source, Progress& progress) {
  if (const auto* folder = std::get_if<datasets::TriplesFolder>(&source)) {
    return datasets::load_graph_directory(folder->folder, nullptr, progress).graph;
  }
  if (const auto* archive = std::get_if<datasets::TriplesArchive>(&source)) {
    return datasets::load_graph_archive(archive->archive, nullptr, progress).graph;
  }
  return datasets::load_dataset(source, {}, progress).graph;
}

Json relation_json(const datasets::ProposedRelation& relation,
                   const datasets::KnowledgeGraph& graph) {
  return {{"relation", graph.relations().name(relation.stating.relation.value)},
          {"inverse", relation.stating.inverse},
          {"confidence", datasets::to_text(relation.confidence)},
          {"reason", relation.reason},
          {"persons", relation.persons},
          {"values", relation.values}};
}

Json attribute_json(const datasets::ProposedAttribute& attribute,
                    const datasets::KnowledgeGraph& graph) {
  const auto list = [&](const std::vector<datasets::ProposedRelation>& relations) {
    Json json = Json::array();
    for (const auto& relation : relations) json.push_back(relation_json(relation, graph));
    return json;
  };
  return {{"id", attribute.id},
          {"first", relation_json(attribute.first, graph)},
          {"also", list(attribute.also)},
          {"proxies", list(attribute.proxies)},
          {"doubtful", list(attribute.doubtful)}};
}

/// A path as a command takes it that takes names of data sets, too.
std::string word_for_path(const std::string& path) {
  return shell_path(path.find('/') == std::string::npos && !path.starts_with('.') ? "./" + path
                                                                                  : path);
}

/// The same where no "./" is needed.
std::string word_for_graph(const std::string& path) {
  const bool names_known = std::ranges::any_of(datasets::list_datasets(),
                                               [&](const auto& known) { return known.id == path; });
  return names_known ? word_for_path(path) : shell_path(path);
}

std::string advice_to_propose(const std::string& folder) {
  return fmt::format("to describe the graph: kgaudit datasets propose {} --out {}",
                     word_for_graph(folder), shell_path(folder + "/card.toml"));
}

void refuse_to_overwrite(const std::string& file) {
  std::error_code failure;
  if (!fs::exists(file, failure)) return;
  throw InputError::usage(file, "something is there already", "a new file");
}

}  // namespace

ExitCode split_file(Session& session, const std::string& file, const std::string& out,
                    const Parameters& parameters) {
  const datasets::SplitOptions options = datasets::split_options(parameters);
  const datasets::TripleFile triples =
      datasets::load_triple_file(file, datasets::column_order(parameters), session.progress);
  const datasets::Split split = datasets::split_triples(triples.triples, triples.entities.size(),
                                                        triples.relations.size(), options, file);
  datasets::write_split(out, triples, split, options);
  session.console.show(fmt::format("{}\n{}", out, split_text(triples, split, options)));
  Json json = Json::parse(datasets::split_json(triples, split, options));
  json["directory"] = out;
  session.console.show_json(json);
  if (split.leaking_test > 0) {
    session.console.note("train answers some test triples; to avoid it: --leaks together or drop");
  }
  session.console.note(advice_to_propose(out));
  return ExitCode::kPass;
}

ExitCode import_dump(Session& session, const std::string& dump, const std::string& out,
                     const Parameters& parameters) {
  const datasets::ImportOptions options = datasets::import_options(parameters);
  const datasets::ImportReport report =
      datasets::import_people(dump, out, options, session.progress);
  session.console.show(fmt::format("{}\n{}", out, import_text(report)));
  Json json = Json::parse(datasets::import_json(report, options));
  json["directory"] = out;
  session.console.show_json(json);
  session.console.note(
      report.has_card
          ? fmt::format("read {}/card.toml before you use it; then: kgaudit datasets show {}", out,
                        word_for_path(out))
          : advice_to_propose(out));
  return ExitCode::kPass;
}

ExitCode propose_card(Session& session, const std::string& path, const std::string& out) {
  if (!out.empty()) refuse_to_overwrite(out);
  const datasets::DatasetSource source = datasets::dataset_from_word(path);
  const datasets::KnowledgeGraph graph = graph_of(source, session.progress);
  const datasets::CardProposal proposal = datasets::propose_card(graph, session.progress);
  if (proposal.sensitive.empty() && !proposal.profession) {
    session.console.error(
        "no relation looks like gender, religion, ethnicity, nationality or profession\n"
        "  try: a card written by hand, as docs/cards.md says");
    session.console.show_json({{"sensitive", Json::array()}});
    return ExitCode::kNothingMeasured;
  }
  const std::string toml = datasets::proposal_toml(proposal, graph, datasets::name_of(source));
  Json json = {{"sensitive", Json::array()}};
  for (const auto& attribute : proposal.sensitive) {
    json["sensitive"].push_back(attribute_json(attribute, graph));
  }
  if (proposal.profession) json["profession"] = attribute_json(*proposal.profession, graph);
  json["card"] = toml;
  if (out.empty()) {
    session.console.show(toml);
  } else {
    write_atomically(out, toml, kOutputComplaint);
    json["file"] = out;
    session.console.show(out + "\n");
    session.console.note("read it before you use it: every line is a guess with its reason");
  }
  session.console.show_json(json);
  return ExitCode::kPass;
}

std::string leaks_text(const datasets::KnowledgeGraph& graph) {
  std::vector<datasets::Triple> all;
  for (const auto list : {graph.train(), graph.valid(), graph.test()}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  const auto overlaps = datasets::overlapping_relations(all, graph.relation_count(),
                                                        datasets::SplitOptions{}.overlap);
  if (overlaps.empty()) return "";
  const datasets::Counterparts counterparts(overlaps, graph.relation_count());
  return fmt::format(
      "  leaks        train answers {} of {} test triples by another relation; {} pairs of "
      "relations tell the same facts:\n{}",
      with_thousands(datasets::leaking_triples(graph.test(), graph.train(), counterparts)),
      with_thousands(graph.test().size()), with_thousands(overlaps.size()),
      pairs_text(overlaps, graph.relations()));
}

std::string advice_for_card(const run::Plan& plan) {
  const std::string& triples = plan.dataset().text("triples");
  std::error_code failure;
  // Loading says what is wrong with a path.
  if (triples.empty() || !plan.dataset().text("card").empty() || !fs::exists(triples, failure) ||
      std::holds_alternative<datasets::CardOfFiles>(run::dataset_source(plan))) {
    return "";
  }
  const bool folder = fs::is_directory(triples, failure);
  const fs::path card = fs::path(triples) / "card.toml";
  if (folder && fs::exists(card, failure)) return "";
  return fmt::format(
      "no card says which relations of these triples are about persons; try: kgaudit datasets "
      "propose {} --out {}",
      word_for_graph(triples),
      folder ? shell_path(card.string()) : "card.toml, then --card card.toml");
}

std::string guess_for_card(const datasets::KnowledgeGraph& graph, Progress& progress) {
  const datasets::CardProposal proposal = datasets::propose_card(graph, progress);
  std::vector<std::string> words;
  const auto add = [&](const datasets::ProposedAttribute& attribute) {
    const datasets::ProposedRelation& first = attribute.first;
    words.push_back(
        fmt::format("{} ({}{}, {} persons, {} values)", attribute.id,
                    first.stating.inverse ? "the inverse of " : "",
                    printable(graph.relations().name(first.stating.relation.value), 200),
                    with_thousands(first.persons), with_thousands(first.values)));
  };
  for (const datasets::ProposedAttribute& attribute : proposal.sensitive) add(attribute);
  if (proposal.profession) add(*proposal.profession);
  if (words.empty()) {
    return "no relation looks like gender, religion, ethnicity, nationality or profession; "
           "docs/cards.md says how to write a card";
  }
  return fmt::format("by name and shape a card could have: {}", fmt::join(words, ", "));
}

}  // namespace kgaudit::cli
