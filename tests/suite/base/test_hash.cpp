#include <array>

#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/ids.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using kgaudit::tests::TemporaryDirectory;
using kgaudit::tests::write_file;

TEST_CASE("SHA-256 gives the published answers", "[base][hash]") {
  // FIPS 180-2, appendix B, and the empty message.
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(std::string(1000000, 'a')).hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("A digest does not depend on how the bytes were cut", "[base][hash]") {
  Sha256 pieces;
  pieces.add("a");
  pieces.add("");
  pieces.add("bc");
  CHECK(pieces.finish() == sha256("abc"));
  Sha256 values;
  values.add_values(std::span<const std::uint16_t>(std::array<std::uint16_t, 2>{0x6261, 0x6463}));
  CHECK(values.finish() == sha256("abcd"));
}

TEST_CASE("The head of a digest is its first bytes in little-endian order", "[base][hash]") {
  CHECK(sha256("abc").head64() == 0xeacf018fbf1678baU);
}

TEST_CASE("A file has the digest of its bytes", "[base][hash]") {
  const TemporaryDirectory folder;
  const std::string bytes(3000000, 'x');
  write_file(folder / "f", bytes);
  CHECK(sha256_of_file(folder / "f") == sha256(bytes));
  try {
    static_cast<void>(sha256_of_file(folder / "none"));
    FAIL("accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK(error.complaint().place == (folder / "none").string());
  }
}

TEST_CASE("Ids of different kinds do not mix", "[base][ids]") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<EntityId, RelationId>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::uint32_t, EntityId>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<EntityId, RelationId>);
  STATIC_REQUIRE(sizeof(EntityId) == 4);
  CHECK(EntityId(3) < EntityId(4));
  CHECK(EntityId::of(7) == EntityId(7));
  CHECK(EntityId(7).index() == 7);
  CHECK(EntityId() == EntityId(0));
}
