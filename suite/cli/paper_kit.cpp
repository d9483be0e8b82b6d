#include "suite/cli/paper_kit.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/document/report_document.hpp"
#include "reports/looks/latex_text.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/catalogue.hpp"
#include "suite/cli/references.hpp"
#include "suite/plan/presets.hpp"

namespace kgaudit::cli {
namespace {

/// Collects what is cited, in the order of the bibliography.
class Citations {
 public:
  Citations() : families_(catalogue()) {}

  /// "~\cite{a,b}" for what the source of an entry names. What comes from here cites kgaudit, and
  /// what it builds on behind it: nobody else's method stands under a name that is ours.
  std::string of_entry(std::string_view family, const std::string& id) {
    const CatalogueEntry* entry = find(family, id);
    if (entry == nullptr) return "";
    if (is_ours(*entry)) {
      return fmt::format("{} (which builds on{})", of_work("kgaudit"), of_sources(*entry));
    }
    return of_sources(*entry);
  }
  [[nodiscard]] bool is_ours(std::string_view family, const std::string& id) const {
    const CatalogueEntry* entry = find(family, id);
    return entry != nullptr && is_ours(*entry);
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
  /// Of kgaudit the version that measured, which need not be the one that writes this.
  void measured_by(const std::string& version) {
    // Anything but the digits of a version of ours is somebody else's text.
    const bool plain = std::ranges::all_of(
        version, [](char c) { return is_ascii_letter_or_digit(c) || c == '.'; });
    if (version.empty() || !plain) return;
    if (std::ranges::find(versions_, version) == versions_.end()) {
      versions_.push_back(version);
    }
  }
  [[nodiscard]] std::string bibliography() const {
    std::string text;
    for (const Reference& work : references()) {
      if (std::ranges::find(cited_, &work) == cited_.end()) continue;
      text += fmt::format("{}{}", text.empty() ? "" : "\n", entry_of(work));
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
  /// The sources of rosters begin so where a method is a project's own.
  static bool is_ours(const CatalogueEntry& entry) {
    return std::ranges::any_of(entry.facts, [](const auto& fact) {
      return fact.first == "Source" && fact.second.starts_with("this project;");
    });
  }
  std::string of_sources(const CatalogueEntry& entry) {
    std::vector<std::string_view> keys;
    for (const auto& [label, text] : entry.facts) {
      if (label != "Source" && label != "Citation") continue;
      for (const Reference* work : references_in(text)) keys.push_back(cite(*work));
    }
    return keys.empty() ? "" : fmt::format("~\\cite{{{}}}", fmt::join(keys, ","));
  }
  [[nodiscard]] std::string entry_of(const Reference& work) const {
    constexpr std::string_view kVersion = "  version   = {";
    std::string entry(work.bibtex);
    const std::size_t at = entry.find(kVersion);
    if (work.key != "kgaudit" || versions_.empty() || at == std::string::npos) return entry;
    const std::size_t begin = at + kVersion.size();
    return entry.replace(begin, entry.find("},\n", begin) - begin,
                         fmt::format("{}", fmt::join(versions_, ", ")));
  }
  std::string_view cite(const Reference& work) {
    if (std::ranges::find(cited_, &work) == cited_.end()) cited_.push_back(&work);
    return work.key;
  }

  std::vector<CatalogueFamily> families_;
  std::vector<const Reference*> cited_;
  std::vector<std::string> versions_;
};

std::string fact_of(const std::map<std::string, std::string>& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found == facts.end() ? "" : found->second;
}

/// What stands in a setting of the record, as LaTeX text.
std::string setting_text(const reports::RunRecord& record, std::string_view name) {
  return reports::latex_text(reports::setting_of(record, name));
}

std::vector<std::string> systems_on_record(const reports::RunRecord& record) {
  std::vector<std::string> ids;
  for (const reports::SystemView& row : reports::system_views(record)) {
    if (std::ranges::find(ids, row.system) == ids.end()) ids.push_back(row.system);
  }
  return ids;
}

/// Systems with what they come from.
std::string cited_systems(const std::vector<std::string>& ids, Citations& citations) {
  std::vector<std::string> systems;
  for (const std::string& id : ids) {
    systems.push_back(citations.title("systems", id) + citations.of_entry("systems", id));
  }
  return listed_in_words(systems);
}

/// Whose methods some rows are, which a reader of the comparison must know.
std::string own_methods_sentence(const std::vector<std::string>& ids, const Citations& citations) {
  std::vector<std::string> own;
  for (const std::string& id : ids) {
    if (citations.is_ours("systems", id)) own.push_back(citations.title("systems", id));
  }
  if (own.empty()) return "";
  return fmt::format(
      " {} {} of the authors of kgaudit. They chose {} defaults on validation triples of Planted "
      "people and FB15k-237; about thirty earlier trials, which shaped {}, were judged on test "
      "triples of FB15k-237.",
      listed_in_words(own), own.size() == 1 ? "is a method" : "are methods",
      own.size() == 1 ? "its" : "their", own.size() == 1 ? "it" : "them");
}

/// Which systems ran with weights that the plan's preset has: those of presets come from searches.
std::string preset_sentence(const reports::RunRecord& record, const std::vector<std::string>& ids,
                            const Citations& citations) {
  const nlohmann::ordered_json plan = parse_strict_json(record.run.plan, "plan");
  if (!plan.contains("preset") || !plan["preset"].is_string()) return "";
  const std::string name = plan["preset"].get<std::string>();
  const auto presets = run::presets();
  const auto preset = std::ranges::find(presets, name, &run::Preset::name);
  if (preset == presets.end()) return "";
  std::vector<std::string> set;
  for (const std::string& id : ids) {
    const bool has =
        preset->text.find(fmt::format("[system.{}]", id)) != std::string_view::npos ||
        preset->text.find(fmt::format("[system.\"{}\"]", id)) != std::string_view::npos;
    if (has) set.push_back(citations.title("systems", id));
  }
  if (set.empty()) return "";
  return fmt::format(
      " {} ran with weights that the authors of kgaudit searched (preset {}), not with published "
      "or default ones.",
      listed_in_words(set), reports::latex_text(name));
}

std::string systems_sentence(const reports::RunRecord& record, Citations& citations) {
  const std::string data =
      record.run.dataset.empty()
          ? ""
          : fmt::format(" on {}{}", citations.title("datasets", record.run.dataset),
                        citations.of_entry("datasets", record.run.dataset));
  const std::string version = fact_of(record.run.build, "version");
  citations.measured_by(version);
  const std::string with = fmt::format("{} with kgaudit {}{}.", data, reports::latex_text(version),
                                       citations.of_work("kgaudit"));
  std::vector<std::string> ids = systems_on_record(record);
  if (!reports::of_audit(record)) {
    return fmt::format("We compare {}{}{}{}", cited_systems(ids, citations), with,
                       own_methods_sentence(ids, citations),
                       preset_sentence(record, ids, citations));
  }
  // The first is the embedding; the others are what post-hoc systems would make of its rows.
  std::string text = fmt::format("We audit the embedding {}, which was trained elsewhere,{}",
                                 setting_text(record, "embedding"), with);
  if (ids.size() > 1) {
    ids.erase(ids.begin());
    text += fmt::format(" Beside it stand previews, made from its rows: {}.",
                        cited_systems(ids, citations));
  }
  return text;
}

/// Those that had a training of their own.
std::vector<std::string> trained_systems(const reports::RunRecord& record) {
  std::vector<std::string> ids = systems_on_record(record);
  std::erase_if(ids, [&](const auto& id) { return reports::trained_by(record, id) != id; });
  return ids;
}

std::string training_sentence(const reports::RunRecord& record, Citations& citations) {
  const std::string score = reports::setting_of(record, "score");
  const std::string loss = reports::setting_of(record, "loss");
  const std::string optimizer = reports::setting_of(record, "optimizer");
  if (score.empty() || reports::of_audit(record)) return "";
  const std::size_t seeds = reports::seeds_of(record).size();
  std::string text = fmt::format(
      " All systems are trained with {} seed{} on the same batches, negatives and initial values: "
      "{}{} with {} dimensions, {}{}, {}{}, at most {} epochs.",
      seeds, seeds == 1 ? "" : "s", citations.title("scores", score),
      citations.of_entry("scores", score), setting_text(record, "dimension"),
      citations.title("losses", loss), citations.of_entry("losses", loss),
      citations.title("optimizers", optimizer), citations.of_entry("optimizers", optimizer),
      setting_text(record, "epochs"));
  std::vector<std::string> readers;
  for (const std::string& id : systems_on_record(record)) {
    if (reports::trained_by(record, id) != id) readers.push_back(citations.title("systems", id));
  }
  if (!readers.empty()) {
    text += fmt::format(" One training serves {} and the system whose finished table they read.",
                        listed_in_words(readers));
  }
  return text;
}

/// Whether a metric whose name begins so has a value, for these persons or parts if any are named.
bool measures_fact(const reports::RunRecord& record, std::string_view prefix,
                   const std::string& facet = "", std::string_view value = "") {
  return std::ranges::any_of(record.measurements, [&](const reports::MeasurementLine& line) {
    return line.metric.starts_with(prefix) && line.measurement.defined() &&
           (facet.empty() || reports::facet_or(line.facets, facet) == value);
  });
}

std::string measures_sentences(const reports::RunRecord& record, Citations& citations) {
  std::string text;
  if (measures_fact(record, "link_prediction.mrr")) {
    text += fmt::format(" Quality is the filtered mean reciprocal rank of heads and tails{}{}{}.",
                        reports::ranks_validation(record) ? " of validation triples" : "",
                        citations.of_work("bordes2013"),
                        measures_fact(record, "link_prediction.mrr", "set", "without_sensitive")
                            ? ", without triples of sensitive relations, which a debiased system "
                              "is meant to lose"
                            : "");
  }
  if (measures_fact(record, "question.auc")) {
    text +=
        " Question AUC is the chance that a person with a value scores higher for it than one "
        "with another value; ";
    text += "intervals are those of DeLong et al." + citations.of_work("delong1988") + ".";
  }
  const std::string strongest(reports::kStrongestAuc.metric);
  if (measures_fact(record, strongest, "persons", reports::kHeldOutPersons)) {
    text +=
        " Leakage AUC is that of the strongest of several probes on rows of persons whose value "
        "was hidden from training" +
        citations.of_work("bose2019") + ".";
  } else if (measures_fact(record, strongest)) {
    text +=
        " Leakage AUC is that of the strongest of several probes, cross-validated over persons "
        "whose value was not hidden from training" +
        citations.of_work("bose2019") + ".";
  }
  const reports::SignificanceMarks marks(record);
  if (marks.tested()) {
    text += fmt::format(" A difference from {} counts as shown at an {}.",
                        reports::latex_text(marks.reference()), reports::latex_text(marks.how()));
  }
  return text;
}

std::string machine_sentence(const reports::RunRecord& record) {
  const std::string cpu = fact_of(record.run.machine, "cpu");
  if (cpu.empty() || !measures_fact(record, "time.")) return "";
  return fmt::format(
      " Times were measured on one machine ({}; processors: {}){}.", reports::latex_text(cpu),
      reports::latex_text(fact_of(record.run.machine, "processors")),
      trained_systems(record).size() > 1 ? ", systems taking turns epoch by epoch" : "");
}

}  // namespace

PaperKit paper_kit(reports::Records records) {
  Citations citations;
  std::string text;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const reports::RunRecord& record = records[i];
    // The parts of a report of several runs are numbered like this.
    if (records.size() > 1) text += fmt::format("{}Run {}. ", i == 0 ? "" : "\n", i + 1);
    text += systems_sentence(record, citations) + training_sentence(record, citations) +
            measures_sentences(record, citations) + machine_sentence(record) + "\n";
  }
  PaperKit kit;
  kit.methods = fmt::format(
      "% The methods of the run{}, for \\input{{methods}}; the entries are in "
      "references.bib.\n",
      records.size() > 1 ? "s" : "");
  // Letters that pdfLaTeX does not know.
  if (text.find("\\kgauditchar") != std::string::npos) kit.methods += reports::latex_definitions();
  kit.methods += text;
  kit.references = citations.bibliography();
  return kit;
}

}  // namespace kgaudit::cli
