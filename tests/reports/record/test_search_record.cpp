#include "reports/record/search_record.hpp"

#include "suite/base/error.hpp"
#include "tests/reports/example_jobs.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

using Catch::Matchers::Contains;
using kgaudit::tests::read_file;
using kgaudit::tests::source_file;
using kgaudit::tests::TemporaryDirectory;
using kgaudit::tests::write_file;
using Start = RecordFile::Start;

/// The code that the call ends with; 0 without an error.
template <typename Action>
int code_of(const Action& action, const std::string& words) {
  try {
    action();
  } catch (const InputError& error) {
    CHECK_THAT(error.what(), Contains(words));
    return static_cast<int>(error.code());
  }
  return 0;
}

TEST_CASE("A result that meets all demands beats every other, else the smaller miss wins",
          "[reports][search]") {
  const TrialResult good{0.0, 0.2};
  const TrialResult better_one{0.0, 0.3};
  const TrialResult near_miss{0.1, 0.9};
  const TrialResult far_miss{0.5, 0.99};
  const TrialResult undefined{0.0, std::nullopt};
  CHECK(better(better_one, good));
  CHECK_FALSE(better(good, good));
  CHECK(better(good, near_miss));
  CHECK(better(near_miss, far_miss));
  CHECK(better(TrialResult{0.1, 0.91}, near_miss));
  CHECK(better(far_miss, undefined));
  CHECK_FALSE(undefined.feasible());
}

TEST_CASE("The lines of a search read back the same", "[reports][search]") {
  const SearchRecord search = tests::example_search();
  CHECK(parse_search_line(to_json_line(search.search), "here") == search.search);
  for (const TrialLine& trial : search.trials) {
    CHECK(parse_trial_line(to_json_line(trial), "here") == trial);
    CHECK(to_json_line(trial).find('\n') == std::string::npos);
  }
  for (const char* bad :
       {"", "{}", "[1]", R"({"schema":2,"kind":"search"})", R"({"schema":2,"kind":"trial"})"}) {
    CHECK_THROWS_WITH(parse_trial_line(bad, "search.jsonl:3"), Contains("search.jsonl:3"));
  }
  // Words have a key of their own, which files without any lack.
  TrialLine worded = search.trials[1];
  CHECK_THAT(to_json_line(worded), !Contains("words"));
  worded.words = {{"compose", "sum"}, {"scope", "all"}};
  CHECK_THAT(to_json_line(worded), Contains("words"));
  CHECK(parse_trial_line(to_json_line(worded), "here") == worded);
  std::string odd = to_json_line(search.trials[0]);
  odd.insert(1, R"("note":"mine",)");
  CHECK_THROWS_WITH(parse_trial_line(odd, "x:1"), Contains("unknown key 'note'"));
}

TEST_CASE("A search knows each system's trials and the best of them", "[reports][search]") {
  const SearchRecord search = tests::example_search();
  CHECK(search.systems() == std::vector<std::string>{"basic", "bose"});
  CHECK(search.trials_of("bose").size() == 3);
  CHECK(search.best_of("bose")->number == 1);
  CHECK(search.best_of("kl") == nullptr);
}

TEST_CASE("A search on file is what was written, without what a crash tore", "[reports][search]") {
  const SearchRecord search = tests::example_search();
  const std::string bytes = tests::bytes_of(search);
  const SearchRecord read = parse_search(bytes, "s.jsonl");
  CHECK(read.search == search.search);
  CHECK(read.trials == search.trials);
  CHECK(read.notices.empty());
  const SearchRecord torn = parse_search(bytes.substr(0, bytes.size() - 5), "s.jsonl");
  CHECK(torn.trials.size() == 3);
  CHECK(torn.notices.size() == 1);
}

