#include "suite/compare/raw_units.hpp"

#include "suite/base/error.hpp"
#include "suite/run/run_directory.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;
using Kind = UnitColumn::Kind;

const reports::SystemView kBasic{"basic", ""};

/// Three triples; heads ranked 1, 4 and a tie of 2 and 3, tails ranked 2, 5, 1.
std::vector<reports::RawColumn> columns() {
  const std::vector<std::uint32_t> ids = {0, 1, 2};
  using Counts = std::vector<std::uint32_t>;
  return {{"rank.filtered.head.better", "test triple", ids, Counts{0, 3, 1}},
          {"rank.filtered.head.equal", "test triple", ids, Counts{1, 1, 2}},
          {"rank.filtered.head.candidates", "test triple", ids, Counts{9, 9, 9}},
          {"rank.filtered.tail.better", "test triple", ids, Counts{1, 4, 0}},
          {"rank.filtered.tail.equal", "test triple", ids, Counts{1, 1, 1}},
          {"rank.filtered.tail.candidates", "test triple", ids, Counts{9, 9, 9}},
          {"set.without_sensitive", "test triple", {2, 0}, std::vector<float>{1, 1}},
          {"score_gap.gender", "entity", {70, 50}, std::vector<float>{0.5F, -1.0F}}};
}

class Folder {
 public:
  void add(const std::string& system, const std::string& view,
           const std::vector<reports::RawColumn>& raw) {
    const std::string file = RunDirectory::raw_name(system, view, 0);
    std::filesystem::create_directories(path() / "raw");
    const Digest digest = reports::write_raw_file(path() / file, raw);
    record.raw.push_back({system, view, 0, file, digest.hex(), ""});
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  reports::RunRecord record;

 private:
  tests::TemporaryDirectory folder_;
};

TEST_CASE("A triple's value is the mean of its two ranks' values", "[run][raw]") {
  Folder folder;
  folder.add("basic", "", columns());
  RawUnits units(folder.record, folder.path());
  const UnitValues& ranks = *units.values(kBasic, 0, {Kind::kReciprocalRank, 0.0, "", ""});
  CHECK(ranks.ids == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(ranks.values[0] == (1.0 + 1.0 / 2.0) / 2.0);
  CHECK(ranks.values[1] == (1.0 / 4.0 + 1.0 / 5.0) / 2.0);
  CHECK(ranks.values[2] == (1.0 / 2.5 + 1.0) / 2.0);  // the tie shares places 2 and 3
  CHECK(units.values(kBasic, 0, {Kind::kHits, 1.0, "", ""})->values ==
        std::vector<double>{0.5, 0.0, 0.5});
  CHECK(units.predictions(kBasic, 0, {Kind::kHits, 2.5, "", ""})->front() ==
        std::vector<double>{1, 1, 0, 0, 1, 1});
}

TEST_CASE("A part of the test set and a person's column come in the order of their ids",
          "[run][raw]") {
  Folder folder;
  folder.add("basic", "", columns());
  RawUnits units(folder.record, folder.path());
  CHECK(units.values(kBasic, 0, {Kind::kHits, 1.0, "", "without_sensitive"})->ids ==
        std::vector<std::uint32_t>{0, 2});
  const UnitValues& gaps = *units.values(kBasic, 0, {Kind::kColumn, 0.0, "score_gap.gender", ""});
  CHECK(gaps.ids == std::vector<std::uint32_t>{50, 70});
  CHECK(gaps.values == std::vector<double>{-1.0, 0.5});
  CHECK_THAT(units.values(kBasic, 0, {Kind::kColumn, 0.0, "score_gap.age", ""}).reason(),
             Contains("raw/basic-seed0.kgaraw") && Contains("no column score_gap.age"));
  CHECK_THAT(units.values(kBasic, 1, {Kind::kHits, 1.0, "", ""}).reason(), Contains("no raw file"));
}

TEST_CASE("A row of several views has the mean of their ranks and each view's own attribute",
          "[run][raw]") {
  Folder folder;
  std::vector<reports::RawColumn> other = columns();
  other[0].values = std::vector<std::uint32_t>{1, 3, 1};  // the first head is second here
  other.back().name = "score_gap.religion";
  folder.add("bose", "s:gender", columns());
  folder.add("bose", "s:religion", other);
  RawUnits units(folder.record, folder.path());
  const reports::SystemView row{"bose", "s"};
  CHECK(units.values(row, 0, {Kind::kReciprocalRank, 0.0, "", ""})->values[0] ==
        ((1.0 + 0.5) / 2.0 + (0.5 + 0.5) / 2.0) / 2.0);
  CHECK(units.values(row, 0, {Kind::kColumn, 0.0, "score_gap.religion", ""})->ids.size() == 2);
}

TEST_CASE("A raw column with a unit twice, or a part that is not there, is refused with its name",
          "[run][raw]") {
  Folder folder;
  std::vector<reports::RawColumn> broken = columns();
  broken[6].ids = {9, 0};
  broken[7].ids = {50, 50};
  folder.add("basic", "", broken);
  RawUnits units(folder.record, folder.path());
  CHECK_THAT(units.values(kBasic, 0, {Kind::kHits, 1.0, "", "without_sensitive"}).reason(),
             Contains("names a triple that is not there"));
  CHECK_THAT(units.values(kBasic, 0, {Kind::kColumn, 0.0, "score_gap.gender", ""}).reason(),
             Contains("the unit 50 twice"));
}

TEST_CASE("No raw file is looked for outside the record's folder", "[run][raw]") {
  for (const char* file : {"../x", "/etc/passwd", "raw/../../x", ""}) {
    reports::RawLine line;
    line.file = file;
    CHECK_THROWS_AS(raw_path("run", line), InputError);
  }
  reports::RawLine line;
  line.file = "raw/x";
  CHECK(raw_path("run", line) == std::filesystem::path("run/raw/x"));
}

}  // namespace
}  // namespace kgaudit::run
