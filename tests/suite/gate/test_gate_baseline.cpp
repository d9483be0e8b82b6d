#include "suite/gate/gate_baseline.hpp"

#include <algorithm>
#include <chrono>
#include <regex>
#include <thread>

#include <catch2/catch.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "tests/suite/gate/gate_states.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::run;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

GateBaseline some_baseline() {
  GateBaseline baseline;
  baseline.state = state_with({{"mrr", {0.1, 1.0 / 3.0}},
                               {"score_gap", {}, "gender"},
                               {"score_gap", {2.5, -1e-9}, "odd \"name\"\n\xC3\xA9"}});
  baseline.state.values.begin()->second.standard_error = 0.001;
  baseline.history = {{"2024-05-01", "first baseline", "dd", "kgaudit 0.1.0"}};
  return baseline;
}

std::string swapped(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

InputError refused_baseline(const std::string& text) {
  try {
    static_cast<void>(parse_baseline(text, "b.json"));
  } catch (const InputError& error) {
    return error;
  }
  FAIL("accepted");
  throw std::logic_error("not reached");
}

}  // namespace

TEST_CASE("A baseline comes back as it was written, and the same content is the same bytes",
          "[run][gate]") {
  const GateBaseline baseline = some_baseline();
  const std::string text = baseline_text(baseline);
  CHECK(parse_baseline(text, "b.json") == baseline);
  CHECK(baseline_text(parse_baseline(text, "b.json")) == text);
  CHECK(text.ends_with("}\n"));
  CHECK(text.find("warnings") == std::string::npos);
  GateBaseline warned = baseline;
  warned.state.warnings = {{"rows_alike", "all 80 persons have the same row"}};
  CHECK(parse_baseline(baseline_text(warned), "b.json") == warned);
  CHECK(text.find("groups") == std::string::npos);
  GateBaseline grouped = baseline;
  grouped.state.groups = {{"gender", {{"female", 40}, {"male", 60}}}, {"religion", {{"none", 9}}}};
  CHECK(parse_baseline(baseline_text(grouped), "b.json") == grouped);
}

TEST_CASE("A broken, edited or foreign baseline is refused with what to do", "[run][gate]") {
  const std::string text = baseline_text(some_baseline());
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, text.size() / 2, text.size() - 3}) {
    CAPTURE(length);
    CHECK(refused_baseline(text.substr(0, length)).code() == ExitCode::kUnreadable);
  }
  const InputError edited = refused_baseline(swapped(text, "0.1", "0.2"));
  CHECK(edited.code() == ExitCode::kUnreadable);
  CHECK_THAT(edited.what(), Contains("it was edited"));
  // Whatever is wrong with it, the same helps.
  for (const std::string& broken :
       {std::string(), text.substr(0, text.size() / 2), swapped(text, "0.1", "0.2"),
        swapped(text, "\"schema\": 1", "\"schema\": 9"),
        swapped(text, "\"schema\": 1", "\"schema\": 1, \"schema\": 1")}) {
    CHECK_THAT(refused_baseline(broken).complaint().advice, Contains("git checkout FILE") &&
                                                                Contains("move it away") &&
                                                                Contains("kgaudit gate init RUN"));
  }
  CHECK(refused_baseline(swapped(text, "\"schema\": 1", "\"schema\": 2")).code() ==
        ExitCode::kNotComparable);
  CHECK_THAT(
      refused_baseline(swapped(text, "\"schema\": 1", "\"schema\": 1, \"schema\": 1")).what(),
      Contains("schema"));
  CHECK(refused_baseline(swapped(text, "\"dataset\"", "\"datasets\"")).code() ==
        ExitCode::kUnreadable);
  CHECK(refused_baseline("[]").code() == ExitCode::kUnreadable);
  for (const char* version : {"1e300", "-1", "1.5"}) {
    CAPTURE(version);
    const std::string odd =
        std::regex_replace(text, std::regex(R"((\"figure_versions\": \{\s*\"[a-z0-9_]+\": )\d+)"),
                           std::string("$01") + version);
    REQUIRE(odd != text);
    CHECK_THAT(refused_baseline(odd).what(), Contains("a small whole number"));
  }
}

TEST_CASE("A baseline of a hundred megabytes is refused by its size", "[run][gate]") {
  const TemporaryDirectory folder;
  write_file(folder / "b.json", "");
  std::filesystem::resize_file(folder / "b.json", 100 << 20);
  CHECK_THROWS_AS(read_baseline(folder / "b.json"), InputError);
}

TEST_CASE("Of baselines that are changed at the same time, each keeps what the others changed",
          "[run][gate]") {
  const TemporaryDirectory folder;
  const auto file = folder / "b.json";
  write_file(file, baseline_text(some_baseline()));
  constexpr std::size_t kChanges = 8;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kChanges; ++i) {
    threads.emplace_back([&file, i] {
      // Time enough for all of them also on a disk that is busy.
      const BaselineLock lock(file, std::chrono::minutes(1));
      GateBaseline baseline = read_baseline(file);
      baseline.history.push_back({"2024-05-02", "reason " + std::to_string(i), "dd", "kgaudit"});
      write_atomically(file, baseline_text(baseline));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> reasons;
  for (const BaselineChange& change : read_baseline(file).history) reasons.push_back(change.reason);
  CHECK(reasons.size() == 1 + kChanges);
  for (std::size_t i = 0; i < kChanges; ++i) {
    CHECK(std::count(reasons.begin(), reasons.end(), "reason " + std::to_string(i)) == 1);
  }
}

TEST_CASE("A baseline that another process changes for long is refused with what to do",
          "[run][gate]") {
  const TemporaryDirectory folder;
  const auto file = folder / "b.json";
  write_file(file, baseline_text(some_baseline()));
  const auto refusal = [](const std::filesystem::path& locked) {
    try {
      const BaselineLock lock(locked, std::chrono::milliseconds(30));
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUsage);
      return std::string(error.what());
    }
    return std::string();
  };
  {
    const BaselineLock held(file);
    CHECK_THAT(refusal(file), Contains("another process changes this baseline now") &&
                                  Contains("wait until it is done"));
  }
  CHECK(refusal(file) == "");
  CHECK_THAT(refusal(folder / "none.json"), Contains("cannot be opened for writing"));
}
