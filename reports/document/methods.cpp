#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/document/report_document.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/list_stability.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::size_t kGroupsNamed = 6;

std::string joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "none" : listed_in_words(texts);
}

std::vector<std::string> systems_of(const RunRecord& record) {
  std::vector<std::string> systems;
  for (const SystemView& row : system_views(record)) {
    const std::string& name = label_of(record, row.system);
    if (std::find(systems.begin(), systems.end(), name) == systems.end()) systems.push_back(name);
  }
  return systems;
}

// "link_prediction" of "link_prediction.mrr".
std::string family_of(const std::string& metric) { return metric.substr(0, metric.find('.')); }

struct Family {
  std::size_t facts = 0;
  std::set<std::string> intervals;
};

std::map<std::string, Family> families_of(const RunRecord& record) {
  std::map<std::string, Family> families;
  for (const MeasurementLine& line : record.measurements) {
    if (is_test_fact(line)) continue;       // said with the tests
    if (is_stability_fact(line)) continue;  // said of what is shown
    Family& family = families[family_of(line.metric)];
    ++family.facts;
    if (const auto& interval = line.measurement.interval()) {
      family.intervals.insert(
          fmt::format("{:.0f} % {}", interval->level * 100.0, interval->method));
    }
  }
  return families;
}

std::string tests_of(const RunRecord& record) {
  std::uint64_t permutations = 0;
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric == "leakage.p_value") permutations = line.measurement.n();
  }
  std::string out = tests_in_words(record);
  if (out.empty()) {
    out = "No test between systems is on record: differences are shown, not tested. ";
  }
  if (permutations > 0) {
    out += fmt::format(
        "The linear leakage probe was tested against itself on shuffled labels ({} permutations, "
        "smallest possible p 1/{}); these p-values are not corrected for the number of attributes "
        "and systems. ",
        permutations, permutations + 1);
  }
  return out;
}

std::string fingerprint(const std::map<std::string, std::string>& parts) {
  std::vector<std::string> texts;
  for (const auto& [part, value] : parts) texts.push_back(fmt::format("{} {}", part, value));
  return texts.empty() ? "unknown" : fmt::format("{}", fmt::join(texts, ", "));
}

// Of an audit: whether no relation was asked, and so nothing ranked.
bool of_rows_alone(const RunRecord& record) { return setting_of(record, "score").empty(); }

// "gender (person values male 2,914, female 803)".
std::vector<Spans> group_items(const RunRecord& record) {
  std::vector<Spans> items;
  const FactIndex facts(record);
  for (const std::string& attribute : attributes_of(record)) {
    std::vector<std::string> groups;
    std::size_t more = 0;
    for (const Facets& facets : facts.facets_of("score_gap.by_value")) {
      const auto value = facets.find("value");
      if (facets.size() != 2 || value == facets.end()) continue;
      if (facet_or(facets, "attribute") != attribute) continue;
      if (groups.size() == kGroupsNamed) {
        ++more;
        continue;
      }
      groups.push_back(
          fmt::format("{} {}", label_of(record, value->second),
                      with_thousands(facts.first("score_gap.by_value", facets)->measurement.n())));
    }
    if (groups.empty()) continue;
    std::string text = fmt::format(": {}", fmt::join(groups, ", "));
    if (more > 0) text += fmt::format(" and {} more values", more);
    items.push_back({strong(label_of(record, attribute)), {text + " (persons in train)."}});
  }
  return items;
}

}  // namespace

