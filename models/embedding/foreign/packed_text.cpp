#include "models/embedding/foreign/packed_text.hpp"

#include <algorithm>

namespace kgaudit::models {
namespace {

/// Below this a thread costs more than it saves.
constexpr std::uint64_t kWorthAThread = std::uint64_t{1} << 20U;

}  // namespace

std::size_t PackedText::Counted::read(std::span<char> buffer) {
  const std::size_t got = source_.read(buffer);
  bytes_.fetch_add(got, std::memory_order_relaxed);
  return got;
}

PackedText::PackedText(ForeignPath& path, const MappedFile& file)
    : path_(path),
      file_(file.path()),
      size_(file.size()),
      hashed_(file.path()),
      unpacked_(counted_, file.path().string()) {
  if (size_ >= kWorthAThread) ahead_.emplace(unpacked_);
}

PackedText::~PackedText() = default;

std::size_t PackedText::read(std::span<char> buffer) {
  const std::size_t got = ahead_ ? ahead_->read(buffer) : unpacked_.read(buffer);
  if (path_.options().on_read) path_.options().on_read(counted_.bytes(), size_);
  if (got == 0 && !buffer.empty() && !ended_) {
    ended_ = true;
    path_.remember_identity(file_, hashed_.identity());
  }
  return got;
}

double PackedText::share_read() const {
  if (size_ == 0) return 1.0;
  return std::min(1.0, static_cast<double>(counted_.bytes()) / static_cast<double>(size_));
}

}  // namespace kgaudit::models
