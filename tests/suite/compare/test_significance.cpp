#include "suite/compare/significance.hpp"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "metrics/stats/estimates.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/error.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/run/run_directory.hpp"
#include "tests/suite/compare/made_up_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using namespace tests;
using Catch::Matchers::Contains;
using reports::Facets;
using reports::MeasurementLine;
using reports::RunRecord;

Statistics against(const std::string& reference) {
  Statistics how;
  how.reference = reference;
  how.replicates = 500;
  return how;
}

const MeasurementLine* find(const std::vector<MeasurementLine>& facts, const std::string& system,
                            const std::string& name, const std::string& metric,
                            const std::string& test) {
  for (const MeasurementLine& line : facts) {
    if (line.system == system && line.metric == "significance." + name &&
        line.facets.at("metric") == metric && line.facets.at("test").starts_with(test)) {
      return &line;
    }
  }
  return nullptr;
}

const Measurement& fact(const std::vector<MeasurementLine>& facts, const std::string& system,
                        const std::string& name, const std::string& metric,
                        const std::string& test) {
  const MeasurementLine* line = find(facts, system, name, metric, test);
  INFO(system << " " << name << " " << metric << " " << test);
  REQUIRE(line != nullptr);
  return line->measurement;
}

TEST_CASE("A planted difference is found by every test and a difference of chance by none",
          "[run][significance]") {
  MadeUpRun run;
  const auto facts = noisy_run(run, 6).facts(against("basic"));
  for (const char* metric : {"link_prediction.mrr", "score_gap.micro"}) {
    for (const char* test : {"paired t", "sign flip", "paired bootstrap"}) {
      CHECK(fact(facts, "fair", "p", metric, test).value() < 0.05);
      CHECK(fact(facts, "twin", "p", metric, test).value() > 0.05);
    }
    CHECK(fact(facts, "fair", "p_adjusted", metric, "paired t").value() < 0.05);
    CHECK(fact(facts, "twin", "p_adjusted", metric, "paired t").value() > 0.05);
    for (const char* test : {"paired t", "paired bootstrap", "hierarchical bootstrap"}) {
      const Measurement& fair = fact(facts, "fair", "difference", metric, test);
      const Measurement& twin = fact(facts, "twin", "difference", metric, test);
      REQUIRE(fair.interval());
      REQUIRE(twin.interval());
      CHECK(fair.interval()->high < 0.0);  // lower MRR, and a gap nearer to 0
      CHECK(twin.interval()->low < 0.0);
      CHECK(twin.interval()->high > 0.0);
    }
  }
  CHECK(find(facts, "basic", "p", "link_prediction.mrr", "") == nullptr);
  // Ranks weigh alike in the fact and among the triples, so all three speak of one difference.
  const auto mrr = [&](const char* test) {
    return fact(facts, "fair", "difference", "link_prediction.mrr", test).value();
  };
  CHECK(mrr("paired bootstrap") == Approx(mrr("paired t")));
  CHECK(mrr("hierarchical bootstrap") == Approx(mrr("paired t")));
}

TEST_CASE("Twins are told apart no more often than the level allows", "[run][significance]") {
  int by_t = 0;
  int by_bootstrap = 0;
  for (std::uint64_t world = 0; world < 40; ++world) {
    MadeUpRun run;
    for (std::uint64_t seed = 3 * world; seed < 3 * world + 3; ++seed) {
      run.add("basic", seed, noisy("one", seed, 0, 2.0));
      run.add("twin", seed, noisy("other", seed, 0, 2.0));
    }
    const auto facts = run.facts(against("basic"));
    const char* mrr = "link_prediction.mrr";
    by_t += fact(facts, "twin", "p", mrr, "paired t").value() <= 0.05 ? 1 : 0;
    by_bootstrap += fact(facts, "twin", "p", mrr, "paired bootstrap").value() <= 0.05 ? 1 : 0;
  }
  // At 5 % more than 6 of 40 come once in 1400 times.
  CHECK(by_t <= 6);
  CHECK(by_bootstrap <= 6);
}

