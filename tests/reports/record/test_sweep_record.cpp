#include "reports/record/sweep_record.hpp"

#include "suite/base/error.hpp"
#include "tests/reports/example_jobs.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

using Catch::Matchers::Contains;
using kgaudit::tests::read_file;
using kgaudit::tests::TemporaryDirectory;
using Start = RecordFile::Start;

TEST_CASE("The lines of a sweep read back the same", "[reports][sweep]") {
  const SweepRecord sweep = tests::example_sweep();
  CHECK(parse_sweep_line(to_json_line(sweep.sweep), "here") == sweep.sweep);
  for (const PointLine& point : sweep.points) {
    CHECK(parse_point_line(to_json_line(point), "here") == point);
  }
  const PointLine failed{"bose-01", std::nullopt, std::nullopt, std::nullopt,
                         "diverged at epoch 2"};
  CHECK(parse_point_line(to_json_line(failed), "here") == failed);
  for (const char* bad :
       {"", "{}", R"({"schema":2,"kind":"sweep"})", R"({"schema":2,"kind":"point","run":"a"})"}) {
    CHECK_THROWS_WITH(parse_point_line(bad, "sweep.jsonl:3"), Contains("sweep.jsonl:3"));
  }
  CHECK_THROWS_WITH(parse_point_line(R"({"schema":3,"kind":"point"})", "x:1"),
                    Contains("schema version 3"));
}

TEST_CASE("A sweep on file is what was written, without what a crash tore", "[reports][sweep]") {
  const SweepRecord sweep = tests::example_sweep();
  const std::string bytes = tests::bytes_of(sweep);
  CHECK(parse_sweep(bytes, "s.jsonl").points == sweep.points);
  const SweepRecord torn = parse_sweep(bytes.substr(0, bytes.size() - 1), "s.jsonl");
  CHECK(torn.points.size() == 2);
  CHECK(torn.notices.size() == 1);
  CHECK(torn.point_of("bose-01")->question == 0.5);
  CHECK(torn.point_of("bose-02") == nullptr);
}

TEST_CASE("A point that is there twice, or of no run of the sweep, is refused with its place",
          "[reports][sweep]") {
  const SweepRecord sweep = tests::example_sweep();
  const std::string bytes = tests::bytes_of(sweep);
  CHECK_THROWS_WITH(parse_sweep(bytes + to_json_line(sweep.points[0]) + '\n', "s.jsonl"),
                    Contains("s.jsonl:5") && Contains("basic-01 is there twice"));
  PointLine stranger = sweep.points[0];
  stranger.run = "kl-01";
  CHECK_THROWS_WITH(parse_sweep(bytes + to_json_line(stranger) + '\n', "s.jsonl"),
                    Contains("s.jsonl:5") && Contains("kl-01"));
  SweepLine doubled = sweep.sweep;
  doubled.runs.push_back(doubled.runs[0]);
  CHECK_THROWS_WITH(parse_sweep_line(to_json_line(doubled), "s.jsonl:1"), Contains("twice"));
}

TEST_CASE("A sweep that is gone on with must be the same sweep of the same data",
          "[reports][sweep]") {
  const TemporaryDirectory folder;
  const auto file = folder / "sweep.jsonl";
  const SweepRecord made = tests::example_sweep();
  {
    SweepRecordFile fresh(file, Start::kFresh);
    fresh.begin(made.sweep);
    fresh.append(made.points[0]);
  }
  const std::string before = read_file(file);
  const auto resume_as = [&](const SweepLine& other) -> std::string {
    SweepRecordFile resumed(file, Start::kResume);
    try {
      resumed.begin(other);
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kNotComparable);
      return error.complaint().got;
    }
    return "accepted";
  };
  CHECK(resume_as(made.sweep) == "accepted");
  SweepLine other = made.sweep;
  other.job.graph_hash = "beef";
  CHECK_THAT(resume_as(other), Contains("another data"));
  other = made.sweep;
  other.runs[1].values[0].second = "11";
  CHECK_THAT(resume_as(other), Contains("another list of runs"));
  CHECK(read_file(file) == before);
}

}  // namespace
}  // namespace kgaudit::reports
