#include "reports/document/job_document.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/tables/sweep_table.hpp"
#include "reports/tables/tuning_table.hpp"
#include "suite/base/files/strict_json.hpp"

namespace kgaudit::reports {
namespace {

/// Chapters of the report of a job of several runs.
class JobReport {
 public:
  JobReport(std::string title, const JobLine& job, const std::vector<std::string>& notices)
      : job_(job), notices_(notices) {
    document_.title = std::move(title);
  }

  void add(Block block) { document_.blocks.push_back(std::move(block)); }
  void heading(std::string text) { add(Heading{2, std::move(text)}); }
  void table(std::string key, Table table, bool folded = false) {
    if (!table.rows.empty()) add(TableBlock{std::move(key), std::move(table), folded, 2});
  }

  /// What was done on what data; `settings` in its middle.
  void what_was_done(const TextPairs& settings) {
    ItemList list;
    const auto item = [&list](std::string name, Spans rest) {
      Spans spans = {strong(std::move(name)), {": "}};
      for (Span& span : rest) spans.push_back(std::move(span));
      list.items.push_back(std::move(spans));
    };
    if (job_.graph_hash.empty()) {
      item("Data set", {{"the one of the plan; this record is older than the hashes of data"}});
    } else {
      item("Data set", {{job_.dataset + ", graph "}, code(job_.graph_hash)});
    }
    item("Seeds", {{fmt::format("{}", fmt::join(job_.seeds, ", "))}});
    for (const auto& [name, value] : settings) item(name, {{value}});
    item("Started", {{job_.started}});
    for (const auto& [file, hash] : job_.data_files) {
      item("Data file", {{file + ", SHA-256 "}, code(hash)});
    }
    for (const std::string& notice : notices_) item("Notice", {{notice}});
    add(std::move(list));
  }

  [[nodiscard]] Document finish(std::string how) {
    heading("How to make this again");
    add(Paragraph{{{std::move(how)}}});
    add(Paragraph{{{"Plan, SHA-256 "}, code(job_.plan_hash), {":"}}});
    add(Verbatim{"json", parse_strict_json(job_.plan, "plan").dump(2)});
    return std::move(document_);
  }

 private:
  const JobLine& job_;
  const std::vector<std::string>& notices_;
  Document document_;
};

std::string named(const JobLine& job, const char* what) {
  return job.dataset.empty() ? std::string(what) : fmt::format("{}: {}", what, job.dataset);
}

}  // namespace

Document search_document(const SearchRecord& search) {
  JobReport report(named(search.search.job, "Search of weights"), search.search.job,
                   search.notices);
  report.table("tuning", tuning_table(search));
  report.heading("What was searched");
  TextPairs settings = search.search.tuning;
  settings.emplace_back("Reference", search.search.reference);
  report.what_was_done(settings);
  report.table("trials", trials_table(search), true);
  return report.finish(
      "Save the plan below and search it with the same options and the same build; the trials must "
      "come out the same. Times will differ.");
}

Document sweep_document(const SweepRecord& sweep, const std::vector<FigureBlock>& figures) {
  JobReport report(named(sweep.sweep.job, "Sweep over weights"), sweep.sweep.job, sweep.notices);
  report.table("sweep", sweep_table(sweep));
  for (const FigureBlock& figure : figures) report.add(figure);
  report.heading("What was run");
  report.what_was_done(sweep.sweep.settings);
  return report.finish(
      "Save the plan below and sweep it with the weights of the table and the same build; the "
      "numbers must come out the same. The record of every run lies in its folder.");
}

Report make_report(Document document) { return {{}, {}, std::move(document)}; }

}  // namespace kgaudit::reports
