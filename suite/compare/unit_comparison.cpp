#include "suite/compare/unit_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "metrics/stats/bootstrap.hpp"
#include "metrics/stats/effect_size.hpp"
#include "metrics/stats/estimates.hpp"
#include "metrics/stats/hierarchical_bootstrap.hpp"

namespace kgaudit::run {
namespace {

namespace stats = metrics::stats;
using reports::MeasurementLine;
using reports::SystemView;
using stats::Alternative;
using stats::Outcome;

/// Both rows' values by unit: [seed][unit], the units that every seed of both rows has.
struct UnitPairs {
  std::vector<std::vector<double>> a;
  std::vector<std::vector<double>> b;
  std::vector<double> counts;  ///< of UnitValues, the same for all
  bool whole = true;           ///< no unit had to be left out
};

/// A unit's values one by one: the mean of n of them n times.
std::vector<double> one_by_one(const std::vector<double>& values,
                               const std::vector<double>& counts) {
  if (counts.empty()) return values;
  std::vector<double> all;
  for (std::size_t i = 0; i < values.size(); ++i) {
    all.insert(all.end(), static_cast<std::size_t>(counts[i]), values[i]);
  }
  return all;
}

/// Columns of unit means as the values they are means of, a cluster for each unit.
Outcome<stats::ClusteredValues> clustered(const std::vector<std::vector<double>>& columns,
                                          const std::vector<double>& counts) {
  std::vector<std::vector<double>> expanded;
  for (const std::vector<double>& column : columns) expanded.push_back(one_by_one(column, counts));
  const std::vector<std::span<const double>> spans(expanded.begin(), expanded.end());
  if (counts.empty()) return stats::ClusteredValues::each(spans);
  std::vector<std::uint32_t> clusters;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    clusters.insert(clusters.end(), static_cast<std::size_t>(counts[i]),
                    static_cast<std::uint32_t>(i));
  }
  return stats::ClusteredValues::gather(spans, clusters);
}

std::vector<double> mean_over_seeds(const std::vector<std::vector<double>>& seeds) {
  std::vector<double> mean = seeds.front();
  for (std::size_t s = 1; s < seeds.size(); ++s) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += seeds[s][i];
  }
  for (double& value : mean) value /= static_cast<double>(seeds.size());
  return mean;
}

/// The numbers of `units`, its values or counts, of the chosen ids.
std::vector<double> numbers_of(const UnitValues& units, const std::vector<double>& numbers,
                               const std::vector<std::uint32_t>& ids) {
  std::vector<double> values;
  if (numbers.empty()) return values;
  values.reserve(ids.size());
  auto at = units.ids.begin();
  for (const std::uint32_t id : ids) {
    at = std::lower_bound(at, units.ids.end(), id);
    values.push_back(numbers[static_cast<std::size_t>(at - units.ids.begin())]);
  }
  return values;
}

/// |mean| of a seed as the mean of values: every value takes the sign of the seed's mean.
void point_away_from_zero(std::vector<double>& values, const std::vector<double>& counts) {
  if (values.empty() || metrics::mean(one_by_one(values, counts)) >= 0.0) return;
  for (double& value : values) value = -value;
}

/// The units that all of `values` have.
std::vector<std::uint32_t> common_units(const std::vector<const UnitValues*>& values) {
  std::vector<std::uint32_t> common = values.front()->ids;
  for (const UnitValues* more : values) {
    if (more->ids == common) continue;
    std::vector<std::uint32_t> both;
    std::set_intersection(common.begin(), common.end(), more->ids.begin(), more->ids.end(),
                          std::back_inserter(both));
    common = std::move(both);
  }
  return common;
}

Outcome<UnitPairs> unit_pairs(const ComparisonContext& context, RawUnits& units,
                              const SystemView& row, const ComparedMeasure& measure) {
  const auto ours = context.facts.of(row, measure);
  const auto theirs = context.facts.of(context.reference, measure);
  std::vector<std::uint64_t> seeds;
  for (const auto& [seed, fact] : ours) {
    if (theirs.contains(seed)) seeds.push_back(seed);
  }
  if (seeds.empty()) return Undefined{"no seed that both systems were measured with"};
  std::vector<const UnitValues*> all;
  for (const auto& [of, facts] : {std::pair(&row, &ours), std::pair(&context.reference, &theirs)}) {
    for (const std::uint64_t seed : seeds) {
      const MeasurementLine& fact = *facts->at(seed);
      if (!fact.measurement.defined() && !units.has_file(*of, seed)) return undefined_of(fact);
      const auto& values = units.values(*of, seed, measure.units);
      if (!values.defined()) return values.undefined();
      all.push_back(&*values);
    }
  }
  const std::vector<std::uint32_t> common = common_units(all);
  if (common.size() < 2) {
    return Undefined{
        fmt::format("{} {} that both systems have", common.size(), measure.unit_names)};
  }
  UnitPairs pairs;
  pairs.counts = numbers_of(*all.front(), all.front()->counts, common);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (numbers_of(*all[i], all[i]->counts, common) != pairs.counts) {
      return Undefined{fmt::format("the systems know different numbers of values of the {}",
                                   measure.unit_names)};
    }
    pairs.whole = pairs.whole && all[i]->ids.size() == common.size();
    std::vector<double> values = numbers_of(*all[i], all[i]->values, common);
    if (measure.magnitude) point_away_from_zero(values, pairs.counts);
    (i < seeds.size() ? pairs.a : pairs.b).push_back(std::move(values));
  }
  return pairs;
}

