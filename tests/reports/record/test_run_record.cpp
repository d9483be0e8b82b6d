#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "reports/record/record_line.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_bytes;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;
using kgaudit::tests::read_file;
using kgaudit::tests::TemporaryDirectory;
using kgaudit::tests::write_file;

namespace {

InputError error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error;
  }
  FAIL("no InputError was thrown");
  throw std::logic_error("unreachable");
}

InputError line_error(const std::string& line) {
  return error_of([&] { static_cast<void>(parse_record_line(line, "r.jsonl:7")); });
}

const std::string kDone = R"({"schema":1,"kind":"done","system":"basic","seed":3})";

}  // namespace

TEST_CASE("A measurement line looks as the schema says", "[reports][record]") {
  MeasurementLine line = fact("bose", 7, "score_gap.micro", {{"attribute", "gender"}}, 0.1,
                              Direction::kNearer, "score");
  line.view = "s";
  line.measurement = Measurement::of(0.1, 42, "score", Direction::kNearer,
                                     Interval{-0.5, 1.0, 0.95, "normal, persons"});
  CHECK(to_json_line(line) ==
        R"({"schema":1,"kind":"measurement","run":"r1","system":"bose","view":"s","seed":7,)"
        R"("metric":"score_gap.micro","facets":{"attribute":"gender"},"value":0.1,"n":42,)"
        R"("unit":"score","direction":"nearer","interval":{"low":-0.5,"high":1,"level":0.95,)"
        R"("method":"normal, persons"}})");
}

TEST_CASE("An undefined measurement carries its reason and no value", "[reports][record]") {
  MeasurementLine line = fact("basic", 1, "m", {}, 0.0);
  line.measurement = Measurement::undefined("no persons", 0, "", Direction::kLower);
  const std::string text = to_json_line(line);
  CHECK(text.find("\"undefined\":\"no persons\"") != std::string::npos);
  CHECK(text.find("\"value\"") == std::string::npos);
  CHECK(std::get<MeasurementLine>(parse_record_line(text, "x:1")) == line);
}

TEST_CASE("Every kind of line survives writing and reading", "[reports][record]") {
  RunRecord record = example_record();
  record.run.labels["tricky"] = "quote \" backslash \\ newline \n tab \t bell \a é 😀";
  record.run.plan = R"({"z":1,"a":[1.5,-3,"x"],"m":{}})";
  std::vector<RecordLine> lines = {record.run};
  for (const auto& line : record.epochs) lines.emplace_back(line);
  for (const auto& line : record.measurements) lines.emplace_back(line);
  for (const auto& line : record.table_hashes) lines.emplace_back(line);
  for (const auto& line : record.raw) lines.emplace_back(line);
  for (const auto& line : record.findings) lines.emplace_back(line);
  for (const auto& line : record.done) lines.emplace_back(line);
  lines.emplace_back(EpochLine{"s", 18446744073709551615U, 4, 5, std::nullopt, {}, 0.25});
  for (const RecordLine& line : lines) {
    const std::string text = to_json_line(line);
    CAPTURE(text);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(parse_record_line(text, "x:1") == line);
  }
}

TEST_CASE("Doubles come back to the last bit", "[reports][record]") {
  Rng rng(1, "test doubles");
  std::vector<double> values = {0.0,
                                -0.0,
                                5e-324,
                                1.7976931348623157e308,
                                0.1,
                                1e22,
                                1.0 / 3,
                                123456789012345680000.0,
                                9007199254740993.0,
                                -1e-300,
                                4.0};
  while (values.size() < 2000) {
    const auto bits = rng.next_u64();
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
  }
  for (const double value : values) {
    const MeasurementLine line = fact("s", 1, "m", {}, value);
    const auto back = std::get<MeasurementLine>(parse_record_line(to_json_line(line), "x:1"));
    CAPTURE(value);
    CHECK(back.measurement.value() == value);
    CHECK(std::signbit(back.measurement.value()) == std::signbit(value));
  }
}

