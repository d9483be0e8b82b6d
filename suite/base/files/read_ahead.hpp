#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "suite/base/files/byte_source.hpp"

namespace kgaudit {

/// Reads another source ahead in a thread of its own, a few blocks at most: what makes the bytes
/// (unpacking, hashing) and what uses them then take turns no longer. The bytes are the same, and
/// an error of the source is thrown here in its place, after the bytes before it.
class ReadAhead final : public ByteSource {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;
  static constexpr std::size_t kBlocks = 4;

  /// `source` must outlive this, and nobody else may touch it meanwhile.
  explicit ReadAhead(ByteSource& source);
  /// Waits for the block that is being read, and no longer.
  ~ReadAhead() override;

  std::size_t read(std::span<char> buffer) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kgaudit