TEST_CASE("A trial that is there twice, or without the one before it, is refused with its place",
          "[reports][search]") {
  const SearchRecord search = tests::example_search();
  const std::string bytes = tests::bytes_of(search);
  const std::string last = to_json_line(search.trials.back()) + '\n';
  CHECK_THROWS_WITH(parse_search(bytes + last, "s.jsonl"),
                    Contains("s.jsonl:6") && Contains("trial 3 of bose is there twice"));
  const std::string without = to_json_line(search.search) + '\n' + last;
  CHECK_THROWS_WITH(parse_search(without, "s.jsonl"),
                    Contains("s.jsonl:2") && Contains("trial 3 of bose after 0"));
  const std::string head = to_json_line(search.search) + '\n';
  CHECK_THROWS_WITH(parse_search(head + head, "s.jsonl"), Contains("s.jsonl:2"));
  CHECK_THROWS_WITH(parse_search(last, "s.jsonl"), Contains("s.jsonl:1"));
}

TEST_CASE("Searches of schema 1 are readable for ever, with one seed or with several",
          "[reports][search][golden]") {
  const SearchRecord several = read_search(source_file("suite/plan/presets/searches/fb13.jsonl"));
  CHECK(several.search.schema == 1);
  CHECK(several.search.job.seeds == std::vector<std::uint64_t>{0, 1, 2});
  CHECK(several.search.reference == "basic");
  CHECK(several.search.job.graph_hash.empty());
  CHECK(several.search.tuning.front() == std::pair<std::string, std::string>("budget", "2"));
  CHECK(several.trials.front().mrr == 0.15846964754299236);
  CHECK(several.trials[1].values[0] == std::pair<std::string, double>("gamma", 8.89));
  const SearchRecord one =
      read_search(source_file("suite/plan/presets/searches/fb15k-237-dot.jsonl"));
  CHECK(one.search.job.seeds == std::vector<std::uint64_t>{0});
  CHECK(one.trials.size() == 13);
}

TEST_CASE("A search that is gone on with must be the same search of the same data",
          "[reports][search]") {
  const TemporaryDirectory folder;
  const auto file = folder / "search.jsonl";
  const SearchRecord made = tests::example_search();
  {
    SearchRecordFile fresh(file, Start::kFresh);
    fresh.begin(made.search);
    fresh.append(made.trials[0]);
    CHECK(code_of([&] { SearchRecordFile(file, Start::kResume); }, "another process") == 2);
  }
  CHECK(code_of([&] { SearchRecordFile(file, Start::kFresh); }, "--resume") == 2);
  {
    SearchRecordFile resumed(file, Start::kResume);
    CHECK(resumed.record().trials.size() == 1);
    SearchLine later = made.search;
    later.job.started = "another day";
    resumed.begin(later);
    resumed.append(made.trials[1]);
    CHECK(resumed.record().trials.size() == 2);
  }
  const std::string before = read_file(file);
  const auto resume_as = [&](const SearchLine& other, const std::string& words) {
    SearchRecordFile resumed(file, Start::kResume);
    return code_of([&] { resumed.begin(other); }, words);
  };
  SearchLine other = made.search;
  other.job.graph_hash = "beef";
  CHECK(resume_as(other, "another data") == 4);
  other = made.search;
  other.job.data_files["train.tsv"] = "ab";
  CHECK(resume_as(other, "another data") == 4);
  other = made.search;
  other.job.plan_hash = "f";
  CHECK(resume_as(other, "another plan") == 4);
  other = made.search;
  other.job.seeds = {0};
  CHECK(resume_as(other, "another list of seeds") == 4);
  other = made.search;
  other.tuning[0].second = "4";
  CHECK(resume_as(other, "budget") == 4);
  CHECK(read_file(file) == before);
}

TEST_CASE("A search of schema 1 is not gone on with, for it does not know its data",
          "[reports][search]") {
  const TemporaryDirectory folder;
  const auto file = folder / "search.jsonl";
  write_file(file, read_file(source_file("suite/plan/presets/searches/fb13.jsonl")));
  SearchRecordFile old(file, Start::kResume);
  CHECK(code_of([&] { old.begin(old.record().search); }, "schema version 1") == 4);
}

}  // namespace
}  // namespace kgaudit::reports
