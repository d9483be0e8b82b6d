#include "tests/reports/example_jobs.hpp"

namespace kgaudit::reports::tests {
namespace {

JobLine example_job() {
  JobLine job;
  job.plan = R"({"preset":"default","seeds":[0,1,2]})";
  job.plan_hash = "1234567890abcdef";
  job.dataset = "planted-people";
  job.data_files = {{"train.tsv", "aa"}, {"test.tsv", "bb"}};
  job.graph_hash = "cafe";
  job.seeds = {0, 1};
  job.started = "today";
  return job;
}

}  // namespace

SearchRecord example_search() {
  SearchRecord record;
  record.search.job = example_job();
  record.search.tuning = {{"budget", "3"}, {"question_reduction", "0.7"}};
  record.search.objective = "highest MRR with a small gap";
  record.search.reference = "basic";
  record.trials = {
      {"basic",
       1,
       {},
       0.3,
       1.2,
       {"|dS| of gender +0.0 %, not -90.0 %"},
       {{"gender", 0.0}},
       {{"gender", 0.125}},
       1.5,
       "trials/basic-001",
       "b1"},
      {"bose",
       1,
       {{"gamma", 10.0}, {"keep", 0.5}},
       0.25,
       0.0,
       {},
       {{"gender", 0.95}},
       {{"gender", 0.01}},
       2.5,
       "trials/bose-001",
       "b2"},
      {"bose",
       2,
       {{"gamma", 1.0}, {"keep", 1.0 / 3.0}},
       0.28,
       0.4,
       {"|dS| of gender -50.0 %, not -90.0 %"},
       {{"gender", 0.5}},
       {{"gender", -0.01}},
       3.5,
       "trials/bose-002",
       "b3"},
      {"bose",
       3,
       {{"gamma", 1e9}, {"keep", 0.25}},
       std::nullopt,
       2.0,
       {"MRR undefined", "|dS| of gender undefined"},
       {},
       {},
       0.5,
       "trials/bose-003",
       "b4",
       "diverged at epoch 1"},
  };
  return record;
}

SweepRecord example_sweep() {
  SweepRecord record;
  record.sweep.job = example_job();
  record.sweep.settings = {{"epochs", "5"}, {"dimension", "8"}};
  record.sweep.runs = {{"basic-01", "basic", {}},
                       {"bose-01", "bose", {{"gamma", "10"}}},
                       {"bose-02", "bose", {{"gamma", "100"}}}};
  record.points = {{"basic-01", 0.30, 1.0, 0.2},
                   {"bose-01", 0.25, 0.5, 0.1},
                   {"bose-02", 0.20, 0.6, std::nullopt}};
  return record;
}

std::string bytes_of(const SearchRecord& search) {
  std::string bytes = to_json_line(search.search) + '\n';
  for (const TrialLine& trial : search.trials) bytes += to_json_line(trial) + '\n';
  return bytes;
}

std::string bytes_of(const SweepRecord& sweep) {
  std::string bytes = to_json_line(sweep.sweep) + '\n';
  for (const PointLine& point : sweep.points) bytes += to_json_line(point) + '\n';
  return bytes;
}

}  // namespace kgaudit::reports::tests
