#include "suite/gate/gate_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "metrics/stats/multiplicity.hpp"
#include "metrics/stats/outcome.hpp"
#include "metrics/stats/power.hpp"
#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

namespace stats = metrics::stats;
using Wanted = GateRule::Wanted;

/// A mean with its standard error; degrees of freedom are infinite for a normal interval.
struct MeanAndError {
  double mean = 0.0;
  double error = 0.0;
  double degrees = std::numeric_limits<double>::infinity();
  std::string test;
  /// sd of what one more seed (of a difference: one more on each side) adds, and how many seeds it
  /// is known from; for counting seeds.
  double sd_of_seeds = 0.0;
  std::uint64_t seeds = 0;

  [[nodiscard]] double half_width(double alpha) const {
    const double quantile = std::isinf(degrees)
                                ? distributions::normal_two_sided_quantile(1.0 - alpha)
                                : distributions::student_upper_quantile(alpha / 2.0, degrees);
    return quantile * error;
  }
  /// P(a mean at least this large) if the true one is `null`.
  [[nodiscard]] double p_above(double null) const {
    if (error == 0.0) return mean > null ? 0.0 : 1.0;
    const double t = (mean - null) / error;
    return std::isinf(degrees) ? distributions::normal_above(t)
                               : distributions::student_above(t, degrees);
  }
  /// Of a mean so far from `null` or further, to either side.
  [[nodiscard]] double p_beside(double null) const {
    if (error == 0.0) return mean == null ? 1.0 : 0.0;
    const double above = p_above(null);
    return 2.0 * std::min(above, 1.0 - above);
  }
};

bool same_seeds(const GatedValue& a, const GatedValue& b) {
  return std::equal(a.seeds.begin(), a.seeds.end(), b.seeds.begin(), b.seeds.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first; });
}

using Estimated = stats::Outcome<MeanAndError>;

/// Means of one side: over seeds, or of one seed over persons.
Estimated one_side(const GateFigure& figure, const GatedValue& value) {
  const std::vector<double> bad = bad_values(figure, value);
  MeanAndError side;
  side.mean = metrics::mean(bad);
  side.seeds = bad.size();
  if (const auto sd = metrics::sample_sd(bad)) {
    side.sd_of_seeds = *sd;
    side.error = *sd / std::sqrt(static_cast<double>(bad.size()));
    side.degrees = static_cast<double>(bad.size()) - 1.0;
    side.test = fmt::format("t over {} seeds", bad.size());
    return side;
  }
  if (!value.standard_error) {
    return Undefined{"one seed, and no interval over persons or triples on record"};
  }
  side.error = *value.standard_error;
  side.test = fmt::format("interval over {} persons or triples", with_thousands(value.n));
  return side;
}

/// How much worse `ours` is than `theirs`.
Estimated difference(const GateFigure& figure, const GatedValue& ours, const GatedValue& theirs) {
  const std::vector<double> a = bad_values(figure, ours);
  const std::vector<double> b = bad_values(figure, theirs);
  MeanAndError d;
  if (same_seeds(ours, theirs)) {
    const std::vector<double> paired = stats::differences(a, b);
    d.mean = metrics::mean(paired);
    d.seeds = paired.size();
    const bool equal = std::all_of(paired.begin(), paired.end(), [](double x) { return x == 0.0; });
    if (equal) {
      d.test = "the same values";
      return d;
    }
    if (const auto sd = metrics::sample_sd(paired)) {
      d.sd_of_seeds = *sd;
      d.error = *sd / std::sqrt(static_cast<double>(paired.size()));
      d.degrees = static_cast<double>(paired.size()) - 1.0;
      d.test = fmt::format("paired t over {} seeds", paired.size());
      return d;
    }
  }
  const Estimated left = one_side(figure, ours);
  const Estimated right = one_side(figure, theirs);
  // A value of one training beside several: the same persons stand behind all of them, so what
  // moves it is what moves the others.
  if ((a.size() == 1) != (b.size() == 1)) {
    const MeanAndError& several = a.size() == 1 ? *right : *left;
    d.mean = metrics::mean(a) - metrics::mean(b);
    d.seeds = several.seeds;
    d.sd_of_seeds = std::hypot(several.sd_of_seeds, several.sd_of_seeds);
    d.error = std::hypot(several.error, several.sd_of_seeds);
    d.degrees = several.degrees;
    d.test = fmt::format("t of one against {}", several.seeds);
    return d;
  }
  if (!left.defined()) return left.undefined();
  if (!right.defined()) return right.undefined();
  const double left_variance = left->error * left->error;
  const double right_variance = right->error * right->error;
  d.mean = left->mean - right->mean;
  d.error = std::sqrt(left_variance + right_variance);
  d.seeds = std::min(left->seeds, right->seeds);
  d.sd_of_seeds = std::hypot(left->sd_of_seeds, right->sd_of_seeds);
  // Welch and Satterthwaite; a side with a normal interval adds nothing to the sum.
  const double weights = left_variance * left_variance / left->degrees +
                         right_variance * right_variance / right->degrees;
  if (weights > 0.0)
    d.degrees = (left_variance + right_variance) * (left_variance + right_variance) / weights;
  d.test = left->seeds > 1 || right->seeds > 1
               ? fmt::format("Welch's t over {} and {} seeds", left->seeds, right->seeds)
               : fmt::format("intervals over {} and {} persons or triples", with_thousands(ours.n),
                             with_thousands(theirs.n));
  return d;
}