std::vector<Block> methods(const RunRecord& record) {
  const RunLine& run = record.run;
  const std::vector<std::uint64_t> seeds = seeds_of(record);
  Spans text;
  const auto say = [&text](std::string words) { text.push_back({std::move(words)}); };
  if (of_people_alone(record)) {
    // The names of the rows are all there is of a graph.
    say("Persons and their attributes are those of a file about people (names of rows: SHA-256 ");
  } else {
    say(fmt::format("The data set is {} (graph SHA-256 ", run.dataset));
  }
  text.push_back(code(run.graph_hash));
  for (const auto& [file, hash] : run.data_files) {
    say(fmt::format("; file {}, SHA-256 ", file));
    text.push_back(code(hash));
  }
  std::vector<std::string> settings;
  for (const auto& [name, value] : run.settings) {
    settings.push_back(fmt::format("{} {}", name, value));
  }
  const std::string version = run.build.contains("version") ? " " + run.build.at("version") : "";
  const std::string shown = settings.empty() ? "" : fmt::format(" ({})", fmt::join(settings, ", "));
  if (of_audit(record)) {
    // The first is the embedding; the others are what post-hoc systems would make of its rows.
    std::vector<std::string> names = systems_of(record);
    const std::string embedding = names.empty() ? "none" : names.front();
    say(fmt::format("). The embedding {} was trained elsewhere and read by kgaudit{}{}. ",
                    embedding, version, shown));
    if (names.size() > 1) {
      names.erase(names.begin());
      say(fmt::format("Beside it stand previews, made from its rows and not published: {}. ",
                      joined(names)));
    }
  } else {
    say(fmt::format(
        "). The systems {} were trained by kgaudit{} with {} {}{}. All systems of a seed "
        "see the same split, batches, negatives and initial values, and their epochs take "
        "turns on the machine. ",
        joined(systems_of(record)), version, seeds.size() == 1 ? "the seed" : "the seeds",
        fmt::join(seeds, ", "), shown));
  }
  std::vector<std::string> measured;
  for (const auto& [name, family] : families_of(record)) {
    measured.push_back(family.intervals.empty() ? name
                                                : fmt::format("{} (intervals: {})", name,
                                                              fmt::join(family.intervals, "; ")));
  }
  say(fmt::format("Measured: {}. ", joined(measured)));
  if (!of_audit(record) || !of_rows_alone(record)) {
    say("Ranking is filtered, heads and tails against all entities; ties get the mean of the best "
        "and the worst rank. ");
  }
  if (!of_audit(record)) {
    say("Means and sample standard deviations are over seeds; times are medians. ");
  }
  say(tests_of(record));
  say(fmt::format("Machine: {}. Build: {}.", fingerprint(run.machine), fingerprint(run.build)));
  return {Paragraph{std::move(text)}};
}

std::vector<Block> audit_statement(const RunRecord& record) {
  std::vector<Block> blocks;
  const bool alone = of_audit(record) && of_rows_alone(record);
  blocks.emplace_back(Paragraph{{strong("Intended use. "),
                                 {std::string(alone ? "To see what these rows tell of the persons "
                                                      "named, by the measures named. "
                                                    : "To compare systems on this graph, under "
                                                      "this plan, by the measures named. ") +
                                  "It does not certify that an embedding is fair, and judges no "
                                  "person in the data."}}});
  if (std::vector<Spans> groups = group_items(record); !groups.empty()) {
    blocks.emplace_back(
        Paragraph{{strong("Groups. "),
                   {"Values of the sensitive attributes as the data set states "
                    "them, with the number of persons whose score gap was measured:"}}});
    blocks.emplace_back(ItemList{std::move(groups)});
  }
  ItemList limits;
  const auto item = [&limits](std::string text) {
    limits.items.push_back(Spans{{std::move(text)}});
  };
  if (ranks_validation(record)) {
    item(
        "Validation triples were ranked, not test triples: where this report says test, it means "
        "them. Test triples are no part of the filter.");
  }
  const std::size_t seeds = seeds_of(record).size();
  if (of_audit(record)) {
    item("One embedding was audited: how much another training would differ is not known.");
  } else if (seeds < 3) {
    item(
        fmt::format("Only {} seed{}: the spread between runs is not known. Use at least 3 before "
                    "you call a difference real.",
                    seeds, seeds == 1 ? "" : "s"));
  }
  std::size_t measured = 0;
  std::size_t undefined = 0;
  for (const MeasurementLine& line : record.measurements) {
    if (is_stability_fact(line)) continue;
    if (is_test_fact(line)) continue;  // a test that cannot be made is no gap in what was measured
    ++measured;
    if (!line.measurement.defined()) ++undefined;
  }
  if (undefined > 0) {
    item(fmt::format("{} of {} measurements are undefined; the record gives the reasons.",
                     undefined, measured));
  }
  if (const std::size_t missing = missing_trainings(record).size(); missing > 0) {
    item(fmt::format("The run is not complete: {} of its trainings {} missing.", missing,
                     missing == 1 ? "is" : "are"));
  }
  if (alone) {
    item(
        "What these measures do not find may still be in the rows: each looks for one thing, and "
        "leakage counts only against the probes named.");
  } else {
    item(
        "A score gap near zero does not prove that the attribute cannot be read from the vectors. "
        "The leakage columns test that, and only against the probes named.");
    item(
        "Score gaps are in score units and grow with the norm of the vectors: compare them only "
        "between systems with the same score function, beside a scale-free measure.");
  }
  item(fmt::format(
      "The attribute values are those of the {0}, which covers few groups, and unevenly. Nothing "
      "here says how a system treats people whom the {0} leaves out.",
      of_people_alone(record) ? "file about people" : "data set"));
  item(
      "Numbers for small groups are uncertain: check the number of persons. Where a group was too "
      "small, the report gives the reason in place of a number.");
  if (!of_audit(record)) item("Times hold for the machine named above.");
  blocks.emplace_back(Paragraph{{strong("Limits.")}});
  blocks.emplace_back(std::move(limits));
  return blocks;
}

}  // namespace kgaudit::reports
