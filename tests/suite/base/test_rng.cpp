#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include <Random123/philox.h>

#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

namespace {

using Block = std::array<std::uint32_t, 4>;

Block philox(const Block& counter, const std::array<std::uint32_t, 2>& key) {
  const r123::Philox4x32::ctr_type c = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k = {{key[0], key[1]}};
  const auto out = r123::Philox4x32()(c, k);
  return {out[0], out[1], out[2], out[3]};
}

Block first_block(Rng rng) {
  Block block{};
  for (std::uint32_t& word : block) word = rng.next_u32();
  return block;
}

}  // namespace

TEST_CASE("The generator gives the published Philox4x32-10 answers", "[base][rng]") {
  // Random123, tests/kat_vectors.
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U});
  CHECK(philox({0xffffffffU, 0xffffffffU, 0xffffffffU, 0xffffffffU}, {0xffffffffU, 0xffffffffU}) ==
        Block{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU});
  CHECK(philox({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, {0xa4093822U, 0x299f31d0U}) ==
        Block{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U});
}

TEST_CASE("A stream is Philox under the hash of seed and name", "[base][rng]") {
  // The key is the start of SHA-256(01 00 00 00 00 00 00 00 "train") = 7c4922076b873263...
  const std::array<std::uint32_t, 2> key = {0x0722497cU, 0x6332876bU};
  const std::uint64_t index = 0x500000007U;
  Rng rng(1, "train", index);
  for (std::uint32_t counter = 0; counter < 3; ++counter) {
    for (const std::uint32_t word : philox({counter, 0, 7, 5}, key)) CHECK(rng.next_u32() == word);
  }
}

TEST_CASE("The first outputs of named streams are pinned", "[base][rng]") {
  // A change here changes every published number.
  CHECK(first_block(Rng(1, "train")) == Block{0xb94d724bU, 0x4d36a1e1U, 0xb8f455a5U, 0x53801ce3U});
  CHECK(first_block(Rng(1, "train", 5)) ==
        Block{0x60201115U, 0xb3c6772fU, 0x8b44b7ebU, 0xaf126378U});
  CHECK(first_block(Rng(0, "")) == Block{0x473600e7U, 0xb8006811U, 0x91f23511U, 0xe5750db1U});
  Rng uniform(42, "init");
  CHECK(uniform.uniform() == 0.69820803994243685);
  CHECK(uniform.uniform() == 0.70522543136197524);
  Rng below(42, "init");
  for (const std::uint32_t expected : {3U, 6U, 0U, 7U, 5U, 6U, 6U, 1U}) {
    CHECK(below.below(10) == expected);
  }
  Rng shuffle(42, "init");
  std::array<int, 8> items = {0, 1, 2, 3, 4, 5, 6, 7};
  shuffle.shuffle(std::span<int>(items));
  CHECK(items == std::array<int, 8>{5, 1, 6, 7, 3, 0, 4, 2});
}

TEST_CASE("Normal numbers are pinned", "[base][rng]") {
  Rng rng(42, "init");
  CHECK(rng.normal() == Approx(-0.42974808604895914).epsilon(1e-12));
  CHECK(rng.normal() == Approx(-1.4870613062279443).epsilon(1e-12));
  CHECK(rng.normal() == Approx(0.75597053584489282).epsilon(1e-12));
}

TEST_CASE("A stream at another index is that stream from its beginning", "[base][rng]") {
  Rng used(3, "x", 1);
  static_cast<void>(used.normal());
  static_cast<void>(used.next_u32());
  CHECK(first_block(used.at(9)) == first_block(Rng(3, "x", 9)));
  Rng a = used.at(9);
  Rng b(3, "x", 9);
  CHECK(a.normal() == b.normal());
}

TEST_CASE("Streams of near seeds, names and indices differ", "[base][rng]") {
  std::set<Block> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const char* name : {"", "a", "b", "ab", "train", "train "}) {
      for (std::uint64_t index = 0; index < 5; ++index) {
        CHECK(seen.insert(first_block(Rng(seed, name, index))).second);
      }
    }
  }
}

TEST_CASE("Uniform numbers are at least 0, below 1 and spread evenly", "[base][rng]") {
  Rng rng(7, "uniform");
  constexpr int kDraws = 100000;
  std::array<int, 10> bins{};
  double sum = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = rng.uniform();
    REQUIRE(u >= 0.0);
    REQUIRE(u < 1.0);
    sum += u;
    ++bins.at(static_cast<std::size_t>(u * 10.0));
  }
  // The mean has standard error 0.0009; chi-squared with 9 degrees of freedom exceeds 33.7 once in
  // ten thousand. The stream is fixed, so this never flickers.
  CHECK(std::abs(sum / kDraws - 0.5) < 0.004);
  double chi_squared = 0.0;
  for (const int count : bins) chi_squared += std::pow(count - kDraws / 10.0, 2) / (kDraws / 10.0);
  CHECK(chi_squared < 33.7);
  const double scaled = rng.uniform(-2.0, -1.0);
  CHECK(scaled >= -2.0);
  CHECK(scaled < -1.0);
}

