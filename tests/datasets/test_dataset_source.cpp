#include "datasets/dataset_source.hpp"
#include "datasets/load_dataset.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

std::string error_of(const std::string& word, ExitCode code = ExitCode::kUsage) {
  try {
    static_cast<void>(dataset_from_word(word));
  } catch (const InputError& error) {
    CHECK(error.code() == code);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("What lies at a path decides the kind of a data set's source", "[datasets]") {
  const TemporaryDirectory folder;
  write_file(folder / "a.tar.gz", "");
  write_file(folder / "a.toml", "");
  write_file(folder / "x.txt", "");
  const auto card = folder / "a.toml";
  const auto triples = std::get<TriplesFolder>(dataset_at(folder.path(), card));
  CHECK(triples.folder == folder.path());
  CHECK(triples.card == card);
  CHECK(std::get<TriplesArchive>(dataset_at(folder / "a.tar.gz", card)).card == card);
  for (const char* name : {"a.txz", "a.tbz", "a.tbz2", "a.tzst", "a.tar.zst"}) {
    write_file(folder / name, "");
    CHECK(std::get<TriplesArchive>(dataset_at(folder / name)).archive == folder / name);
  }
  CHECK(std::get<CardOfFiles>(dataset_at(card)).card == card);
  CHECK_THROWS_WITH(dataset_at(folder / "x.txt"), Contains("a single file"));
  CHECK_THROWS_WITH(dataset_at(folder / "none"), Contains("no such file or folder"));
}

TEST_CASE("A word is an id first, unless it looks like a path", "[datasets]") {
  CHECK(std::get<KnownDataset>(dataset_from_word("fb13")).id == "fb13");
  CHECK(std::get<KnownDataset>(dataset_from_word("planted-people")).id == "planted-people");
  const TemporaryDirectory folder;
  CHECK(std::holds_alternative<TriplesFolder>(dataset_from_word(folder.path().string())));
  CHECK(std::holds_alternative<TriplesFolder>(dataset_from_word(".")));
  CHECK_THAT(error_of("./fb13", ExitCode::kUnreadable), Contains("no such file or folder"));
}

TEST_CASE("An unknown data set is named with the nearest known one", "[datasets]") {
  CHECK_THAT(error_of("fb15k237"), Contains("fb15k237") && Contains("did you mean 'fb15k-237'?"));
  CHECK_THAT(error_of("./no/such", ExitCode::kUnreadable), Contains("no such file or folder"));
  const TemporaryDirectory folder;
  write_file(folder / "x.txt", "a\tb\tc\n");
  CHECK_THAT(error_of((folder / "x.txt").string()),
             Contains("a single file") && Contains("kgaudit datasets split"));
  CHECK_THROWS_WITH(load_dataset(KnownDataset{"fb31"}), Contains("did you mean 'fb13'?"));
}

TEST_CASE("A data set has the name of its card, else of its folder or archive", "[datasets]") {
  const TemporaryDirectory folder;
  std::filesystem::create_directory(folder / "village");
  write_file(folder / "my.toml", "id = 'hamlet'\n");
  CHECK(name_of(KnownDataset{"fb13"}) == "fb13");
  CHECK(name_of(CardOfFiles{folder / "my.toml"}) == "hamlet");
  CHECK(name_of(TriplesFolder{folder / "village"}) == "village");
  CHECK(name_of(TriplesFolder{folder / "village/"}) == "village");
  CHECK(name_of(TriplesFolder{folder / "village", folder / "my.toml"}) == "hamlet");
  CHECK(name_of(TriplesArchive{folder / "town.tar.gz"}) == "town");
  CHECK(name_of(TriplesArchive{folder / "town.tar.gz", folder / "my.toml"}) == "hamlet");
  write_file(folder / "village/card.toml", "id = 'thorp'\n");
  CHECK(name_of(TriplesFolder{folder / "village"}) == "thorp");
  CHECK_THROWS_AS(name_of(CardOfFiles{folder / "none.toml"}), InputError);
}

TEST_CASE("A loaded data set has the name that its source tells", "[datasets]") {
  const TemporaryDirectory folder;
  for (const char* file : {"train.txt", "valid.txt", "test.txt"}) {
    write_file(folder / file, "a\tknows\tb\n");
  }
  const DatasetSource plain = dataset_at(folder.path());
  CHECK(load_dataset(plain).id == name_of(plain));
  write_file(folder / "my.toml", "id = 'hamlet'\n");
  const DatasetSource carded = dataset_at(folder.path(), folder / "my.toml");
  CHECK(load_dataset(carded).id == "hamlet");
  write_file(folder / "card.toml", "id = 'thorp'\n");
  CHECK(load_dataset(plain).id == "thorp");
}
