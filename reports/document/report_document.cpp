#include "reports/document/report_document.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/document/finding_sentence.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/side_by_side.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr const char* kProfessionsExplained =
    "B is how much a profession's score rises, mean over persons, when the person's vector is "
    "moved "
    "one small step towards one value of the attribute and away from the other (Fisher et al. "
    "2019). It is in score units: compare within a column, not between systems. Where the score is "
    "a dot product B is exact and has no interval of its own.";

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
    verdict();
    if (options_.brief) {
      write_brief();
      return;
    }
    tables(Chapter::kComparison, made_for());
    figures(Section::kComparison);
    tables(Chapter::kTests, made_for());
    heading("Methods");
    append(methods(record_));
    heading("What was run");
    what_was_run();
    groups();
    professions();
    tables(Chapter::kRanking, made_for());
    tables(Chapter::kTime, made_for());
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
  void heading(std::string text) { add(Heading{level_, std::move(text)}); }

  // A key that no other block has, whatever the data call their attributes.
  std::string unique(const std::string& wanted) {
    std::string key = prefix_ + wanted;
    for (int i = 2; !keys_.insert(key).second; ++i) {
      key = fmt::format("{}{}_{}", prefix_, wanted, i);
    }
    return key;
  }
  void table(const std::string& key, Table table, int below, bool folded) {
    if (table.rows.empty()) return;
    add(TableBlock{
        .key = unique(key), .table = std::move(table), .folded = folded, .level = level_ + below});
  }
  [[nodiscard]] TableOptions made_for(const std::string& attribute = "",
                                      const SystemView& row = {}) const {
    return {.spread = options_.spread,
            .professions = options_.professions,
            .relations = options_.relations,
            .every_column = options_.choice.names_columns(),
            .attribute = attribute,
            .row = row};
  }
  // What the key of a table ends with: "", "_gender", "_gender_kl_attr".
  [[nodiscard]] std::string ending(const TableOptions& options) const {
    if (options.attribute.empty()) return "";
    std::string text = "_" + slug(options.attribute);
    if (!options.row.system.empty()) text += "_" + slug(name_of(record_, options.row));
    return text;
  }
  void write_brief() {
    const RunTable& comparison = find_run_table("comparison");
    const Table whole = comparison.make(record_, facts_, made_for());
    table("comparison",
          options_.choice.any() ? chosen_part(whole, options_.choice) : short_comparison(whole),
          comparison.below, false);
    findings();
    reproduction();
  }
  void table(const RunTable& entry, const TableOptions& options, bool folded) {
    Table made = entry.make(record_, facts_, options);
    if (made.rows.empty()) return;
    if (entry.id == "comparison" && options_.choice.any()) {
      made = chosen_part(made, options_.choice);
    }
    const std::size_t shown = made.rows.size();
    table(std::string(entry.id) + ending(options), std::move(made), entry.below, folded);
    auto& block = std::get<TableBlock>(document_.blocks.back());
    if (!options.row.system.empty()) {
      block.kind = prefix_ + std::string(entry.id);
      block.attribute = options.attribute;
      block.system = name_of(record_, options.row);
    }
    if (!entry.limited) return;
    TableOptions all = options;
    all.professions = all.relations = std::numeric_limits<std::size_t>::max();
    Table uncut = entry.make(record_, facts_, all);
    if (uncut.rows.size() > shown) {
      block.uncut = std::move(uncut);
    }
  }
  void tables(Chapter chapter, const TableOptions& options) {
    for (const RunTable* entry : run_tables()) {
      if (entry->chapter == chapter) table(*entry, options, entry->folded);
    }
  }
  void figures(Section section) {
    for (const PlacedFigure& placed : options_.figures) {
      if (placed.record == index_ && placed.section == section) add(placed.figure);
    }
  }

  /// "In short: of 8 rows ..." with what it is about in bold.
  static Spans with_label(const std::string& sentence) {
    constexpr std::size_t kLongestLabel = 80;
    const std::size_t colon = sentence.find(": ");
    const std::size_t stop = sentence.find(". ");
    if (colon == std::string::npos || colon > std::min(stop, kLongestLabel)) return {{sentence}};
    return {strong(sentence.substr(0, colon + 1)), {sentence.substr(colon + 1)}};
  }

  void verdict() {
    const std::vector<std::string> sentences = reports::verdict(record_);
    if (sentences.empty()) return;
    heading("Verdict");
    ItemList list;
    for (const std::string& sentence : sentences) list.items.push_back(with_label(sentence));
    add(std::move(list));
  }

  void what_was_run() {
    const RunLine& run = record_.run;
    ItemList list;
    const auto item = [&list](std::string name, Spans rest) {
      Spans spans = {strong(std::move(name)), {": "}};
      for (Span& span : rest) spans.push_back(std::move(span));
      list.items.push_back(std::move(spans));
    };
    if (of_people_alone(record_)) {
      item("Persons", {{"those of a file about people, without a data set"}});
    } else {
      item("Data set", {{run.dataset + ", graph "}, code(run.graph_hash)});
    }
    std::vector<std::string> systems;
    for (const SystemView& row : facts_.systems()) systems.push_back(name_of(record_, row));
    // One audited embedding stands among the settings.
    if (!of_audit(record_) || systems.size() > 1) {
      item("Systems", {{fmt::format("{}", fmt::join(systems, ", "))}});
    }
    if (!of_audit(record_)) {
      item("Seeds", {{fmt::format("{}", fmt::join(seeds_of(record_), ", "))}});
    }
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
      tables(Chapter::kGroups, made_for(attribute));
    }
    figures(Section::kGroups);
  }

  void professions() {
    const std::size_t before = document_.blocks.size();
    for (const std::string& attribute : attributes_of(record_)) {
      for (const SystemView& row : facts_.systems()) {
        for (const RunTable* entry : run_tables()) {
          if (entry->chapter != Chapter::kProfessions) continue;
          // The first system's lists are in sight; the others fold away.
          const bool first = document_.blocks.size() == before;
          table(*entry, made_for(attribute, row), !first);
        }
      }
    }
    if (document_.blocks.size() > before) {
      const auto at = document_.blocks.begin() + static_cast<std::ptrdiff_t>(before);
      document_.blocks.insert(
          at, {Heading{level_, "Professions"}, Paragraph{{{kProfessionsExplained}}}});
    }
    figures(Section::kProfessions);
  }

  void findings() {
    heading("Integrity");
    ItemList list;
    for (const FindingLine& finding : record_.findings) {
      const std::string about =
          finding.subject.empty() ? "" : fmt::format(" ({})", finding.subject);
      list.items.push_back({strong(finding.level),
                            {" "},
                            code(finding.check),
                            {fmt::format("{}: {}", about, finding_sentence(finding))}});
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
    const bool audited = of_audit(record_);
    add(Paragraph{
        {{audited ? "Audit the same files with the same data and build: all figures and the hash "
                    "of the table must be the same. The plan below says what was measured."
                  : "Save the plan below and run it with the same build: the hashes of the trained "
                    "tables must be the same. Times will differ."}}});
    Table hashes;
    hashes.title = audited ? "Hash of the audited table" : "Hashes of the trained tables";
    hashes.columns = {text_column("system", "system"),
                      {.key = "seed", .header = "seed"},
                      text_column("table_sha_256", "table, SHA-256")};
    for (const TableHashLine& line : record_.table_hashes) {
      hashes.rows.push_back({{TextCell{label_of(record_, line.system)},
                              TextCell{std::to_string(line.seed)}, TextCell{line.digest}},
                             false});
    }
    table("table_hashes", std::move(hashes), 1, false);
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
    if (is_ascii_letter_or_digit(c)) {
      out += ascii_small(c);
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
