#include "suite/search/headline.hpp"

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Facets = std::map<std::string, std::string>;

const Facets kRanking = {
    {"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "without_sensitive"}};

void add(reports::RunRecord& record, const std::string& view, std::uint64_t seed,
         const std::string& metric, Facets facets, std::optional<double> value) {
  record.measurements.push_back({"run", "bose", view, seed, metric, std::move(facets),
                                 value
                                     ? Measurement::of(*value, 10, "", Direction::kHigher)
                                     : Measurement::undefined("none", 0, "", Direction::kHigher)});
}

Facets asked(const std::string& attribute) {
  return {{"attribute", attribute}, {"persons", "stated"}};
}

Facets probed(const std::string& attribute, const std::string& persons = "held_out") {
  return {{"attribute", attribute}, {"persons", persons}, {"release", "rows"}};
}

reports::RunRecord example() {
  reports::RunRecord record;
  for (const std::uint64_t seed : {0U, 1U}) {
    add(record, "a", seed, "link_prediction.mrr", kRanking, 0.2 + 0.1 * static_cast<double>(seed));
    add(record, "a", seed, "question.excess_accuracy", asked("gender"),
        0.4 + 0.2 * static_cast<double>(seed));
    add(record, "a", seed, "question.excess_accuracy", asked("religion"), -0.1);
    add(record, "a", seed, "leakage.strongest", probed("gender"), 0.8);
    add(record, "a", seed, "leakage.strongest", probed("gender", "stated"), 0.99);
    add(record, "a", seed, "leakage.strongest", probed("religion"), 0.45);
    add(record, "s", seed, "link_prediction.mrr", kRanking, 0.9);
  }
  return record;
}

TEST_CASE("A headline is the mean over seeds of the first view's own figures", "[run][tune]") {
  const Headline headline = headline_of(example(), "bose");
  CHECK(*headline.mrr == Approx(0.25));
  REQUIRE(headline.attributes.size() == 2);
  CHECK(*headline.find("gender")->question == Approx(0.5));
  CHECK(*headline.find("gender")->leakage == Approx(0.3));
  CHECK(*headline.mean_question() == Approx(0.25));  // -0.1 counts as 0
  CHECK(*headline.mean_leakage() == Approx(0.15));   // and so does an AUC below .5
  CHECK(headline.find("age") == nullptr);
}

TEST_CASE("Of a system with attribute vectors the rows alone are judged, in quality and in bias",
          "[run][tune][releases]") {
  reports::RunRecord record;
  const auto put = [&](const char* view, double mrr, double question) {
    add(record, view, 0, "link_prediction.mrr", kRanking, mrr);
    add(record, view, 0, "question.excess_accuracy", asked("gender"), question);
  };
  put("", 0.3, 0.0);
  put("rows", 0.2, 0.0);
  put("whole", 0.3, 0.4);
  CHECK(*headline_of(record, "bose").mrr == Approx(0.2));
  CHECK(*headline_of(record, "bose").mean_question() == Approx(0.0));
}

TEST_CASE("A headline says nothing where a seed has no value or nothing was measured",
          "[run][tune]") {
  reports::RunRecord record = example();
  add(record, "a", 2, "question.excess_accuracy", asked("gender"), std::nullopt);
  const Headline headline = headline_of(record, "bose");
  CHECK_FALSE(headline.find("gender")->question);
  CHECK_FALSE(headline.mean_question());
  CHECK(headline.mean_leakage());
  CHECK_FALSE(headline_of(record, "kl").mrr);
  CHECK(headline_of(record, "kl").failure.empty());  // nothing was asked
  CHECK_FALSE(headline_of(record, "kl").mean_question());
}

TEST_CASE("A headline without an MRR says why, in the words of the first seed that has none",
          "[run][tune]") {
  reports::RunRecord record = example();
  CHECK(headline_of(record, "bose").failure.empty());
  add(record, "a", 2, "link_prediction.mrr", kRanking, std::nullopt);
  const Headline headline = headline_of(record, "bose");
  CHECK_FALSE(headline.mrr);
  CHECK(headline.failure == "none");
}

}  // namespace
}  // namespace kgaudit::run