TEST_CASE("Three seeds give the t, sign-flip and effect worked out by hand",
          "[run][significance]") {
  // Differences of .01, .02 and .03.
  MadeUpRun run;
  const auto add = [&](const char* system, std::uint64_t seed, double value) {
    run.record().measurements.push_back({"r", system, "", seed, "link_prediction.mrr", kWhole,
                                         Measurement::of(value, 2, "", Direction::kHigher)});
  };
  const double of_basic[] = {0.2, 0.3, 0.1};  // far apart, so that only pairs by seed show it
  for (const std::uint64_t seed : {2U, 0U, 1U}) {
    add("better", seed, of_basic[seed] + 0.01 * static_cast<double>(seed + 1));
  }
  for (const std::uint64_t seed : {0U, 1U, 2U}) add("basic", seed, of_basic[seed]);
  const auto facts = run.facts(against("basic"));
  const auto at = [&](const char* name, const char* test) -> const Measurement& {
    return fact(facts, "better", name, "link_prediction.mrr", test);
  };
  // t = .02 / (.01 / sqrt 3) with 2 degrees: p = 1 - t / sqrt(2 + t^2) = 1 - sqrt(12 / 14).
  CHECK(at("p", "paired t").value() == Approx(1.0 - std::sqrt(12.0 / 14.0)));
  CHECK(at("p", "sign flip").value() == Approx(2.0 / 8.0));
  CHECK(at("difference", "paired t").value() == Approx(0.02));
  // 4.302653 = t quantile of 97.5 % with 2 degrees.
  CHECK(at("difference", "paired t").interval()->low ==
        Approx(0.02 - 4.302653 * 0.01 / std::sqrt(3.0)).epsilon(1e-6));
  CHECK(at("effect", "Cohen's dz over seeds").value() == Approx(2.0));
  CHECK(at("difference", "paired t").n() == 3);
  // A family of one needs no correction.
  CHECK(at("p_adjusted", "paired t").value() == Approx(at("p", "paired t").value()));
  CHECK(find(facts, "better", "p_adjusted", "link_prediction.mrr", "")->facets.at("correction") ==
        "Holm over the 1 hypotheses of each system");
  // Not worse by 3 % of .2 = .006: t = (.02 + .006) / (.01 / sqrt 3), one-sided with 2 degrees.
  const double t = 0.026 / (0.01 / std::sqrt(3.0));
  CHECK(at("non_inferiority", "non-inferiority").value() ==
        Approx(0.5 * (1.0 - t / std::sqrt(2.0 + t * t))));
  // Without raw files what needs them says so.
  CHECK_THAT(at("p", "paired bootstrap").reason(), Contains("no raw file on record"));
}

TEST_CASE("Another reference turns every sign and no p", "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 5);
  const auto ours = run.facts(against("basic"));
  const auto theirs = run.facts(against("fair"));
  for (const char* metric : {"link_prediction.mrr", "score_gap.micro"}) {
    for (const char* test : {"paired t", "paired bootstrap", "hierarchical bootstrap"}) {
      const Measurement& a = fact(ours, "fair", "difference", metric, test);
      const Measurement& b = fact(theirs, "basic", "difference", metric, test);
      CHECK(a.value() == Approx(-b.value()));
      if (test == std::string("paired t")) {
        CHECK(a.interval()->low == Approx(-b.interval()->high));
      }
    }
    for (const char* test : {"paired t", "sign flip", "paired bootstrap"}) {
      CHECK(fact(ours, "fair", "p", metric, test).value() ==
            Approx(fact(theirs, "basic", "p", metric, test).value()));
    }
  }
}

