#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;
namespace fs = std::filesystem;

TEST_CASE("Convert writes rows of any reader in other formats, and some of them in an order",
          "[cli][convert]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "rows.txt", "3 2\n/m/1 1 0.1\n/m/2 -3 4e-10\nx 5 6\n");
  const Outcome all = kgaudit("convert --to tsv,npy rows.txt out");
  INFO(all.out << all.err);
  CHECK(all.exit_code == 0);
  CHECK_THAT(all.out, Contains("out: 3 entities, no relations"));
  CHECK(read_file(kgaudit.folder() / "out/entity_embeddings.tsv") ==
        "/m/1\t1.0\t0.1\n/m/2\t-3.0\t4e-10\nx\t5.0\t6.0\n");
  write_file(kgaudit.folder() / "list", "x\nnobody\n/m/1\nx\n");
  const Outcome some = kgaudit("convert out some --to word2vec --only list");
  CHECK(some.exit_code == 0);
  CHECK_THAT(some.err, Contains("1 of 3 names in the list have no row, such as 'nobody'"));
  CHECK(read_file(kgaudit.folder() / "some/entity_embeddings.w2v.txt") ==
        "2 2\nx 5.0 6.0\n/m/1 1.0 0.1\n");
  const Json json = Json::parse(kgaudit("convert some again --to npy --json").out);
  CHECK(json["entities"] == 2);
  CHECK(json["files"].size() == 3);
  CHECK_THAT(kgaudit("inspect again").out, Contains("kgaudit") && Contains("2 entities x 2"));
}

TEST_CASE("Convert refuses names that a format can't hold and leaves nothing behind",
          "[cli][convert]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "rows.tsv", "a b\t1\t2\nc\t3\t4\n");
  const Outcome refused = kgaudit("convert rows.tsv out --to npy,word2vec");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("'a b' of row 1, with a blank, for word2vec") &&
                              Contains("npy, which holds all of these names"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "out"));
  CHECK(kgaudit("convert rows.tsv out").exit_code == 2);
  write_file(kgaudit.folder() / "list", "nobody\n");
  CHECK(kgaudit("convert rows.tsv out --to npy --only list").exit_code == 2);
  CHECK(kgaudit("convert nowhere out --to npy").exit_code == 5);
  fs::create_directories(kgaudit.folder() / "out/mine");
  CHECK(kgaudit("convert rows.tsv out --to npy").exit_code == 2);
}

}  // namespace
}  // namespace kgaudit::tests
