#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/document/report_document.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/median.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr double kNeutralAuc = 0.5;
/// A row that keeps this share of the reference's quality counts as one that may be shipped.
constexpr double kKept = 0.95;
/// A row that keeps less than this share is not said to have the least bias: who answers nothing
/// right has none.
constexpr double kUseful = 0.5;
/// Where the reference's AUC is nearer to .5 than this, a share of that distance says nothing.
constexpr double kLeastBias = 0.02;
/// Less than this share of the reference's bias is no success worth naming.
constexpr double kWorthNaming = 0.1;
/// Shares nearer to 0 than this are shown as 0.0 %.
constexpr double kSameShare = 0.0005;
constexpr const char* kSame = "the same";
/// Below this the spread of seeds is too unsure to say how many would do.
constexpr std::size_t kFewestForForecast = 4;
/// Differences that are named as not shown; further ones are counted.
constexpr std::size_t kMostNamed = 4;

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

/// Mean distance of these AUCs from .5; nothing if one of them is missing.
std::optional<double> mean_distance(const std::vector<std::optional<double>>& aucs) {
  double sum = 0.0;
  for (const auto& auc : aucs) {
    if (!auc) return std::nullopt;
    sum += std::abs(*auc - kNeutralAuc);
  }
  if (aucs.empty()) return std::nullopt;
  return sum / static_cast<double>(aucs.size());
}

/// What the sentences say of one row, means over seeds. The order of the attributes is the
/// record's.
struct RowFigures {
  SystemView row;
  std::string name;
  std::optional<double> mrr;
  std::vector<std::optional<double>> question;  ///< AUC of the model's own answers
  std::vector<std::optional<double>> leakage;   ///< AUC of the strongest probe, hidden persons
  std::vector<std::optional<double>> unseen;    ///< of answers about hidden persons
  std::optional<double> time;                   ///< times Basic's seconds per epoch
  /// Quality is of rows with attribute vectors, bias of the rows alone: nobody has both.
  bool mixed = false;

  /// Of the answers about persons whose value training saw.
  [[nodiscard]] std::optional<double> bias() const { return mean_distance(question); }
  /// Whether it is one release that somebody can have: its quality and its bias belong together.
  [[nodiscard]] bool one_release() const { return !mixed && row.view != kOneFilter; }
  [[nodiscard]] bool control() const { return is_control(row.system); }
};

std::string rows_in_words(std::size_t count) {
  return fmt::format("{} row{}", count, count == 1 ? "" : "s");
}

/// Makes the sentences of one record.
class ComparisonVerdict {
 public:
  explicit ComparisonVerdict(const RunRecord& record)
      : record_(record), facts_(record), marks_(record), attributes_(attributes_of(record)) {
    for (const SystemView& row : facts_.systems()) {
      if (mixes_releases(record, row)) continue;
      RowFigures figures = figures_of(row);
      if (figures.mrr || figures.bias()) rows_.push_back(std::move(figures));
    }
    std::stable_partition(rows_.begin(), rows_.end(),
                          [](const RowFigures& row) { return !row.control(); });
    choose_reference();
  }

  std::vector<std::string> sentences() const {
    std::vector<std::string> all;
    for (Statement& statement : opening()) all.push_back(std::move(statement.words));
    if (all.empty()) return all;
    for (const RowFigures& row : rows_) {
      if (&row != reference_) all.push_back(sentence_on(row));
    }
    all.emplace_back(kReading);
    return all;
  }

  std::vector<Statement> statements() const {
    std::vector<Statement> all = opening();
    if (all.empty()) return all;
    for (const RowFigures& row : rows_) {
      if (&row != reference_) add_statements_on(row, all);
    }
    all.push_back({.kind = "reading", .words = kReading});
    return all;
  }

 private:
  static constexpr const char* kReading =
      "AUC: of two persons, one with this value and one with another, how often the right one is "
      "found; .5 is a guess, 1 is always. A figure near .5 means that these tests found nothing, "
      "not that the embeddings are fair.";

