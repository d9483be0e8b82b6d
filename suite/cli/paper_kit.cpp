#include "suite/cli/paper_kit.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/looks/latex_text.hpp"
#include "reports/record/rows.hpp"
#include "suite/cli/catalogue.hpp"
#include "suite/cli/references.hpp"

namespace kgaudit::cli {
namespace {

/// Collects what is cited, in the order of the bibliography.
class Citations {
 public:
  Citations() : families_(catalogue()) {}

  /// " \cite{a,b}" for what the source of an entry names; "" for work of ours.
  std::string of_entry(std::string_view family, const std::string& id) {
    const CatalogueEntry* entry = find(family, id);
    if (entry == nullptr) return "";
    std::vector<std::string_view> keys;
    for (const auto& [label, text] : entry->facts) {
      if (label != "Source" && label != "Citation") continue;
      for (const Reference* work : references_in(text)) keys.push_back(cite(*work));
    }
    return keys.empty() ? "" : fmt::format("~\\cite{{{}}}", fmt::join(keys, ","));
  }
  std::string title(std::string_view family, const std::string& id) const {
    const CatalogueEntry* entry = find(family, id);
    return reports::latex_text(entry == nullptr ? id : entry->title);
  }
  /// A work by its key.
  std::string of_work(std::string_view key) {
    const auto work = std::ranges::find(references(), key, &Reference::key);
    return fmt::format("~\\cite{{{}}}", cite(*work));
  }
  [[nodiscard]] std::string bibliography() const {
    std::string text;
    for (const Reference& work : references()) {
      if (std::ranges::find(cited_, &work) == cited_.end()) continue;
      text += fmt::format("{}{}", text.empty() ? "" : "\n", work.bibtex);
    }
    return text;
  }

 private:
  [[nodiscard]] const CatalogueEntry* find(std::string_view family, const std::string& id) const {
    for (const CatalogueFamily& one : families_) {
      if (one.name != family) continue;
      const auto entry = std::ranges::find(one.entries, id, &CatalogueEntry::id);
      if (entry != one.entries.end()) return &*entry;
    }
    return nullptr;
  }
  std::string_view cite(const Reference& work) {
    if (std::ranges::find(cited_, &work) == cited_.end()) cited_.push_back(&work);
    return work.key;
  }

  std::vector<CatalogueFamily> families_;
  std::vector<const Reference*> cited_;
};

/// "a, b and c".
std::string listed_in_words(const std::vector<std::string>& items) {
  if (items.size() < 2) return items.empty() ? "" : items.front();
  return fmt::format("{} and {}", fmt::join(items.begin(), items.end() - 1, ", "), items.back());
}

std::string setting(const reports::RunRecord& record, std::string_view name) {
  for (const auto& [key, value] : record.run.settings) {
    if (key == name) return value;
  }
  return "";
}

std::string fact_of(const std::map<std::string, std::string>& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found == facts.end() ? "" : found->second;
}

std::string systems_sentence(const reports::RunRecord& record, Citations& citations) {
  std::vector<std::string> ids;
  for (const reports::SystemView& row : reports::system_views(record)) {
    if (std::ranges::find(ids, row.system) == ids.end()) ids.push_back(row.system);
  }
  std::vector<std::string> systems;
  for (const std::string& id : ids) {
    systems.push_back(citations.title("systems", id) + citations.of_entry("systems", id));
  }
  return fmt::format("We compare {} on {}{} with kgaudit {}{}.", listed_in_words(systems),
                     citations.title("datasets", record.run.dataset),
                     citations.of_entry("datasets", record.run.dataset),
                     reports::latex_text(fact_of(record.run.build, "version")),
                     citations.of_work("kgaudit"));
}

std::string training_sentence(const reports::RunRecord& record, Citations& citations) {
  const std::string score = setting(record, "score");
  const std::string loss = setting(record, "loss");
  const std::string optimizer = setting(record, "optimizer");
  if (score.empty()) return "";
  const std::size_t seeds = reports::seeds_of(record).size();
  return fmt::format(
      " All systems are trained with {} seed{} on the same batches, negatives and initial values: "
      "{}{} with {} dimensions, {}{}, {}{}, at most {} epochs.",
      seeds, seeds == 1 ? "" : "s", citations.title("scores", score),
      citations.of_entry("scores", score), setting(record, "dimension"),
      citations.title("losses", loss), citations.of_entry("losses", loss),
      citations.title("optimizers", optimizer), citations.of_entry("optimizers", optimizer),
      setting(record, "epochs"));
}

bool measures_fact(const reports::RunRecord& record, std::string_view prefix) {
  return std::ranges::any_of(record.measurements,
                             [&](const auto& line) { return line.metric.starts_with(prefix); });
}

std::string measures_sentences(const reports::RunRecord& record, Citations& citations) {
  std::string text;
  if (measures_fact(record, "link_prediction.")) {
    text += " Quality is the filtered mean reciprocal rank of heads and tails" +
            citations.of_work("bordes2013") +
            ", without test triples of sensitive relations, which a debiased system is meant to "
            "lose.";
  }
  if (measures_fact(record, "question.")) {
    text +=
        " Question AUC is the chance that a person who has a value scores higher for it than "
        "one who has not; ";
    text += "intervals are those of DeLong et al." + citations.of_work("delong1988") + ".";
  }
  if (measures_fact(record, "leakage.")) {
    text +=
        " Leakage AUC is that of the strongest of several probes on rows of persons whose value "
        "was hidden from training" +
        citations.of_work("bose2019") + ".";
  }
  if (measures_fact(record, "significance.")) {
    text +=
        " Differences are tested by paired $t$ tests over seeds with Holm's correction over all "
        "tests.";
  }
  return text;
}

std::string machine_sentence(const reports::RunRecord& record) {
  const std::string cpu = fact_of(record.run.machine, "cpu");
  if (cpu.empty()) return "";
  return fmt::format(
      " Times were measured on one machine ({}; processors: {}), systems taking turns "
      "epoch by epoch.",
      reports::latex_text(cpu), reports::latex_text(fact_of(record.run.machine, "processors")));
}

}  // namespace

PaperKit paper_kit(const reports::RunRecord& record) {
  Citations citations;
  PaperKit kit;
  kit.methods =
      "% The methods of the run, for \\input{methods}; the entries are in "
      "references.bib.\n" +
      systems_sentence(record, citations) + training_sentence(record, citations) +
      measures_sentences(record, citations) + machine_sentence(record) + "\n";
  kit.references = citations.bibliography();
  return kit;
}

}  // namespace kgaudit::cli
