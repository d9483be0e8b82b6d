#include "suite/base/files/read_ahead.hpp"

#include <numeric>
#include <string>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

namespace {

/// Gives `bytes` in uneven pieces, then fails if it is to.
class UnevenSource final : public ByteSource {
 public:
  UnevenSource(std::string bytes, bool fails) : bytes_(std::move(bytes)), fails_(fails) {}
  std::size_t read(std::span<char> buffer) override {
    piece_ = piece_ * 7 % 65'521;
    const std::size_t got = std::min({buffer.size(), piece_, bytes_.size() - at_});
    if (got == 0 && fails_) throw InputError::unreadable("uneven", "an end", "more");
    std::copy_n(bytes_.data() + at_, got, buffer.data());
    at_ += got;
    return got;
  }

 private:
  std::string bytes_;
  bool fails_;
  std::size_t at_ = 0;
  std::size_t piece_ = 3;
};

std::string many_bytes() {
  std::string bytes(3 * ReadAhead::kBlocks * ReadAhead::kBlockBytes / 2 + 17, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i / 7);
  return bytes;
}

std::string all_of(ByteSource& source, std::string& into) {
  std::string buffer(70'001, '\0');
  while (const std::size_t got = source.read(buffer)) into.append(buffer, 0, got);
  return into;
}

}  // namespace

TEST_CASE("Reading ahead gives the bytes of the source in their order", "[base][files]") {
  const std::string bytes = many_bytes();
  for (const std::string& some :
       {bytes, bytes.substr(0, ReadAhead::kBlockBytes), std::string("a"), std::string()}) {
    UnevenSource source(some, false);
    ReadAhead ahead(source);
    std::string got;
    CHECK(all_of(ahead, got) == some);
    char one = 0;
    CHECK(ahead.read({&one, 1}) == 0);
  }
}

TEST_CASE("An error of a source that is read ahead comes after the bytes before it",
          "[base][files]") {
  const std::string bytes = many_bytes();
  UnevenSource source(bytes, true);
  ReadAhead ahead(source);
  std::string got;
  CHECK_THROWS_AS(all_of(ahead, got), InputError);
  CHECK(got == bytes);
}

TEST_CASE("Reading ahead can be left before the end", "[base][files]") {
  UnevenSource source(many_bytes(), true);
  ReadAhead ahead(source);
  char one = 1;
  CHECK(ahead.read({&one, 1}) == 1);
  CHECK(one == 0);
}