  /// What is said of the whole run; empty where there is nothing to compare with.
  [[nodiscard]] std::vector<Statement> opening() const {
    if (rows_.size() < 2 || reference_ == nullptr || !reference_->mrr) return {};
    std::vector<Statement> all;
    if (const std::size_t missing = missing_trainings(record_).size(); missing > 0) {
      all.push_back(
          {.kind = "incomplete",
           .words = fmt::format("Incomplete: {} of the run's trainings {} missing; --resume goes "
                                "on.",
                                missing, missing == 1 ? "is" : "are")});
    }
    if (std::string text = summary(); !text.empty()) {
      all.push_back({.kind = "summary", .words = std::move(text)});
    }
    all.push_back({.kind = "certainty", .words = certainty()});
    return all;
  }

  [[nodiscard]] std::optional<double> mean_of(const SystemView& row, const FactName& name,
                                              const std::string& attribute = "") const {
    const auto lines = facts_.facts(row, name, attribute);
    if (lines.empty()) return std::nullopt;
    double sum = 0.0;
    for (const MeasurementLine* line : lines) {
      if (!line->measurement.defined()) return std::nullopt;
      sum += line->measurement.value();
    }
    return sum / static_cast<double>(lines.size());
  }

  /// As tables show times.
  [[nodiscard]] std::optional<double> median_of(const SystemView& row, const FactName& name) const {
    std::vector<double> values;
    for (const MeasurementLine* line : facts_.facts(row, name, "")) {
      if (line->measurement.defined()) values.push_back(line->measurement.value());
    }
    if (values.empty()) return std::nullopt;
    return median(values);
  }

  [[nodiscard]] std::string_view release(const SystemView& row, const FactName& name,
                                         const std::string& attribute) const {
    return facts_.release(row, name.metric, name.all_facets(attribute));
  }

  [[nodiscard]] RowFigures figures_of(const SystemView& row) const {
    RowFigures figures;
    figures.row = row;
    figures.name = name_of(record_, row);
    figures.mrr = mean_of(row, kMrrWithoutSensitive);
    figures.time = median_of(row, kRatioToBasic);
    for (const std::string& attribute : attributes_) {
      figures.question.push_back(mean_of(row, kQuestionAuc, attribute));
      figures.leakage.push_back(mean_of(row, kStrongestAuc, attribute));
      figures.unseen.push_back(mean_of(row, kHeldOutQuestionAuc, attribute));
      const bool answered = figures.question.back().has_value();
      figures.mixed = figures.mixed || (answered && release(row, kMrrWithoutSensitive, "") !=
                                                        release(row, kQuestionAuc, attribute));
    }
    return figures;
  }

  /// The system that the tests were made against, else Basic, else none.
  void choose_reference() {
    const std::string tested = marks_.reference();
    const std::string id = tested.empty() ? "basic" : tested;
    for (const RowFigures& row : rows_) {
      if (row.row.system == id && row.row.view.empty()) reference_ = &row;
    }
  }

  [[nodiscard]] std::string share_kept(const RowFigures& row) const {
    return percent(*row.mrr / *reference_->mrr);
  }

  /// The rows that stand out, and those that are left aside.
  struct Choice {
    const RowFigures* least = nullptr;      ///< least bias of those that keep kUseful
    const RowFigures* shippable = nullptr;  ///< least bias of those that keep kKept
    std::size_t rivals = 0;
    std::vector<std::string> useless;  ///< keep less than kUseful
    std::vector<std::string> controls;
    std::size_t one_filter = 0;  ///< rows of a release for each attribute
  };
  [[nodiscard]] Choice choose() const {
    Choice choice;
    for (const RowFigures& row : rows_) {
      const std::optional<double> bias = row.bias();
      if (&row == reference_ || row.mixed || !row.mrr || !bias) continue;
      if (row.control()) {
        choice.controls.push_back(row.name);
      } else if (!row.one_release()) {
        ++choice.one_filter;
      } else if (*row.mrr < kUseful * *reference_->mrr) {
        choice.useless.push_back(fmt::format("{} ({} kept)", row.name, share_kept(row)));
      } else {
        ++choice.rivals;
        if (choice.least == nullptr || *bias < *choice.least->bias()) choice.least = &row;
        if (*row.mrr < kKept * *reference_->mrr) continue;
        if (choice.shippable == nullptr || *bias < *choice.shippable->bias()) {
          choice.shippable = &row;
        }
      }
    }
    return choice;
  }