TEST_CASE("One seed gives reasons across seeds, and still a test over triples and persons",
          "[run][significance]") {
  MadeUpRun run;
  const auto facts = noisy_run(run, 1).facts(against("basic"));
  for (const char* metric : {"link_prediction.mrr", "score_gap.micro"}) {
    CHECK_THAT(fact(facts, "fair", "p", metric, "paired t").reason(), Contains("1 seed"));
    CHECK_THAT(fact(facts, "fair", "p", metric, "sign flip").reason(), Contains("1 seed"));
    CHECK_THAT(fact(facts, "fair", "p_adjusted", metric, "").reason(), Contains("1 seed"));
    CHECK_THAT(fact(facts, "fair", "difference", metric, "hierarchical").reason(),
               Contains("1 seed"));
    CHECK_THAT(fact(facts, "fair", "detectable", metric, "").reason(), Contains("1 seed"));
    CHECK_FALSE(fact(facts, "fair", "difference", metric, "paired t").interval());
    CHECK(fact(facts, "fair", "p", metric, "paired bootstrap").value() < 0.05);
  }
  run.record().measurements.insert(run.record().measurements.end(), facts.begin(), facts.end());
  const std::vector<reports::SystemView> fair = {{"fair", ""}};
  CHECK_THAT(reports::SignificanceMarks(run.record()).note(fair),
             Contains("No difference from basic could be tested") && Contains("1 seed"));
}

TEST_CASE("The number of threads changes no bit of a test", "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 6);
  CHECK(run.facts(against("basic"), 1) == run.facts(against("basic"), 3));
}

TEST_CASE("Persons are paired where both systems have them", "[run][significance]") {
  MadeUpRun run;
  for (const std::uint64_t seed : {0U, 1U}) {
    MeasuredPair ours = noisy("a", seed, 0, 2.0);
    MeasuredPair theirs = noisy("b", seed, 0, 1.0);
    for (std::uint32_t& person : theirs.persons) person += 30;  // 50 of 80 in common
    run.add("basic", seed, ours);
    run.add("other", seed, theirs);
  }
  const auto facts = run.facts(against("basic"));
  CHECK(fact(facts, "other", "p", "score_gap.micro", "paired bootstrap").n() == 50);
  CHECK(fact(facts, "other", "p", "link_prediction.mrr", "paired bootstrap").n() == 150);
}

TEST_CASE(
    "A person counts once for each stated value, so that the bootstrap is of the figure itself",
    "[run][significance]") {
  MadeUpRun run;
  double by_hand = 0.0;
  std::vector<double> of_person;  // the difference, times the person's values
  std::vector<double> counts;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const char* system : {"basic", "other"}) {
      MeasuredPair pair = noisy(system, seed, 0, system == std::string("basic") ? 2.0 : -1.0);
      double sum = 0.0;
      double values = 0.0;
      for (std::size_t i = 0; i < pair.gaps.size(); ++i) {
        // Those with four values have gaps of their own, so that plain means of persons differ.
        pair.values.push_back(i % 4 == 0 ? 4.0F : 1.0F);
        if (i % 4 == 0) pair.gaps[i] *= 1.5F;
        sum += static_cast<double>(pair.values[i]) * static_cast<double>(pair.gaps[i]);
        values += static_cast<double>(pair.values[i]);
      }
      const double side = system == std::string("basic") ? -1.0 : 1.0;
      by_hand += side * std::abs(sum / values) / 3.0;
      of_person.resize(pair.gaps.size());
      counts.assign(pair.values.begin(), pair.values.end());
      for (std::size_t i = 0; i < counts.size(); ++i) {
        of_person[i] +=
            side * (sum < 0.0 ? -1.0 : 1.0) * counts[i] * static_cast<double>(pair.gaps[i]) / 3.0;
      }
      run.add(system, seed, pair);
    }
  }
  const auto facts = run.facts(against("basic"));
  const auto difference = [&](const char* test) -> const Measurement& {
    return fact(facts, "other", "difference", "score_gap.micro", test);
  };
  CHECK(difference("paired t").value() == Approx(by_hand));
  for (const char* test : {"paired bootstrap", "hierarchical bootstrap"}) {
    INFO(test);
    CHECK(difference(test).value() == difference("paired t").value());  // to the bit
    REQUIRE(difference(test).interval());
    CHECK(difference(test).interval()->low < by_hand);
    CHECK(difference(test).interval()->high > by_hand);
    CHECK(difference(test).interval()->high - difference(test).interval()->low < 1.0);
  }
  CHECK(fact(facts, "other", "p", "score_gap.micro", "paired bootstrap").n() == 80);
  // The effect is that of the same difference: persons weigh as much as in it.
  const Measurement& dz =
      fact(facts, "other", "effect", "score_gap.micro", "Cohen's dz over persons");
  const double sd = *metrics::sample_sd(of_person) / metrics::mean(counts);
  CHECK(dz.value() == Approx(by_hand / sd).epsilon(1e-5));
}

