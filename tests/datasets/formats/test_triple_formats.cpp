#include <set>
#include <string>

#include "datasets/load_graph.hpp"
#include "datasets/triple_format.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

TEST_CASE(
    "Every triple format has a test with its tag, files for the three splits and marks of its own",
    "[datasets]") {
  const std::set<std::string> tags = test_tags();
  std::set<std::string_view> ids;
  std::set<std::string_view> marks;
  for (const TripleFormatEntry* format : triple_formats()) {
    INFO(format->id);
    CHECK(ids.insert(format->id).second);
    CHECK(tags.contains(std::string(format->id)));
    CHECK_FALSE(format->source.empty());
    CHECK_FALSE(format->pitfalls.empty());
    CHECK_FALSE(format->words.empty());
    std::set<FileRole> roles;
    std::set<std::string_view> names;
    for (const auto& file : format->files) {
      CHECK(roles.insert(file.role).second);
      names.insert(file.name);
    }
    for (const FileRole split : {FileRole::kTrain, FileRole::kValid, FileRole::kTest}) {
      CHECK(roles.contains(split));
    }
    CHECK_FALSE(format->marks.empty());
    for (const std::string_view mark : format->marks) {
      CHECK(names.contains(mark));
      CHECK(marks.insert(mark).second);
    }
  }
}

TEST_CASE("The roles of a card's files tell the format", "[datasets][openke][tab-separated]") {
  using enum FileRole;
  CHECK(triple_format_for({kTrain, kValid, kTest}).id == "tab-separated");
  CHECK(triple_format_for({kTrain, kLabels, kTruth}).id == "tab-separated");
  CHECK(triple_format_for({kEntities, kRelations, kTrain, kValid, kTest}).id == "openke");
  CHECK(triple_format_for({kEntities}).id == "openke");
}

TEST_CASE("A reader tells how far it is and stops when asked to", "[datasets]") {
  struct Stopping : Progress {
    std::atomic<bool> stop{false};
    std::vector<std::string> stages;
    void begin(std::string_view stage, std::uint64_t) override { stages.emplace_back(stage); }
    void advance(std::uint64_t done, std::string_view) override { stop = done > 65536; }
  };
  const TemporaryDirectory folder;
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += "a\tknows\tb\n";
  write_file(folder / "train.txt", many);
  write_file(folder / "valid.txt", "a\tknows\tb\n");
  write_file(folder / "test.txt", "a\tknows\tb\n");
  Progress quiet;
  CHECK(load_graph_directory(folder.path(), nullptr, quiet).graph.train().size() == 200'000);
  Stopping progress;
  progress.watch(&progress.stop);
  CHECK_THROWS_AS(load_graph_directory(folder.path(), nullptr, progress), Interrupted);
  REQUIRE(progress.stages.size() == 1);
  CHECK_THAT(progress.stages.front(), Contains("reading ") && Contains("train.txt"));
}
