#include "tests/reports/example_record.hpp"

#include <array>
#include <optional>
#include <tuple>
#include <utility>

namespace kgaudit::reports::tests {
namespace {

const std::map<std::string, std::string> kRanking = {
    {"filter", "filtered"}, {"set", "all"}, {"side", "both"}, {"ties", "realistic"}};

RunLine example_run() {
  RunLine run;
  run.run = "r1";
  run.plan = R"({"dataset":"planted-people","epochs":3})";
  run.plan_hash = "aa11";
  run.dataset = "planted-people";
  run.data_files = {{"train.tsv", "bb22"}};
  run.graph_hash = "cc33";
  run.settings = {{"epochs", "3"}, {"dimension", "8"}};
  run.build = {{"compiler", "g++ 12.2"}};
  run.machine = {{"cpu", "Test CPU"}, {"processors", "2"}};
  run.started = "2026-01-02T03:04:05Z";
  run.labels = {{"/m/nurse", "nurse"}, {"/m/smith", "smith"}, {"/m/poet", "poet"}};
  return run;
}

}  // namespace

MeasurementLine fact(std::string system, std::uint64_t seed, std::string metric,
                     std::map<std::string, std::string> facets, double value, Direction direction,
                     std::string unit) {
  MeasurementLine line;
  line.run = "r1";
  line.system = std::move(system);
  line.seed = seed;
  line.metric = std::move(metric);
  line.facets = std::move(facets);
  line.measurement = Measurement::of(value, 100, std::move(unit), direction);
  return line;
}

RunRecord example_record() {
  RunRecord record;
  record.run = example_run();
  auto& facts = record.measurements;
  struct Numbers {
    const char* system;
    std::array<double, 2> mrr;
    std::array<double, 2> gap;
    std::array<double, 2> seconds;
    double leakage;
  };
  const std::array<Numbers, 2> systems = {{
      {"basic", {0.68, 0.70}, {2.5, 3.5}, {1.0, 3.0}, 0.99},
      {"kl+attr", {0.66, 0.66}, {0.25, -0.75}, {2.0, 2.0}, 0.75},
  }};
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const std::uint64_t seed = i + 1;
    for (const Numbers& s : systems) {
      facts.push_back(
          fact(s.system, seed, "link_prediction.mrr", kRanking, s.mrr.at(i), Direction::kHigher));
      facts.push_back(fact(s.system, seed, "time.seconds_per_epoch", {}, s.seconds.at(i),
                           Direction::kLower, "s"));
      facts.push_back(fact(s.system, seed, "score_gap.micro", {{"attribute", "gender"}},
                           s.gap.at(i), Direction::kNearer, "score"));
      for (const auto& [probe, value] :
           {std::pair{"linear", s.leakage}, std::pair{"majority", 0.75}}) {
        facts.push_back(fact(s.system, seed, "leakage.accuracy",
                             {{"attribute", "gender"}, {"persons", "stated"}, {"probe", probe}},
                             value, Direction::kLower));
      }
      MeasurementLine missing = fact(s.system, seed, "score_gap.micro", {{"attribute", "religion"}},
                                     0.0, Direction::kNearer);
      missing.measurement =
          Measurement::undefined("no value has 10 persons or more", 4, "score", Direction::kNearer);
      facts.push_back(missing);
      record.done.push_back({s.system, seed});
      record.epochs.push_back({s.system, seed, 0, 1, 2.0, {}, s.seconds.at(i)});
      record.epochs.push_back({s.system, seed, 1, 2, 1.0, {{"kl", 0.5}}, s.seconds.at(i) * 2});
      record.table_hashes.push_back({s.system, seed, std::string(4, 'd')});
    }
  }
  const std::array<std::pair<const char*, double>, 3> professions = {
      {{"/m/nurse", -0.5}, {"/m/smith", 0.25}, {"/m/poet", 0.0}}};
  for (const auto& [profession, b] : professions) {
    facts.push_back(fact("basic", 1, "profession_bias.shift",
                         {{"attribute", "gender"}, {"profession", profession}, {"towards", "male"}},
                         b));
    for (const auto& [value, count] : {std::pair{"female", 12.0}, std::pair{"male", 7.0}}) {
      facts.push_back(fact("basic", 1, "profession_bias.persons",
                           {{"attribute", "gender"}, {"profession", profession}, {"value", value}},
                           count));
    }
  }
  for (const auto& [what, value] :
       {std::pair{"list_overlap", 0.875}, std::pair{"list_overlap_by_chance", 0.5},
        std::pair{"list_correlation", 0.75}}) {
    facts.push_back(fact("basic", 1, std::string("stability.") + what,
                         {{"attribute", "gender"}, {"over", "seeds"}, {"top", "1"}}, value));
  }
  record.raw.push_back({"basic", "", 1, "basic.1.raw", "ee55", "ranks of the test triples"});
  record.findings.push_back({"warning", "duplicate_triples", "train.tsv", "3 triples stand twice"});
  return record;
}

