#include "suite/base/error.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/run_directory.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using tests::TemporaryDirectory;
using tests::write_file;

Plan plan_of(std::vector<Assignment> assignments) {
  return resolve_plan({std::nullopt, "plan", std::move(assignments)});
}

Plan plan_of(const std::filesystem::path& triples, const std::filesystem::path& card) {
  return plan_of({{"dataset.triples", triples.string(), "--triples"},
                  {"dataset.card", card.string(), "--card"}});
}

/// While it lives, the current folder is another one.
class InFolder {
 public:
  explicit InFolder(const std::filesystem::path& folder)
      : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~InFolder() { std::filesystem::current_path(before_); }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  std::filesystem::path before_;
};

}  // namespace

TEST_CASE("A plan's keys say where its graph comes from", "[run][plan]") {
  const TemporaryDirectory folder;
  write_file(folder / "my.toml", "id = 'hamlet'\n");
  const auto known = dataset_source(plan_of({{"dataset.id", "fb13", "--dataset"}}));
  CHECK(std::get<datasets::KnownDataset>(known).id == "fb13");
  const auto carded = dataset_source(plan_of("", folder / "my.toml"));
  CHECK(std::get<datasets::CardOfFiles>(carded).card == folder / "my.toml");
  const auto both = dataset_source(plan_of(folder.path(), folder / "my.toml"));
  CHECK(std::get<datasets::TriplesFolder>(both).folder == folder.path());
  CHECK(std::get<datasets::TriplesFolder>(both).card == folder / "my.toml");
  CHECK_THROWS_AS(dataset_source(plan_of(folder / "none", "")), InputError);
}

TEST_CASE("A path in the current folder is a path whatever it looks like", "[run][plan]") {
  const TemporaryDirectory folder;
  std::filesystem::create_directory(folder / "fb13");
  const InFolder there(folder.path());
  const auto source = dataset_source(plan_of("fb13", ""));
  CHECK(std::get<datasets::TriplesFolder>(source).folder == "fb13");
}

TEST_CASE("A graph has one name: its card's id, else that of its folder", "[run][plan]") {
  const TemporaryDirectory folder;
  std::filesystem::create_directory(folder / "village");
  write_file(folder / "my.toml", "id = 'hamlet'\n");
  CHECK(graph_name(plan_of({{"dataset.id", "fb13", "--dataset"}})) == "fb13");
  CHECK(graph_name(plan_of("", folder / "my.toml")) == "hamlet");
  CHECK(graph_name(plan_of(folder / "village/", "")) == "village");
  CHECK(graph_name(plan_of(folder / "village", folder / "my.toml")) == "hamlet");
}

TEST_CASE("A card or folder that is not there lends its own name", "[run][plan]") {
  CHECK(graph_name(plan_of("some/folder/", "")) == "folder");
  CHECK(graph_name(plan_of("", "cards/mine.toml")) == "mine");
  CHECK(graph_name_by_path(plan_of("some/folder/", "")) == "folder");
  CHECK(graph_name_by_path(plan_of("", "cards/mine.toml")) == "mine");
}

TEST_CASE("A run is continued in the folder that an earlier version named", "[run][plan]") {
  const TemporaryDirectory folder;
  write_file(folder / "my.toml", "id = 'hamlet'\n");
  const InFolder there(folder.path());
  const Plan plan = plan_of("", "my.toml");
  const std::string hash = plan_hash(plan).hex().substr(0, 8);
  JobOptions resumed;
  resumed.resume = true;
  using Start = RunDirectory::Start;
  CHECK(job_directory(plan, resumed) == "kgaudit-runs/hamlet-" + hash);
  const RunDirectory earlier("kgaudit-runs/my-" + hash, plan, Start::kFresh);
  write_file(earlier.record(), "");
  CHECK(job_directory(plan, resumed) == "kgaudit-runs/my-" + hash);
  CHECK(job_directory(plan, {}) == "kgaudit-runs/hamlet-" + hash);
  const RunDirectory now("kgaudit-runs/hamlet-" + hash, plan, Start::kFresh);
  write_file(now.record(), "");
  CHECK(job_directory(plan, resumed) == "kgaudit-runs/hamlet-" + hash);
}

}  // namespace kgaudit::run
