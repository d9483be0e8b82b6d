#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/profession_counts.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

/// Bourli & Pitoura's list lengths.
constexpr std::array<std::size_t, 4> kTops = {10, 100, 500, 1000};

class AttributeAmplification {
 public:
  explicit AttributeAmplification(AttributeTask& task) : task_(task) {}

  void measure() {
    const datasets::PersonAttribute* profession = task_.context.asked_profession();
    if (profession == nullptr) return undefined("the data has no profession relation");
    const auto pair = two_most_frequent(task_.attribute);
    if (!pair) return undefined("fewer than two values are stated in train");
    task_.facts.share("towards", task_.value_name(pair->a));
    const ProfessionCounts counts = count_professions(*profession, task_.attribute, *pair);
    for (const EntityId p : task_.attribute.train_persons()) {
      if (const auto side = side_of(task_.attribute, *pair, p)) {
        persons_.push_back(p);
        sides_.push_back(*side);
      }
    }
    std::vector<std::size_t> chosen;
    for (std::size_t o = 0; o < counts.of_profession.size(); ++o) {
      const auto& of = counts.of_profession[o];
      if (of[0] + of[1] >= task_.parameters.count("min_persons")) chosen.push_back(o);
    }
    if (chosen.empty()) {
      return undefined(
          fmt::format("no profession has min_persons = {} persons with one of the two "
                      "values",
                      task_.parameters.count("min_persons")));
    }
    // Everybody who works does the same: no profession is anybody's more than another.
    if (counts.of_profession.size() < 2) return undefined("one profession");
    share_of_top(*profession, chosen);
    facts(*profession, counts, chosen);
  }

 private:
  void undefined(const std::string& reason) {
    for (const std::size_t top : kTops) undefined_top(top, reason);
  }
  void undefined_top(std::size_t top, const std::string& reason) {
    constexpr std::array<std::string_view, 2> kMeans = {"mean", "toward_data_bias"};
    task_.facts.undefined(kMeans, reason, 0, "", Direction::kNearer,
                          {{"top", std::to_string(top)}});
  }
  /// A list that holds most of all persons tells nothing about the model's preference.
  [[nodiscard]] bool fits(std::size_t top) const { return 2 * top <= persons_.size(); }

