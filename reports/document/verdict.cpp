#include <array>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/document/report_document.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

/// Fewer persons than this make a figure that may well change with other persons.
constexpr std::uint64_t kFewPersons = 100;

const Measurement* fact_in(const RunRecord& record, const FactName& wanted,
                           const std::string& attribute) {
  const Facets facets = wanted.all_facets(attribute);
  const Measurement* found = nullptr;  // of lines of the same thing the later one stands
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric == wanted.metric && line.facets == facets) found = &line.measurement;
  }
  return found;
}

/// "0.912 (95 % interval 0.901 to 0.923; n 3,721)", without the unit
std::string figure_text(const Measurement& measurement) {
  std::string text = fmt::format("{:.3f} (", measurement.value());
  if (const auto& interval = measurement.interval()) {
    text += fmt::format("{:.0f} % interval {:.3f} to {:.3f}; ", interval->level * 100.0,
                        interval->low, interval->high);
  }
  return text + fmt::format("n {})", with_thousands(measurement.n()));
}

/// How far an AUC lies above its neutral value .5, in a word. The limits are conventions.
std::string_view auc_word(double auc) {
  constexpr std::array<std::pair<double, std::string_view>, 4> kLimits = {
      {{0.55, "hardly"}, {0.7, "weakly"}, {0.85, "clearly"}, {2.0, "strongly"}}};
  for (const auto& [limit, word] : kLimits) {
    if (auc < limit) return word;
  }
  return kLimits.back().second;
}

/// Whether the interval, if there is one, leaves out the neutral value.
bool settled(const Measurement& measurement, double neutral) {
  const auto& interval = measurement.interval();
  return interval && (interval->low > neutral || interval->high < neutral);
}

std::string leakage_sentence(const Measurement& leakage) {
  if (!leakage.defined()) {
    return fmt::format("Whether rows tell it could not be measured: {}.", leakage.reason());
  }
  return fmt::format(
      "Rows tell it {}: the strongest probe tells persons with a value from those "
      "without at AUC {}, where .5 is neutral.",
      auc_word(leakage.value()), figure_text(leakage));
}

std::string question_sentence(const Measurement& question) {
  if (!question.defined()) {
    return fmt::format("Asked for it, the model could not be measured: {}.", question.reason());
  }
  return fmt::format(
      "Asked for it, the model answers {} by person: who has a value scores higher "
      "under it than who has not at AUC {}, where .5 is neutral.",
      auc_word(question.value()), figure_text(question));
}

std::string gap_sentence(const Measurement& gap, const Measurement* in_sds) {
  if (!gap.defined()) {
    return fmt::format("The score gap could not be measured: {}.", gap.reason());
  }
  std::string text = fmt::format(
      "A person's own value scores {} than the others by ΔS {}, in score units, where 0 is neutral",
      gap.value() >= 0.0 ? "higher" : "lower", figure_text(gap));
  if (in_sds != nullptr && in_sds->defined()) {
    text += fmt::format("; that is {:.2f} deviations of one value's scores over persons",
                        in_sds->value());
  }
  return text + (settled(gap, 0.0) ? "." : ". Its interval does not settle the sign.");
}

}  // namespace

bool of_audit(const RunRecord& record) {
  const auto plan = parse_strict_json(record.run.plan, "plan");
  const auto tables = plan.find("tables");
  return tables != plan.end() && tables->is_object() && tables->contains("audit");
}

std::vector<std::string> audit_verdict(const RunRecord& record) {
  if (!of_audit(record)) return {};
  std::vector<std::string> sentences;
  for (const FindingLine& finding : record.findings) {
    if (finding.level == "note") continue;
    sentences.push_back(fmt::format("Before all figures: {}", finding.message));
  }
  bool asked = false;
  for (const std::string& attribute : attributes_of(record)) {
    std::string text = label_of(record, attribute) + ".";
    std::optional<std::uint64_t> persons;
    if (const Measurement* leakage = fact_in(record, kStatedStrongestAuc, attribute)) {
      text += " " + leakage_sentence(*leakage);
      persons = leakage->n();
    }
    if (const Measurement* question = fact_in(record, kQuestionAuc, attribute)) {
      text += " " + question_sentence(*question);
      asked = true;
    }
    if (const Measurement* gap = fact_in(record, kGapMicro, attribute)) {
      text += " " + gap_sentence(*gap, fact_in(record, kGapInPersonSds, attribute));
      persons = persons ? std::min(*persons, gap->n()) : gap->n();
      asked = true;
    }
    if (persons && *persons < kFewPersons) {
      text += fmt::format(" Only {} persons: other persons may give another figure.", *persons);
    }
    if (persons) sentences.push_back(std::move(text));
  }
  if (sentences.empty()) return {"No sensitive attribute could be measured."};
  sentences.emplace_back(
      asked ? "The model was trained on what the data say of these persons, so knowing a value may "
              "be memory. Probes have not seen the person they are asked about; the model has. A "
              "figure near its neutral value means that these tests found nothing, not that the "
              "embedding is fair."
            : "Nothing asked the model about relations: these figures are of rows alone. A figure "
              "near its neutral value means that these tests found nothing, not that the rows are "
              "fair.");
  return sentences;
}

}  // namespace kgaudit::reports