/// Measures of the same units, their values by unit, and the bootstrap of the seeds' means.
class UnitComparison {
 public:
  UnitComparison(const ComparisonContext& context, RawUnits& units, const SystemView& row,
                 std::span<const ComparedMeasure> measures)
      : context_(context),
        row_(row),
        measures_(measures),
        resampling_{context.how.seed, context.how.replicates} {
    for (const ComparedMeasure& measure : measures) {
      pairs_.push_back(unit_pairs(context, units, row, measure));
      if (!pairs_.back().defined()) continue;
      recorded_.push_back(recorded_difference(measure, *pairs_.back()));
      if (!recorded_.back().defined()) {
        pairs_.back() = recorded_.back().undefined();
        recorded_.pop_back();
        continue;
      }
      if (!means_.empty() && means_.front().size() != pairs_.back()->a.front().size()) {
        // No run writes that; a record that was edited by hand may say anything.
        pairs_.back() = Undefined{"its units are not those of the measures beside it"};
        recorded_.pop_back();
        continue;
      }
      counts_ = pairs_.back()->counts;
      means_.push_back(mean_over_seeds(pairs_.back()->a));
      means_.push_back(mean_over_seeds(pairs_.back()->b));
    }
  }

  void put_all() {
    if (means_.empty()) {
      for (std::size_t k = 0; k < measures_.size(); ++k) {
        put_undefined(measures_[k], pairs_[k].undefined());
      }
      return;
    }
    const auto values = clustered(means_, counts_);
    std::optional<stats::Bootstrap> bootstrap;
    if (values.defined()) {
      bootstrap.emplace(*values, measures_.front().unit_names, resampling_, context_.pool);
    }
    std::size_t column = 0;
    for (std::size_t k = 0; k < measures_.size(); ++k) {
      if (!pairs_[k].defined()) {
        put_undefined(measures_[k], pairs_[k].undefined());
      } else if (!bootstrap) {
        put_undefined(measures_[k], values.undefined());
      } else {
        put_bootstrap(measures_[k], *bootstrap, column);
        put_hierarchical(measures_[k], *pairs_[k], column);
        column += 2;
      }
    }
  }

 private:
  /// The difference of the figures on record, which the values by unit have to give: those on
  /// record are floats, and the bootstrap speaks of the figure to the last bit. Where units had to
  /// be left out it is that of the values.
  [[nodiscard]] Outcome<double> recorded_difference(const ComparedMeasure& measure,
                                                    const UnitPairs& pairs) const {
    std::vector<double> seeds;
    double size = 0.0;
    for (std::size_t s = 0; s < pairs.a.size(); ++s) {
      const std::vector<double> a = one_by_one(pairs.a[s], pairs.counts);
      const std::vector<double> b = one_by_one(pairs.b[s], pairs.counts);
      seeds.push_back(metrics::mean(a) - metrics::mean(b));
      for (std::size_t i = 0; i < a.size(); ++i) {
        size = std::max({size, std::abs(a[i]), std::abs(b[i])});
      }
    }
    const double of_values = metrics::mean(seeds);
    if (!pairs.whole) return of_values;
    return recorded_differences(context_, row_, measure)
        .and_then([&](const std::vector<double>& d) -> Outcome<double> {
          const double recorded = metrics::mean(d);
          // NaN among the values is for the bootstrap to find.
          if (std::abs(recorded - of_values) > 1e-5 * size) {
            return Undefined{fmt::format("the values by {} do not give the figure on record",
                                         measure.unit_names)};
          }
          return recorded;
        });
  }

  [[nodiscard]] const Measurement* any_fact(const ComparedMeasure& measure) const {
    const auto facts = context_.facts.of(row_, measure);
    return facts.empty() ? nullptr : &facts.begin()->second->measurement;
  }
  [[nodiscard]] Direction direction_of(const ComparedMeasure& measure) const {
    const Measurement* fact = any_fact(measure);
    if (measure.magnitude) return Direction::kLower;
    return fact == nullptr ? Direction::kDescriptive : fact->direction();
  }
  [[nodiscard]] std::string unit_of(const ComparedMeasure& measure) const {
    const Measurement* fact = any_fact(measure);
    return fact == nullptr ? "" : fact->unit();
  }

