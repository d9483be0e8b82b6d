#include <cstring>
#include <limits>

#include "reports/record/raw_store.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::tests::TemporaryDirectory;
using kgaudit::tests::write_file;

namespace {

std::vector<RawColumn> example() {
  return {
      {"ranks.tail", "test triple", {0, 1, 2}, std::vector<float>{1.0F, 2.5F, 10.0F}},
      {"empty", "entity", {}, std::vector<float>{}},
      {"é", "", {7, 4294967295U}, std::vector<std::uint32_t>{0, 4294967295U}},
  };
}

std::string refusal(std::string_view bytes, const RawLimits& limits = {}) {
  try {
    static_cast<void>(unpack_raw_columns(bytes, "x.raw", limits));
  } catch (const InputError& error) {
    CHECK(error.complaint().place == "x.raw");
    return error.complaint().got;
  }
  return "accepted";
}

// The file with `value` written over the bytes at `offset`.
template <typename T>
std::string forged(std::string bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
  return bytes;
}

}  // namespace

TEST_CASE("Raw columns come back as they were", "[reports][raw]") {
  CHECK(unpack_raw_columns(pack_raw_columns(example()), "x") == example());
  CHECK(unpack_raw_columns(pack_raw_columns({}), "x").empty());
  CHECK(pack_raw_columns(example()) == pack_raw_columns(example()));
}

TEST_CASE("Raw floats keep their bits, also those that are no numbers", "[reports][raw]") {
  const std::vector<float> odd = {std::numeric_limits<float>::quiet_NaN(),
                                  -std::numeric_limits<float>::infinity(), -0.0F, 1e-45F};
  const auto back = unpack_raw_columns(pack_raw_columns({{"x", "u", {1, 2, 3, 4}, odd}}), "x");
  const auto& values = std::get<std::vector<float>>(back.at(0).values);
  REQUIRE(values.size() == odd.size());
  CHECK(std::memcmp(values.data(), odd.data(), odd.size() * sizeof(float)) == 0);
}

TEST_CASE("A large raw column is stored small and exactly", "[reports][raw]") {
  RawColumn column{"ranks", "triple", {}, std::vector<std::uint32_t>{}};
  Rng rng(1, "raw");
  auto& values = std::get<std::vector<std::uint32_t>>(column.values);
  for (std::uint32_t i = 0; i < 200000; ++i) {
    column.ids.push_back(i);
    values.push_back(rng.below(50));
  }
  const std::string bytes = pack_raw_columns({column});
  CHECK(bytes.size() < 1000000);
  CHECK(unpack_raw_columns(bytes, "x").at(0) == column);
}

TEST_CASE("A raw file cut at any byte is refused", "[reports][raw]") {
  const std::string bytes = pack_raw_columns(example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(refusal(std::string_view(bytes).substr(0, size)) != "accepted");
  }
  CHECK(refusal(bytes + "x") != "accepted");
}

TEST_CASE("A raw file with any byte changed is refused", "[reports][raw]") {
  const std::string bytes = pack_raw_columns(example());
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    try {
      // A bit of the zstd header may be free; then what is read must still be the same.
      const auto read = unpack_raw_columns(changed, "x");
      ++accepted;
      CHECK(read == example());
    } catch (const InputError&) {
    }
  }
  CHECK(accepted <= 2);
}

TEST_CASE("Forged sizes in a raw file are refused before memory is taken", "[reports][raw]") {
  const std::string bytes = pack_raw_columns(example());
  CHECK_THAT(refusal(forged(bytes, 0, 'X')), Catch::Contains("KGAUDRAW"));
  CHECK_THAT(refusal(forged(bytes, 8, std::uint32_t{2})), Catch::Contains("format version 2"));
  CHECK_THAT(refusal(forged(bytes, 12, std::uint32_t{4294967295U})), Catch::Contains("claims"));
  CHECK_THAT(refusal(forged(bytes, 16, ~std::uint64_t{0})), Catch::Contains("claims"));
  // Within the limit, but more than is really packed.
  CHECK_THAT(refusal(forged(bytes, 16, std::uint64_t{1} << 29U)), Catch::Contains("differs"));
  CHECK_THAT(refusal(forged(bytes, 16, std::uint64_t{3})), Catch::Contains("more is packed"));
  CHECK_THAT(refusal(forged(bytes, 24, ~std::uint64_t{0})), Catch::Contains("follow the header"));
  CHECK_THAT(refusal(forged(bytes, 40, 'X')), Catch::Contains("content hash"));
  CHECK_THAT(refusal(forged(bytes, 12, std::uint32_t{2})), Catch::Contains("bytes too many"));
  CHECK_THAT(refusal(forged(bytes, 12, std::uint32_t{4})), Catch::Contains("ends inside"));
  CHECK_THAT(refusal(bytes, {8, 16}), Catch::Contains("the limits are"));
}

TEST_CASE("A raw file on disk is checked like bytes in memory", "[reports][raw]") {
  const TemporaryDirectory folder;
  const Digest digest = write_raw_file(folder / "a.raw", example());
  CHECK(digest == sha256_of_file(folder / "a.raw"));
  CHECK(read_raw_file(folder / "a.raw") == example());
  CHECK_FALSE(std::filesystem::exists(folder / "a.raw.part"));
  write_file(folder / "big.raw", std::string(4096, 'x'));
  CHECK_THROWS_AS(read_raw_file(folder / "big.raw", {100, 10}), InputError);
  CHECK_THROWS_AS(read_raw_file(folder / "none.raw"), InputError);
  CHECK_THROWS_AS(write_raw_file(folder / "no" / "a.raw", example()), InputError);
}

TEST_CASE("Names of raw columns are as long as names of values may be", "[reports][raw]") {
  std::vector<RawColumn> columns = example();
  columns.front().name = "score_gap." + std::string(100000, 'm');
  CHECK(unpack_raw_columns(pack_raw_columns(columns), "x") == columns);
}

TEST_CASE("A raw file counts only with the SHA-256 that is on record", "[reports][raw]") {
  const TemporaryDirectory folder;
  const std::string digest = write_raw_file(folder / "a.raw", example()).hex();
  CHECK(read_raw_file_on_record(folder / "a.raw", digest) == example());
  std::vector<RawColumn> other = example();
  other.front().unit += "s";
  static_cast<void>(write_raw_file(folder / "a.raw", other));  // whole, but of another run
  try {
    static_cast<void>(read_raw_file_on_record(folder / "a.raw", digest));
    FAIL("another file was accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK_THAT(error.what(),
               Catch::Contains("expected: SHA-256 " + digest + ", as the record says") &&
                   Catch::Contains("put the file of this run back"));
  }
}

TEST_CASE("Columns of uneven length are our own mistake", "[reports][raw]") {
  CHECK_THROWS_AS(pack_raw_columns({{"x", "u", {1}, std::vector<float>{}}}), BrokenInvariant);
}
