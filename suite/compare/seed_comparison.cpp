#include "suite/compare/seed_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "metrics/stats/effect_size.hpp"
#include "metrics/stats/estimates.hpp"
#include "metrics/stats/margin.hpp"
#include "metrics/stats/power.hpp"
#include "metrics/stats/sign_flip.hpp"
#include "metrics/stats/t_test.hpp"
#include "reports/record/fact_names.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

namespace stats = metrics::stats;
using reports::Facets;
using reports::MeasurementLine;
using reports::SystemView;
using stats::Alternative;
using stats::Outcome;

constexpr const char* kPairedT = "paired t over seeds";
constexpr const char* kSignFlip = "sign flip over seeds";

/// One value a seed of two rows, in the order of the seeds both have.
struct SeedPairs {
  std::vector<double> a;
  std::vector<double> b;
  std::string unit;
  Direction direction = Direction::kDescriptive;
};

/// The values of both rows by seed; Undefined if a seed has none.
Outcome<SeedPairs> seed_pairs(const ComparisonContext& context, const SystemView& row,
                              const ComparedMeasure& measure) {
  const auto ours = context.facts.of(row, measure);
  const auto theirs = context.facts.of(context.reference, measure);
  SeedPairs pairs;
  for (const auto& [seed, fact] : ours) {
    const auto other = theirs.find(seed);
    if (other == theirs.end()) continue;
    for (const MeasurementLine* line : {fact, other->second}) {
      if (!line->measurement.defined()) return undefined_of(*line);
    }
    const double a = fact->measurement.value();
    const double b = other->second->measurement.value();
    pairs.a.push_back(measure.magnitude ? std::abs(a - measure.neutral) : a);
    pairs.b.push_back(measure.magnitude ? std::abs(b - measure.neutral) : b);
    pairs.unit = fact->measurement.unit();
    pairs.direction = measure.magnitude ? Direction::kLower : fact->measurement.direction();
  }
  if (pairs.a.empty()) return Undefined{"no seed that both systems were measured with"};
  return pairs;
}

/// The values of all seeds; Undefined if one has none, or there is no second.
Outcome<std::vector<double>> values_of_all(
    const std::map<std::uint64_t, const MeasurementLine*>& facts) {
  std::vector<double> values;
  for (const auto& [seed, fact] : facts) {
    if (!fact->measurement.defined()) {
      return Undefined{fmt::format("seed {}: {}", seed, fact->measurement.reason())};
    }
    values.push_back(fact->measurement.value());
  }
  if (values.size() == 1) return undefined_for_one_seed();
  return values;
}

Measurement number(const Outcome<double>& value, std::uint64_t n, const std::string& unit,
                   Direction direction) {
  if (!value.defined()) return Measurement::undefined(value.reason(), n, unit, direction);
  return Measurement::checked(*value, n, unit, direction);
}

/// The differences of one row and measure over seeds, and the facts made of them.
class SeedComparison {
 public:
  SeedComparison(const ComparisonContext& context, const SystemView& row,
                 const ComparedMeasure& measure)
      : context_(context),
        row_(row),
        measure_(measure),
        pairs_(seed_pairs(context, row, measure)),
        n_(pairs_.defined() ? pairs_->a.size() : 0),
        unit_(pairs_.defined() ? pairs_->unit : ""),
        direction_(pairs_.defined() ? pairs_->direction : Direction::kDescriptive),
        differences_(pairs_.transform(
            [](const SeedPairs& pairs) { return stats::differences(pairs.a, pairs.b); })),
        sample_(n_ == 1 ? Outcome<std::vector<double>>(undefined_for_one_seed()) : differences_) {}

  void put_all() {
    const double level = 1.0 - context_.how.alpha;
    const auto t = sample_.and_then([&](const std::vector<double>& d) {
      return stats::paired_t(d, Alternative::kTwoSided, "seeds", level);
    });
    const auto flip = sample_.and_then([&](const std::vector<double>& d) {
      return stats::sign_flip(d, Alternative::kTwoSided,
                              {context_.how.seed, context_.how.replicates}, context_.pool);
    });
    const auto dz = sample_.and_then(
        [&](const std::vector<double>& d) { return stats::cohen_dz(d, "seeds", level); });
    const auto t_test = t.transform([](const stats::TTest& all) { return all.test; });
    const auto difference = t.transform([](const stats::TTest& all) { return all.difference; });
    // One seed has a difference, and no more can be said of it.
    put("difference", kPairedT,
        n_ == 1 ? Measurement::checked(differences_->front(), 1, unit_, direction_)
                : stats::as_measurement(difference, n_, unit_, direction_));
    put("p", kPairedT, p_of(t_test, n_));
    put("p", kSignFlip, p_of(flip, n_));
    put("effect", "Cohen's dz over seeds", stats::as_measurement(dz, n_, "sd", direction_));
    put_power();
    if (measure_.metric == reports::kFilteredMrr.metric && measure_.in_table) put_non_inferiority();
    if (context_.how.test == Statistics::FamilyTest::kPairedT) declare(t_test, kPairedT);
    if (context_.how.test == Statistics::FamilyTest::kSignFlip) declare(flip, kSignFlip);
  }

