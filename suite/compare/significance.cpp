#include "suite/compare/significance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "metrics/stats/bootstrap.hpp"
#include "metrics/stats/effect_size.hpp"
#include "metrics/stats/estimates.hpp"
#include "metrics/stats/hierarchical_bootstrap.hpp"
#include "metrics/stats/margin.hpp"
#include "metrics/stats/multiplicity.hpp"
#include "metrics/stats/power.hpp"
#include "metrics/stats/sign_flip.hpp"
#include "metrics/stats/t_test.hpp"
#include "reports/record/fact_names.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {
namespace {

namespace stats = metrics::stats;
using reports::Facets;
using reports::MeasurementLine;
using reports::RunRecord;
using reports::SystemView;
using stats::Alternative;
using stats::Outcome;

constexpr std::string_view kPrefix = "significance.";
constexpr const char* kPairedT = "paired t over seeds";
constexpr const char* kSignFlip = "sign flip over seeds";

/// Something that two systems are compared by.
struct Measure {
  std::string metric;
  Facets where;      ///< facets of its facts, as far as they tell it from others
  Facets shown;      ///< facets of the significance facts
  bool magnitude;    ///< |value| is compared: bias on either side of 0
  bool in_table;     ///< stands in the comparison table
  UnitColumn units;  ///< where its values by triple or person are
  const char* unit_names;
};

std::vector<Measure> ranking_measures() {
  std::vector<Measure> measures;
  for (const char* set : {"all", "without_sensitive"}) {
    const bool all = std::string_view(set) == "all";
    for (const auto& [fact, kind, cut] :
         {std::tuple{reports::kFilteredMrr, UnitColumn::Kind::kReciprocalRank, 0.0},
          std::tuple{reports::kFilteredHitsAt1, UnitColumn::Kind::kHits, 1.0},
          std::tuple{reports::kFilteredHitsAt10, UnitColumn::Kind::kHits, 10.0}}) {
      Measure measure;
      measure.metric = fact.metric;
      measure.where = reports::filtered_ranking(fact.metric, set).all_facets();
      measure.shown = {{"set", set}};
      measure.magnitude = false;
      measure.in_table = all;
      measure.units = {kind, cut, "", all ? "" : set};
      measure.unit_names = "test triples";
      measures.push_back(std::move(measure));
    }
  }
  return measures;
}

std::vector<Measure> attribute_measures(const std::string& attribute) {
  std::vector<Measure> measures;
  measures.push_back({std::string(reports::kGapMicro.metric),
                      reports::kGapMicro.all_facets(attribute),
                      {{"attribute", attribute}},
                      true,
                      true,
                      {UnitColumn::Kind::kColumn, 0.0, "score_gap." + attribute, ""},
                      "persons"});
  for (const auto& [fact, probe] : {std::pair{reports::kLinearAccuracy, reports::kLinearProbe},
                                    std::pair{reports::kMlpAccuracy, reports::kMlpProbe}}) {
    measures.push_back({std::string(fact.metric),
                        fact.all_facets(attribute),
                        {{"attribute", attribute}, {"probe", std::string(probe)}},
                        false,
                        true,
                        {UnitColumn::Kind::kColumn, 0.0,
                         fmt::format("leakage.{}.{}.correct", attribute, probe), ""},
                        "persons"});
  }
  return measures;
}

/// The facts of a record by what they speak of.
class Scalars {
 public:
  explicit Scalars(const RunRecord& record) {
    for (const MeasurementLine& line : record.measurements) {
      if (!is_significance(line.metric)) lines_[line.metric].push_back(&line);
    }
  }
  /// The fact of each seed, the most general one where several fit: that of the row before those of
  /// its views, whose first by name speaks.
  [[nodiscard]] std::map<std::uint64_t, const MeasurementLine*> of(const SystemView& row,
                                                                   const std::string& metric,
                                                                   const Facets& where) const {
    std::map<std::uint64_t, const MeasurementLine*> facts;
    const auto found = lines_.find(metric);
    if (found == lines_.end()) return facts;
    for (const MeasurementLine* line : found->second) {
      if (line->system != row.system || line->view != row.view) continue;
      const bool fits = std::all_of(where.begin(), where.end(), [&](const auto& facet) {
        const auto has = line->facets.find(facet.first);
        return has != line->facets.end() && has->second == facet.second;
      });
      if (!fits) continue;
      const MeasurementLine*& kept = facts[line->seed];
      if (kept == nullptr || more_general(*line, *kept)) kept = line;
    }
    return facts;
  }
  [[nodiscard]] bool has(const Measure& measure) const {
    const auto found = lines_.find(measure.metric);
    return found != lines_.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const auto* line) {
             return std::includes(line->facets.begin(), line->facets.end(), measure.where.begin(),
                                  measure.where.end());
           });
  }

 private:
  static bool more_general(const MeasurementLine& a, const MeasurementLine& b) {
    return std::pair(a.facets.size(), a.facets) < std::pair(b.facets.size(), b.facets);
  }

  std::map<std::string, std::vector<const MeasurementLine*>> lines_;
};

