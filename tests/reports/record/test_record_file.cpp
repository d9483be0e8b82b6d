#include "reports/record/record_file.hpp"

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

using Catch::Matchers::Contains;
using kgaudit::tests::read_file;
using kgaudit::tests::TemporaryDirectory;
using kgaudit::tests::write_file;
using Start = RecordFile::Start;

TEST_CASE("The complete lines of a record have their places, and a torn last line a notice",
          "[reports][record]") {
  const CompleteLines whole = complete_lines("a\n\nb\n", "r.jsonl", "lines");
  REQUIRE(whole.lines.size() == 3);
  CHECK(whole.lines[2].text == "b");
  CHECK(whole.lines[2].place == "r.jsonl:3");
  CHECK(whole.bytes == 5);
  CHECK(whole.notices.empty());
  const CompleteLines torn = complete_lines("a\nbc", "r.jsonl", "lines");
  CHECK(torn.lines.size() == 1);
  CHECK(torn.bytes == 2);
  REQUIRE(torn.notices.size() == 1);
  CHECK_THAT(torn.notices[0], Contains("r.jsonl:2: the last line is torn (2 bytes"));
  CHECK_THROWS_WITH(complete_lines("abc", "r.jsonl", "some lines"), Contains("some lines"));
}

TEST_CASE("A torn last line stays until something takes its place", "[reports][record]") {
  const TemporaryDirectory folder;
  write_file(folder / "r.jsonl", "one\ntw");
  {
    RecordFile file(folder / "r.jsonl", Start::kResume);
    CHECK(file.continued());
    CHECK(file.take_earlier() == "one\ntw");
  }
  CHECK(read_file(folder / "r.jsonl") == "one\ntw");
  RecordFile file(folder / "r.jsonl", Start::kResume);
  file.append("two");
  file.append("three");
  CHECK(read_file(folder / "r.jsonl") == "one\ntwo\nthree\n");
}

TEST_CASE("A record without a complete line begins anew", "[reports][record]") {
  const TemporaryDirectory folder;
  write_file(folder / "r.jsonl", "on");
  RecordFile file(folder / "r.jsonl", Start::kResume);
  CHECK_FALSE(file.continued());
  file.append("one");
  CHECK(read_file(folder / "r.jsonl") == "one\n");
}

TEST_CASE("A record is taken by one process, and only on purpose a second time",
          "[reports][record]") {
  const TemporaryDirectory folder;
  {
    RecordFile file(folder / "r.jsonl", Start::kFresh);
    file.append("one");
    CHECK_THROWS_WITH(RecordFile(folder / "r.jsonl", Start::kResume),
                      Contains("another process is writing"));
  }
  CHECK_THROWS_WITH(RecordFile(folder / "r.jsonl", Start::kFresh),
                    Contains("a record is already there") && Contains("--resume"));
  write_file(folder / "empty.jsonl", "");
  CHECK_NOTHROW(RecordFile(folder / "empty.jsonl", Start::kFresh));
}

TEST_CASE("The kind of a record is that of its first line", "[reports][record]") {
  const TemporaryDirectory folder;
  write_file(folder / "r.jsonl", "{\"schema\":2,\"kind\":\"sweep\"}\nnonsense\n");
  CHECK(kind_of_record(folder / "r.jsonl") == "sweep");
  for (const char* bytes : {"", "nonsense\n", "[1]\n", "{\"kind\":5}\n", "{\"schema\":2}\n"}) {
    write_file(folder / "r.jsonl", bytes);
    CHECK(kind_of_record(folder / "r.jsonl").empty());
  }
  CHECK(kind_of_record(folder / "none.jsonl").empty());
}

}  // namespace
}  // namespace kgaudit::reports
