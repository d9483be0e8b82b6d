#include <algorithm>
#include <array>
#include <cmath>
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

/// How far an AUC lies above its neutral value .5, in a word. The limits are conventions. Below .5
/// a probe that has not seen the persons tells no more than a guess.
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

/// Values of the attribute in facts about each of them, in order of first appearance.
std::vector<std::string> values_on_record(const FactIndex& facts, const std::string& attribute) {
  std::vector<std::string> values;
  for (const auto& [metric, facet] :
       {std::pair("neighbour_share.share", "group"), std::pair("score_gap.by_value", "value")}) {
    for (const Facets& facets : facts.facets_of(metric)) {
      if (facets.size() != 2 || facet_or(facets, "attribute") != attribute) continue;
      const std::string& value = facet_or(facets, facet);
      if (!value.empty() && std::ranges::find(values, value) == values.end()) {
        values.push_back(value);
      }
    }
  }
  return values;
}

/// "tells female from male", "tells who has a value from who has another".
std::string what_is_told(const RunRecord& record, const FactIndex& facts,
                         const std::string& attribute) {
  const Measurement* classes = fact_in(facts, kAudited,
                                       {.metric = "leakage.classes",
                                        .facets = {{{"persons", kStatedPersons}}},
                                        .of_attribute = true},
                                       attribute);
  if (classes == nullptr || classes->maybe_value() != 2.0) {
    return "tells who has a value from who has another";
  }
  const std::vector<std::string> values = values_on_record(facts, attribute);
  if (values.size() != 2) return "tells who has one of two values from who has the other";
  return fmt::format("tells {} from {}", label_of(record, values[0]), label_of(record, values[1]));
}

/// " (mlp)": the probe that is strongest for most of the persons.
std::string strongest_name(const FactIndex& facts, const std::string& attribute) {
  std::string name;
  double largest = 0.0;
  for (const Facets& facets : facts.facets_of("leakage.is_strongest")) {
    if (facet_or(facets, "attribute") != attribute ||
        facet_or(facets, "persons") != kStatedPersons ||
        facet_or(facets, "release") != kRowsAlone) {
      continue;
    }
    const auto lines = facts.facts(kAudited, "leakage.is_strongest", facets);
    const double share =
        lines.empty() ? 0.0 : lines.front()->measurement.maybe_value().value_or(0.0);
    if (share <= largest) continue;
    largest = share;
    name = fmt::format(" ({})", facet_or(facets, "probe"));
  }
  return name;
}

/// `graph_alone` is what the other facts tell without any embedding.
std::string leakage_sentence(const RunRecord& record, const FactIndex& facts,
                             const std::string& attribute, const Measurement& leakage,
                             const Measurement* graph_alone) {
  if (!leakage.defined()) {
    return fmt::format("Whether rows tell it could not be measured: {}.", leakage.reason());
  }
  const bool guess = leakage.value() <= 0.5;
  std::string text = fmt::format(
      "Rows {}: from the row of a person whose value is known the strongest probe{} {} with AUC "
      "{}{}.",
      guess ? "do not tell it" : fmt::format("tell it {}", auc_word(leakage.value())),
      strongest_name(facts, attribute), what_is_told(record, facts, attribute),
      guess ? figure_text(leakage, ".5") : auc_text(leakage),
      guess ? ", no better than a guess" : "");
  if (graph_alone != nullptr && graph_alone->defined()) {
    text +=
        fmt::format(" The persons' other facts in the graph, without any embedding, reach {:.3f}.",
                    graph_alone->value());
  }
  return text;
}

/// What a probe reads of persons whose value stands in no train triple; "" where there are none. Of
/// a run of ours it was hidden; what another tool was trained on nobody here knows.
std::string hidden_sentence(const RunRecord& record, const Measurement* hidden) {
  if (hidden == nullptr || !hidden->defined()) return "";
  const bool own = std::ranges::any_of(
      record.findings, [](const FindingLine& finding) { return finding.check == "own_run"; });
  return fmt::format(" Of persons whose value {} it is AUC {}.",
                     own ? "was hidden from training" : "is stated only in valid or test",
                     auc_text(*hidden));
}

