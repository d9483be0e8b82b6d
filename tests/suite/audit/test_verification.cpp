#include "suite/audit/verification.hpp"

#include <algorithm>
#include <sstream>

#include "suite/audit/record_checks.hpp"
#include "suite/base/error.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/plan/plan_text.hpp"
#include "suite/run/divergence.hpp"
#include "suite/run/runner.hpp"
#include "tests/suite/run/tiny_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

Plan plan_to_verify(const std::vector<Assignment>& more = {}) {
  std::vector<Assignment> values = {{"dataset.planted-people.entities", "1000", "test"},
                                    {"training.dimension", "8", "test"},
                                    {"training.epochs", "2", "test"},
                                    {"seeds", "2", "test"},
                                    {"systems", "basic,kl", "test"},
                                    {"metrics", "link_prediction,score_gap", "test"},
                                    {"statistics.replicates", "200", "test"},
                                    {"run.threads", "1", "test"}};
  values.insert(values.end(), more.begin(), more.end());
  return resolve_plan({std::nullopt, "plan", values});
}

/// A run on disk that tests may damage.
class FinishedRun {
 public:
  explicit FinishedRun(const std::vector<Assignment>& more = {}) {
    Progress silent;
    RunOptions options;
    options.directory = folder_ / "run";
    Runner(plan_to_verify(more), std::move(options), silent).run();
  }
  [[nodiscard]] std::filesystem::path record() const { return folder_ / "run" / "record.jsonl"; }
  [[nodiscard]] std::filesystem::path raw(const char* name) const {
    return folder_ / "run" / "raw" / name;
  }
  [[nodiscard]] std::vector<Check> verify(std::optional<Rerun> rerun = std::nullopt,
                                          std::optional<double> longest = std::nullopt) const {
    Progress silent;
    VerifyOptions options;
    options.longest_training = longest;
    options.rerun = std::move(rerun);
    options.threads = 1;
    return verify_record(record(), options, silent);
  }
  /// Replaces in the first line of the record that holds all of `marks`.
  void edit(const std::vector<std::string>& marks, const std::string& from,
            const std::string& to) const {
    std::string bytes = tests::read_file(record());
    for (std::size_t begin = 0; begin < bytes.size();) {
      const std::size_t end = bytes.find('\n', begin);
      std::string line = bytes.substr(begin, end - begin);
      const bool wanted = std::all_of(marks.begin(), marks.end(), [&](const std::string& mark) {
        return line.find(mark) != std::string::npos;
      });
      if (wanted) {
        REQUIRE(line.find(from) != std::string::npos);
        line.replace(line.find(from), from.size(), to);
        bytes.replace(begin, end - begin, line);
        tests::write_file(record(), bytes);
        return;
      }
      begin = end + 1;
    }
    FAIL("no such line");
  }

 private:
  tests::TemporaryDirectory folder_;
};

const Check& named(const std::vector<Check>& checks, std::string_view what) {
  const auto found = std::ranges::find(checks, what, &Check::what);
  REQUIRE(found != checks.end());
  return *found;
}

const Check* worst(const std::vector<Check>& checks) {
  return &*std::max_element(checks.begin(), checks.end(),
                            [](const auto& a, const auto& b) { return a.agreement < b.agreement; });
}

TEST_CASE("An untouched record verifies to the bit, its re-run included", "[run][verify]") {
  const FinishedRun run;
  for (const auto& rerun : {Rerun{}, Rerun{"kl", 1}}) {
    const auto checks = run.verify(rerun);
    INFO(worst(checks)->what << ": " << worst(checks)->detail);
    CHECK(worst(checks)->agreement == Agreement::kSkipped);
    for (const Check& check : checks) {
      // No probe was asked, so nothing of one is the same.
      if (check.agreement != Agreement::kSkipped) continue;
      CHECK((check.what == "facts" || check.what == "accuracies of probes from raw answers"));
    }
    CHECK(named(checks, "accuracies of probes from raw answers").detail == "no fact to compare");
    CHECK(verdict_of(checks) == ExitCode::kPass);
    CHECK(std::any_of(checks.begin(), checks.end(),
                      [](const Check& check) { return check.what.starts_with("re-run of"); }));
  }
  CHECK(verdict_of(run.verify()) == ExitCode::kPass);
}