TEST_CASE("The plan is kept in one form whatever its spaces", "[reports][record]") {
  CHECK(canonical_json(" { \"b\" : 1,\n \"a\":[ 1.50 , true ] } ", "plan") ==
        R"({"b":1,"a":[1.5,true]})");
  CHECK(canonical_json(canonical_json(R"({"x":1e-3})", "p"), "p") ==
        canonical_json(R"({"x":1e-3})", "p"));
}

TEST_CASE("A broken line is refused with its place", "[reports][record]") {
  struct Case {
    std::string line;
    std::string words;
  };
  const std::vector<Case> cases = {
      {"", "not JSON"},
      {"{\"schema\":1,", "not JSON"},
      {kDone + "x", "not JSON"},
      {"[1]", "array in place of an object"},
      {R"({"kind":"done"})", "'schema' is missing"},
      {R"({"schema":1})", "'kind' is missing"},
      {R"({"schema":1,"kind":"dome","system":"a","seed":1})", "unknown kind of line 'dome'"},
      {R"({"schema":1,"kind":"done","system":"a"})", "'seed' is missing"},
      {R"({"schema":1,"kind":"done","system":"a","seed":-1})", "'seed' is -1"},
      {R"({"schema":1,"kind":"done","system":"a","seed":1.5})", "'seed' is 1.5"},
      {R"({"schema":1,"kind":"done","system":5,"seed":1})", "'system' is 5"},
      {R"({"schema":1,"kind":"done","system":"a","seed":1,"sed":2})", "unknown key 'sed'"},
      {R"({"schema":1,"kind":"done","system":"a","seed":1,"seed":1})", "'seed' is given twice"},
      {"{\"schema\":1,\"kind\":\"done\",\"system\":\"\xff\",\"seed\":1}", "is not UTF-8"},
      {R"({"schema":1,"kind":"epoch","system":"a","seed":1,"round":0,"epoch":1,"loss":NaN,)"
       R"("terms":{},"seconds":1})",
       "not JSON"},
      {R"({"schema":1,"kind":"epoch","system":"a","seed":1,"round":0,"epoch":1,"loss":1e999,)"
       R"("terms":{},"seconds":1})",
       "does not fit"},
      {R"({"schema":1,"kind":"measurement","run":"r","system":"a","view":"","seed":1,)"
       R"("metric":"m","facets":{},"n":1,"unit":"","direction":"higher"})",
       "neither or both"},
      {R"({"schema":1,"kind":"measurement","run":"r","system":"a","view":"","seed":1,)"
       R"("metric":"m","facets":{},"value":1,"n":1,"unit":"","direction":"up"})",
       "unknown direction 'up'"},
      {R"({"schema":1,"kind":"measurement","run":"r","system":"a","view":"","seed":1,)"
       R"("metric":"m","facets":{"a":1},"value":1,"n":1,"unit":"","direction":"higher"})",
       "'facets' is 1"},
      {R"({"schema":1,"kind":"measurement","run":"r","system":"a","view":"","seed":1,)"
       R"("metric":"m","facets":{},"value":1,"n":1,"unit":"","direction":"higher",)"
       R"("interval":{"low":2,"high":1,"level":0.95,"method":""}})",
       "low end is above"},
      {R"({"schema":1,"kind":"measurement","run":"r","system":"a","view":"","seed":1,)"
       R"("metric":"m","facets":{},"undefined":"","n":1,"unit":"","direction":"higher"})",
       "without a reason"},
      {std::string(100, '[') + std::string(100, ']'), "nested deeper"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.line);
    const InputError error = line_error(c.line);
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK(error.complaint().place == "r.jsonl:7");
    CHECK_THAT(error.complaint().got, Catch::Contains(c.words));
  }
}

TEST_CASE("Another schema version is not comparable and says what to do", "[reports][record]") {
  const InputError error = line_error(R"({"schema":2,"kind":"done","new":1})");
  CHECK(error.code() == ExitCode::kNotComparable);
  CHECK_THAT(error.what(), Catch::Contains("schema version 2") && Catch::Contains("run the plan"));
}