  void put(const ComparedMeasure& measure, const char* name, const std::string& test,
           Measurement measurement) {
    context_.lines.put(row_, measure, name, test, std::move(measurement));
  }
  void declare(const ComparedMeasure& measure, const Outcome<stats::Test>& test, std::uint64_t n) {
    if (context_.how.test != Statistics::FamilyTest::kBootstrap) return;
    context_.lines.declare(row_, measure, test, n, bootstrap_name(measure));
  }
  static std::string bootstrap_name(const ComparedMeasure& measure) {
    return "paired bootstrap over " + measure.unit_names;
  }

  void put_undefined(const ComparedMeasure& measure, const Undefined& why) {
    const std::string test = bootstrap_name(measure);
    put(measure, "difference", test,
        Measurement::undefined(why.reason, 0, unit_of(measure), direction_of(measure)));
    put(measure, "p", test, Measurement::undefined(why.reason, 0, "", Direction::kDescriptive));
    declare(measure, why, 0);
  }

  /// `column` is that of the row's means; those of the reference follow it.
  void put_bootstrap(const ComparedMeasure& measure, const stats::Bootstrap& bootstrap,
                     std::size_t column) {
    const double level = 1.0 - context_.how.alpha;
    const Direction direction = direction_of(measure);
    const std::vector<double> d = stats::differences(means_[column], means_[column + 1]);
    const auto p = bootstrap.difference_test(column, column + 1, Alternative::kTwoSided);
    const auto difference =
        bootstrap.difference(column, column + 1, stats::BootstrapInterval::kBca, level)
            .transform([&](stats::Estimate estimate) {
              estimate.value = *recorded_[column / 2];
              return estimate;
            });
    const std::string test = bootstrap_name(measure);
    put(measure, "difference", test,
        stats::as_measurement(difference, d.size(), unit_of(measure), direction));
    put(measure, "p", test, p_of(p, d.size()));
    put(measure, "effect", "Cohen's dz over " + measure.unit_names,
        stats::as_measurement(stats::cohen_dz(weighted(d), measure.unit_names, level), d.size(),
                              "sd", direction));
    declare(measure, p, d.size());
  }

  /// Units by what each adds to the mean of all values: who has several counts more than once.
  [[nodiscard]] std::vector<double> weighted(std::vector<double> d) const {
    if (counts_.empty()) return d;
    const double per_unit = metrics::mean(counts_);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] *= counts_[i] / per_unit;
    return d;
  }

  void put_hierarchical(const ComparedMeasure& measure, const UnitPairs& pairs,
                        std::size_t column) {
    const std::string test =
        fmt::format("hierarchical bootstrap over seeds and {}", measure.unit_names);
    const std::string unit = unit_of(measure);
    const std::uint64_t n = pairs.a.size();
    const Outcome<stats::SeedEstimate> estimate = over_seeds_and_units(measure, pairs);
    put(measure, "difference", test,
        stats::as_measurement(estimate.transform([&](const stats::SeedEstimate& all) {
          return stats::Estimate{*recorded_[column / 2], all.estimate.interval, all.estimate.n};
        }),
                              n, unit, direction_of(measure)));
    if (!estimate.defined()) return;
    put(measure, "sd_seeds", test,
        Measurement::checked(estimate->sd_seeds, n, unit, Direction::kDescriptive));
    put(measure, "sd_units", test,
        Measurement::checked(estimate->sd_clusters, estimate->clusters, unit,
                             Direction::kDescriptive));
  }
  [[nodiscard]] Outcome<stats::SeedEstimate> over_seeds_and_units(const ComparedMeasure& measure,
                                                                  const UnitPairs& pairs) const {
    if (pairs.a.size() == 1) return undefined_for_one_seed();
    std::vector<std::vector<double>> seeds;
    for (std::size_t s = 0; s < pairs.a.size(); ++s) {
      seeds.push_back(stats::differences(pairs.a[s], pairs.b[s]));
    }
    return clustered(seeds, pairs.counts).and_then([&](const stats::ClusteredValues& values) {
      return stats::hierarchical_bootstrap(values, measure.unit_names, resampling_, context_.pool,
                                           1.0 - context_.how.alpha);
    });
  }

  const ComparisonContext& context_;
  const SystemView& row_;
  std::span<const ComparedMeasure> measures_;
  stats::Resampling resampling_;
  std::vector<Outcome<UnitPairs>> pairs_;
  std::vector<Outcome<double>> recorded_;  ///< of the measures that have pairs
  /// The means over seeds by unit, row and reference in turn, of the measures that have pairs.
  std::vector<std::vector<double>> means_;
  std::vector<double> counts_;  ///< of the units
};

}  // namespace

bool same_units(const ComparedMeasure& a, const ComparedMeasure& b) {
  return a.units.kind != UnitColumn::Kind::kColumn && b.units.kind != UnitColumn::Kind::kColumn &&
         a.units.set == b.units.set;
}

void compare_over_units(const ComparisonContext& context, RawUnits& units, const SystemView& row,
                        std::span<const ComparedMeasure> measures) {
  if (measures.front().unit_names.empty()) return;
  UnitComparison(context, units, row, measures).put_all();
}

}  // namespace kgaudit::run
