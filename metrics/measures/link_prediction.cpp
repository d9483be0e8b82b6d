#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/rank_aggregates.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

constexpr std::string_view kTriples = "test triples";

struct SideName {
  Side side;
  const char* name;
};
constexpr std::array kSides = {SideName{Side::kBoth, "both"}, SideName{Side::kHead, "head"},
                               SideName{Side::kTail, "tail"}};

Facets facets(const char* filter, const char* side, const char* ties, std::string set) {
  return {{"filter", filter}, {"side", side}, {"ties", ties}, {"set", std::move(set)}};
}

/// Adds the aggregates of one set of predictions, or one reason each when the set is empty.
class Aggregates {
 public:
  Aggregates(MetricOutput& output, Predictions predictions, Facets facets)
      : facts_(output, "link_prediction", std::move(facets)), p_(std::move(predictions)) {}

  /// The mean of a per-prediction value, its interval by triples.
  void mean_of(std::string_view name, const std::function<double(double rank)>& term,
               const std::string& unit, Direction direction) {
    if (empty(name, unit, direction)) return;
    std::vector<double> values;
    values.reserve(p_.ranks.size());
    for (const double rank : p_.ranks) values.push_back(term(rank));
    facts_.add(name, estimate(mean(values), p_.ranks.size(), unit, direction,
                              clustered_interval(values, p_.triples, std::string(kTriples))));
  }
  /// A figure of all ranks at once; `value` gives nothing where it does not exist.
  void figure(std::string_view name,
              const std::function<std::optional<double>(const Predictions&)>& f,
              const std::string& unit, Direction direction) {
    if (empty(name, unit, direction)) return;
    const auto value = f(p_);
    facts_.add(name, value ? estimate(*value, p_.ranks.size(), unit, direction)
                           : Measurement::undefined("every prediction has a single candidate",
                                                    p_.ranks.size(), unit, direction));
  }
  void headline() {
    mean_of(
        "mrr", [](double r) { return 1.0 / r; }, "", Direction::kHigher);
    for (const int k : {1, 3, 10}) {
      mean_of(
          fmt::format("hits_at_{}", k),
          [k](double r) { return r <= static_cast<double>(k) ? 1.0 : 0.0; }, "",
          Direction::kHigher);
    }
    mean_of(
        "mr", [](double r) { return r; }, "ranks", Direction::kLower);
  }
  void adjusted() {
    const auto above_chance = [](double value, double expected) -> std::optional<double> {
      if (expected >= 1.0) return std::nullopt;
      return chance_adjusted(value, expected);
    };
    figure(
        "gmr", [](const Predictions& p) { return geometric_mean_rank(p.ranks); }, "ranks",
        Direction::kLower);
    figure(
        "median_rank", [](const Predictions& p) { return median_rank(p.ranks); }, "ranks",
        Direction::kLower);
    figure(
        "amr", [](const Predictions& p) { return adjusted_mean_rank(p.ranks, p.candidates); }, "",
        Direction::kLower);
    figure(
        "amri",
        [](const Predictions& p) -> std::optional<double> {
          if (expected_mean_rank(p.candidates) <= 1.0) return std::nullopt;
          return adjusted_mean_rank_index(p.ranks, p.candidates);
        },
        "", Direction::kHigher);
    figure(
        "amrr",
        [&](const Predictions& p) {
          return above_chance(mean_reciprocal_rank(p.ranks),
                              expected_mean_reciprocal_rank(p.candidates));
        },
        "", Direction::kHigher);
    for (const double k : {1.0, 3.0, 10.0}) {
      figure(
          fmt::format("adjusted_hits_at_{:.0f}", k),
          [&, k](const Predictions& p) {
            return above_chance(hits_at(p.ranks, k), expected_hits_at(p.candidates, k));
          },
          "", Direction::kHigher);
    }
    figure(
        "expected_mrr",
        [](const Predictions& p) { return expected_mean_reciprocal_rank(p.candidates); }, "",
        Direction::kDescriptive);
    figure(
        "expected_mr", [](const Predictions& p) { return expected_mean_rank(p.candidates); },
        "ranks", Direction::kDescriptive);
    figure(
        "mrr_z",
        [](const Predictions& p) -> std::optional<double> {
          const double variance = mean_reciprocal_rank_variance(p.candidates);
          if (variance <= 0.0) return std::nullopt;
          return (mean_reciprocal_rank(p.ranks) - expected_mean_reciprocal_rank(p.candidates)) /
                 std::sqrt(variance);
        },
        "sd", Direction::kHigher);
  }

