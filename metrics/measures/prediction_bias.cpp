#include <array>
#include <functional>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/prediction_flags.hpp"
#include "metrics/formulas/rank_aggregates.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

std::span<const ParameterSpec> prediction_bias_parameters() { return {}; }

PredictionFlags either(PredictionFlags a, PredictionFlags b, PredictionFlags c) {
  return {a.head || b.head || c.head, a.tail || b.tail || c.tail};
}

/// The six flags of a triple as one number, for Memory.
float packed(const TestPredictionFlags& flags, std::size_t i) {
  unsigned bits = 0;
  for (const auto* type : {&flags.type1, &flags.type2, &flags.type3}) {
    bits = 4 * bits + ((*type)[i].head ? 2U : 0U) + ((*type)[i].tail ? 1U : 0U);
  }
  return static_cast<float>(bits);
}
TestPredictionFlags unpacked(const std::vector<float>& numbers) {
  TestPredictionFlags flags;
  for (const float number : numbers) {
    const auto bits = static_cast<unsigned>(number);
    flags.type1.push_back({(bits & 32U) != 0, (bits & 16U) != 0});
    flags.type2.push_back({(bits & 8U) != 0, (bits & 4U) != 0});
    flags.type3.push_back({(bits & 2U) != 0, (bits & 1U) != 0});
  }
  return flags;
}

/// They are of the data alone: once they were found, they are remembered.
TestPredictionFlags flags_of(const MetricContext& context) {
  const std::span<const datasets::Triple> test = context.ranks.triples;
  if (context.memory == nullptr) return flag_test_predictions(context.data.graph, test);
  std::vector<float>& numbers = (*context.memory)["test_prediction_bias.flags"];
  if (numbers.size() == test.size()) return unpacked(numbers);
  TestPredictionFlags flags = flag_test_predictions(context.data.graph, test);
  numbers.clear();
  for (std::size_t i = 0; i < test.size(); ++i) numbers.push_back(packed(flags, i));
  return flags;
}

/// Reciprocal ranks and Hits@k of the predictions that `keep` lets through, triples as clusters.
void add_aggregates(FactWriter& facts, const RankTable& ranks, const std::string& kept,
                    const std::function<bool(std::size_t triple, bool tail)>& keep) {
  std::vector<double> rank;
  std::vector<std::uint32_t> triple;
  for (std::uint32_t i = 0; i < ranks.triples.size(); ++i) {
    if (keep(i, false)) {
      rank.push_back(rank_of(ranks.filtered_head[i], TiePolicy::kRealistic));
      triple.push_back(i);
    }
    if (keep(i, true)) {
      rank.push_back(rank_of(ranks.filtered_tail[i], TiePolicy::kRealistic));
      triple.push_back(i);
    }
  }
  const auto add = [&](std::string_view name, const std::function<double(double)>& term) {
    Measurement measurement =
        Measurement::undefined("no such prediction in test", 0, "", Direction::kHigher);
    if (!rank.empty()) {
      std::vector<double> values;
      for (const double r : rank) values.push_back(term(r));
      measurement = estimate(mean(values), values.size(), "", Direction::kHigher,
                             clustered_interval(values, triple, "test triples"));
    }
    facts.add(name, std::move(measurement), {{"predictions", kept}});
  };
  add("mrr", [](double r) { return 1.0 / r; });
  add("hits_at_1", [](double r) { return r <= 1.0 ? 1.0 : 0.0; });
  add("hits_at_10", [](double r) { return r <= 10.0 ? 1.0 : 0.0; });
}

MetricOutput measure_prediction_bias(const MetricContext& context, const Parameters&) {
  // Only what was ranked: triples with unseen entities may have been left out.
  const std::span<const datasets::Triple> test = context.ranks.triples;
  const TestPredictionFlags flags = flags_of(context);
  std::vector<PredictionFlags> any;
  for (std::size_t i = 0; i < test.size(); ++i) {
    any.push_back(either(flags.type1[i], flags.type2[i], flags.type3[i]));
  }
  MetricOutput output;
  const std::array<std::pair<const char*, const std::vector<PredictionFlags>*>, 4> types = {
      {{"1", &flags.type1}, {"2", &flags.type2}, {"3", &flags.type3}, {"any", &any}}};
  for (const auto& [type, flagged] : types) {
    FactWriter facts(output, "test_prediction_bias", {{"type", type}});
    const auto is_flagged = [list = flagged](std::size_t i, bool tail) {
      return tail ? (*list)[i].tail : (*list)[i].head;
    };
    for (const bool tail : {false, true}) {
      std::uint64_t count = 0;
      for (std::size_t i = 0; i < test.size(); ++i) count += is_flagged(i, tail) ? 1U : 0U;
      facts.add("flagged",
                Measurement::of(static_cast<double>(count), test.size(), "predictions",
                                Direction::kDescriptive),
                {{"side", tail ? "tail" : "head"}});
    }
    add_aggregates(facts, context.ranks, "not_flagged",
                   [&](std::size_t i, bool tail) { return !is_flagged(i, tail); });
    add_aggregates(facts, context.ranks, "flagged", is_flagged);
  }
  return output;
}

}  // namespace

extern const MetricEntry prediction_bias;
constinit const MetricEntry prediction_bias = {
    .id = "test_prediction_bias",
    .title = "Test-prediction bias: how much of the quality the train set simply gives away",
    .reading =
        "The MRR of predictions that train gives away, and of the others. Where the others' is "
        "much lower, the overall MRR says little about what the model has learned.",
    .formula =
        "A prediction is flagged type 1 when its answer makes up >= 75 % of the relation's "
        "answers in train; type 2 when the relation gives many answers (mean > 1.2 a key) and "
        "this one goes with >= 50 % of the keys; type 3 when another relation, > 50 % of whose "
        "pairs this one shares, links the same two entities in train. mrr and hits_at_k "
        "(filtered, realistic ties, both sides) are given for the flagged predictions and for "
        "the others.",
    .range = "mrr, hits_at_k in [0, 1]; flagged counts predictions",
    .neutral = "none; mrr of the others equal to the overall mrr means that flags do not matter",
    .direction = "higher mrr on predictions that are not flagged is better",
    .source =
        "Rossi, Firmani, Merialdo 2021 (research.lpbias); flags reproduced exactly on FB15k-237",
    .pitfalls =
        "Flags are a property of the data and the same for every system. More in "
        "docs/measures.md.",
    .parameters = &prediction_bias_parameters,
    .measure = &measure_prediction_bias,
    .vectors = VectorUse::kRanks,
    .groups_suffice = true,
    .ranks_suffice = true,
};

}  // namespace kgaudit::metrics::measures_roster