RunRecord whole_record() {
  RunRecord record = example_record();
  auto& facts = record.measurements;
  const auto counted = [](MeasurementLine line, std::uint64_t n,
                          std::optional<Interval> interval = std::nullopt) {
    const Measurement& m = line.measurement;
    line.measurement = Measurement::of(m.value(), n, m.unit(), m.direction(), std::move(interval));
    return line;
  };
  for (const auto& [system, share] : {std::pair{"basic", 1.0}, std::pair{"kl+attr", 0.5}}) {
    for (const auto& [value, gap, persons] :
         {std::tuple{"female", 2.0, 40U}, std::tuple{"male", 4.0, 60U}}) {
      const std::map<std::string, std::string> of = {{"attribute", "gender"}, {"value", value}};
      facts.push_back(counted(
          fact(system, 1, "score_gap.by_value", of, gap * share, Direction::kNearer), persons));
      facts.push_back(counted(
          fact(system, 1, "group_gap.mrr", of, 0.25 * share, Direction::kHigher), persons / 4));
    }
    for (const auto& [set, mrr, triples] :
         {std::tuple{"without_sensitive", 0.5, 80U}, std::tuple{"sensitive", 0.875, 20U}}) {
      auto facets = kRanking;
      facets["set"] = set;
      facts.push_back(
          counted(fact(system, 1, "link_prediction.mrr", facets, mrr * share, Direction::kHigher),
                  triples));
    }
    for (const auto& [relation, mrr, triples] :
         {std::tuple{"born_in", 0.5, 60U}, std::tuple{"wears", 0.25, 20U}}) {
      auto facets = kRanking;
      facets["set"] = "relation";
      facets["relation"] = relation;
      facts.push_back(
          counted(fact(system, 1, "link_prediction.mrr", facets, mrr * share, Direction::kHigher),
                  triples));
    }
    for (const auto& [probe, auc] : {std::pair{"linear", 0.75}, std::pair{"answers", 0.875}}) {
      std::map<std::string, std::string> of = {
          {"attribute", "gender"}, {"persons", "held_out"}, {"probe", probe}};
      facts.push_back(fact(system, 1, "leakage.auc", of, 0.5 + (auc - 0.5) * share));
      of["release"] = "rows";
      facts.push_back(fact(system, 1, "leakage.is_strongest", of, auc > 0.75 ? 1.0 : 0.0));
    }
    facts.push_back(fact(system, 1, "degree_bias.spearman", {{"side", "both"}}, 0.25 * share,
                         Direction::kNearer));
  }
  facts.push_back(fact("basic", 1, "link_prediction.whitelisted_triples",
                       {{"attribute", "gender"}, {"relation", "wears"}}, 10.0));
  const auto tested = [&](const char* what, const char* test, double value,
                          std::map<std::string, std::string> more = {}) {
    more.insert({{"metric", "link_prediction.mrr"},
                 {"reference", "basic"},
                 {"set", "all"},
                 {"test", test}});
    facts.push_back(
        fact("kl+attr", 1, std::string("significance.") + what, std::move(more), value));
  };
  tested("difference", "paired t over seeds", -0.03);
  facts.back() = counted(facts.back(), 2, Interval{-0.157, 0.097, 0.95, "paired t, seeds"});
  tested("p", "paired t over seeds", 0.2048);
  tested("p_adjusted", "paired t over seeds", 0.03,
         {{"alpha", "0.05"}, {"correction", "Holm over 2 hypotheses"}});
  tested("effect", "Cohen's dz over seeds", -2.12);
  tested("detectable", "paired t over seeds", 0.2, {{"power", "0.8"}});
  tested("seeds_needed", "paired t over seeds", 5.0, {{"power", "0.8"}});
  tested("non_inferiority", "non-inferiority, one-sided paired t over seeds", 0.3,
         {{"alpha", "0.05"}, {"margin", "3 % of the reference's MRR"}});
  record.notices.emplace_back("the last line was torn and is left out");
  return record;
}