 private:
  bool empty(std::string_view name, const std::string& unit, Direction direction) {
    if (!p_.ranks.empty()) return false;
    facts_.add(name, Measurement::undefined("no test triple in this set", 0, unit, direction));
    return true;
  }

  FactWriter facts_;
  Predictions p_;
};

struct NamedSet {
  std::string name;
  std::vector<std::uint32_t> triples;
};

/// Parts of the test set that a reader of bias results asks about.
std::vector<NamedSet> parts(const MetricContext& context) {
  const auto& attributes = context.data.attributes;
  const auto& profession = attributes.profession();
  NamedSet without{"without_sensitive", {}};
  NamedSet sensitive{"sensitive", {}};
  NamedSet persons{"persons", {}};
  NamedSet whitelisted{"whitelisted", {}};
  for (std::uint32_t i = 0; i < context.ranks.triples.size(); ++i) {
    const datasets::Triple& t = context.ranks.triples[i];
    (attributes.sensitive_index(t.relation) ? sensitive : without).triples.push_back(i);
    if (attributes.is_person(t.head) || attributes.is_person(t.tail)) persons.triples.push_back(i);
    const auto by = profession ? profession->source().stating(t.relation) : std::nullopt;
    const std::uint32_t allowed =
        context.data.whitelist.allowed(t.relation) |
        (by ? context.data.whitelist.allowed_profession(by->value(t)) : 0U);
    if (allowed != 0) whitelisted.triples.push_back(i);
  }
  return {std::move(without), std::move(sensitive), std::move(persons), std::move(whitelisted)};
}

void add_relations(const MetricContext& context, MetricOutput& output) {
  std::vector<std::vector<std::uint32_t>> by_relation(context.data.graph.relation_count());
  for (std::uint32_t i = 0; i < context.ranks.triples.size(); ++i) {
    by_relation[context.ranks.triples[i].relation.index()].push_back(i);
  }
  for (const auto& [side, side_name] : kSides) {
    std::vector<double> means;
    for (std::size_t r = 0; r < by_relation.size(); ++r) {
      if (by_relation[r].empty()) continue;
      Predictions p = predictions(context.ranks, by_relation[r], side, Filter::kFiltered,
                                  TiePolicy::kRealistic);
      means.push_back(mean_reciprocal_rank(p.ranks));
      Facets where = facets("filtered", side_name, "realistic", "relation");
      where["relation"] = context.data.graph.relations().name(static_cast<std::uint32_t>(r));
      Aggregates aggregates(output, std::move(p), std::move(where));
      aggregates.mean_of(
          "mrr", [](double rank) { return 1.0 / rank; }, "", Direction::kHigher);
      aggregates.mean_of(
          "hits_at_1", [](double rank) { return rank <= 1.0 ? 1.0 : 0.0; }, "", Direction::kHigher);
    }
    FactWriter(output, "link_prediction", facets("filtered", side_name, "realistic", "all"))
        .add("macro_mrr", mean_measurement(means, "relations", "", Direction::kHigher));
  }
}

