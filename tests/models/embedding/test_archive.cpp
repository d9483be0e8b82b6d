#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "models/embedding/archive.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

/// Some state of each kind that an archive knows.
struct Toy {
  std::uint64_t step = 0;
  std::vector<float> sums{0.0F, 0.0F, 0.0F};
  FloatTable table{2, 3};

  void visit(Archive& archive) {
    archive.value("step", step);
    archive.numbers("sums", sums);
    archive.table("table", table);
  }
  [[nodiscard]] Digest digest() {
    return hash_archive([this](Archive& archive) { visit(archive); });
  }
};

Toy trained() {
  Toy toy;
  toy.step = 7;
  toy.sums = {1.0F, 2.0F, 3.0F};
  toy.table = normal_table(2, 3, 5);
  return toy;
}

void save(const std::filesystem::path& file, Toy& toy, std::string_view identity = "run A") {
  write_archive(file, identity, [&](Archive& archive) { toy.visit(archive); });
}

void load(const std::filesystem::path& file, Toy& toy, std::string_view identity = "run A") {
  read_archive(file, identity, [&](Archive& archive) { toy.visit(archive); });
}

/// The exit code and text of the complaint; fails the test when there is none.
std::pair<ExitCode, std::string> complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return {error.code(), error.what()};
  }
  FAIL("nothing was refused");
  return {};
}

}  // namespace

TEST_CASE("An archive read back is the state that was written", "[models]") {
  const TemporaryDirectory folder;
  Toy toy = trained();
  save(folder / "a.ckpt", toy);
  CHECK_FALSE(std::filesystem::exists(folder / "a.ckpt.part"));
  Toy other;
  CHECK(other.digest() != toy.digest());
  load(folder / "a.ckpt", other);
  CHECK(other.step == 7);
  CHECK(other.sums == std::vector<float>{1.0F, 2.0F, 3.0F});
  CHECK(other.table.digest() == toy.table.digest());
  CHECK(padding_is_zero(other.table));
  CHECK(other.digest() == toy.digest());
}

TEST_CASE("Any altered byte and any cut make an archive unreadable and change nothing",
          "[models]") {
  const TemporaryDirectory folder;
  Toy toy = trained();
  save(folder / "whole", toy);
  const std::string whole = read_file(folder / "whole");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const bool cut : {true, false}) {
      std::string broken = cut ? whole.substr(0, i) : whole;
      if (!cut) broken[i] = static_cast<char>(broken[i] ^ 0x20);
      write_file(folder / "broken", broken);
      Toy other;
      const Digest before = other.digest();
      INFO((cut ? "cut at " : "altered at ") << i);
      REQUIRE(complaint([&] { load(folder / "broken", other); }).first == ExitCode::kUnreadable);
      REQUIRE(other.digest() == before);
    }
  }
  write_file(folder / "broken", whole + "x");
  CHECK(complaint([&] { load(folder / "broken", toy); }).first == ExitCode::kUnreadable);
}

TEST_CASE("An archive of another run is not comparable and changes nothing", "[models]") {
  const TemporaryDirectory folder;
  Toy toy = trained();
  save(folder / "a", toy, "run A");
  Toy other;
  const Digest before = other.digest();
  for (const char* identity : {"run B", "run", "run AB"}) {
    INFO(identity);
    const auto [code, text] = complaint([&] { load(folder / "a", other, identity); });
    CHECK(code == ExitCode::kNotComparable);
    CHECK(text.find("run A") != std::string::npos);
  }
  CHECK(other.digest() == before);
}

TEST_CASE("An archive with a member too few or too many is refused", "[models]") {
  const TemporaryDirectory folder;
  Toy toy = trained();
  std::uint64_t more = 3;
  save(folder / "plain", toy);
  const auto with_more = [&](Archive& archive) {
    toy.visit(archive);
    archive.value("more", more);
  };
  write_archive(folder / "more", "run A", with_more);
  const auto missing = complaint([&] { read_archive(folder / "plain", "run A", with_more); });
  CHECK(missing.first == ExitCode::kUnreadable);
  CHECK(missing.second.find("'more'") != std::string::npos);
  const auto extra = complaint([&] { load(folder / "more", toy); });
  CHECK(extra.first == ExitCode::kUnreadable);
  CHECK(extra.second.find("12 bytes too many") != std::string::npos);
  const auto renamed = complaint([&] {
    read_archive(folder / "plain", "run A", [&](Archive& archive) { archive.value("stop", more); });
  });
  CHECK(renamed.second.find("'stop'") != std::string::npos);
  const auto longer = complaint([&] {
    read_archive(folder / "plain", "run A", [&](Archive& archive) {
      archive.value("step", more);
      std::vector<float> many(1000);
      archive.numbers("sums", many);
    });
  });
  CHECK(longer.second.find("bytes are missing") != std::string::npos);
}

TEST_CASE("An archive that is missing, a folder or something else is unreadable", "[models]") {
  const TemporaryDirectory folder;
  Toy toy;
  write_file(folder / "text", "not a checkpoint at all, but long enough to hold a digest of one\n");
  write_file(folder / "empty", "");
  for (const char* name : {"absent", "text", "empty", "."}) {
    INFO(name);
    CHECK(complaint([&] { load(folder / name, toy); }).first == ExitCode::kUnreadable);
  }
}

TEST_CASE("An archive that cannot be written says so", "[models]") {
  const TemporaryDirectory folder;
  Toy toy;
  const auto [code, text] = complaint([&] { save(folder / "absent" / "file", toy); });
  CHECK(code == ExitCode::kUsage);
  CHECK(text.find("cannot be written") != std::string::npos);
}

TEST_CASE("The digest of a state depends on every value and name", "[models]") {
  Toy toy = trained();
  const Digest before = toy.digest();
  toy.table.row(1)[2] += 1.0F;
  CHECK(toy.digest() != before);
  toy = trained();
  toy.step = 8;
  CHECK(toy.digest() != before);
  toy = trained();
  CHECK(toy.digest() == before);
  std::uint64_t x = 0;
  const auto named = [&](std::string_view name) {
    return hash_archive([&](Archive& archive) { archive.value(name, x); });
  };
  CHECK(named("a") != named("b"));
}
