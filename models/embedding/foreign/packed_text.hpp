#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "models/embedding/foreign/foreign_path.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/files/read_ahead.hpp"

namespace kgaudit::models {

/// The text of one file, unpacked and hashed in a single pass from its beginning to its end, in
/// memory that does not grow with the file. Of a large file a thread of its own reads ahead. Tells
/// ReadOptions::on_read how far it is, and at the end the path the file's identity.
class PackedText final : public ByteSource {
 public:
  /// `path`, which must outlive this, has opened `file`. Throws InputError as DecompressedSource.
  PackedText(ForeignPath& path, const MappedFile& file);
  ~PackedText() override;

  std::size_t read(std::span<char> buffer) override;
  /// How much of the packed file has been read, in [0, 1].
  [[nodiscard]] double share_read() const;

 private:
  /// Counts what passes, for another thread to see.
  class Counted final : public ByteSource {
   public:
    explicit Counted(ByteSource& source) : source_(source) {}
    std::size_t read(std::span<char> buffer) override;
    [[nodiscard]] std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

   private:
    ByteSource& source_;
    std::atomic<std::uint64_t> bytes_{0};
  };

  ForeignPath& path_;
  std::filesystem::path file_;
  std::uint64_t size_;
  HashedFileSource hashed_;
  Counted counted_{hashed_};
  DecompressedSource unpacked_;
  std::optional<ReadAhead> ahead_;
  bool ended_ = false;
};

}  // namespace kgaudit::models