/// One value a seed of two rows, in the order of the seeds both have.
struct SeedPairs {
  std::vector<std::uint64_t> seeds;
  std::vector<double> a;
  std::vector<double> b;
  std::string unit;
  Direction direction = Direction::kDescriptive;
};

/// Both rows' values by unit: [seed][unit], the units that every seed of both rows has.
struct UnitPairs {
  std::vector<std::vector<double>> a;
  std::vector<std::vector<double>> b;
};

std::vector<double> mean_over_seeds(const std::vector<std::vector<double>>& seeds) {
  std::vector<double> mean = seeds.front();
  for (std::size_t s = 1; s < seeds.size(); ++s) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += seeds[s][i];
  }
  for (double& value : mean) value /= static_cast<double>(seeds.size());
  return mean;
}

std::vector<double> chosen_values(const UnitValues& units, const std::vector<std::uint32_t>& ids) {
  std::vector<double> values;
  values.reserve(ids.size());
  auto at = units.ids.begin();
  for (const std::uint32_t id : ids) {
    at = std::lower_bound(at, units.ids.end(), id);
    values.push_back(units.values[static_cast<std::size_t>(at - units.ids.begin())]);
  }
  return values;
}

/// |mean| of a seed as the mean of values: every value takes the sign of the seed's mean.
void point_away_from_zero(std::vector<double>& values) {
  if (values.empty() || metrics::mean(values) >= 0.0) return;
  for (double& value : values) value = -value;
}

Undefined one_seed() {
  return {"1 seed: how far training runs differ is not known, 2 or more seeds are needed"};
}

/// What a fact without a value makes of everything that needs it.
Undefined undefined_of(const MeasurementLine& fact) {
  return {fmt::format("{}, seed {}: {}", fact.system, fact.seed, fact.measurement.reason())};
}

/// Compares the rows of one record with one of them.
class Comparison {
 public:
  Comparison(const RunRecord& record, const std::filesystem::path& folder, const Statistics& how,
             ThreadPool& pool)
      : record_(record),
        how_(how),
        pool_(pool),
        scalars_(record),
        units_(record, folder),
        reference_(reference_row(record, how.reference)),
        resampling_{how.seed, how.replicates} {
    std::vector<Measure> all = ranking_measures();
    for (const std::string& attribute : reports::attributes_of(record)) {
      for (Measure& measure : attribute_measures(attribute)) all.push_back(std::move(measure));
    }
    for (Measure& measure : all) {
      if (scalars_.has(measure)) measures_.push_back(std::move(measure));
    }
  }

  std::vector<MeasurementLine> facts() {
    for (const SystemView& row : reports::system_views(record_)) {
      gap_is_zero(row);
      if (row == reference_) continue;
      row_ = row;
      for (const Measure& measure : measures_) over_seeds(measure);
      // Measures of the same units are resampled together, from the same draws.
      for (std::size_t begin = 0; begin < measures_.size();) {
        std::size_t end = begin + 1;
        while (end < measures_.size() && same_units(measures_[begin], measures_[end])) ++end;
        over_units({measures_.data() + begin, end - begin});
        begin = end;
      }
    }
    adjust();
    return std::move(facts_);
  }