 private:
  void put(const char* name, const std::string& test, Measurement measurement,
           const Facets& more = {}) {
    context_.lines.put(row_, measure_, name, test, std::move(measurement), more);
  }
  void declare(const Outcome<stats::Test>& test, const char* name) {
    context_.lines.declare(row_, measure_, test, n_, name);
  }

  void put_power() {
    const Statistics& how = context_.how;
    stats::PowerPlan plan;
    plan.alpha = context_.corrected_alpha;
    plan.power = std::max(how.power, plan.alpha * 1.001);
    const auto sd_of = [](const std::vector<double>& d) {
      return metrics::sample_sd(d).value_or(0.0);
    };
    const auto detectable = sample_.and_then([&](const std::vector<double>& d) {
      return stats::minimum_detectable_difference(n_, sd_of(d), plan);
    });
    const auto needed = sample_.and_then([&](const std::vector<double>& d) {
      return stats::seeds_needed(n_, sd_of(d), std::abs(metrics::mean(d)), plan);
    });
    const auto seeds = needed.transform(
        [](const stats::SeedsNeeded& all) { return static_cast<double>(all.total); });
    const Facets power = {{"power", number_text(how.power)}};
    put("detectable", kPairedT, number(detectable, n_, unit_, Direction::kLower), power);
    put("seeds_needed", kPairedT, number(seeds, n_, "seeds", Direction::kLower), power);
  }

  /// Is MRR lower by less than the declared share of the reference's?
  void put_non_inferiority() {
    const Statistics& how = context_.how;
    const auto outcome =
        sample_.and_then([&](const std::vector<double>& d) -> Outcome<stats::NonInferiority> {
          const double margin = how.mrr_margin * metrics::mean(pairs_->b);
          if (!(margin > 0.0)) return Undefined{"the reference's MRR is 0"};
          return stats::non_inferiority(d, margin, how.alpha);
        });
    const Facets declared = {
        {"margin", fmt::format("{} % of the reference's MRR", number_text(how.mrr_margin * 100.0))},
        {"alpha", number_text(how.alpha)}};
    const std::string test = "non-inferiority, one-sided paired t over seeds";
    put("non_inferiority", test,
        p_of(outcome.transform([](const stats::NonInferiority& all) { return all.test; }), n_),
        declared);
    put("non_inferiority_bound", test,
        number(outcome.transform([](const stats::NonInferiority& all) { return all.lower_bound; }),
               n_, "", Direction::kHigher),
        declared);
  }

  const ComparisonContext& context_;
  const SystemView& row_;
  const ComparedMeasure& measure_;
  Outcome<SeedPairs> pairs_;
  std::uint64_t n_;
  std::string unit_;
  Direction direction_;
  Outcome<std::vector<double>> differences_;
  Outcome<std::vector<double>> sample_;  ///< the differences where there is more than one
};

}  // namespace

Undefined undefined_of(const MeasurementLine& fact) {
  return {fmt::format("{}, seed {}: {}", fact.system, fact.seed, fact.measurement.reason())};
}

Undefined undefined_for_one_seed() {
  return {"1 seed: how far training runs differ is not known, 2 or more seeds are needed"};
}

Measurement p_of(const Outcome<stats::Test>& test, std::uint64_t n) {
  if (!test.defined()) {
    return Measurement::undefined(test.reason(), n, "", Direction::kDescriptive);
  }
  return Measurement::checked(test->p, test->n, "", Direction::kDescriptive);
}

Outcome<std::vector<double>> recorded_differences(const ComparisonContext& context,
                                                  const SystemView& row,
                                                  const ComparedMeasure& measure) {
  return seed_pairs(context, row, measure).transform([](const SeedPairs& pairs) {
    return stats::differences(pairs.a, pairs.b);
  });
}

void compare_over_seeds(const ComparisonContext& context, const SystemView& row,
                        const ComparedMeasure& measure) {
  SeedComparison(context, row, measure).put_all();
}

void test_gap_against_zero(const ComparisonContext& context, const SystemView& row,
                           const std::string& attribute) {
  const auto facts = context.facts.of(row, std::string(reports::kGapInPersonSdsMacro.metric),
                                      reports::kGapInPersonSdsMacro.all_facets(attribute));
  if (facts.empty()) return;
  const std::uint64_t n = facts.size();
  const Outcome<std::vector<double>> gaps = values_of_all(facts);
  const Statistics& how = context.how;
  const auto outcome = gaps.and_then([&](const std::vector<double>& values) {
    return stats::equivalence(values, -how.gap_margin, how.gap_margin, "seeds", how.alpha);
  });
  const Facets facets = {{"attribute", attribute},
                         {"metric", std::string(reports::kGapInPersonSdsMacro.metric)},
                         {"test", "equivalence with 0, two one-sided t tests over seeds"},
                         {"margin", fmt::format("{} sd", number_text(how.gap_margin))},
                         {"alpha", number_text(how.alpha)}};
  context.lines.put(
      row, "equivalence", facets,
      p_of(outcome.transform([](const stats::Equivalence& all) { return all.test; }), n));
  if (!outcome.defined()) return;
  context.lines.put(
      row, "equivalence_mean", facets,
      Measurement::checked(metrics::mean(*gaps), n, "sd", Direction::kNearer, outcome->interval));
}

}  // namespace kgaudit::run