TEST_CASE("Values by person that do not give the figure on record test nothing",
          "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 2);
  for (MeasurementLine& line : run.record().measurements) {
    if (line.metric != "score_gap.micro" || line.system != "fair") continue;
    line.measurement = Measurement::of(line.measurement.value() - 0.1, 1, "", Direction::kNearer);
  }
  const auto facts = run.facts(against("basic"));
  CHECK_THAT(fact(facts, "fair", "p", "score_gap.micro", "paired bootstrap").reason(),
             Contains("do not give the figure on record"));
  CHECK(fact(facts, "twin", "p", "score_gap.micro", "paired bootstrap").defined());
}

TEST_CASE(
    "Seeds are planned for the family that is tested: the bootstrap leaves out what it cannot "
    "test",
    "[run][significance]") {
  // Two measures with values by unit and one without.
  MadeUpRun run;
  noisy_run(run, 3);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const char* system : {"basic", "twin", "fair"}) {
      run.record().measurements.push_back(
          {"r",
           system,
           "",
           seed,
           "question.auc_micro",
           {{"attribute", "gender"}, {"persons", "stated"}},
           Measurement::of(0.9 - 0.01 * static_cast<double>(seed), 80, "", Direction::kNearer)});
    }
  }
  Statistics how = against("basic");
  how.test = Statistics::FamilyTest::kBootstrap;
  const auto by_bootstrap = run.facts(how);
  how.test = Statistics::FamilyTest::kPairedT;
  const auto by_t = run.facts(how);
  const auto detectable = [&](const std::vector<MeasurementLine>& facts) {
    return fact(facts, "fair", "detectable", "link_prediction.mrr", "paired t").value();
  };
  CHECK(find(by_bootstrap, "fair", "p_adjusted", "question.auc_micro", "") == nullptr);
  CHECK(find(by_t, "fair", "p_adjusted", "question.auc_micro", "") != nullptr);
  CHECK(detectable(by_bootstrap) < detectable(by_t));
  CHECK(find(by_bootstrap, "fair", "p_adjusted", "score_gap.micro", "")->facets.at("correction") ==
        "Holm over the 2 hypotheses of each system");
}

TEST_CASE("Score gaps are compared by their distance from 0, whatever their side",
          "[run][significance]") {
  MadeUpRun run;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    run.add("basic", seed, noisy("a", seed, 0, 2.0));
    run.add("over", seed, noisy("b", seed, 0, -1.0));
  }
  const auto facts = run.facts(against("basic"));
  for (const char* test : {"paired t", "paired bootstrap", "hierarchical bootstrap"}) {
    CHECK(fact(facts, "over", "difference", "score_gap.micro", test).value() ==
          Approx(-1.0).margin(0.15));
  }
}

TEST_CASE("A gap is called as good as 0 only where the margin holds it", "[run][significance]") {
  MadeUpRun run;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    run.add("basic", seed, noisy("a", seed, 0, 2.0));
    run.add("fair", seed, noisy("b", seed, 0, 0.0));
  }
  const auto facts = run.facts(against("basic"));
  CHECK(fact(facts, "basic", "equivalence", "score_gap.in_person_sds_macro", "").value() > 0.5);
  CHECK(fact(facts, "fair", "equivalence", "score_gap.in_person_sds_macro", "").value() < 0.05);
}

