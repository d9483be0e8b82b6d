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
/// Where the reference's AUC is nearer to .5 than this, a share of that distance says nothing.
constexpr double kLeastBias = 0.02;
/// Less than this share of the reference's bias is no success worth naming.
constexpr double kWorthNaming = 0.1;
/// Shares nearer to 0 than this are shown as 0.0 %.
constexpr double kSameShare = 0.0005;
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
};

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
    choose_reference();
  }

  std::vector<std::string> sentences() const {
    if (rows_.size() < 2 || reference_ == nullptr || !reference_->mrr) return {};
    std::vector<std::string> all;
    if (const std::size_t missing = missing_trainings(record_).size(); missing > 0) {
      all.push_back(
          fmt::format("Incomplete: {} of the run's trainings {} missing; --resume goes on.",
                      missing, missing == 1 ? "is" : "are"));
    }
    if (std::string text = summary(); !text.empty()) all.push_back(std::move(text));
    all.push_back(certainty());
    for (const RowFigures& row : rows_) {
      if (&row != reference_) all.push_back(sentence_on(row));
    }
    all.emplace_back(
        "AUC: of two persons, one who has a value and one who has not, how often the right one is "
        "found; .5 is a guess, 1 is always. A figure near .5 means that these tests found nothing, "
        "not that the embeddings are fair.");
    return all;
  }

 private:
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

  /// Which rows stand out, by quality and by the bias of the answers.
  [[nodiscard]] std::string summary() const {
    const std::optional<double> before = reference_->bias();
    if (!before || *before < kLeastBias) return "";
    const RowFigures* least = nullptr;
    const RowFigures* shippable = nullptr;
    std::size_t others = 0;
    for (const RowFigures& row : rows_) {
      const std::optional<double> bias = row.bias();
      if (&row == reference_ || !row.one_release() || !row.mrr || !bias) continue;
      ++others;
      if (least == nullptr || *bias < *least->bias()) least = &row;
      if (*row.mrr < kKept * *reference_->mrr) continue;
      if (shippable == nullptr || *bias < *shippable->bias()) shippable = &row;
    }
    if (least == nullptr) return "";
    const auto less = [&](const RowFigures& row) { return change_in_words(*row.bias(), *before); };
    std::string text = fmt::format(
        "In short: of {} row{} beside {}, {} has the least bias in its answers ({} than {}) and "
        "keeps {} of {}'s quality.",
        others, others == 1 ? "" : "s", reference_->name, least->name, less(*least),
        reference_->name, share_kept(*least), reference_->name);
    if (shippable == nullptr) {
      text += fmt::format(" No row keeps {:.0f} %.", 100.0 * kKept);
    } else if (*shippable->bias() > (1.0 - kWorthNaming) * *before) {
      text += fmt::format(" None of those that keep at least {:.0f} % has {:.0f} % less bias.",
                          100.0 * kKept, 100.0 * kWorthNaming);
    } else if (shippable != least) {
      text += fmt::format(
          " Of those that keep at least {:.0f} %, {} has the least bias: {}, with {} kept.",
          100.0 * kKept, shippable->name, less(*shippable), share_kept(*shippable));
    }
    text += of_hidden_persons(shippable != nullptr ? *shippable : *least);
    return text +
           " Quality is MRR of the relations that are not sensitive; bias is how far the AUC of "
           "the "
           "model's own answers about persons whose value it was told lies from .5, mean over "
           "attributes.";
  }

  /// "38.0 % less": of two distances from .5.
  [[nodiscard]] static std::string change_in_words(double now, double before) {
    const double change = now / before - 1.0;
    if (std::abs(change) < kSameShare) return "as much";
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
    if (!answers.empty()) parts.push_back("its answers have " + answers);
    if (!probes.empty()) parts.push_back("the strongest probe reads " + probes);
    return fmt::format(" Of persons whose value was hidden from {}, {}.", row.name,
                       fmt::join(parts, " and "));
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

  [[nodiscard]] std::string sentence_on(const RowFigures& row) const {
    std::vector<std::string> parts;
    if (row.mrr) {
      // Where more is lost than that, nobody asks whether it could be.
      auto loss = marks_.quality_loss(row.row);
      if (loss && *row.mrr < (1.0 - loss->share) * *reference_->mrr) loss.reset();
      parts.push_back(fmt::format("quality {} of {}'s (MRR {:.3f}{} against {:.3f}{})",
                                  share_kept(row), reference_->name, *row.mrr,
                                  marked(row.row, kMrrWithoutSensitive), *reference_->mrr,
                                  !loss ? ""
                                        : fmt::format("; a loss of {} or more is {}excluded",
                                                      loss->margin, loss->excluded ? "" : "not ")));
    }
    std::vector<std::string> answers;
    std::vector<std::string> leaks;
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      const std::string& label = label_of(record_, attributes_[i]);
      if (const std::string text = change_of(row.question[i], reference_->question[i]);
          !text.empty()) {
        answers.push_back(
            fmt::format("{} {}{}", label, text, marked(row.row, kQuestionAuc, attributes_[i])));
      }
      if (row.leakage[i] && reference_->leakage[i]) {
        leaks.push_back(fmt::format("{} {:.2f}{} ({:.2f})", label, *row.leakage[i],
                                    marked(row.row, kStrongestAuc, attributes_[i]),
                                    *reference_->leakage[i]));
      }
    }
    if (!answers.empty()) {
      parts.push_back(fmt::format("bias in its answers: {}", fmt::join(answers, ", ")));
    }
    if (!leaks.empty()) {
      parts.push_back(
          fmt::format("AUC of the strongest probe on hidden persons ({}'s in brackets): {}",
                      reference_->name, fmt::join(leaks, ", ")));
    }
    if (row.time) parts.push_back(fmt::format("{:.2f} x Basic's time", *row.time));
    const char* kind = row.mixed ? " (quality with attribute vectors, bias without)"
                       : row.row.view == kOneFilter
                           ? " (a release for each attribute; quality is their mean)"
                           : "";
    return fmt::format("{}{}: {}.", row.name, kind, fmt::join(parts, "; "));
  }

  /// "-87 %", "+4 % (more)": how the distance from .5 changed; as it stands where the reference has
  /// next to none.
  static std::string change_of(const std::optional<double>& now,
                               const std::optional<double>& before) {
    if (!now || !before) return "";
    const double was = std::abs(*before - kNeutralAuc);
    const double is = std::abs(*now - kNeutralAuc);
    if (was < kLeastBias) return fmt::format("AUC {:.2f} (was {:.2f})", *now, *before);
    const double change = 100.0 * (is / was - 1.0);
    if (std::abs(change) < 0.5) return "unchanged";
    return change > 0.0 ? fmt::format("{:+.0f} % (more)", change)
                        : fmt::format("{:+.0f} %", change);
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

std::vector<std::string> verdict(const RunRecord& record) {
  return of_audit(record) ? audit_verdict(record) : comparison_verdict(record);
}

}  // namespace kgaudit::reports