TEST_CASE("One flipped bit of a raw file is found, and a missing one is unreadable",
          "[run][verify]") {
  const FinishedRun run;
  std::string bytes = tests::read_file(run.raw("kl-seed1.kgaraw"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  tests::write_file(run.raw("kl-seed1.kgaraw"), bytes);
  const auto checks = run.verify();
  CHECK(worst(checks)->what == "raw file raw/kl-seed1.kgaraw");
  CHECK(verdict_of(checks) == ExitCode::kRegression);

  const FinishedRun other;
  std::filesystem::remove(other.raw("kl-seed1.kgaraw"));
  const auto missing = other.verify();
  CHECK(std::any_of(missing.begin(), missing.end(), [](const Check& check) {
    return check.what == "raw file raw/kl-seed1.kgaraw" &&
           check.agreement == Agreement::kUnreadable;
  }));
  // What needs the file is unreadable and not different.
  CHECK(verdict_of(missing) == ExitCode::kUnreadable);
  for (const Check& check : missing) CHECK(check.detail.find('\n') == std::string::npos);
}

TEST_CASE("A changed ranking figure is found without training", "[run][verify]") {
  const FinishedRun run;
  run.edit({"\"system\":\"kl\"", "\"seed\":1", "link_prediction.mrr", "\"filter\":\"filtered\"",
            "\"set\":\"all\"", "\"side\":\"both\"", "\"ties\":\"realistic\""},
           "\"value\":0.", "\"value\":0.9");
  const auto checks = run.verify();
  CHECK(verdict_of(checks) == ExitCode::kRegression);
  CHECK(std::any_of(checks.begin(), checks.end(), [](const Check& check) {
    return check.what == "ranking facts from raw ranks" && check.agreement == Agreement::kDiffer;
  }));
}

TEST_CASE("All that ranks give is made again, and what was not is counted", "[run][verify]") {
  // Bose has a row whose facts are means over its views.
  const FinishedRun run(
      {{"systems", "basic,bose", "test"},
       {"metrics", "link_prediction,degree_bias,test_prediction_bias,score_gap", "test"}});
  const auto checks = run.verify();
  INFO(named(checks, "metrics of ranks from raw ranks").detail);
  CHECK(named(checks, "metrics of ranks from raw ranks").agreement == Agreement::kSame);
  const std::string left = named(checks, "facts").detail;
  CHECK_THAT(left, Catch::Matchers::Contains("were made again; ") &&
                       Catch::Matchers::Contains("are never compared; not checked: ") &&
                       Catch::Matchers::EndsWith(" score_gap"));
  CHECK_THAT(left, !Catch::Matchers::Contains("link_prediction") &&
                       !Catch::Matchers::Contains("degree_bias") &&
                       !Catch::Matchers::Contains("significance"));
  CHECK(verdict_of(checks) == ExitCode::kPass);

  run.edit({"\"system\":\"bose\"", "\"seed\":1", "link_prediction.gmr"},
           "\"value\":", "\"value\":1");
  const auto changed = run.verify();
  CHECK(named(changed, "metrics of ranks from raw ranks").agreement == Agreement::kDiffer);
  CHECK_THAT(named(changed, "metrics of ranks from raw ranks").detail,
             Catch::Matchers::Contains("link_prediction.gmr"));
  CHECK(verdict_of(changed) == ExitCode::kRegression);
}

TEST_CASE("A training that took long is done again when it is asked for", "[run][verify]") {
  const FinishedRun run;
  const auto checks = run.verify(Rerun{"kl", 1}, 0.0);
  CHECK(named(checks, "re-run of kl, seed 1").agreement == Agreement::kSkipped);
  CHECK_THAT(named(checks, "re-run of kl, seed 1").detail,
             Catch::Matchers::Contains("--rerun kl:1 trains it again"));
  CHECK(verdict_of(checks) == ExitCode::kPass);
  CHECK(named(run.verify(Rerun{"kl", 1}, 600.0), "re-run of kl, seed 1: facts").agreement ==
        Agreement::kSame);
}

TEST_CASE("A probe's accuracy is made again from its raw answers", "[run][verify]") {
  const FinishedRun run({{"metrics", "leakage", "test"},
                         {"metric.leakage.probes", "rows", "test"},
                         {"metric.leakage.mlp_epochs", "1", "test"},
                         {"metric.leakage.mlp_most_epochs", "1", "test"},
                         {"metric.leakage.permutations", "0", "test"},
                         {"systems", "basic", "test"},
                         {"seeds", "1", "test"}});
  constexpr const char* kWhat = "accuracies of probes from raw answers";
  const Check before = named(run.verify(), kWhat);
  CHECK(before.agreement == Agreement::kSame);
  CHECK_THAT(before.detail, !Catch::Matchers::StartsWith("0 "));
  run.edit({"leakage.accuracy", "\"linear\"", "held_out", "gender"}, "\"value\":0.",
           "\"value\":0.0");
  const auto checks = run.verify();
  CHECK(named(checks, kWhat).agreement == Agreement::kDiffer);
  CHECK_THAT(named(checks, kWhat).detail, Catch::Matchers::Contains("leakage.accuracy"));
  CHECK(verdict_of(checks) == ExitCode::kRegression);
}

TEST_CASE("A changed bias figure is found by the re-run of its system alone", "[run][verify]") {
  const FinishedRun run;
  run.edit({"\"system\":\"kl\"", "\"seed\":0", "score_gap.within_person_auc"}, "\"value\":0.",
           "\"value\":0.0");
  CHECK(verdict_of(run.verify(Rerun{"basic", 0})) == ExitCode::kPass);
  const auto checks = run.verify(Rerun{"kl", 0});
  CHECK(worst(checks)->what == "re-run of kl, seed 0: facts");
  CHECK_THAT(worst(checks)->detail, Catch::Matchers::Contains("score_gap.within_person_auc"));
  CHECK(verdict_of(checks) == ExitCode::kRegression);
}

TEST_CASE("Findings about the data and losses of epochs are held against what is found again",
          "[run][verify]") {
  const FinishedRun run;
  const std::string untouched = tests::read_file(run.record());
  const auto without = [&](const std::vector<std::string>& marks) {
    std::string kept;
    std::istringstream lines(untouched);
    for (std::string line; std::getline(lines, line);) {
      const bool gone = std::ranges::all_of(
          marks, [&](const auto& mark) { return line.find(mark) != std::string::npos; });
      if (!gone) kept += line + "\n";
    }
    REQUIRE(kept.size() < untouched.size());
    tests::write_file(run.record(), kept);
  };
  run.edit({"\"kind\":\"finding\"", "unknown_persons", "gender"}, "\"message\":\"",
           "\"message\":\"9");
  const auto changed = run.verify();
  CHECK(named(changed, "findings about the data").agreement == Agreement::kDiffer);
  CHECK_THAT(named(changed, "findings about the data").detail,
             Catch::Matchers::Contains("unknown_persons, gender"));
  without({"\"kind\":\"finding\""});
  CHECK(verdict_of(run.verify()) == ExitCode::kRegression);

  without({"\"kind\":\"epoch\"", "\"system\":\"kl\"", "\"seed\":1,"});
  CHECK(named(run.verify(), "epochs of the trainings").detail ==
        "the epochs of kl, seed 1, are not on record");
  without({"\"kind\":\"epoch\"", "\"epoch\":1,"});
  CHECK(verdict_of(run.verify()) == ExitCode::kRegression);

  tests::write_file(run.record(), untouched);
  run.edit({"\"kind\":\"epoch\"", "\"system\":\"kl\"", "\"seed\":0,", "\"epoch\":2,"},
           "\"loss\":", "\"loss\":1");
  const auto losses = run.verify(Rerun{"kl", 0});
  CHECK(worst(losses)->what == "re-run of kl, seed 0: losses");
  CHECK(worst(losses)->detail == "epoch 2");
}

TEST_CASE("A changed test between systems is found", "[run][verify]") {
  const FinishedRun run;
  run.edit({"significance.p\"", "paired t"}, "\"value\":0.", "\"value\":0.0");
  const auto checks = run.verify();
  CHECK(worst(checks)->what == "tests between systems");
  CHECK(worst(checks)->agreement == Agreement::kDiffer);
}

TEST_CASE("Of an unfinished run the tests between systems are not expected", "[run][verify]") {
  const FinishedRun run;
  std::string kept;
  std::istringstream lines(tests::read_file(run.record()));
  for (std::string line; std::getline(lines, line);) {
    const bool last_pair = line.find("\"kind\":\"done\"") != std::string::npos &&
                           line.find("\"seed\":1") != std::string::npos;
    if (!last_pair && line.find("significance.") == std::string::npos) kept += line + "\n";
  }
  tests::write_file(run.record(), kept);
  const auto checks = run.verify();
  CHECK(verdict_of(checks) == ExitCode::kPass);
  CHECK(std::any_of(checks.begin(), checks.end(), [](const Check& check) {
    return check.what == "tests between systems" && check.agreement == Agreement::kSkipped;
  }));
  CHECK(named(checks, "systems and seeds").agreement == Agreement::kSkipped);
  CHECK_THAT(named(checks, "systems and seeds").detail,
             Catch::Matchers::Contains("of 4 trainings are not on record, such as"));
}

TEST_CASE("A changed graph hash is found", "[run][verify]") {
  const FinishedRun run;
  run.edit({"\"kind\":\"run\""}, "\"graph_hash\":\"", "\"graph_hash\":\"0");
  const auto checks = run.verify();
  CHECK(worst(checks)->what == "graph");
  CHECK(verdict_of(checks) == ExitCode::kRegression);
}

TEST_CASE("The same bits by another build or processor are the same", "[run][verify]") {
  const FinishedRun run;
  const auto edited = [&run](const std::string& key) {
    const std::string begin = "\"" + key + "\":\"";
    run.edit({"\"kind\":\"run\""}, begin, begin + "another ");
    return run.verify(Rerun{});
  };
  const auto by_processor = edited("cpu");
  CHECK(verdict_of(by_processor) == ExitCode::kPass);
  for (const char* what : {"tests between systems", kRankMetrics}) {
    CHECK(named(by_processor, what).agreement == Agreement::kSame);
    CHECK_THAT(named(by_processor, what).detail,
               Catch::Matchers::EndsWith("; made on another processor"));
  }
  const auto by_build = edited("compiler");
  CHECK(verdict_of(by_build) == ExitCode::kPass);
  CHECK_THAT(named(by_build, kRankMetrics).detail,
             Catch::Matchers::EndsWith("; made by a build with another compiler"));
}

TEST_CASE("Other bits speak against a record unless another build may have made them",
          "[run][verify]") {
  const FinishedRun run;
  run.edit({"significance.p\"", "paired t"}, "\"value\":0.", "\"value\":0.0");
  run.edit({"\"kind\":\"run\""}, "\"cpu\":\"", "\"cpu\":\"another ");
  CHECK(verdict_of(run.verify()) == ExitCode::kRegression);
  run.edit({"\"kind\":\"run\""}, "\"compiler\":\"", "\"compiler\":\"another ");
  const auto checks = run.verify();
  CHECK(verdict_of(checks) == ExitCode::kNotComparable);
  CHECK_THAT(worst(checks)->detail,
             Catch::Matchers::EndsWith("; made by a build with another compiler"));
}

TEST_CASE("A system that is not on record is answered with the nearest that is", "[run][verify]") {
  const FinishedRun run;
  CHECK_THROWS_WITH(run.verify(Rerun{"basik", std::nullopt}),
                    Catch::Matchers::Contains("did you mean 'basic'?"));
  CHECK_THROWS_WITH(run.verify(Rerun{"", 7}), Catch::Matchers::Contains("one of: 0, 1"));
}

TEST_CASE("The plan on record is the plan that was run", "[run][verify]") {
  const Plan plan = resolve_plan({std::nullopt,
                                  "plan",
                                  {{"systems", "kl+attr,bose", "test"},
                                   {"seeds", "[7]", "test"},
                                   {"statistics.reference", "bose:a", "test"},
                                   {"system.kl+attr.weight_gender", "2.5", "test"},
                                   {"training.epochs", "3", "test"}}});
  reports::RunRecord record;
  record.run.plan = to_json(plan);
  record.run.plan_hash = plan_hash(plan).hex();
  CHECK(plan_hash(plan_on_record(record)) == plan_hash(plan));
  record.run.plan_hash[0] = record.run.plan_hash[0] == '0' ? '1' : '0';
  CHECK_THROWS_AS(plan_on_record(record), InputError);
}

TEST_CASE("A record with a divergence verifies to the bit, the divergence included",
          "[run][verify][divergence]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = tests::tiny_plan({{"systems", "basic,neutral", "test"},
                                      {"training.optimizer", "sgd", "test"},
                                      {"training.learning_rate", "0.01", "test"},
                                      {"training.initial_scale", "0.1", "test"},
                                      {"system.neutral.update", "sgd", "test"},
                                      {"system.neutral.learning_rate", "1", "test"},
                                      {"system.neutral.weight_gender", "1e6", "test"},
                                      {"statistics.replicates", "200", "test"}});
  const reports::RunRecord record = tests::run_in(folder / "run", plan);
  REQUIRE(divergence_on_record(record, "neutral", 0));
  for (const auto& rerun : {Rerun{}, Rerun{"neutral", 1}}) {
    Progress silent;
    VerifyOptions options;
    options.rerun = rerun;
    options.threads = 1;
    const auto checks = verify_record(folder / "run/record.jsonl", options, silent);
    for (const Check& check : checks) {
      INFO(check.what << ": " << check.detail);
      if (check.what.starts_with("accuracies of probes")) continue;  // as the plan has leakage
      CHECK(check.agreement == (check.what == "facts" ? Agreement::kSkipped : Agreement::kSame));
    }
    // The cheapest training would be the one that broke off, which has no table to compare.
    const std::string what = rerun.system.empty() ? "re-run of basic, seed 0: trained table"
                                                  : "re-run of neutral, seed 1: trained table";
    CHECK(std::ranges::any_of(checks, [&](const Check& check) { return check.what == what; }));
  }
}

}  // namespace
}  // namespace kgaudit::run
