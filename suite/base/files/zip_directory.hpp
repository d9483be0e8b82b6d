#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/memory_budget.hpp"

namespace kgaudit {

/// What a zip file's central directory says of one member, checked against the file.
struct ZipMember {
  std::string name;
  std::uint64_t size = 0;  ///< unpacked
  std::uint32_t crc32 = 0;
  bool deflated = false;
  std::string_view packed;  ///< its data as they lie in the file
};

/// The members of a zip file in memory, which must outlive this. Sizes come from the central
/// directory, where the data begin from the local header: PyTorch pads there, and writes sizes of
/// 0. Zip64 is understood. Whatever does not fit is refused: members that overlap or reach beyond
/// the file, a name twice, encryption, methods other than stored and deflated, several disks.
/// Source: PKWARE's APPNOTE 6.3.10.
class ZipDirectory {
 public:
  /// Throws InputError (unreadable) at `place`.
  ZipDirectory(std::string_view bytes, std::string place);

  [[nodiscard]] static bool begins_like_zip(std::string_view head) {
    return head.starts_with(std::string_view("PK\x03\x04", 4)) ||
           head.starts_with(std::string_view("PK\x05\x06", 4));
  }
  /// In the order of the directory.
  [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }
  /// Nothing if there is no such member.
  [[nodiscard]] const ZipMember* find(std::string_view name) const;
  /// Unpacks a deflated member. Throws InputError (unreadable) if its data are damaged or not as
  /// long as the directory says, or if they do not fit the budget.
  [[nodiscard]] std::string unpack(const ZipMember& member, MemoryBudget& budget) const;
  /// Whether the checksum fits these unpacked bytes. Some writers leave it 0; Python's own reader
  /// refuses such members and PyTorch's takes them, so that this is for a warning.
  [[nodiscard]] static bool checksum_fits(const ZipMember& member, std::string_view unpacked);

 private:
  std::string place_;
  std::vector<ZipMember> members_;
};

}  // namespace kgaudit