/// Digits that say something beside an uncertainty of this size.
std::string rounded(double value, double beside) {
  const double scale = beside > 0.0 ? beside : std::abs(value);
  const int decimals =
      scale > 0.0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(scale))), 0, 6) : 3;
  return fmt::format("{:.{}f}", value, decimals);
}

/// Makes the findings of one gate and judges them together.
class GateCheck {
 public:
  GateCheck(const GateRules& rules, const GateState& baseline, const GateState& candidate,
            const GateShortcuts& shortcuts)
      : rules_(rules), baseline_(baseline), candidate_(candidate), shortcuts_(shortcuts) {
    for (const auto& [check, message] : candidate.warnings) {
      if (baseline.warnings.contains(check)) continue;
      spoiled_by_ =
          fmt::format("the record warns ({}), and the baseline does not: {}", check, message);
    }
  }

  GateResult result() && {
    for (const GateRule& rule : rules_.rules) ask(rule);
    adjust();
    for (GateFinding& finding : findings_) decide(finding);
    GateResult result;
    result.anything_measured = anything_measured_;
    std::stable_sort(
        findings_.begin(), findings_.end(),
        [](const GateFinding& a, const GateFinding& b) { return urgency(a) < urgency(b); });
    result.findings = std::move(findings_);
    for (const GateFinding& finding : result.findings) {
      result.verdict = std::min(result.verdict, finding.verdict);
    }
    return result;
  }

 private:
  /// What a finding is decided by, beside what it shows.
  struct Evidence {
    const GateRule* rule;
    Estimated estimate;
    std::optional<stats::PlannedTest> planned = {};  ///< by the baseline; nothing without a margin
  };

  static std::tuple<GateVerdict, double> urgency(const GateFinding& finding) {
    const double size = finding.worse_by && finding.margin && *finding.margin > 0.0
                            ? *finding.worse_by / *finding.margin
                            : finding.worse_by.value_or(0.0);
    return {finding.verdict, -size};
  }

  /// The rows or attributes that a rule speaks of; every one must be known to the baseline.
  std::vector<std::string> named(const GateRule& rule, const std::vector<std::string>& typed,
                                 const char* kind, const std::set<std::string>& known) const {
    if (typed.empty()) return {known.begin(), known.end()};
    for (const std::string& word : typed) {
      if (known.count(word) == 0) throw InputError::unknown(rule.place, kind, word, known);
    }
    return typed;
  }