 private:
  struct Hypothesis {
    SystemView row;
    const Measure* measure;
    std::optional<double> p;
    std::string reason;
    std::uint64_t n = 0;
    std::string test;
  };

  static bool same_units(const Measure& a, const Measure& b) {
    return a.units.kind != UnitColumn::Kind::kColumn && b.units.kind != UnitColumn::Kind::kColumn &&
           a.units.set == b.units.set;
  }

  void put(const SystemView& row, const char* name, Facets facets, Measurement measurement) {
    facets["reference"] = reports::name_of(record_, reference_);
    facts_.push_back({record_.run.run, row.system, row.view, first_seed(),
                      std::string(kPrefix) + name, std::move(facets), std::move(measurement)});
  }
  void put(const char* name, const Measure& measure, const std::string& test,
           Measurement measurement, Facets more = {}) {
    Facets facets = measure.shown;
    facets.merge(more);
    facets["metric"] = measure.metric;
    facets["test"] = test;
    put(row_, name, std::move(facets), std::move(measurement));
  }
  [[nodiscard]] std::uint64_t first_seed() const { return record_.measurements.front().seed; }

  static Measurement number(const Outcome<double>& value, std::uint64_t n, const std::string& unit,
                            Direction direction) {
    if (!value.defined()) return Measurement::undefined(value.reason(), n, unit, direction);
    return Measurement::checked(*value, n, unit, direction);
  }
  static Measurement p_of(const Outcome<stats::Test>& test, std::uint64_t n) {
    if (!test.defined()) {
      return Measurement::undefined(test.reason(), n, "", Direction::kDescriptive);
    }
    return Measurement::checked(test->p, test->n, "", Direction::kDescriptive);
  }

  /// The values of both rows by seed; Undefined if a seed has none.
  [[nodiscard]] Outcome<SeedPairs> seed_pairs(const SystemView& row, const Measure& measure) const {
    const auto ours = scalars_.of(row, measure.metric, measure.where);
    const auto theirs = scalars_.of(reference_, measure.metric, measure.where);
    SeedPairs pairs;
    for (const auto& [seed, fact] : ours) {
      const auto other = theirs.find(seed);
      if (other == theirs.end()) continue;
      for (const MeasurementLine* line : {fact, other->second}) {
        if (line->measurement.defined()) continue;
        return undefined_of(*line);
      }
      const double a = fact->measurement.value();
      const double b = other->second->measurement.value();
      pairs.seeds.push_back(seed);
      pairs.a.push_back(measure.magnitude ? std::abs(a) : a);
      pairs.b.push_back(measure.magnitude ? std::abs(b) : b);
      pairs.unit = fact->measurement.unit();
      pairs.direction = measure.magnitude ? Direction::kLower : fact->measurement.direction();
    }
    if (pairs.seeds.empty()) return Undefined{"no seed that both systems were measured with"};
    return pairs;
  }

  void over_seeds(const Measure& measure) {
    const Outcome<SeedPairs> pairs = seed_pairs(row_, measure);
    const std::uint64_t n = pairs.defined() ? pairs->seeds.size() : 0;
    const std::string unit = pairs.defined() ? pairs->unit : "";
    const Direction direction = pairs.defined() ? pairs->direction : Direction::kDescriptive;
    std::vector<double> d;
    std::optional<Undefined> reason;
    if (!pairs.defined()) {
      reason = pairs.undefined();
    } else {
      d = stats::differences(pairs->a, pairs->b);
      if (n == 1) reason = one_seed();
    }
    const auto unless = [&reason](auto&& compute) -> decltype(compute()) {
      if (reason) return *reason;
      return compute();
    };
    const Outcome<stats::TTest> t = unless(
        [&] { return stats::paired_t(d, Alternative::kTwoSided, "seeds", 1.0 - how_.alpha); });
    const Outcome<stats::Test> flip =
        unless([&] { return stats::sign_flip(d, Alternative::kTwoSided, resampling_, pool_); });
    Measurement difference =
        t.defined() ? stats::as_measurement(t->difference, n, unit, direction)
                    : (n == 1 ? Measurement::checked(d.front(), 1, unit, direction)
                              : Measurement::undefined(t.reason(), n, unit, direction));
    put("difference", measure, kPairedT, std::move(difference));
    const Outcome<stats::Test> t_test = t.defined() ? Outcome<stats::Test>(t->test) : t.undefined();
    put("p", measure, kPairedT, p_of(t_test, n));
    put("p", measure, kSignFlip, p_of(flip, n));
    put("effect", measure, "Cohen's dz over seeds",
        stats::as_measurement(unless([&] { return stats::cohen_dz(d, "seeds", 1.0 - how_.alpha); }),
                              n, "sd", direction));
    power(measure, d, reason, unit);
    if (measure.metric == reports::kFilteredMrr.metric && measure.in_table) {
      not_worse(measure, d, reason, pairs.defined() ? metrics::mean(pairs->b) : 0.0);
    }
    if (how_.test != Statistics::FamilyTest::kBootstrap) {
      const bool by_t = how_.test == Statistics::FamilyTest::kPairedT;
      declare(measure, by_t ? t_test : flip, n, by_t ? kPairedT : kSignFlip);
    }
  }