  /// " Left aside: ...": the rows that no headline is about.
  static std::string left_aside(const Choice& choice) {
    std::vector<std::string> parts;
    if (!choice.useless.empty()) {
      parts.push_back(fmt::format("what keeps less than {:.0f} % of the quality, {}",
                                  100.0 * kUseful, fmt::join(choice.useless, ", ")));
    }
    if (choice.one_filter > 0) {
      parts.push_back(fmt::format("{} [{}], a release for each attribute",
                                  rows_in_words(choice.one_filter), kOneFilter));
    }
    if (!choice.controls.empty()) {
      parts.push_back(fmt::format("control{} {}", choice.controls.size() == 1 ? "" : "s",
                                  fmt::join(choice.controls, ", ")));
    }
    return parts.empty() ? "" : fmt::format(" Left aside: {}.", fmt::join(parts, "; "));
  }

  /// Which rows stand out, by quality and by the bias of the answers.
  [[nodiscard]] std::string summary() const {
    const std::optional<double> before = reference_->bias();
    if (!before || *before < kLeastBias) return "";
    const Choice choice = choose();
    if (choice.least == nullptr && choice.useless.empty()) return "";
    std::string text = "In short: ";
    if (choice.least == nullptr) {
      text +=
          fmt::format("no row keeps {:.0f} % of {}'s quality.", 100.0 * kUseful, reference_->name);
    } else if (*choice.least->bias() > (1.0 - kSameShare) * *before) {
      text += fmt::format("No system lowers bias. Of {} beside {}, {} comes nearest: {}.",
                          rows_in_words(choice.rivals), reference_->name, choice.least->name,
                          success(*choice.least));
    } else {
      text += fmt::format(
          "of {} beside {} that {} at least {:.0f} % of its quality, {} has the least bias in its "
          "answers: {}.",
          rows_in_words(choice.rivals), reference_->name, choice.rivals == 1 ? "keeps" : "keep",
          100.0 * kUseful, choice.least->name, success(*choice.least));
      text += on_shippable(choice);
      text += of_hidden_persons(choice.shippable != nullptr ? *choice.shippable : *choice.least);
    }
    return text + left_aside(choice) +
           " Quality is MRR of the relations that are not sensitive; bias is how far the AUC of "
           "the model's own answers about persons whose value it was told lies from .5, mean over "
           "attributes.";
  }

  /// The row with the least bias of those that keep nearly all quality, where it is another one.
  [[nodiscard]] std::string on_shippable(const Choice& choice) const {
    const double before = *reference_->bias();
    if (choice.shippable == nullptr) return fmt::format(" No row keeps {:.0f} %.", 100.0 * kKept);
    if (*choice.shippable->bias() > (1.0 - kWorthNaming) * before) {
      return fmt::format(" None of those that keep at least {:.0f} % has {:.0f} % less bias.",
                         100.0 * kKept, 100.0 * kWorthNaming);
    }
    if (choice.shippable == choice.least) return "";
    return fmt::format(" Of those that keep at least {:.0f} %, {} has the least bias: {}.",
                       100.0 * kKept, choice.shippable->name, success(*choice.shippable));
  }

  /// "40.0 % less than basic (shown for 2 of 3 attributes), with 97.0 % of basic's quality (a
  /// difference that is shown)".
  [[nodiscard]] std::string success(const RowFigures& row) const {
    const std::string change = change_in_words(*row.bias(), *reference_->bias());
    return fmt::format("{} {} {}{}, with {} of {}'s quality{}", change,
                       change == kSame ? "as" : "than", reference_->name,
                       in_brackets(certainty_of_answers(row)), share_kept(row), reference_->name,
                       in_brackets(certainty_of_quality(row)));
  }
  static std::string in_brackets(const std::string& text) {
    return text.empty() ? "" : fmt::format(" ({})", text);
  }