TEST_CASE("A whole record is read in file order", "[reports][record]") {
  const RunRecord made = example_record();
  const RunRecord read = parse_record(example_bytes(), "r.jsonl");
  CHECK(read.run == made.run);
  CHECK(read.measurements == made.measurements);
  CHECK(read.epochs == made.epochs);
  CHECK(read.table_hashes == made.table_hashes);
  CHECK(read.raw == made.raw);
  CHECK(read.findings == made.findings);
  CHECK(read.done == made.done);
  CHECK(read.notices.empty());
  CHECK(read.complete_bytes == example_bytes().size());
  CHECK(read.is_done("basic", 2));
  CHECK_FALSE(read.is_done("basic", 3));
}

TEST_CASE("Cutting a record anywhere loses only the torn line", "[reports][record]") {
  const std::string run = to_json_line(example_record().run) + '\n';
  const std::string whole = run + kDone + '\n' + kDone.substr(0, kDone.size() - 2) + "4}\n";
  for (std::size_t size = run.size(); size <= whole.size(); ++size) {
    const RunRecord read = parse_record(whole.substr(0, size), "r.jsonl");
    const std::size_t complete = whole.rfind('\n', size == 0 ? 0 : size - 1) + 1;
    CHECK(read.complete_bytes == complete);
    CHECK(read.notices.size() == (complete == size ? 0 : 1));
  }
  const RunRecord torn = parse_record(run + "{\"sch", "r.jsonl");
  REQUIRE(torn.notices.size() == 1);
  CHECK_THAT(torn.notices[0], Catch::StartsWith("r.jsonl:2: the last line is torn (5 bytes"));
}

TEST_CASE("A broken line in the middle is an error and not a torn end", "[reports][record]") {
  const std::string run = to_json_line(example_record().run) + '\n';
  const InputError error =
      error_of([&] { static_cast<void>(parse_record(run + "{\n" + kDone + "\n", "r.jsonl")); });
  CHECK(error.complaint().place == "r.jsonl:2");
}

TEST_CASE("A record begins with its one run line", "[reports][record]") {
  const std::string run = to_json_line(example_record().run) + '\n';
  const auto got = [](const std::string& bytes) {
    return error_of([&] { static_cast<void>(parse_record(bytes, "r")); }).complaint().got;
  };
  CHECK(got("") == "no complete line");
  CHECK(got(kDone + "\n") == "the file does not begin with a 'run' line");
  CHECK(got(run + run) == "a second 'run' line");
}

TEST_CASE("A measurement of another run is not comparable", "[reports][record]") {
  MeasurementLine stranger = fact("s", 1, "m", {}, 1.0);
  stranger.run = "r2";
  const std::string bytes =
      to_json_line(example_record().run) + '\n' + to_json_line(stranger) + '\n';
  const InputError error = error_of([&] { static_cast<void>(parse_record(bytes, "r")); });
  CHECK(error.code() == ExitCode::kNotComparable);
  CHECK(error.complaint().place == "r:2");
}

TEST_CASE("A unit that was done again replaces what it said before", "[reports][record]") {
  const std::string bytes = to_json_line(example_record().run) + '\n' +
                            to_json_line(fact("s", 1, "m", {{"a", "b"}}, 1.0)) + '\n' +
                            to_json_line(fact("s", 1, "m", {}, 5.0)) + '\n' +
                            to_json_line(fact("s", 1, "m", {{"a", "b"}}, 2.0)) + '\n';
  const RunRecord read = parse_record(bytes, "r");
  REQUIRE(read.measurements.size() == 2);
  CHECK(read.measurements[0].measurement.value() == 2.0);
  CHECK(read.measurements[1].measurement.value() == 5.0);
}

TEST_CASE("A record file holds each line as soon as it is appended", "[reports][record]") {
  const TemporaryDirectory folder;
  const RunLine run = example_record().run;
  RunRecordFile file(folder / "run.jsonl", run, RecordFile::Start::kFresh);
  CHECK(read_file(folder / "run.jsonl") == to_json_line(run) + '\n');
  file.append(DoneLine{"basic", 3});
  CHECK(read_file(folder / "run.jsonl") == to_json_line(run) + '\n' + kDone + '\n');
}

