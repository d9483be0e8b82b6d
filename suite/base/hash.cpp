#include "suite/base/hash.hpp"

#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "suite/base/error.hpp"
#include "suite/base/regular_file.hpp"

namespace kgaudit {

static_assert(std::endian::native == std::endian::little,
              "content hashes and binary records assume a little-endian machine");

std::string Digest::hex() const {
  std::string text;
  text.reserve(64);
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::uint64_t Digest::head64() const {
  std::uint64_t head = 0;
  std::memcpy(&head, bytes.data(), sizeof head);
  return head;
}

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  KGA_REQUIRE(state_->context != nullptr, "out of memory");
  KGA_REQUIRE(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1, "SHA-256 missing");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) { add_bytes(bytes.data(), bytes.size()); }

void Sha256::add_bytes(const void* data, std::size_t size) {
  KGA_REQUIRE(EVP_DigestUpdate(state_->context, data, size) == 1, "size = {}", size);
}

Digest Sha256::finish() {
  Digest digest;
  unsigned length = 0;
  KGA_REQUIRE(
      EVP_DigestFinal_ex(state_->context, digest.bytes.data(), &length) == 1 && length == 32,
      "length = {}", length);
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 hasher;
  hasher.add(bytes);
  return hasher.finish();
}

Digest sha256_of_file(const std::filesystem::path& file) {
  constexpr std::string_view kExpected = "a readable file";
  const RegularFile opened = open_regular_file(file, kExpected);
  Sha256 hasher;
  std::vector<char> buffer(1U << 20U);
  for (;;) {
    const ssize_t got = ::read(opened.descriptor.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw InputError::unreadable(file.string(), std::strerror(errno), std::string(kExpected));
    }
    if (got == 0) return hasher.finish();
    hasher.add_bytes(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace kgaudit