  void ask(const GateRule& rule) {
    const GateFigure& figure = gate_figure(rule.figure, rule.place);
    if (shortcuts_.only != nullptr) {
      const auto before = baseline_.values.find(*shortcuts_.only);
      const auto now = candidate_.values.find(*shortcuts_.only);
      if (rule.asks_about(*shortcuts_.only) && rule.watches_change() &&
          before != baseline_.values.end() && now != candidate_.values.end()) {
        change(rule, figure, before->first, before->second, now->second);
      }
      return;
    }
    const bool limited = rule.at_least || rule.at_most;
    std::set<std::string> rows;
    std::set<std::string> attributes;
    const auto add = [&](const GateState& state) {
      for (const auto& [key, value] : state.values) {
        if (key.figure != rule.figure) continue;
        rows.insert(key.row);
        attributes.insert(key.attribute);
      }
    };
    add(baseline_);
    // A limit holds whatever the baseline says.
    if (limited) add(candidate_);
    if (rows.empty()) {
      throw InputError::usage(
          rule.place, fmt::format("a rule for {}, which the baseline does not have", rule.figure),
          "a figure of the baseline", "take the rule out, or measure it and update the baseline");
    }
    for (const std::string& row : named(rule, rule.rows, "row", rows)) {
      for (const std::string& attribute : named(rule, rule.attributes, "attribute", attributes)) {
        const GateKey key{rule.figure, row, attribute};
        const auto before = baseline_.values.find(key);
        const auto now = candidate_.values.find(key);
        if (before != baseline_.values.end()) {
          ask(rule, figure, key, before->second);
        } else if (limited && now != candidate_.values.end() && row != rules_.baseline_row) {
          ask_limits_alone(rule, key, now->second);
        } else if (!rule.rows.empty() && !rule.attributes.empty()) {
          throw InputError::usage(
              rule.place,
              fmt::format("a rule for {}, which the baseline does not have", key.text()),
              "a row that has a figure of that attribute",
              "take one of the two out of the rule, or measure it and update the baseline");
        }
      }
    }
  }

  void ask(const GateRule& rule, const GateFigure& figure, const GateKey& key,
           const GatedValue& before) {
    const auto now = candidate_.values.find(key);
    const bool measured = now != candidate_.values.end() && !now->second.seeds.empty();
    anything_measured_ = anything_measured_ || measured;
    const bool limited = rule.at_least || rule.at_most;
    // What the baseline could not say either is no change.
    if (!measured && before.seeds.empty() && !limited) return;
    if (!measured) {
      GateFinding finding = begun(rule, key, before, nullptr);
      finding.verdict =
          before.seeds.empty() ? GateVerdict::kInconclusive : GateVerdict::kRegression;
      finding.words = now == candidate_.values.end()
                          ? "not measured any more"
                          : fmt::format("undefined now: {}", now->second.undefined);
      put(std::move(finding), {&rule, Undefined{"not measured"}});
      return;
    }
    if (rule.watches_change()) change(rule, figure, key, before, now->second);
    if (rule.at_least || rule.at_most) limits(rule, key, before, now->second);
  }

  /// Of a row that the baseline does not know.
  void ask_limits_alone(const GateRule& rule, const GateKey& key, const GatedValue& now) {
    GatedValue none;
    none.n = now.n;
    if (!now.seeds.empty()) {
      anything_measured_ = true;
      return limits(rule, key, none, now);
    }
    GateFinding finding = begun(rule, key, none, nullptr);
    finding.verdict = GateVerdict::kInconclusive;
    finding.words = fmt::format("undefined: {}", now.undefined);
    put(std::move(finding), {&rule, Undefined{"not measured"}});
  }

  GateFinding begun(const GateRule& rule, const GateKey& key, const GatedValue& before,
                    const GatedValue* now) const {
    GateFinding finding;
    finding.key = key;
    finding.place = rule.place;
    if (!before.seeds.empty()) finding.baseline = metrics::mean(before.values());
    finding.baseline_seeds = before.seeds.size();
    finding.n = before.n;
    if (now != nullptr && !now->seeds.empty()) {
      finding.candidate = metrics::mean(now->values());
      finding.candidate_seeds = now->seeds.size();
      finding.n = std::min(before.n, now->n);
    }
    return finding;
  }