  void power(const Measure& measure, const std::vector<double>& d,
             const std::optional<Undefined>& reason, const std::string& unit) {
    const std::uint64_t n = d.size();
    stats::PowerPlan plan;
    plan.alpha = how_.alpha;
    plan.power = std::max(how_.power, how_.alpha * 1.001);
    Outcome<double> detectable = Undefined{};
    Outcome<double> needed = Undefined{};
    if (reason) {
      detectable = *reason;
      needed = *reason;
    } else {
      const double sd = metrics::sample_sd(d).value_or(0.0);
      detectable = stats::minimum_detectable_difference(n, sd, plan);
      const auto seeds = stats::seeds_needed(n, sd, std::abs(metrics::mean(d)), plan);
      if (seeds.defined()) {
        needed = static_cast<double>(seeds->total);
      } else {
        needed = seeds.undefined();
      }
    }
    const Facets power = {{"power", number_text(how_.power)}};
    put("detectable", measure, kPairedT, number(detectable, n, unit, Direction::kLower), power);
    put("seeds_needed", measure, kPairedT, number(needed, n, "seeds", Direction::kLower), power);
  }

  /// Is MRR lower by less than the declared share of the reference's?
  void not_worse(const Measure& measure, const std::vector<double>& d,
                 const std::optional<Undefined>& reason, double of_reference) {
    const double margin = how_.mrr_margin * of_reference;
    const std::string test = "non-inferiority, one-sided paired t over seeds";
    Outcome<stats::NonInferiority> outcome = Undefined{};
    if (reason) {
      outcome = *reason;
    } else if (!(margin > 0.0)) {
      outcome = Undefined{"the reference's MRR is 0"};
    } else {
      outcome = stats::non_inferiority(d, margin, how_.alpha);
    }
    const Facets declared = {{"margin", fmt::format("{} % of the reference's MRR",
                                                    number_text(how_.mrr_margin * 100.0))},
                             {"alpha", number_text(how_.alpha)}};
    const Outcome<stats::Test> p =
        outcome.defined() ? Outcome<stats::Test>(outcome->test) : outcome.undefined();
    const Outcome<double> bound =
        outcome.defined() ? Outcome<double>(outcome->lower_bound) : outcome.undefined();
    put("non_inferiority", measure, test, p_of(p, d.size()), declared);
    put("non_inferiority_bound", measure, test, number(bound, d.size(), "", Direction::kHigher),
        declared);
  }