RunRecord audited_record() {
  RunRecord record = whole_record();
  using Named = std::map<std::string, std::string>;
  const auto add = [&](const char* metric, Named facets, double value) {
    facets["attribute"] = "gender";
    record.measurements.push_back(
        fact("basic", 1, metric, std::move(facets), value, Direction::kNearer));
  };
  add("group_distance.separation", {{"group", "female"}}, 0.5);
  add("projection.gap", {{"group", "female"}}, 1.25);
  add("rank_parity.group_rank_gap", {{"group", "female"}}, 0.125);
  add("proxies.auc", {{"relation", "given_name"}, {"side", "head"}}, 0.875);
  add("proxies.auc_covered", {{"relation", "given_name"}, {"side", "head"}}, 1.0);
  add("proxies.auc", {{"relation", "spouse"}, {"side", "tail"}}, 0.625);
  for (const auto& [profession, gap] : {std::pair{"miner", 0.25}, std::pair{"nurse", -0.5}}) {
    const Named of = {{"a", "male"}, {"b", "female"}, {"profession", profession}};
    add("rank_parity.rank_gap", of, gap);
    add("rank_parity.true_positive_gap", of, gap / 2.0);
    add("word_association.profession", {{"group", "female"}, {"profession", profession}}, -gap);
  }
  return record;
}

RunRecord hostile_record() {
  RunRecord record = example_record();
  record.run.dataset = R"(<script>alert('x')</script> \input{/etc/passwd} $(touch y) `touch y`)";
  record.run.labels["basic"] = "\\end{document}\\write18{touch y} {/*9 x}";
  record.run.labels["kl+attr"] = "<img src=x onerror=\"alert(1)\"> ~^ | [a] * @all";
  record.run.labels["/m/nurse"] = "Łódź 日本 %&_#$ \\\\[1em] --";
  record.run.labels["/m/smith"] =
      "a person who is employed to do a great many quite different things";
  record.run.labels["gender"] = "gender\\n\"'`\n# x";
  record.run.plan = R"({"a":"\\end{verbatim}\\end{flushleft}","b":"</pre></script>```"})";
  record.run.settings.emplace_back("name_with_%", "50 % & more");
  record.findings[0].message = "\xE2\x80\xA8 <b>bold</b> \\textbf{x}";
  return record;
}

std::string example_bytes() {
  const RunRecord record = example_record();
  std::string bytes = to_json_line(record.run) + '\n';
  for (const auto& line : record.epochs) bytes += to_json_line(line) + '\n';
  for (const auto& line : record.measurements) bytes += to_json_line(line) + '\n';
  for (const auto& line : record.table_hashes) bytes += to_json_line(line) + '\n';
  for (const auto& line : record.raw) bytes += to_json_line(line) + '\n';
  for (const auto& line : record.findings) bytes += to_json_line(line) + '\n';
  for (const auto& line : record.done) bytes += to_json_line(line) + '\n';
  return bytes;
}

}  // namespace kgaudit::reports::tests