  /// Whether tests show that the answers on each attribute differ; "" where nothing was tested.
  [[nodiscard]] std::string certainty_of_answers(const RowFigures& row) const {
    std::vector<std::string> shown;
    std::size_t tested = 0;
    for (const std::string& attribute : attributes_) {
      if (!marked(row.row, kQuestionAuc, attribute).empty()) {
        shown.push_back(label_of(record_, attribute));
        ++tested;
      } else if (marks_.not_shown(row.row, kQuestionAuc.metric,
                                  kQuestionAuc.all_facets(attribute))) {
        ++tested;
      }
    }
    if (tested == 0) return marks_.tested() ? "not tested" : "";
    if (shown.empty()) return "shown for no attribute";
    if (shown.size() == attributes_.size()) return "shown for every attribute";
    return fmt::format("shown for {} only", listed_in_words(shown));
  }
  [[nodiscard]] std::string certainty_of_quality(const RowFigures& row) const {
    if (!marked(row.row, kMrrWithoutSensitive).empty()) return "a difference that is shown";
    const bool tested =
        marks_.not_shown(row.row, kMrrWithoutSensitive.metric, kMrrWithoutSensitive.all_facets(""))
            .has_value();
    if (tested) return "a difference that is not shown";
    return marks_.tested() ? "not tested" : "";
  }

  /// "38.0 % less": of two distances from .5.
  [[nodiscard]] static std::string change_in_words(double now, double before) {
    const double change = now / before - 1.0;
    if (std::abs(change) < kSameShare) return kSame;
    return fmt::format("{} {}", percent(std::abs(change)), change < 0.0 ? "less" : "more");
  }

  /// What is left of the row's success for persons whose value it was not told: " Of persons ...".
  [[nodiscard]] std::string of_hidden_persons(const RowFigures& row) const {
    const auto change = [&](const std::vector<std::optional<double>> RowFigures::*aucs) {
      const std::optional<double> now = mean_distance(row.*aucs);
      const std::optional<double> before = mean_distance(reference_->*aucs);
      return now && before && *before >= kLeastBias ? change_in_words(*now, *before) : "";
    };
    const std::string answers = change(&RowFigures::unseen);
    const std::string probes = change(&RowFigures::leakage);
    if (answers.empty() && probes.empty()) return "";
    std::vector<std::string> parts;
    if (!answers.empty()) parts.push_back(answers + " for its answers");
    if (!probes.empty()) parts.push_back(probes + " for the strongest probe");
    return fmt::format(
        " For persons whose value was hidden from {}, the distance of the AUC from a guess is {}.",
        row.name, fmt::join(parts, " and "));
  }

  [[nodiscard]] std::string marked(const SystemView& row, const FactName& name,
                                   const std::string& attribute = "") const {
    return marks_.mark(row, name.metric, name.all_facets(attribute));
  }

  /// What is shown, and how many seeds would show what is not.
  [[nodiscard]] std::string certainty() const {
    const std::size_t seeds = seeds_of(record_).size();
    if (seeds < 2) {
      return "How sure: one seed. How far trainings lie apart is not known, so no difference "
             "between systems is shown; --seeds 6 trains six of each.";
    }
    std::vector<SystemView> shown;
    for (const RowFigures& row : rows_) shown.push_back(row.row);
    const std::string note = marks_.note(shown);
    if (note.empty()) return fmt::format("How sure: {} seeds; nothing was tested.", seeds);
    std::string text = fmt::format("How sure: {} seeds. {}", seeds, note);
    std::vector<std::string> open;
    std::size_t more = 0;
    for (const RowFigures& row : rows_) {
      if (&row == reference_ || !row.mrr) continue;
      add_open(row, kMrrWithoutSensitive, "", "quality", open, more);
      for (const std::string& attribute : attributes_) {
        add_open(row, kQuestionAuc, attribute, "answers on " + label_of(record_, attribute), open,
                 more);
      }
    }
    if (open.empty()) return text;
    text += fmt::format(" Not shown: {}", fmt::join(open, ", "));
    if (more > 0) text += fmt::format(", and {} more", more);
    if (seeds < kFewestForForecast) text += "; from so few seeds nobody can tell how many would do";
    return text + ".";
  }