std::string question_sentence(const Measurement& question) {
  if (!question.defined()) {
    return fmt::format("Asked for it, the model could not be measured: {}.", question.reason());
  }
  const std::string answers =
      question.value() < kTurned
          ? "answers the wrong way round: those who have a value score lower for it, with"
          : fmt::format(
                "tells it {}: who has a value scores higher for it than who has another with",
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

/// "p 0.005; " of a test by shuffles; empty where there is none.
std::string p_text(const Measurement* p) {
  return p == nullptr || !p->defined() ? "" : fmt::format("p {:.3f}; ", p->value());
}

/// The group of the attribute whose figure is furthest from 0; nothing if none has one.
const MeasurementLine* furthest_group(const FactIndex& facts, std::string_view metric,
                                      const std::string& attribute) {
  const MeasurementLine* furthest = nullptr;
  for (const Facets& facets : facts.facets_of(metric)) {
    if (facets.size() != 2 || facet_or(facets, "attribute") != attribute ||
        facet_or(facets, "group").empty()) {
      continue;
    }
    for (const MeasurementLine* line : facts.facts(kAudited, metric, facets)) {
      if (!line->measurement.defined()) continue;
      if (furthest == nullptr ||
          std::abs(line->measurement.value()) > std::abs(furthest->measurement.value())) {
        furthest = line;
      }
    }
  }
  return furthest;
}

/// What groups' rows have to themselves, a sentence for each measure; `persons` becomes the least
/// number of persons that one of them speaks of.
std::string row_sentences(const RunRecord& record, const FactIndex& facts,
                          const std::string& attribute, std::optional<std::uint64_t>& persons) {
  std::string text;
  const auto overall = [&](std::string_view metric) {
    return fact_in(facts, kAudited, {.metric = metric, .of_attribute = true}, attribute);
  };
  const auto count = [&](const Measurement& measurement) {
    persons = persons ? std::min(*persons, measurement.n()) : measurement.n();
  };
  const auto share_text = [&](const Measurement& share, std::string_view p_metric) {
    count(share);
    return fmt::format("{:.3f} (neutral 0; {}n {})", share.value(), p_text(overall(p_metric)),
                       with_thousands(share.n()));
  };
  const auto of_group = [&](std::string_view metric, auto&& sentence) {
    const MeasurementLine* line = furthest_group(facts, metric, attribute);
    if (line == nullptr) return;
    count(line->measurement);
    text += " " + sentence(label_of(record, line->facets.at("group")),
                           figure_text(line->measurement, "0"), line->measurement.value());
  };
  if (const Measurement* explained = overall("group_distance.explained")) {
    if (explained->defined()) {
      text += fmt::format(" Between groups lies a share of {} of the spread of rows.",
                          share_text(*explained, "group_distance.explained_p_value"));
    } else {
      text +=
          fmt::format(" The distance of groups could not be measured: {}.", explained->reason());
      count(*explained);
    }
  }
  of_group("group_distance.separation", [](const auto& group, const auto& figure, double) {
    return fmt::format("Furthest from the others lies {}, with separation {}.", group, figure);
  });
  of_group("projection.gap", [](const auto& group, const auto& figure, double) {
    return fmt::format(
        "Projected on the direction between them, {} and the others stand {} "
        "deviations apart.",
        group, figure);
  });
  if (const Measurement* near = overall("neighbour_share.macro"); near != nullptr) {
    if (near->defined()) {
      text += fmt::format(
          " Nearest neighbours are of a person's own group {} than by chance, by "
          "{} of what is possible.",
          near->value() >= 0.0 ? "oftener" : "more rarely",
          share_text(*near, "neighbour_share.p_value"));
    } else {
      text += fmt::format(" Nearest neighbours could not be measured: {}.", near->reason());
      count(*near);
    }
  }
  of_group("word_association.weat", [](const auto& group, const auto& figure, double value) {
    return fmt::format(
        "Of the two lists of words (WEAT) {} lies nearer to the {} than the others "
        "do: {} deviations.",
        group, value >= 0.0 ? "first" : "second", figure);
  });
  of_group("word_association.profession_spearman",
           [](const auto& group, const auto& figure, double value) {
             return fmt::format(
                 "Professions near to {} are those in which {} is {}: rank "
                 "correlation {}.",
                 group, group, value >= 0.0 ? "common" : "rare", figure);
           });
  return text;
}

/// The finding in a few words; empty for one that is no caveat on the figures.
std::string caveat_text(const FindingLine& finding) {
  constexpr std::size_t kLong = 160;
  const std::string& check = finding.check;
  const std::size_t colon = finding.message.find(": ");
  // "1,107: Persons ..." of a finding about data, "3 groups ...: a, b, c" of one about groups.
  const std::string count = finding.message.substr(0, colon);
  if (check == "replaced_attribute") return finding.message;
  if (check == "small_groups") {
    return finding.message.size() <= kLong || colon == std::string::npos
               ? finding.message
               : count + " (the report lists them).";
  }
  if (check == "several_values") {
    return fmt::format("Persons with several values: {}; measures that need one leave them out.",
                       count);
  }
  if (check == "unknown_values") return fmt::format("Persons without a known value: {}.", count);
  if (check == "values_alike") {
    return fmt::format(
        "Values that look alike and are different groups: {} (the report has a "
        "pair).",
        count);
  }
  if (check == "placeholder_values") {
    return fmt::format(
        "Persons whose value looks like a word for unknown: {}; it counts as a "
        "value.",
        count);
  }
  if (check == "numbers_in_bins" && colon != std::string::npos) {
    return finding.message.substr(colon + 2);
  }
  return "";
}

/// What else the reader must know of an attribute: few persons, groups that are too small, values
/// that are missing or doubtful, a column that took its place. Empty if nothing.
std::string caveats_on(const RunRecord& record, const std::string& attribute,
                       std::uint64_t persons) {
  std::string text;
  if (persons > 0 && persons < kFewPersons) {
    text += fmt::format(" Only {} persons: other persons may give another figure.", persons);
  }
  for (const FindingLine& finding : record.findings) {
    if (finding.subject != attribute) continue;
    if (const std::string caveat = caveat_text(finding); !caveat.empty()) text += " " + caveat;
  }
  return text.empty() ? "" : " Caveats:" + text;
}

/// The measures of persons' attributes that have a figure: "parity, group_gap".
std::string measured_families(const RunRecord& record) {
  std::vector<std::string> names;
  for (const MeasurementLine& line : record.measurements) {
    if (!line.measurement.defined() || !line.facets.contains("attribute") ||
        line.measurement.direction() == Direction::kDescriptive) {
      continue;
    }
    std::string name = line.metric.substr(0, line.metric.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
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

bool of_people_alone(const RunRecord& record) {
  if (!of_audit(record)) return false;
  const auto plan = parse_strict_json(record.run.plan, "plan");
  const auto dataset = plan.at("tables").find("dataset");
  if (dataset == plan.at("tables").end() || !dataset->is_object()) return false;
  return std::ranges::all_of(std::array{"id", "triples", "card"}, [&](const char* key) {
    const auto named = dataset->find(key);
    return named != dataset->end() && named->is_string() && named->get<std::string>().empty();
  });
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
  bool by_auc = false;
  for (const std::string& attribute : attributes_of(record)) {
    const auto fact = [&](const FactName& name) {
      return fact_in(facts, kAudited, name, attribute);
    };
    std::string text = label_of(record, attribute) + ".";
    std::optional<std::uint64_t> persons;
    if (const Measurement* leakage = fact(kStatedStrongestAuc)) {
      text += " " + leakage_sentence(record, facts, attribute, *leakage, fact(kStatedGraphAuc));
      persons = leakage->n();
      text += hidden_sentence(record, fact(kStrongestAuc));
      by_auc = true;
    }
    if (const Measurement* question = fact(kQuestionAuc)) {
      text += " " + question_sentence(*question);
      persons = persons ? std::min(*persons, question->n()) : question->n();
      asked = by_auc = true;
    }
    if (const Measurement* gap = fact(kGapMicro)) {
      text += " " + gap_sentence(*gap, fact(kGapInPersonSds));
      persons = persons ? std::min(*persons, gap->n()) : gap->n();
      asked = true;
    }
    text += row_sentences(record, facts, attribute, persons);
    if (!persons) continue;
    text += caveats_on(record, attribute, *persons);
    sentences.push_back(std::move(text));
    measured = true;
  }
  if (!measured) {
    const std::string families = measured_families(record);
    sentences.push_back(
        families.empty()
            ? "No sensitive attribute could be measured."
            : fmt::format("There are no sentences about what was measured: {}. The report has the "
                          "figures.",
                          families));
    return sentences;
  }
  for (const SystemView& row : facts.systems()) {
    if (row.system != kAudited.system) sentences.push_back(preview_sentence(record, facts, row));
  }
  sentences.emplace_back(
      by_auc ? "AUC: of two persons, one who has a value and one who has another, how often the "
               "right one is found; .5 is a guess, 1 is always. n: persons, or values that they "
               "have."
             : "n: persons, or values that they have.");
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
