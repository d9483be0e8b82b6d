#include "reports/document/report_document.hpp"

#include <limits>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/record/fact_index.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/attribute_table.hpp"
#include "reports/tables/breakdown_tables.hpp"
#include "reports/tables/comparison_table.hpp"
#include "reports/tables/profession_table.hpp"
#include "reports/tables/side_by_side.hpp"
#include "reports/tables/significance_table.hpp"
#include "reports/tables/time_table.hpp"
#include "suite/base/files/strict_json.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::size_t kAllRows = std::numeric_limits<std::size_t>::max();
constexpr const char* kProfessionsExplained =
    "B is how much a profession's score rises, mean over persons, when the person's vector is "
    "moved "
    "one small step towards one value of the attribute and away from the other (Fisher et al. "
    "2019). It is in score units: compare within a column, not between systems. Where the score is "
    "a dot product B is exact and has no interval of its own.";

/// How a table stands in its part.
struct Placing {
  int below = 0;        ///< levels below the part's chapters
  bool folded = false;  ///< formats that can fold it away behind its title do
};

/// Writes the chapters of one record. The heading levels of a part lie one below those of a report
/// of a single record.
class Part {
 public:
  Part(Document& document, std::set<std::string>& keys, const RunRecord& record, std::size_t index,
       bool alone, const ReportOptions& options)
      : document_(document),
        keys_(keys),
        record_(record),
        facts_(record),
        index_(index),
        prefix_(alone ? "" : slug(record.run.dataset) + "_"),
        level_(alone ? 2 : 3),
        options_(options) {}

  void write() {
    table("comparison", comparison_table(record_, facts_, options_.spread));
    figures(Section::kComparison);
    table("significance", significance_table(record_), {.folded = true});
    table("likeness", equivalence_table(record_), {.folded = true});
    heading("Methods");
    append(methods(record_));
    heading("What was run");
    what_was_run();
    groups();
    professions();
    table("test_sets", test_set_table(record_, facts_, options_.spread));
    table("relations", relation_table(record_, facts_, options_.relations, options_.spread),
          relation_table(record_, facts_, kAllRows, options_.spread), {.folded = true});
    table("whitelist", whitelist_table(record_, facts_, options_.spread), {.folded = true});
    table("popularity", degree_table(record_, facts_, options_.spread));
    table("time", time_table(record_));
    figures(Section::kTime);
    findings();
    heading("Audit statement");
    append(audit_statement(record_));
    reproduction();
  }

 private:
  void add(Block block) { document_.blocks.push_back(std::move(block)); }
  void append(std::vector<Block> blocks) {
    for (Block& block : blocks) add(std::move(block));
  }
  void heading(std::string text, int below = 0) { add(Heading{level_ + below, std::move(text)}); }

  // A key that no other block has, whatever the data call their attributes.
  std::string unique(const std::string& wanted) {
    std::string key = prefix_ + wanted;
    for (int i = 2; !keys_.insert(key).second; ++i) {
      key = fmt::format("{}{}_{}", prefix_, wanted, i);
    }
    return key;
  }
  void table(const std::string& key, Table table, Placing placing = {}) {
    if (table.rows.empty()) return;
    add(TableBlock{.key = unique(key),
                   .table = std::move(table),
                   .folded = placing.folded,
                   .level = level_ + placing.below});
  }
  // A table of which `cut` shows the first rows.
  void table(const std::string& key, Table cut, Table uncut, Placing placing) {
    if (cut.rows.empty()) return;
    const bool shorter = cut.rows.size() < uncut.rows.size();
    table(key, std::move(cut), placing);
    if (shorter) std::get<TableBlock>(document_.blocks.back()).uncut = std::move(uncut);
  }
  void figures(Section section) {
    for (const PlacedFigure& placed : options_.figures) {
      if (placed.record == index_ && placed.section == section) add(placed.figure);
    }
  }

  void what_was_run() {
    const RunLine& run = record_.run;
    ItemList list;
    const auto item = [&list](std::string name, Spans rest) {
      Spans spans = {strong(std::move(name)), {": "}};
      for (Span& span : rest) spans.push_back(std::move(span));
      list.items.push_back(std::move(spans));
    };
    item("Data set", {{run.dataset + ", graph "}, code(run.graph_hash)});
    std::vector<std::string> systems;
    for (const SystemView& row : facts_.systems()) systems.push_back(name_of(record_, row));
    item("Systems", {{fmt::format("{}", fmt::join(systems, ", "))}});
    item("Seeds", {{fmt::format("{}", fmt::join(seeds_of(record_), ", "))}});
    for (const auto& [name, value] : run.settings) item(name, {{value}});
    item("Run", {code(run.run), {", started " + run.started}});
    const auto fingerprint = [&](const char* name,
                                 const std::map<std::string, std::string>& parts) {
      std::vector<std::string> texts;
      for (const auto& [part, value] : parts) texts.push_back(fmt::format("{} {}", part, value));
      if (!texts.empty()) item(name, {{fmt::format("{}", fmt::join(texts, "; "))}});
    };
    fingerprint("Build", run.build);
    fingerprint("Machine", run.machine);
    for (const auto& [file, hash] : run.data_files) {
      item("Data file", {{file + ", SHA-256 "}, code(hash)});
    }
    add(std::move(list));
  }