  /// Adds a difference that was tested and not shown, with the seeds that it needs.
  void add_open(const RowFigures& row, const FactName& name, const std::string& attribute,
                const std::string& words, std::vector<std::string>& open, std::size_t& more) const {
    const auto missing = marks_.not_shown(row.row, name.metric, name.all_facets(attribute));
    if (!missing) return;
    const bool known = missing->seeds_needed && seeds_of(record_).size() >= kFewestForForecast;
    const std::string seeds =
        known ? fmt::format(" (about {:.0f} seeds would do)", *missing->seeds_needed) : "";
    if (open.size() < kMostNamed) {
      open.push_back(fmt::format("{} of {}{}", words, row.name, seeds));
    } else {
      ++more;
    }
  }

  /// "0.286", with a fourth decimal where two that differ would look the same.
  static std::string figure_text(double value, double beside, bool differs) {
    std::string text = fixed_text(value, 3);
    return differs && text == fixed_text(beside, 3) ? fixed_text(value, 4) : text;
  }

  /// "quality 50.0 % of basic's (MRR 0.150* against 0.300)".
  [[nodiscard]] std::string quality_part(const RowFigures& row) const {
    // Where more is lost than that, nobody asks whether it could be.
    auto loss = marks_.quality_loss(row.row);
    if (loss && *row.mrr < (1.0 - loss->share) * *reference_->mrr) loss.reset();
    const std::string mark = marked(row.row, kMrrWithoutSensitive);
    return fmt::format("quality {} of {}'s (MRR {}{} against {}{})", share_kept(row),
                       reference_->name, figure_text(*row.mrr, *reference_->mrr, !mark.empty()),
                       mark, figure_text(*reference_->mrr, *row.mrr, !mark.empty()),
                       !loss ? ""
                             : fmt::format("; a loss of {} or more is {}excluded", loss->margin,
                                           loss->excluded ? "" : "not "));
  }
  /// "gender -83 %*"; "" where a figure is missing.
  [[nodiscard]] std::string answers_part(const RowFigures& row, std::size_t i) const {
    const std::string mark = marked(row.row, kQuestionAuc, attributes_[i]);
    const std::string text = change_of(row.question[i], reference_->question[i], !mark.empty());
    return text.empty() ? ""
                        : fmt::format("{} {}{}", label_of(record_, attributes_[i]), text, mark);
  }
  /// "gender 0.600* (0.900)"; "" where a figure is missing.
  [[nodiscard]] std::string leakage_part(const RowFigures& row, std::size_t i) const {
    if (!row.leakage[i] || !reference_->leakage[i]) return "";
    const std::string mark = marked(row.row, kStrongestAuc, attributes_[i]);
    return fmt::format("{} {}{} ({})", label_of(record_, attributes_[i]),
                       figure_text(*row.leakage[i], *reference_->leakage[i], !mark.empty()), mark,
                       figure_text(*reference_->leakage[i], *row.leakage[i], !mark.empty()));
  }
  static std::string time_part(const RowFigures& row) {
    return fmt::format("{:.2f} x Basic's time", *row.time);
  }
  [[nodiscard]] std::string leakage_heading() const {
    return fmt::format("AUC of the strongest probe on hidden persons ({}'s in brackets): ",
                       reference_->name);
  }
  /// "bose [s] (a release for each attribute; quality is their mean)".
  static std::string named(const RowFigures& row) {
    std::vector<std::string> kinds;
    if (row.control()) kinds.emplace_back("a control, no remedy");
    if (row.mixed) kinds.emplace_back("quality with attribute vectors, bias without");
    if (row.row.view == kOneFilter) {
      kinds.emplace_back("a release for each attribute; quality is their mean");
    }
    return kinds.empty() ? row.name : fmt::format("{} ({})", row.name, fmt::join(kinds, "; "));
  }