/// Which relations of the test set the whitelist lets depend on which attribute, with their test
/// triples. Professions are whitelisted one by one and have no line here: see add_professions.
void add_whitelisted(const MetricContext& context, MetricOutput& output) {
  std::vector<std::uint64_t> triples(context.data.graph.relation_count(), 0);
  for (const datasets::Triple& t : context.ranks.triples) ++triples[t.relation.index()];
  const auto sensitive = context.data.attributes.sensitive();
  FactWriter facts(output, "link_prediction");
  for (std::size_t a = 0; a < sensitive.size(); ++a) {
    for (std::size_t r = 0; r < triples.size(); ++r) {
      const RelationId relation(static_cast<std::uint32_t>(r));
      if (triples[r] == 0 || (context.data.whitelist.allowed(relation) >> a & 1U) == 0) continue;
      facts.add("whitelisted_triples",
                Measurement::of(static_cast<double>(triples[r]), triples[r], "test triples",
                                Direction::kDescriptive),
                {{"attribute", sensitive[a].id()},
                 {"relation", context.data.graph.relations().name(relation.value)}});
    }
  }
}

/// MRR of every whitelisted profession with test triples, both sides together. A profession has one
/// fact however many attributes list it; the facet "attributes" names them ("gender,religion").
void add_professions(const MetricContext& context, MetricOutput& output) {
  const auto& profession = context.data.attributes.profession();
  if (!profession) return;
  const datasets::Whitelist& whitelist = context.data.whitelist;
  std::map<EntityId, std::vector<std::uint32_t>> by_profession;
  for (std::uint32_t i = 0; i < context.ranks.triples.size(); ++i) {
    const datasets::Triple& t = context.ranks.triples[i];
    const auto by = profession->source().stating(t.relation);
    if (!by) continue;
    const EntityId value = by->value(t);
    if (whitelist.allowed_profession(value) != 0) by_profession[value].push_back(i);
  }
  const auto sensitive = context.data.attributes.sensitive();
  for (const auto& [value, triples] : by_profession) {
    const std::uint32_t allowed = whitelist.allowed_profession(value);
    std::vector<std::string> attributes;
    for (std::size_t a = 0; a < sensitive.size(); ++a) {
      if ((allowed >> a & 1U) != 0) attributes.push_back(sensitive[a].id());
    }
    Facets where = facets("filtered", "both", "realistic", "profession");
    where["attributes"] = fmt::format("{}", fmt::join(attributes, ","));
    where["profession"] = context.data.graph.entities().name(value.value);
    Aggregates(
        output,
        predictions(context.ranks, triples, Side::kBoth, Filter::kFiltered, TiePolicy::kRealistic),
        std::move(where))
        .mean_of(
            "mrr", [](double rank) { return 1.0 / rank; }, "", Direction::kHigher);
  }
}

void add_ties(const MetricContext& context, MetricOutput& output) {
  std::array<std::vector<double>, 2> reciprocals;
  const std::array<std::pair<TiePolicy, const char*>, 2> policies = {
      {{TiePolicy::kOptimistic, "optimistic"}, {TiePolicy::kPessimistic, "pessimistic"}}};
  for (std::size_t i = 0; i < policies.size(); ++i) {
    Predictions p = predictions(context.ranks, Side::kBoth, Filter::kFiltered, policies[i].first);
    reciprocals[i] = reciprocal(p.ranks);
    Aggregates(output, std::move(p), facets("filtered", "both", policies[i].second, "all"))
        .mean_of(
            "mrr", [](double r) { return 1.0 / r; }, "", Direction::kHigher);
  }
  const std::size_t n = reciprocals[0].size();
  FactWriter(output, "link_prediction", {{"filter", "filtered"}, {"side", "both"}, {"set", "all"}})
      .add("tie_gap", n == 0 ? Measurement::undefined("no test triple", 0, "", Direction::kLower)
                             : estimate(mean(reciprocals[0]) - mean(reciprocals[1]), n, "",
                                        Direction::kLower));
}