TEST_CASE("A resumed record goes on after the last complete line", "[reports][record]") {
  const TemporaryDirectory folder;
  const RunLine run = example_record().run;
  const std::string begin = to_json_line(run) + '\n' + kDone + '\n';
  write_file(folder / "run.jsonl", begin + "{\"schema\":1,\"ki");
  RunLine later = run;
  later.started = "another day";
  {
    RunRecordFile file(folder / "run.jsonl", later, RecordFile::Start::kResume);
    CHECK(file.earlier().is_done("basic", 3));
    CHECK(file.earlier().run.started == run.started);
    CHECK(file.earlier().notices.size() == 1);
    file.append(DoneLine{"kl", 3});
  }
  const std::string expected =
      begin + R"({"schema":1,"kind":"done","system":"kl","seed":3})" + '\n';
  CHECK(read_file(folder / "run.jsonl") == expected);
}

TEST_CASE("A record torn in its first line begins anew", "[reports][record]") {
  const TemporaryDirectory folder;
  const RunLine run = example_record().run;
  write_file(folder / "run.jsonl", "{\"schema\":1,\"kind\":\"run\",\"run");
  const RunRecordFile file(folder / "run.jsonl", run, RecordFile::Start::kResume);
  CHECK(read_file(folder / "run.jsonl") == to_json_line(run) + '\n');
}

TEST_CASE("A record is never overwritten by a different run", "[reports][record]") {
  const TemporaryDirectory folder;
  const RunLine run = example_record().run;
  { const RunRecordFile file(folder / "run.jsonl", run, RecordFile::Start::kFresh); }
  const std::string before = read_file(folder / "run.jsonl");
  const auto resume_as = [&](const RunLine& other) {
    return error_of(
        [&] { const RunRecordFile file(folder / "run.jsonl", other, RecordFile::Start::kResume); });
  };
  RunLine other = run;
  other.run = "r2";
  CHECK_THAT(resume_as(other).complaint().got, Catch::Contains("another plan"));
  other = run;
  other.graph_hash = "other";
  CHECK_THAT(resume_as(other).complaint().got, Catch::Contains("another data"));
  other = run;
  other.build["compiler"] = "other";
  CHECK_THAT(resume_as(other).complaint().got, Catch::Contains("another build"));
  other = run;
  other.machine["cpu"] = "other";
  CHECK_THAT(resume_as(other).complaint().got, Catch::Contains("another machine"));
  CHECK(resume_as(other).code() == ExitCode::kNotComparable);
  const InputError fresh = error_of(
      [&] { const RunRecordFile file(folder / "run.jsonl", run, RecordFile::Start::kFresh); });
  CHECK(fresh.code() == ExitCode::kUsage);
  CHECK_THAT(fresh.complaint().advice, Catch::Contains("--resume"));
  CHECK(read_file(folder / "run.jsonl") == before);
}

TEST_CASE("A record has one writer at a time", "[reports][record]") {
  const TemporaryDirectory folder;
  const RunLine run = example_record().run;
  const RunRecordFile file(folder / "run.jsonl", run, RecordFile::Start::kFresh);
  const InputError error = error_of(
      [&] { const RunRecordFile second(folder / "run.jsonl", run, RecordFile::Start::kResume); });
  CHECK_THAT(error.complaint().got, Catch::Contains("another process"));
}

TEST_CASE("A record in a folder that is not there is the user's error", "[reports][record]") {
  const TemporaryDirectory folder;
  const RunLine run = example_record().run;
  CHECK(error_of([&] {
          const RunRecordFile file(folder / "no/run.jsonl", run, RecordFile::Start::kFresh);
        }).code() == ExitCode::kUsage);
  CHECK(error_of([&] { static_cast<void>(read_record(folder / "none.jsonl")); }).code() ==
        ExitCode::kUnreadable);
}

TEST_CASE("A text that is not UTF-8 never reaches a record", "[reports][record]") {
  CHECK_THROWS_AS(to_json_line(DoneLine{"\xc3", 1}), BrokenInvariant);
  EpochLine epoch;
  epoch.seconds = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(to_json_line(epoch), BrokenInvariant);
}