  void share_of_top(const datasets::PersonAttribute& profession,
                    const std::vector<std::size_t>& chosen) {
    shares_.resize(chosen.size());
    task_.context.pool.run(chosen.size(), [&](std::size_t i, std::size_t) {
      const EntityId o = profession.values()[chosen[i]];
      std::vector<float> scores(persons_.size());
      task_.context.scorer.score_candidates(persons_, profession.source().relation,
                                            profession.source().inverse, {&o, 1}, scores.data(), 1);
      for (float& s : scores) {
        if (std::isnan(s)) s = -std::numeric_limits<float>::infinity();
      }
      std::vector<std::uint32_t> order(persons_.size());
      std::iota(order.begin(), order.end(), 0U);
      const std::size_t longest = std::min(kTops.back(), order.size());
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(longest),
                        order.end(), [&](std::uint32_t a, std::uint32_t b) {
                          return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
                        });
      for (std::size_t t = 0; t < kTops.size(); ++t) {
        if (!fits(kTops[t])) continue;
        double of_a = 0.0;
        for (std::size_t k = 0; k < kTops[t]; ++k) of_a += sides_[order[k]] == 0 ? 1.0 : 0.0;
        shares_[i][t] = of_a / static_cast<double>(kTops[t]);
      }
    });
  }
  void facts(const datasets::PersonAttribute& profession, const ProfessionCounts& counts,
             const std::vector<std::size_t>& chosen) {
    std::vector<double> magnitudes;
    for (const std::size_t o : chosen) {
      const auto theta = data_bias(counts, o);
      const auto n = counts.of_profession[o][0] + counts.of_profession[o][1];
      if (theta) magnitudes.push_back(std::abs(*theta));
      task_.facts.add("data_bias",
                      theta ? estimate(*theta, n, "", Direction::kDescriptive)
                            : Measurement::undefined("nobody of one value has a profession", n, "",
                                                     Direction::kDescriptive),
                      {{"profession", task_.name(profession.values()[o])}});
    }
    task_.facts.add("mean_abs_data_bias",
                    mean_measurement(magnitudes, "professions", "", Direction::kDescriptive));
    for (std::size_t t = 0; t < kTops.size(); ++t) {
      if (!fits(kTops[t])) {
        undefined_top(kTops[t], fmt::format("{} persons: a list of {} is more than half of them",
                                            persons_.size(), kTops[t]));
        continue;
      }
      std::vector<double> amplified;
      std::vector<double> towards;
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        const auto& of = counts.of_profession[chosen[i]];
        const double share = static_cast<double>(of[0]) / static_cast<double>(of[0] + of[1]);
        amplified.push_back(shares_[i][t] - share);
        const auto theta = data_bias(counts, chosen[i]);
        if (theta && *theta != 0.0) {
          towards.push_back(*theta > 0.0 ? amplified.back() : -amplified.back());
        }
        if (kTops[t] == 100) {
          task_.facts.add("of_profession",
                          estimate(amplified.back(), kTops[t], "", Direction::kNearer),
                          {{"profession", task_.name(profession.values()[chosen[i]])},
                           {"top", std::to_string(kTops[t])}});
        }
      }
      const Facets top = {{"top", std::to_string(kTops[t])}};
      task_.facts.add("mean", mean_over_professions(amplified, "professions"), top);
      task_.facts.add("toward_data_bias",
                      mean_over_professions(towards, "professions with unequal shares"), top);
    }
  }

  static Measurement mean_over_professions(const std::vector<double>& values,
                                           const std::string& units) {
    if (values.size() == 1) {
      return Measurement::undefined("one of the " + units, 1, "", Direction::kNearer);
    }
    return mean_measurement(values, units, "", Direction::kNearer);
  }

  AttributeTask& task_;
  std::vector<EntityId> persons_;
  std::vector<std::uint32_t> sides_;
  std::vector<std::array<double, kTops.size()>> shares_;
};

std::span<const ParameterSpec> amplification_parameters() {
  static const std::array table = {
      ParameterSpec::integer("min_persons", 10, 1, 1000000, "persons",
                             "Professions with fewer persons of the two values are left out")};
  return table;
}

MetricOutput measure_amplification(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "amplification",
                            [](AttributeTask& task) { AttributeAmplification(task).measure(); });
}

}  // namespace

extern const MetricEntry amplification;
constinit const MetricEntry amplification = {
    .id = "amplification",
    .title =
        "Amplification: is a group over-represented among the likeliest holders of a "
        "profession?",
    .reading =
        "0: among the persons that the model takes for the likeliest holders of a profession, a "
        "group has the share that it has among the holders in the data. Above 0: a larger one.",
    .formula =
        "For profession o take the x persons with the highest g(p, r_p, o) among all persons "
        "with one of the two most frequent values; amplification = share of value a among them "
        "- |A_o| / (|A_o| + |B_o|) in train. mean: over professions; toward_data_bias: the same "
        "with the sign of theta(o) = |A_o| / |A| - |B_o| / |B|, the bias of the data; x = 10, "
        "100, 500, 1000.",
    .range = "[-1, 1]; theta in [-1, 1]",
    .neutral = "0: the lists are composed as the data are",
    .direction = "nearer to 0 is less amplified; toward_data_bias > 0 exaggerates the data's skew",
    .source = "Bourli & Pitoura 2020 (ASONAM), sections on data bias and bias amplification",
    .pitfalls =
        "0 repeats the skew of the data, it does not remove it. mean and toward_data_bias do "
        "not say how biased the data are (docs/truth.md). More in docs/measures.md.",
    .parameters = &amplification_parameters,
    .measure = &measure_amplification,
    .groups_suffice = true,
};

}  // namespace kgaudit::metrics::measures_roster