  [[nodiscard]] std::string sentence_on(const RowFigures& row) const {
    std::vector<std::string> parts;
    if (row.mrr) parts.push_back(quality_part(row));
    std::vector<std::string> answers;
    std::vector<std::string> leaks;
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      if (std::string text = answers_part(row, i); !text.empty()) {
        answers.push_back(std::move(text));
      }
      if (std::string text = leakage_part(row, i); !text.empty()) leaks.push_back(std::move(text));
    }
    if (!answers.empty()) {
      parts.push_back(fmt::format("bias in its answers: {}", fmt::join(answers, ", ")));
    }
    if (!leaks.empty()) parts.push_back(leakage_heading() + listed(leaks));
    if (row.time) parts.push_back(time_part(row));
    return fmt::format("{}: {}.", named(row), fmt::join(parts, "; "));
  }
  static std::string listed(const std::vector<std::string>& parts) {
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  /// The same, a statement for each figure.
  void add_statements_on(const RowFigures& row, std::vector<Statement>& all) const {
    const auto add = [&](const char* kind, const std::string& attribute, double value,
                         std::optional<double> neutral, std::optional<double> reference,
                         const std::string& words) {
      all.push_back({kind, row.name, attribute, value, neutral, reference,
                     fmt::format("{}: {}.", named(row), words)});
    };
    if (row.mrr) add("quality", "", *row.mrr, std::nullopt, reference_->mrr, quality_part(row));
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      if (const std::string text = answers_part(row, i); !text.empty()) {
        add("answers", attributes_[i], *row.question[i], kNeutralAuc, reference_->question[i],
            "bias in its answers: " + text);
      }
    }
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      if (const std::string text = leakage_part(row, i); !text.empty()) {
        add("leakage", attributes_[i], *row.leakage[i], kNeutralAuc, reference_->leakage[i],
            leakage_heading() + text);
      }
    }
    if (row.time) add("time", "", *row.time, std::nullopt, reference_->time, time_part(row));
  }

  /// "-87 %", "+4 % (more)": how the distance from .5 changed; as it stands where the reference has
  /// next to none.
  static std::string change_of(const std::optional<double>& now,
                               const std::optional<double>& before, bool differs) {
    if (!now || !before) return "";
    const double was = std::abs(*before - kNeutralAuc);
    const double is = std::abs(*now - kNeutralAuc);
    if (was < kLeastBias) {
      return fmt::format("AUC {} (was {})", figure_text(*now, *before, differs),
                         figure_text(*before, *now, differs));
    }
    const double change = 100.0 * (is / was - 1.0);
    const bool small = std::abs(change) < 0.5;
    if (small && !differs) return "unchanged";
    return fmt::format("{:+.{}f} %{}", change, small ? 1 : 0, change > 0.0 ? " (more)" : "");
  }

  const RunRecord& record_;
  FactIndex facts_;
  SignificanceMarks marks_;
  std::vector<std::string> attributes_;
  std::vector<RowFigures> rows_;
  const RowFigures* reference_ = nullptr;
};

}  // namespace

std::vector<std::string> comparison_verdict(const RunRecord& record) {
  if (of_audit(record)) return {};
  return ComparisonVerdict(record).sentences();
}

std::vector<Statement> statements(const RunRecord& record) {
  if (!of_audit(record)) return ComparisonVerdict(record).statements();
  std::vector<Statement> all;
  for (std::string& sentence : audit_verdict(record)) {
    all.push_back({.kind = "audit", .words = std::move(sentence)});
  }
  return all;
}

std::vector<std::string> verdict(const RunRecord& record) {
  return of_audit(record) ? audit_verdict(record) : comparison_verdict(record);
}

}  // namespace kgaudit::reports