  void change(const GateRule& rule, const GateFigure& figure, const GateKey& key,
              const GatedValue& before, const GatedValue& now) {
    GateFinding finding = begun(rule, key, before, &now);
    if (before.seeds.empty()) {
      finding.words =
          fmt::format("no change to judge: the baseline was undefined ({})", before.undefined);
      put(std::move(finding), {&rule, Undefined{"no baseline"}});
      return;
    }
    if (figure.kind == GateFigure::Kind::kTime && !same_clock(baseline_, candidate_)) {
      finding.verdict = GateVerdict::kNotComparable;
      finding.words = "times of two machines or builds are not compared";
      put(std::move(finding), {&rule, Undefined{"another machine"}});
      return;
    }
    const double distance = std::abs(metrics::mean(bad_values(figure, before)));
    finding.margin =
        std::max(rule.margin.value_or(0.0), rule.margin_share.value_or(0.0) * distance);
    const std::optional<stats::PlannedTest> planned =
        planned_test(figure, before, now.seeds.size(), *finding.margin);
    put(std::move(finding), {&rule, difference(figure, now, before), planned});
  }

  /// The test of a change of the margin's size, as the baseline alone lets one expect it: with as
  /// many seeds as the candidate has, which scatter as the baseline's do.
  static std::optional<stats::PlannedTest> planned_test(const GateFigure& figure,
                                                        const GatedValue& before,
                                                        std::size_t candidate_seeds,
                                                        double margin) {
    const Estimated side = one_side(figure, before);
    if (!side.defined() || !(side->error > 0.0) || !(margin > 0.0)) return std::nullopt;
    const double candidate_error =
        side->sd_of_seeds > 0.0
            ? side->sd_of_seeds / std::sqrt(static_cast<double>(candidate_seeds))
            : side->error;
    return stats::PlannedTest{margin / std::hypot(side->error, candidate_error), side->degrees};
  }

  /// How far the candidate is beyond a limit. Limits are in the figure's own unit, and so is this.
  void limits(const GateRule& rule, const GateKey& key, const GatedValue& before,
              const GatedValue& now) {
    // A value that grows worse as it grows, whatever the figure: the limit says which side is
    // meant.
    static constexpr GateFigure kGrowing{"",
                                         "",
                                         GateFigure::Kind::kBias,
                                         Worse::kHigher,
                                         0.0,
                                         std::numeric_limits<double>::infinity(),
                                         {}};
    for (const auto& [limit, sign] :
         {std::pair{rule.at_most, 1.0}, std::pair{rule.at_least, -1.0}}) {
      if (!limit) continue;
      GateFinding finding = begun(rule, key, before, &now);
      finding.question = GateFinding::Question::kLimit;
      finding.at_most = sign > 0.0;
      finding.baseline = *limit;
      finding.margin = 0.0;
      GatedValue beyond = now;
      for (auto& [seed, value] : beyond.seeds) value = sign * (value - *limit);
      put(std::move(finding), {&rule, one_side(kGrowing, beyond)});
    }
  }

  void put(GateFinding finding, Evidence evidence) {
    finding.asked_before = asked_[{finding.key, finding.question}]++;
    if (evidence.estimate.defined()) {
      const MeanAndError& d = *evidence.estimate;
      const double half = d.half_width(rules_.alpha);
      finding.worse_by = d.mean;
      finding.low = d.mean - half;
      finding.high = d.mean + half;
      finding.test = d.test;
      // How likely is so much worse by chance alone? Of "same", so far off to either side.
      finding.p = d.p_above(0.0);
      const bool either_side = evidence.rule->wanted == Wanted::kSame &&
                               finding.question == GateFinding::Question::kChange;
      if (either_side) finding.p = d.p_beside(0.0);
    } else if (finding.words.empty()) {
      finding.verdict = GateVerdict::kInconclusive;
      finding.words = evidence.estimate.reason();
      if (finding.question == GateFinding::Question::kLimit) {
        finding.words = fmt::format("{}: {}", limit_as_written(finding), finding.words);
      }
    }
    findings_.push_back(std::move(finding));
    evidence_.push_back(std::move(evidence));
  }

  /// "at_most = 0.65", as the rule says it.
  static std::string limit_as_written(const GateFinding& finding) {
    return fmt::format("{} = {}", finding.at_most ? "at_most" : "at_least",
                       number_text(*finding.baseline));
  }