  /// TOST of the standardised score gap with 0, for every row and attribute.
  void gap_is_zero(const SystemView& row) {
    for (const std::string& attribute : reports::attributes_of(record_)) {
      const auto facts = scalars_.of(row, std::string(reports::kGapStandardised.metric),
                                     reports::kGapStandardised.all_facets(attribute));
      if (facts.empty()) continue;
      std::vector<double> gaps;
      std::optional<Undefined> reason;
      for (const auto& [seed, fact] : facts) {
        if (fact->measurement.defined()) {
          gaps.push_back(fact->measurement.value());
        } else if (!reason) {
          reason = Undefined{fmt::format("seed {}: {}", seed, fact->measurement.reason())};
        }
      }
      if (!reason && gaps.size() == 1) reason = one_seed();
      Outcome<stats::Equivalence> outcome = Undefined{};
      if (reason) {
        outcome = *reason;
      } else {
        outcome = stats::equivalence(gaps, -how_.gap_margin, how_.gap_margin, "seeds", how_.alpha);
      }
      const std::uint64_t n = facts.size();
      const Facets facets = {{"attribute", attribute},
                             {"metric", std::string(reports::kGapStandardised.metric)},
                             {"test", "equivalence with 0, two one-sided t tests over seeds"},
                             {"margin", fmt::format("{} sd", number_text(how_.gap_margin))},
                             {"alpha", number_text(how_.alpha)}};
      if (outcome.defined()) {
        put(row, "equivalence", facets, p_of(Outcome<stats::Test>(outcome->test), n));
        put(row, "equivalence_mean", facets,
            Measurement::checked(metrics::mean(gaps), n, "sd", Direction::kNearer,
                                 outcome->interval));
      } else {
        put(row, "equivalence", facets,
            Measurement::undefined(outcome.reason(), n, "", Direction::kDescriptive));
      }
    }
  }

