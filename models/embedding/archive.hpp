#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "models/embedding/embedding_table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"

namespace kgaudit::models {

/// Walks over all state of a training, in one fixed order, to hash it, write it or read it back.
/// One function per class names its members; so what is hashed, saved and restored can never
/// differ.
class Archive {
 public:
  virtual ~Archive() = default;

  /// A plain number.
  template <typename T>
  requires std::is_arithmetic_v<T>
  void value(std::string_view name, T& number) { bytes(name, &number, sizeof number); }
  /// An array whose size is already the right one.
  template <typename T>
  requires std::is_arithmetic_v<T>
  void numbers(std::string_view name, std::vector<T>& values) {
    bytes(name, values.data(), values.size() * sizeof(T));
  }
  /// A table whose shape is already the right one.
  void table(std::string_view name, FloatTable& values) {
    for (std::size_t i = 0; i < values.rows(); ++i) {
      bytes(i == 0 ? name : std::string_view{}, values.row(i), values.width() * sizeof(float));
    }
  }

 protected:
  /// `name` marks the beginning of a member; it is empty for further rows of a table.
  virtual void bytes(std::string_view name, void* data, std::size_t size) = 0;
};

/// SHA-256 over everything that `walk` visits.
[[nodiscard]] Digest hash_archive(const std::function<void(Archive&)>& walk);

/// Writes what `walk` visits, atomically (see AtomicFile). `identity` says which run this belongs
/// to.
void write_archive(const std::filesystem::path& file, std::string_view identity,
                   const std::function<void(Archive&)>& walk);

/// Reads a file of write_archive back into what `walk` visits. The whole file is checked against
/// its digest before a byte of state is touched. Throws InputError: unreadable for a missing, cut
/// or altered file, not comparable for one with another identity.
void read_archive(const std::filesystem::path& file, std::string_view identity,
                  const std::function<void(Archive&)>& walk);

}  // namespace kgaudit::models