  void groups() {
    for (const std::string& attribute : attributes_of(record_)) {
      table("attribute_" + slug(attribute),
            attribute_table(record_, facts_, attribute, options_.spread));
      table("groups_" + slug(attribute), group_table(record_, facts_, attribute, options_.spread),
            {.below = 1});
    }
    figures(Section::kGroups);
  }

  void professions() {
    bool first = true;
    for (const std::string& attribute : attributes_of(record_)) {
      for (const SystemView& system : facts_.systems()) {
        Table professions = profession_table(record_, facts_, system, attribute,
                                             options_.professions, options_.spread);
        if (professions.rows.empty()) continue;
        if (first) {
          heading("Professions");
          add(Paragraph{{{kProfessionsExplained}}});
        }
        // The first system's lists are in sight; the others fold away.
        table(fmt::format("professions_{}_{}", slug(attribute), slug(name_of(record_, system))),
              std::move(professions),
              profession_table(record_, facts_, system, attribute, kAllRows, options_.spread),
              {.below = 1, .folded = !first});
        first = false;
      }
    }
    figures(Section::kProfessions);
  }

  void findings() {
    heading("Integrity");
    ItemList list;
    for (const FindingLine& finding : record_.findings) {
      list.items.push_back({strong(finding.level),
                            {" "},
                            code(finding.check),
                            {fmt::format(", {}: {}", finding.subject, finding.message)}});
    }
    for (const std::string& notice : record_.notices) {
      list.items.push_back({strong("notice"), {": " + notice}});
    }
    if (list.items.empty()) {
      add(Paragraph{{{"No findings."}}});
    } else {
      add(std::move(list));
    }
  }

  void reproduction() {
    heading("How to reproduce");
    add(Paragraph{
        {{"Save the plan below and run it with the same build: the hashes of the trained tables "
          "must be the same. Times will differ."}}});
    Table hashes;
    hashes.title = "Hashes of the trained tables";
    hashes.columns = {text_column("system", "system"),
                      {.key = "seed", .header = "seed"},
                      text_column("table_sha_256", "table, SHA-256")};
    for (const TableHashLine& line : record_.table_hashes) {
      hashes.rows.push_back({{TextCell{label_of(record_, line.system)},
                              TextCell{std::to_string(line.seed)}, TextCell{line.digest}},
                             false});
    }
    table("table_hashes", std::move(hashes), {.below = 1});
    add(Paragraph{{{"Plan, SHA-256 "}, code(record_.run.plan_hash), {":"}}});
    add(Verbatim{"json", parse_strict_json(record_.run.plan, "plan").dump(2)});
  }

  Document& document_;
  std::set<std::string>& keys_;
  const RunRecord& record_;
  FactIndex facts_;
  std::size_t index_;
  std::string prefix_;
  int level_;
  const ReportOptions& options_;
};

}  // namespace

std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool word = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
    if (word) {
      out += low;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.size() > 40) out.resize(40);
  return out.empty() ? "x" : out;
}

Document report_document(Records records, const ReportOptions& options) {
  Document document;
  std::vector<std::string> names;
  for (const RunRecord& record : records) {
    if (names.empty() || names.back() != record.run.dataset) names.push_back(record.run.dataset);
  }
  document.title = fmt::format("Bias audit: {}", fmt::join(names, ", "));
  for (const std::string& sentence : options.opening) {
    document.blocks.emplace_back(Paragraph{{{sentence}}});
  }
  std::set<std::string> keys;
  const bool alone = records.size() == 1;
  for (std::size_t i = 1; options.side_by_side && i < records.size(); ++i) {
    const std::string key = fmt::format("run1_against_run{}", i + 1);
    document.blocks.emplace_back(
        TableBlock{.key = key,
                   .table = side_by_side(records.front(), records[i], fmt::format("run {}", i + 1),
                                         options.spread)});
    keys.insert(key);
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!alone) {
      document.blocks.emplace_back(
          Heading{2, fmt::format("Run {}: {}, plan {}", i + 1, records[i].run.dataset,
                                 records[i].run.plan_hash.substr(0, 8))});
    }
    Part(document, keys, records[i], i, alone, options).write();
  }
  return document;
}

Report make_report(Records records, ReportOptions options) {
  Document document = report_document(records, options);
  return {records, std::move(options), std::move(document)};
}

}  // namespace kgaudit::reports