  [[nodiscard]] Outcome<UnitPairs> unit_pairs(const Measure& measure) {
    const auto ours = scalars_.of(row_, measure.metric, measure.where);
    const auto theirs = scalars_.of(reference_, measure.metric, measure.where);
    std::vector<std::uint64_t> seeds;
    for (const auto& [seed, fact] : ours) {
      if (theirs.contains(seed)) seeds.push_back(seed);
    }
    if (seeds.empty()) return Undefined{"no seed that both systems were measured with"};
    std::vector<const UnitValues*> all;
    for (const auto& [row, facts] : {std::pair(row_, &ours), std::pair(reference_, &theirs)}) {
      for (const std::uint64_t seed : seeds) {
        const MeasurementLine& fact = *facts->at(seed);
        if (!fact.measurement.defined() && !units_.has_file(row, seed)) return undefined_of(fact);
        const auto& values = units_.values(row, seed, measure.units);
        if (!values.defined()) return values.undefined();
        all.push_back(&*values);
      }
    }
    std::vector<std::uint32_t> common = all.front()->ids;
    for (const UnitValues* values : all) {
      if (values->ids == common) continue;
      std::vector<std::uint32_t> both;
      std::set_intersection(common.begin(), common.end(), values->ids.begin(), values->ids.end(),
                            std::back_inserter(both));
      common = std::move(both);
    }
    if (common.size() < 2) {
      return Undefined{
          fmt::format("{} {} that both systems have", common.size(), measure.unit_names)};
    }
    UnitPairs pairs;
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::vector<double> values = chosen_values(*all[i], common);
      if (measure.magnitude) point_away_from_zero(values);
      (i < seeds.size() ? pairs.a : pairs.b).push_back(std::move(values));
    }
    return pairs;
  }

  void over_units(std::span<const Measure> group) {
    std::vector<Outcome<UnitPairs>> pairs;
    std::vector<std::vector<double>> means;
    for (const Measure& measure : group) {
      pairs.push_back(unit_pairs(measure));
      if (!pairs.back().defined()) continue;
      if (!means.empty() && means.front().size() != pairs.back()->a.front().size()) {
        // No run writes that; a record that was edited by hand may say anything.
        pairs.back() = Undefined{"it speaks of other units than the measures beside it"};
        continue;
      }
      means.push_back(mean_over_seeds(pairs.back()->a));
      means.push_back(mean_over_seeds(pairs.back()->b));
    }
    std::optional<stats::Bootstrap> bootstrap;
    std::string reason;
    if (!means.empty()) {
      std::vector<std::span<const double>> columns(means.begin(), means.end());
      auto values = stats::ClusteredValues::each(columns);
      if (values.defined()) {
        bootstrap.emplace(*values, group.front().unit_names, resampling_, pool_);
      } else {
        reason = values.reason();
      }
    }
    std::size_t column = 0;
    for (std::size_t k = 0; k < group.size(); ++k) {
      const Measure& measure = group[k];
      const std::string names = measure.unit_names;
      const std::string test = "paired bootstrap over " + names;
      const Direction direction = direction_of(measure);
      const std::string unit = unit_of(measure);
      if (!pairs[k].defined() || !bootstrap) {
        const Undefined why{pairs[k].defined() ? reason : pairs[k].reason()};
        put("difference", measure, test, Measurement::undefined(why.reason, 0, unit, direction));
        put("p", measure, test, Measurement::undefined(why.reason, 0, "", Direction::kDescriptive));
        if (how_.test == Statistics::FamilyTest::kBootstrap) {
          declare(measure, Outcome<stats::Test>(why), 0, test);
        }
        continue;
      }
      const std::vector<double> d = stats::differences(means[column], means[column + 1]);
      const auto p = bootstrap->difference_test(column, column + 1, Alternative::kTwoSided);
      put("difference", measure, test,
          stats::as_measurement(
              bootstrap->difference(column, column + 1, stats::BootstrapInterval::kBca,
                                    1.0 - how_.alpha),
              d.size(), unit, direction));
      put("p", measure, test, p_of(p, d.size()));
      put("effect", measure, "Cohen's dz over " + names,
          stats::as_measurement(stats::cohen_dz(d, names, 1.0 - how_.alpha), d.size(), "sd",
                                direction));
      if (how_.test == Statistics::FamilyTest::kBootstrap) declare(measure, p, d.size(), test);
      over_both(measure, *pairs[k], unit, direction);
      column += 2;
    }
  }

  void over_both(const Measure& measure, const UnitPairs& pairs, const std::string& unit,
                 Direction direction) {
    const std::string test =
        fmt::format("hierarchical bootstrap over seeds and {}", measure.unit_names);
    const std::uint64_t n = pairs.a.size();
    Outcome<stats::SeedEstimate> estimate = Undefined{one_seed()};
    if (n > 1) {
      std::vector<std::vector<double>> seeds;
      for (std::size_t s = 0; s < n; ++s) {
        seeds.push_back(stats::differences(pairs.a[s], pairs.b[s]));
      }
      std::vector<std::span<const double>> columns(seeds.begin(), seeds.end());
      const auto values = stats::ClusteredValues::each(columns);
      if (values.defined()) {
        estimate = stats::hierarchical_bootstrap(*values, measure.unit_names, resampling_, pool_,
                                                 1.0 - how_.alpha);
      } else {
        estimate = values.undefined();
      }
    }
    if (!estimate.defined()) {
      put("difference", measure, test,
          Measurement::undefined(estimate.reason(), n, unit, direction));
      return;
    }
    put("difference", measure, test,
        stats::as_measurement(Outcome<stats::Estimate>(estimate->estimate), n, unit, direction));
    put("sd_seeds", measure, test,
        Measurement::checked(estimate->sd_seeds, n, unit, Direction::kDescriptive));
    put("sd_units", measure, test,
        Measurement::checked(estimate->sd_clusters, estimate->clusters, unit,
                             Direction::kDescriptive));
  }

  [[nodiscard]] const Measurement* any_fact(const Measure& measure) const {
    const auto facts = scalars_.of(row_, measure.metric, measure.where);
    return facts.empty() ? nullptr : &facts.begin()->second->measurement;
  }
  [[nodiscard]] Direction direction_of(const Measure& measure) const {
    const Measurement* fact = any_fact(measure);
    if (measure.magnitude) return Direction::kLower;
    return fact == nullptr ? Direction::kDescriptive : fact->direction();
  }
  [[nodiscard]] std::string unit_of(const Measure& measure) const {
    const Measurement* fact = any_fact(measure);
    return fact == nullptr ? "" : fact->unit();
  }

  void declare(const Measure& measure, const Outcome<stats::Test>& test, std::uint64_t n,
               const std::string& name) {
    if (!measure.in_table && !how_.all_in_family) return;
    Hypothesis hypothesis{row_, &measure, std::nullopt, "", n, name};
    if (test.defined()) {
      hypothesis.p = test->p;
    } else {
      hypothesis.reason = test.reason();
    }
    family_.push_back(std::move(hypothesis));
  }

  void adjust() {
    stats::Family family{"statistics.family", {}};
    std::vector<stats::Tested> tested;
    for (const Hypothesis& h : family_) {
      family.hypotheses.push_back(fmt::format("{} [{}] {} {}", h.row.system, h.row.view,
                                              h.measure->metric, fmt::join(h.measure->shown, " ")));
      tested.push_back({family.hypotheses.back(), h.p});
    }
    const auto adjusted = stats::adjust(family, tested);
    const Facets correction = {
        {"correction", fmt::format("Holm over {} hypotheses", family_.size())},
        {"alpha", number_text(how_.alpha)}};
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const Hypothesis& h = family_[i];
      row_ = h.row;
      put("p_adjusted", *h.measure, h.test,
          adjusted[i].adjusted_p
              ? Measurement::checked(*adjusted[i].adjusted_p, h.n, "", Direction::kDescriptive)
              : Measurement::undefined(h.reason, h.n, "", Direction::kDescriptive),
          correction);
    }
  }

  const RunRecord& record_;
  const Statistics& how_;
  ThreadPool& pool_;
  Scalars scalars_;
  RawUnits units_;
  SystemView reference_;
  stats::Resampling resampling_;
  std::vector<Measure> measures_;
  SystemView row_;
  std::vector<Hypothesis> family_;
  std::vector<MeasurementLine> facts_;
};

}  // namespace

