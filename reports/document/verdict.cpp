#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/document/report_document.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

/// Fewer persons than this make a figure that may well change with other persons.
constexpr std::uint64_t kFewPersons = 100;

constexpr FactName kStatedGraphAuc = of_probe("leakage.auc", kGraphProbe);

/// The audited rows as they were read; other systems of an audit are previews.
const SystemView kAudited = {"audit", ""};

const Measurement* fact_in(const FactIndex& facts, const SystemView& row, const FactName& wanted,
                           const std::string& attribute = "") {
  const std::vector<const MeasurementLine*> lines = facts.facts(row, wanted, attribute);
  return lines.empty() ? nullptr : &lines.front()->measurement;
}

/// "0.912 (neutral .5; 95 % interval 0.901 to 0.923; n 3,721)", without the unit
std::string figure_text(const Measurement& measurement, std::string_view neutral) {
  std::string text = fmt::format("{:.3f} (neutral {}; ", measurement.value(), neutral);
  if (const auto& interval = measurement.interval()) {
    text += fmt::format("{:.0f} % interval {:.3f} to {:.3f}; ", interval->level * 100.0,
                        interval->low, interval->high);
  }
  return text + fmt::format("n {})", with_thousands(measurement.n()));
}

/// How far an AUC lies from its neutral value .5, in a word. The limits are conventions.
std::string_view auc_word(double auc) {
  constexpr std::array<std::pair<double, std::string_view>, 4> kLimits = {
      {{0.55, "hardly"}, {0.7, "weakly"}, {0.85, "clearly"}, {2.0, "strongly"}}};
  for (const auto& [limit, word] : kLimits) {
    if (std::max(auc, 1.0 - auc) < limit) return word;
  }
  return kLimits.back().second;
}

/// Whether the interval, if there is one, leaves out the neutral value.
bool settled(const Measurement& measurement, double neutral) {
  const auto& interval = measurement.interval();
  return interval && (interval->low > neutral || interval->high < neutral);
}

/// Below this an AUC points the wrong way round, rather than to nothing.
constexpr double kTurned = 0.45;

/// "0.912 (neutral .5; ...)", and what follows if the interval includes the neutral value.
std::string auc_text(const Measurement& auc) {
  std::string text = figure_text(auc, ".5");
  if (auc.interval() && !settled(auc, 0.5)) {
    text += ". The interval includes .5, so there may be no effect";
  }
  return text;
}

/// `graph_alone` is what the other facts tell without any embedding.
std::string leakage_sentence(const Measurement& leakage, const Measurement* graph_alone) {
  if (!leakage.defined()) {
    return fmt::format("Whether rows tell it could not be measured: {}.", leakage.reason());
  }
  std::string text = fmt::format(
      "Rows tell it {}: from the row of a person whose value the data state the strongest probe "
      "tells who has a value and who has not with AUC {}.",
      auc_word(leakage.value()), auc_text(leakage));
  if (graph_alone != nullptr && graph_alone->defined()) {
    text +=
        fmt::format(" The persons' other facts in the graph, without any embedding, reach {:.3f}.",
                    graph_alone->value());
  }
  return text;
}

/// What a probe reads of persons whose value training did not see; "" where there are none.
std::string hidden_sentence(const Measurement* hidden) {
  if (hidden == nullptr || !hidden->defined()) return "";
  return fmt::format(" Of persons whose value was hidden from training it is AUC {}.",
                     auc_text(*hidden));
}

std::string question_sentence(const Measurement& question) {
  if (!question.defined()) {
    return fmt::format("Asked for it, the model could not be measured: {}.", question.reason());
  }
  const std::string answers =
      question.value() < kTurned
          ? "answers the wrong way round: those who have a value score lower for it, with"
          : fmt::format("tells it {}: who has a value scores higher for it than who has not with",
                        auc_word(question.value()));
  return fmt::format("Asked for it, the model {} AUC {}.", answers, auc_text(question));
}

std::string gap_sentence(const Measurement& gap, const Measurement* in_sds) {
  if (!gap.defined()) {
    return fmt::format("The score gap could not be measured: {}.", gap.reason());
  }
  std::string text =
      fmt::format("Of one person's values the own one scores {} by ΔS {} score units",
                  gap.value() >= 0.0 ? "higher" : "lower", figure_text(gap, "0"));
  if (in_sds != nullptr && in_sds->defined()) {
    text += fmt::format(", which is {:.2f} standard deviations of a value's scores over persons",
                        in_sds->value());
  }
  return text + (settled(gap, 0.0) ? "." : ". The interval does not settle the sign.");
}

/// The finding without a long list of groups.
std::string caveat_text(const FindingLine& finding) {
  constexpr std::size_t kLong = 160;
  const std::size_t list = finding.message.find(": ");
  if (finding.check != "small_groups" || finding.message.size() <= kLong ||
      list == std::string::npos) {
    return finding.message;
  }
  return finding.message.substr(0, list) + " (the report lists them).";
}