TEST_CASE("Bounded numbers stay below the bound and reach all of it", "[base][rng]") {
  Rng rng(7, "below");
  for (int i = 0; i < 100; ++i) CHECK(rng.below(1) == 0);
  std::array<int, 3> counts{};
  for (int i = 0; i < 30000; ++i) ++counts.at(rng.below(3));
  for (const int count : counts) CHECK(std::abs(count - 10000) < 330);  // 4 standard errors
  // Just over 2^31, where taking the remainder would favour the lower half two to one.
  constexpr std::uint32_t kBound = 0x80000001U;
  int upper = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::uint32_t value = rng.below(kBound);
    REQUIRE(value < kBound);
    upper += value >= kBound / 2 ? 1 : 0;
  }
  CHECK(std::abs(upper - 5000) < 200);
  CHECK_THROWS_AS(rng.below(0), BrokenInvariant);
}

TEST_CASE("Normal numbers have the moments of the standard normal", "[base][rng]") {
  Rng rng(7, "normal");
  constexpr int kDraws = 200000;
  std::array<double, 5> moments{};
  for (int i = 0; i < kDraws; ++i) {
    const double z = rng.normal();
    REQUIRE(std::isfinite(z));
    for (int p = 1; p <= 4; ++p) moments.at(static_cast<std::size_t>(p)) += std::pow(z, p);
  }
  // Four standard errors: 1, sqrt(2), sqrt(15), sqrt(96) over sqrt(200000).
  CHECK(std::abs(moments[1] / kDraws) < 0.009);
  CHECK(std::abs(moments[2] / kDraws - 1.0) < 0.013);
  CHECK(std::abs(moments[3] / kDraws) < 0.035);
  CHECK(std::abs(moments[4] / kDraws - 3.0) < 0.088);
}

TEST_CASE("A shuffle keeps all items and gives each order its share", "[base][rng]") {
  Rng rng(7, "shuffle");
  std::vector<int> many(1000);
  std::iota(many.begin(), many.end(), 0);
  rng.shuffle(std::span<int>(many));
  std::vector<int> sorted = many;
  std::sort(sorted.begin(), sorted.end());
  CHECK(many != sorted);
  CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
  std::map<std::array<int, 3>, int> orders;
  for (int i = 0; i < 6000; ++i) {
    std::array<int, 3> three = {0, 1, 2};
    rng.shuffle(std::span<int>(three));
    ++orders[three];
  }
  REQUIRE(orders.size() == 6);
  for (const auto& [order, count] : orders) CHECK(std::abs(count - 1000) < 120);
  std::vector<int> none;
  rng.shuffle(std::span<int>(none));
  CHECK(none.empty());
}

TEST_CASE("Numbers in bulk are the same for an index beyond 32 bits and millions of words",
          "[base][rng]") {
  const std::uint64_t index = (std::uint64_t{7} << 32U) + 0xFFFFFFFFU;
  constexpr std::size_t kNear = std::size_t{5} << 20U;  // words that the bulk draws before
  Rng one_by_one = Rng(3, "bulk").at(index);
  Rng bulk = Rng(3, "bulk").at(index);
  std::vector<std::uint32_t> got(kNear);
  bulk.fill_below(got, 1000);
  std::size_t differ = 0;
  for (const std::uint32_t x : got) differ += x == one_by_one.below(1000) ? 0U : 1U;
  CHECK(differ == 0);
  CHECK(bulk.next_u64() == one_by_one.next_u64());
}

TEST_CASE("Numbers below a bound are the same one by one and in bulk", "[base][rng]") {
  // 0x80000001 rejects every other word, 0x1000001 one in 256, so that some batches have one.
  for (const std::uint32_t bound : {1U, 7U, 20466U, 0x1000001U, 0x80000001U, 0xFFFFFFFFU}) {
    for (const std::size_t before : {0U, 1U, 3U}) {
      Rng one_by_one(3, "bulk");
      Rng bulk(3, "bulk");
      for (std::size_t i = 0; i < before; ++i) CHECK(one_by_one.next_u32() == bulk.next_u32());
      std::vector<std::uint32_t> expected(1501);
      for (std::uint32_t& x : expected) x = one_by_one.below(bound);
      std::vector<std::uint32_t> got(1501);
      bulk.fill_below(std::span(got).first(50), bound);
      bulk.fill_below(std::span(got).subspan(50, 300), bound);
      bulk.fill_below(std::span(got).subspan(350), bound);
      CHECK(got == expected);
      CHECK(bulk.next_u32() == one_by_one.next_u32());
    }
  }
}