Statistics statistics_of(const Parameters& parameters) {
  Statistics statistics;
  statistics.reference = parameters.text("reference");
  const std::string& test = parameters.text("test");
  statistics.test = test == "sign-flip"   ? Statistics::FamilyTest::kSignFlip
                    : test == "bootstrap" ? Statistics::FamilyTest::kBootstrap
                                          : Statistics::FamilyTest::kPairedT;
  statistics.all_in_family = parameters.text("family") == "all";
  statistics.alpha = parameters.real("alpha");
  statistics.power = parameters.real("power");
  statistics.replicates = static_cast<std::uint32_t>(parameters.count("replicates"));
  statistics.seed = parameters.count("seed");
  statistics.mrr_margin = parameters.real("mrr_margin");
  statistics.gap_margin = parameters.real("gap_margin");
  return statistics;
}

Statistics statistics_of(const RunRecord& record) {
  Parameters parameters(statistics_parameters());
  const auto plan = nlohmann::json::parse(record.run.plan);
  const auto tables = plan.find("tables");
  if (tables == plan.end() || !tables->is_object()) return statistics_of(parameters);
  const auto declared = tables->find("statistics");
  if (declared == tables->end() || !declared->is_object()) return statistics_of(parameters);
  for (const auto& [name, value] : declared->items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    parameters.set(name, std::string_view(text), "the record's plan, statistics");
  }
  return statistics_of(parameters);
}

SystemView reference_row(const RunRecord& record, const std::string& reference) {
  const std::vector<SystemView> rows = reports::system_views(record);
  std::vector<std::string> known;
  for (const SystemView& row : rows) {
    const std::string full = row.view.empty() ? row.system : row.system + ":" + row.view;
    // A system's first row stands for it where no view is named.
    if (reference.empty() || reference == full || reference == row.system) return row;
    known.push_back(full);
  }
  const std::string place = "the reference of the tests";
  const std::string complaint = fmt::format("'{}', which is not on record", printable(reference));
  if (known.empty()) throw InputError::usage(place, complaint, "a record with measurements");
  throw InputError::none_of(place, complaint, reference, known);
}

bool is_significance(std::string_view metric) { return metric.starts_with(kPrefix); }

std::vector<MeasurementLine> significance_facts(const RunRecord& record,
                                                const std::filesystem::path& folder,
                                                const Statistics& statistics, ThreadPool& pool) {
  if (reports::system_views(record).empty()) return {};
  return Comparison(record, folder, statistics, pool).facts();
}

void replace_significance(RunRecord& record, std::vector<MeasurementLine> facts) {
  std::erase_if(record.measurements,
                [](const MeasurementLine& line) { return is_significance(line.metric); });
  record.measurements.insert(record.measurements.end(), std::make_move_iterator(facts.begin()),
                             std::make_move_iterator(facts.end()));
}

}  // namespace kgaudit::run
