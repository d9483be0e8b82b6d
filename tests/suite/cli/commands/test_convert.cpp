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

TEST_CASE("Convert says what inspect finds, and refuses errors unless they are accepted",
          "[cli][convert]") {
  const ProgramRun kgaudit;
  // Two rows of two numbers, and three names.
  std::string npy = std::string("\x93NUMPY\x01\x00\x36\x00", 10);
  npy += "{'descr':'<f4','fortran_order':False,'shape':(2,2)}   ";
  npy.back() = '\n';
  npy += std::string(16, '\0');
  write_file(kgaudit.folder() / "vectors.npy", npy);
  write_file(kgaudit.folder() / "names.txt", "a\nb\nc\n");
  const Outcome refused = kgaudit("convert vectors.npy out --to npy");
  INFO(refused.err);
  CHECK(refused.exit_code == 5);
  CHECK_THAT(refused.err,
             Contains("3 names in names.txt for 2 rows") && Contains("--accept-errors"));
  CHECK_FALSE(fs::exists(kgaudit.folder() / "out"));
  const Outcome accepted = kgaudit("convert vectors.npy out --to npy --accept-errors");
  CHECK(accepted.exit_code == 0);
  CHECK_THAT(accepted.err, Contains("warning: 3 names in names.txt for 2 rows"));
  write_file(kgaudit.folder() / "names.txt", "a\na\n");
  const Outcome warned = kgaudit("convert vectors.npy twice --to npy");
  CHECK(warned.exit_code == 0);
  CHECK_THAT(warned.err, Contains("warning: 1 names in names.txt stand more than once"));
  const Outcome narrow = kgaudit("convert vectors.npy narrow --to npy --dimension 3");
  CHECK(narrow.exit_code == 2);
  CHECK_THAT(narrow.err, Contains("--dimension: 3"));
}

}  // namespace
}  // namespace kgaudit::tests