TEST_CASE("The declared family decides what Holm counts and which test it corrects",
          "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 3);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const char* system : {"basic", "twin", "fair"}) {
      Facets part = kWhole;
      part["set"] = "without_sensitive";
      run.record().measurements.push_back(
          {"r", system, "", seed, "link_prediction.mrr", part,
           Measurement::of(0.1 + 0.01 * static_cast<double>(seed), 1, "", Direction::kHigher)});
    }
  }
  Statistics how = against("basic");
  const auto correction = [&] {
    const auto facts = run.facts(how);
    return find(facts, "fair", "p_adjusted", "link_prediction.mrr", "")->facets;
  };
  CHECK(correction().at("correction") ==
        "Holm over the 3 hypotheses of each system");  // MRR, of all and of others, and the gap
  // Holm: the smallest of a row's three p-values is multiplied by three, no other by more.
  const auto facts = run.facts(how);
  double smallest = 1.0;
  double its_adjusted = 0.0;
  for (const MeasurementLine& line : facts) {
    if (line.metric != "significance.p_adjusted" || !line.measurement.defined()) continue;
    const std::string& metric = line.facets.at("metric");
    const double p = fact(facts, line.system, "p", metric, "paired t").value();
    CHECK(line.measurement.value() >= p);
    if (p < smallest) {
      smallest = p;
      its_adjusted = line.measurement.value();
    }
  }
  CHECK(its_adjusted == Approx(3.0 * smallest));
  how.all_in_family = true;
  CHECK(correction().at("correction") == "Holm over the 3 hypotheses of each system");
  how.test = Statistics::FamilyTest::kBootstrap;
  CHECK(correction().at("test") == "paired bootstrap over test triples");
}

TEST_CASE("A figure without values by person is compared over seeds, and never by ranks",
          "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 3);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const char* system : {"basic", "twin", "fair"}) {
      const double auc = 0.9 - 0.01 * static_cast<double>(seed) * (system[0] == 'f' ? 2.0 : 1.0);
      run.record().measurements.push_back({"r",
                                           system,
                                           "",
                                           seed,
                                           "question.auc_micro",
                                           {{"attribute", "gender"}, {"persons", "stated"}},
                                           Measurement::of(auc, 1, "", Direction::kNearer)});
    }
  }
  std::set<std::string> tests;
  for (const MeasurementLine& line : run.facts(against("basic"))) {
    if (line.facets.at("metric") == "question.auc_micro") tests.insert(line.facets.at("test"));
  }
  CHECK(tests == std::set<std::string>{"Cohen's dz over seeds", "paired t over seeds",
                                       "sign flip over seeds"});
}

TEST_CASE("A raw file that is missing is named in place of the number", "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 2);
  std::filesystem::remove(run.folder() / RunDirectory::raw_name("fair", "", 1));
  const auto facts = run.facts(against("basic"));
  CHECK_THAT(fact(facts, "fair", "p", "link_prediction.mrr", "paired bootstrap").reason(),
             Contains("raw/fair-seed1.kgaraw"));
  CHECK(fact(facts, "fair", "p", "link_prediction.mrr", "paired t").defined());
  run.record().raw.front().file = "../outside";
  CHECK_THROWS_AS(raw_path(run.folder(), run.record().raw.front()), InputError);
}

TEST_CASE("No test is made from a raw file other than the one on record", "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 2);
  const auto file = [&](std::uint64_t seed) {
    return run.folder() / RunDirectory::raw_name("fair", "", seed);
  };
  // Whole and well formed, but of another seed.
  std::filesystem::copy_file(file(0), file(1), std::filesystem::copy_options::overwrite_existing);
  try {
    static_cast<void>(run.facts(against("basic")));
    FAIL("the file of another seed was used");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK_THAT(error.what(), Contains("fair-seed1.kgaraw") && Contains("as the record says"));
  }
}

}  // namespace
}  // namespace kgaudit::run
