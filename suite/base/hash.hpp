#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kgaudit {

/// A SHA-256 digest.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  [[nodiscard]] std::string hex() const;
  /// The first eight bytes as a little-endian number; for keys, not for identity.
  [[nodiscard]] std::uint64_t head64() const;
  bool operator==(const Digest&) const = default;
};

/// Streaming SHA-256 (OpenSSL's EVP). `add` may be called any number of times before `finish`.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::string_view bytes);
  void add_bytes(const void* data, std::size_t size);
  /// The object representation of plain values, in memory order (little-endian machines only).
  template <typename T>
  void add_values(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    add_bytes(values.data(), values.size_bytes());
  }
  /// The digest of all that was added; the object must not be used afterwards.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);
/// Reads the file once, in pieces. Throws InputError (unreadable) if it cannot be read.
[[nodiscard]] Digest sha256_of_file(const std::filesystem::path& file);

}  // namespace kgaudit