  /// Only alarms are adjusted: that all must pass needs no correction.
  void adjust() {
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < findings_.size(); ++i) {
      if (findings_[i].p) asked.push_back(i);
    }
    if (shortcuts_.only == nullptr) share_alpha(asked);
    std::vector<double> p;
    std::vector<double> weights;
    for (const std::size_t i : asked) {
      if (shortcuts_.only != nullptr) findings_[i].share_of_alpha = known_share(findings_[i]);
      p.push_back(*findings_[i].p);
      weights.push_back(*findings_[i].share_of_alpha);
    }
    for (const GateAnswer& answer : shortcuts_.known) {
      if (answers_the_only(answer)) continue;
      p.push_back(answer.p);
      weights.push_back(answer.share_of_alpha);
    }
    const std::vector<double> adjusted = stats::weighted_holm(p, weights);
    for (std::size_t i = 0; i < asked.size(); ++i) findings_[asked[i]].adjusted_p = adjusted[i];
  }

  /// An equal part for a question without a margin; what is left is shared among the others so that
  /// each finds a change of its margin's size equally often.
  void share_alpha(const std::vector<std::size_t>& asked) {
    std::vector<std::size_t> planned;
    std::vector<stats::PlannedTest> tests;
    for (const std::size_t i : asked) {
      findings_[i].share_of_alpha = rules_.alpha / static_cast<double>(asked.size());
      if (!evidence_[i].planned) continue;
      planned.push_back(i);
      tests.push_back(*evidence_[i].planned);
    }
    if (tests.empty()) return;
    const double left =
        rules_.alpha * static_cast<double>(tests.size()) / static_cast<double>(asked.size());
    const std::vector<double> shares = stats::shares_of_alpha(tests, left);
    for (std::size_t i = 0; i < planned.size(); ++i) {
      findings_[planned[i]].share_of_alpha = shares[i];
    }
  }

  [[nodiscard]] bool answers_the_only(const GateAnswer& answer) const {
    return answer.key == *shortcuts_.only && answer.question == GateFinding::Question::kChange;
  }
  [[nodiscard]] double known_share(const GateFinding& finding) const {
    for (const GateAnswer& answer : shortcuts_.known) {
      if (answers_the_only(answer)) return answer.share_of_alpha;
    }
    throw BrokenInvariant(fmt::format("nothing is known of {}", finding.key.text()));
  }

  void decide(GateFinding& finding) {
    const Evidence& evidence = evidence_[static_cast<std::size_t>(&finding - findings_.data())];
    if (!evidence.estimate.defined()) return;
    const Wanted wanted = finding.question == GateFinding::Question::kLimit ? Wanted::kNoWorse
                                                                            : evidence.rule->wanted;
    const double margin = *finding.margin;
    const double low = *finding.low;
    const double high = *finding.high;
    const bool shown = finding.adjusted_p && *finding.adjusted_p <= rules_.alpha;
    const bool shown_worse = shown && *finding.worse_by > 0.0;
    bool passed = false;
    switch (wanted) {
      case Wanted::kNoWorse:
        if (finding.question == GateFinding::Question::kChange) {
          finding.margin_to_pass = std::max(high, 0.0);
        }
        passed = high <= 0.0 || (finding.margin_to_pass && high < margin);
        break;
      case Wanted::kSame:
        finding.margin_to_pass = std::max(high, -low);
        passed = *finding.margin_to_pass < margin || (low == 0.0 && high == 0.0);
        break;
      case Wanted::kBetter:
        passed = high < 0.0;
        break;
    }
    const bool shown_other = wanted == Wanted::kSame && shown && *finding.worse_by < 0.0;
    // Without any spread, what is no better is surely no better.
    const bool no_better = wanted == Wanted::kBetter && low == high && low >= 0.0;
    if (passed) {
      finding.verdict = GateVerdict::kPass;
    } else if (shown_worse || shown_other || no_better) {
      finding.verdict = GateVerdict::kRegression;
    } else {
      finding.verdict = GateVerdict::kInconclusive;
      count_seeds(finding, *evidence.estimate, wanted);
    }
    finding.words = sentence(finding, wanted);
    // Rows that hold nothing tell nothing, and a gate would call that better.
    if (finding.verdict != GateVerdict::kPass || spoiled_by_.empty()) return;
    finding.verdict = GateVerdict::kInconclusive;
    finding.words = spoiled_by_;
  }

  void count_seeds(GateFinding& finding, const MeanAndError& d, Wanted wanted) const {
    if (!shortcuts_.count_seeds || !(d.sd_of_seeds > 0.0) || d.seeds < 2) return;
    const double size =
        wanted == Wanted::kBetter || *finding.margin == 0.0 ? std::abs(d.mean) : *finding.margin;
    if (!(size > 0.0)) return;
    stats::PowerPlan plan;
    plan.alpha = rules_.alpha / 2.0;
    plan.power = rules_.power;
    plan.alternative = stats::Alternative::kGreater;
    const auto needed = stats::seeds_needed(d.seeds, d.sd_of_seeds, size, plan);
    if (needed.defined()) finding.seeds_needed = needed->total;
  }

  [[nodiscard]] std::string sentence(const GateFinding& finding, Wanted wanted) const {
    const double beside = std::max(*finding.high - *finding.worse_by, 0.0);
    const std::string level = number_text(100.0 * (1.0 - rules_.alpha));
    const std::string range =
        fmt::format("{} % interval {} to {}", level, rounded(*finding.low, beside),
                    rounded(*finding.high, beside));
    std::string said;
    if (finding.question == GateFinding::Question::kLimit) {
      const std::string limit = limit_as_written(finding);
      said = *finding.worse_by > 0.0
                 ? fmt::format("beyond the limit {} by {} ({})", limit,
                               rounded(*finding.worse_by, beside), range)
                 : fmt::format("{} within the limit {} ({})", rounded(-*finding.worse_by, beside),
                               limit, range);
    } else if (finding.test == "the same values") {
      return "the same values as in the baseline";
    } else {
      said = fmt::format(
          "{} by {} ({}); {}", *finding.worse_by > 0.0 ? "worse" : "better",
          rounded(std::abs(*finding.worse_by), beside), range,
          wanted == Wanted::kBetter
              ? std::string("has to be better")
              : fmt::format("the margin is {}", rounded(*finding.margin, *finding.margin)));
    }
    if (finding.verdict == GateVerdict::kInconclusive) {
      said +=
          finding.seeds_needed && *finding.seeds_needed > finding.candidate_seeds
              ? fmt::format("; not sure yet, about {} seeds a side would do", *finding.seeds_needed)
              : "; not sure";
    }
    return said;
  }

  const GateRules& rules_;
  const GateState& baseline_;
  const GateState& candidate_;
  GateShortcuts shortcuts_;
  std::string spoiled_by_;  ///< what makes figures of the candidate say nothing; mostly empty
  bool anything_measured_ = false;
  std::map<std::pair<GateKey, GateFinding::Question>, std::uint64_t> asked_;  ///< how often
  std::vector<GateFinding> findings_;
  std::vector<Evidence> evidence_;  ///< of each finding
};

}  // namespace

std::string_view to_text(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::kRegression:
      return "regression";
    case GateVerdict::kNotComparable:
      return "not comparable";
    case GateVerdict::kInconclusive:
      return "inconclusive";
    case GateVerdict::kPass:
      return "pass";
  }
  return "";
}

GateResult check_gate(const GateRules& rules, const GateState& baseline,
                      const GateState& candidate) {
  return check_gate(rules, baseline, candidate, {.count_seeds = true});
}

GateResult check_gate(const GateRules& rules, const GateState& baseline, const GateState& candidate,
                      const GateShortcuts& shortcuts) {
  GateResult result;
  result.reasons = why_not_comparable(baseline, candidate);
  if (!result.reasons.empty()) {
    result.verdict = GateVerdict::kNotComparable;
    result.anything_measured = true;
    return result;
  }
  return GateCheck(rules, baseline, candidate, shortcuts).result();
}

}  // namespace kgaudit::run
