#include "suite/base/error.hpp"
#include "suite/base/files/new_folder.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

TEST_CASE("A new folder has its name only after the commit", "[base][files]") {
  const TemporaryDirectory place;
  {
    NewFolder folder(place / "new");
    write_file(folder.part() / "a", "1");
    CHECK_FALSE(fs::exists(place / "new"));
    folder.commit();
  }
  CHECK(read_file(place / "new" / "a") == "1");
  CHECK(std::distance(fs::directory_iterator(place.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("Without a commit nothing is left of a new folder", "[base][files]") {
  const TemporaryDirectory place;
  {
    const NewFolder folder(place / "new/");
    write_file(folder.part() / "a", "1");
  }
  CHECK(fs::is_empty(place.path()));
}

TEST_CASE("What is there already is refused and stays", "[base][files]") {
  const TemporaryDirectory place;
  fs::create_directory(place / "old");
  NewFolder(place / "old").commit();
  write_file(place / "old" / "a", "1");
  CHECK_THROWS_WITH(NewFolder(place / "old"), Contains("something is there already"));
  write_file(place / "file", "1");
  CHECK_THROWS_AS(NewFolder(place / "file"), InputError);
  CHECK(read_file(place / "old" / "a") == "1");
}

TEST_CASE("A folder that cannot be made is an error of the command line", "[base][files]") {
  try {
    const NewFolder folder("/dev/null/x");
    FAIL("it was made");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(error.complaint().place == "/dev/null/x");
    CHECK(error.complaint().advice == "another folder");
  }
}

TEST_CASE("A folder of the user's that ends in .part stays", "[base][files]") {
  const TemporaryDirectory place;
  fs::create_directory(place / "new.part");
  write_file(place / "new.part" / "a", "precious");
  {
    NewFolder folder(place / "new");
    write_file(folder.part() / "b", "1");
    folder.commit();
  }
  CHECK(read_file(place / "new" / "b") == "1");
  CHECK(read_file(place / "new.part" / "a") == "precious");
}