void add_raw(const MetricContext& context, MetricOutput& output) {
  for (NamedSet& set : parts(context)) {
    if (set.name != "without_sensitive") continue;  // the part that systems are compared on
    std::vector<float> members(set.triples.size(), 1.0F);
    output.raw.push_back(
        {"set." + set.name, "test triple", std::move(set.triples), std::move(members)});
  }
  for (const auto& [side, name] :
       {SideName{Side::kHead, "ranks.head"}, SideName{Side::kTail, "ranks.tail"}}) {
    const Predictions p =
        predictions(context.ranks, side, Filter::kFiltered, TiePolicy::kRealistic);
    RawSeries series{name, "test triple", p.triples, {}};
    for (const double rank : p.ranks) series.values.push_back(static_cast<float>(rank));
    output.raw.push_back(std::move(series));
  }
}

std::span<const ParameterSpec> link_prediction_parameters() {
  static const std::array table = {ParameterSpec::flag(
      "per_relation", true,
      "Report MRR and Hits@1 of every relation of the test set (2 x 3 facts a relation), which of "
      "them are whitelisted, and MRR of each whitelisted profession")};
  return table;
}

MetricOutput measure_link_prediction(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  for (const auto& [side, name] : kSides) {
    Aggregates filtered(output,
                        predictions(context.ranks, side, Filter::kFiltered, TiePolicy::kRealistic),
                        facets("filtered", name, "realistic", "all"));
    filtered.headline();
    filtered.adjusted();
    Aggregates(output, predictions(context.ranks, side, Filter::kRaw, TiePolicy::kRealistic),
               facets("raw", name, "realistic", "all"))
        .headline();
  }
  add_ties(context, output);
  for (const NamedSet& set : parts(context)) {
    for (const auto& [side, name] : kSides) {
      Aggregates(
          output,
          predictions(context.ranks, set.triples, side, Filter::kFiltered, TiePolicy::kRealistic),
          facets("filtered", name, "realistic", set.name))
          .headline();
    }
  }
  if (parameters.flag("per_relation")) {
    add_relations(context, output);
    add_whitelisted(context, output);
    add_professions(context, output);
  }
  add_raw(context, output);
  return output;
}

}  // namespace

extern const MetricEntry link_prediction;
constinit const MetricEntry link_prediction = {
    .id = "link_prediction",
    .title = "Link prediction: how well the embedding completes test triples",
    .reading =
        "MRR 1: the right answer is always first; .5: second on average; near 0: far down. Compare "
        "it with Basic's on the same data, never across data sets.",
    .formula =
        "For every test triple (h, r, t) rank t among all entities by g(h, r, .) and h by "
        "g(., r, t). MRR = mean(1 / rank), H@k = share of ranks <= k, MR = mean rank. Filtered: "
        "other answers known from train, valid or test are not candidates. Adjusted forms: AMRI "
        "= 1 - (MR - 1) / (E[MR] - 1), AMRR = (MRR - E[MRR]) / (1 - E[MRR]), where E is the "
        "expectation under a random order of the candidates.",
    .range =
        "MRR, H@k in [0, 1]; MR in [1, entities]; AMR in (0, 2); AMRI in [-1, 1]; AMRR and "
        "adjusted H@k up to 1",
    .neutral = "none (0 for AMRI, AMRR and adjusted H@k, 1 for AMR: as good as a random order)",
    .direction = "higher MRR is better; lower MR is better",
    .source =
        "Bordes et al. 2013 (filtered ranking); Berrendorf et al. 2020 and Hoyt et al. 2022 "
        "(adjusted forms); Sun et al. 2020 (ties)",
    .pitfalls =
        "Numbers from sampled negatives are far higher and never comparable with these. MRR "
        "does not say which group the errors fall on: see group_gap. More in docs/measures.md.",
    .parameters = &link_prediction_parameters,
    .measure = &measure_link_prediction,
    .vectors = VectorUse::kRanks,
    .groups_suffice = true,
    .ranks_suffice = true,
};

}  // namespace kgaudit::metrics::measures_roster