/// What else the reader must know of an attribute: few persons, groups that are too small, a column
/// that took its place. Empty if nothing.
std::string caveats_on(const RunRecord& record, const std::string& attribute,
                       std::uint64_t persons) {
  std::string text;
  if (persons > 0 && persons < kFewPersons) {
    text += fmt::format(" Only {} persons: other persons may give another figure.", persons);
  }
  for (const FindingLine& finding : record.findings) {
    const bool is_caveat = finding.check == "small_groups" || finding.check == "replaced_attribute";
    if (is_caveat && finding.subject == attribute) text += " " + caveat_text(finding);
  }
  return text.empty() ? "" : " Caveats:" + text;
}

/// "0.231, was 0.238", empty where one of the two has no value
std::string before_and_after(const Measurement* before, const Measurement* after) {
  if (before == nullptr || after == nullptr || !before->defined() || !after->defined()) return "";
  return fmt::format("{:.3f}, was {:.3f}", after->value(), before->value());
}

/// What one post-hoc system would make of the rows.
std::string preview_sentence(const RunRecord& record, const FactIndex& facts,
                             const SystemView& row) {
  std::string text = fmt::format(
      "Preview of {} ({}). Nothing was written: these are the figures that the erased rows would "
      "have.",
      name_of(record, row),
      row.view == "s" ? "each attribute erased by itself" : "all attributes erased together");
  const Measurement* before = fact_in(facts, kAudited, kMrrWithoutSensitive);
  const Measurement* after = fact_in(facts, row, kMrrWithoutSensitive);
  if (const std::string mrr = before_and_after(before, after); !mrr.empty()) {
    text += fmt::format(" Quality (MRR, other relations) {}", mrr);
    if (before->value() > 0.0) {
      text += fmt::format(": {:.1f} % stay", 100.0 * after->value() / before->value());
    }
    text += ".";
  }
  constexpr std::array<std::pair<std::string_view, const FactName*>, 3> kFigures = {
      {{"strongest probe AUC", &kStatedStrongestAuc},
       {"answers AUC", &kQuestionAuc},
       {"ΔS", &kGapMicro}}};
  for (const std::string& attribute : attributes_of(record)) {
    std::vector<std::string> parts;
    for (const auto& [name, fact] : kFigures) {
      const std::string both = before_and_after(fact_in(facts, kAudited, *fact, attribute),
                                                fact_in(facts, row, *fact, attribute));
      if (!both.empty()) parts.push_back(fmt::format("{} {}", name, both));
    }
    if (parts.empty()) continue;
    text += fmt::format(" {}: {}.", label_of(record, attribute), fmt::join(parts, "; "));
  }
  return text;
}

}  // namespace

bool of_audit(const RunRecord& record) {
  const auto plan = parse_strict_json(record.run.plan, "plan");
  const auto tables = plan.find("tables");
  return tables != plan.end() && tables->is_object() && tables->contains("audit");
}

std::vector<std::string> audit_verdict(const RunRecord& record) {
  if (!of_audit(record)) return {};
  const FactIndex facts(record);
  std::vector<std::string> sentences;
  for (const FindingLine& finding : record.findings) {
    if (finding.level == "note") continue;
    sentences.push_back(fmt::format("Before all figures: {}", finding.message));
  }
  bool asked = false;
  bool measured = false;
  for (const std::string& attribute : attributes_of(record)) {
    const auto fact = [&](const FactName& name) {
      return fact_in(facts, kAudited, name, attribute);
    };
    std::string text = label_of(record, attribute) + ".";
    std::optional<std::uint64_t> persons;
    if (const Measurement* leakage = fact(kStatedStrongestAuc)) {
      text += " " + leakage_sentence(*leakage, fact(kStatedGraphAuc));
      persons = leakage->n();
      text += hidden_sentence(fact(kStrongestAuc));
    }
    if (const Measurement* question = fact(kQuestionAuc)) {
      text += " " + question_sentence(*question);
      persons = persons ? std::min(*persons, question->n()) : question->n();
      asked = true;
    }
    if (const Measurement* gap = fact(kGapMicro)) {
      text += " " + gap_sentence(*gap, fact(kGapInPersonSds));
      persons = persons ? std::min(*persons, gap->n()) : gap->n();
      asked = true;
    }
    if (!persons) continue;
    text += caveats_on(record, attribute, *persons);
    sentences.push_back(std::move(text));
    measured = true;
  }
  if (!measured) {
    sentences.emplace_back("No sensitive attribute could be measured.");
    return sentences;
  }
  for (const SystemView& row : facts.systems()) {
    if (row.system != kAudited.system) sentences.push_back(preview_sentence(record, facts, row));
  }
  sentences.emplace_back(
      "AUC: of two persons, one who has a value and one who has not, how often the right one is "
      "found; .5 is a guess, 1 is always. n: persons, or values that they have.");
  sentences.emplace_back(
      asked ? "The model was trained on what the data say of these persons, so knowing a value may "
              "be memory. Probes have not seen the person they are asked about; the model has. A "
              "figure near its neutral value means that these tests found nothing, not that the "
              "embedding is fair."
            : "Nothing asked the model about relations: these figures are of rows alone. A figure "
              "near its neutral value means that these tests found nothing, not that the rows are "
              "fair.");
  if (facts.systems().size() > 1) {
    sentences.emplace_back(
        "A preview flatters: the eraser has read the values of some of the persons that probes are "
        "asked about, and only persons' rows were changed, not those that know them.");
  }
  return sentences;
}

}  // namespace kgaudit::reports
