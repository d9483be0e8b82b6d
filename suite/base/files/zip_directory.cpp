#include "suite/base/files/zip_directory.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include <isa-l/crc.h>

#include "suite/base/error.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

constexpr std::uint32_t kEndMagic = 0x06054b50;
constexpr std::uint32_t kEnd64Magic = 0x06064b50;
constexpr std::uint32_t kEnd64LocatorMagic = 0x07064b50;
constexpr std::uint32_t kEntryMagic = 0x02014b50;
constexpr std::uint32_t kLocalMagic = 0x04034b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kEnd64LocatorBytes = 20;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kLongestComment = 65'535;
constexpr std::uint32_t kElsewhere32 = 0xffff'ffff;
constexpr std::uint16_t kElsewhere16 = 0xffff;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint16_t kEncryptedFlags = 0x1 | 0x40 | 0x2000;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
/// A checkpoint has some thousands; each costs memory here before its data are looked at.
constexpr std::uint64_t kMostMembers = 1'000'000;

/// Little-endian numbers from bytes whose length was checked.
template <typename T>
T number_at(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Where the central directory lies.
struct DirectoryPlace {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
};

/// Reads one zip file's directory.
class ZipParser {
 public:
  ZipParser(std::string_view bytes, const std::string& place) : bytes_(bytes), place_(place) {}

  std::vector<ZipMember> members() {
    const DirectoryPlace directory = find_directory();
    if (directory.entries > kMostMembers) {
      throw refuse(fmt::format("{} members", with_thousands(directory.entries)),
                   fmt::format("at most {}", with_thousands(kMostMembers)));
    }
    check_within(directory.offset, directory.bytes, "the central directory");
    if (directory.entries > directory.bytes / kEntryBytes) {
      throw refuse(
          fmt::format("{} members in a directory of {} bytes", directory.entries, directory.bytes));
    }
    std::string_view rest = bytes_.substr(directory.offset, directory.bytes);
    std::vector<ZipMember> members;
    members.reserve(directory.entries);
    for (std::uint64_t i = 0; i < directory.entries; ++i) members.push_back(next_entry(rest, i));
    spans_.emplace_back(directory.offset, directory.bytes, "the central directory");
    check_apart();
    return members;
  }

 private:
  struct Span {
    Span(std::uint64_t begins, std::uint64_t length, std::string what)
        : begin(begins), bytes(length), name(std::move(what)) {}
    std::uint64_t begin;
    std::uint64_t bytes;
    std::string name;
  };

  [[nodiscard]] InputError refuse(std::string got,
                                  std::string expected = "a whole zip file") const {
    return InputError::unreadable(place_, std::move(got), std::move(expected),
                                  "fetch or save the file again");
  }

  void check_within(std::uint64_t offset, std::uint64_t length, std::string_view what) const {
    if (offset > bytes_.size() || length > bytes_.size() - offset) {
      throw refuse(fmt::format("{} at bytes {} to {} of a file of {} bytes", what, offset,
                               static_cast<double>(offset) + static_cast<double>(length),
                               bytes_.size()));
    }
  }

  DirectoryPlace find_directory() const {
    const std::size_t most = std::min(bytes_.size(), kEndBytes + kLongestComment);
    for (std::size_t back = kEndBytes; back <= most; ++back) {
      const std::size_t at = bytes_.size() - back;
      if (number_at<std::uint32_t>(bytes_, at) != kEndMagic) continue;
      const std::string_view end = bytes_.substr(at);
      if (number_at<std::uint16_t>(end, 20) != end.size() - kEndBytes) continue;
      return place_from(end, at);
    }
    throw refuse("no directory at its end", "a whole zip file: the directory is written last");
  }

  DirectoryPlace place_from(std::string_view end, std::size_t at) const {
    DirectoryPlace place;
    place.entries = number_at<std::uint16_t>(end, 10);
    place.bytes = number_at<std::uint32_t>(end, 12);
    place.offset = number_at<std::uint32_t>(end, 16);
    if (number_at<std::uint16_t>(end, 4) != number_at<std::uint16_t>(end, 6)) {
      throw refuse("a part of a zip file that was split");
    }
    if (at >= kEnd64LocatorBytes &&
        number_at<std::uint32_t>(bytes_, at - kEnd64LocatorBytes) == kEnd64LocatorMagic) {
      const auto end64 = number_at<std::uint64_t>(bytes_, at - kEnd64LocatorBytes + 8);
      check_within(end64, kEnd64Bytes, "the zip64 end record");
      if (number_at<std::uint32_t>(bytes_, end64) != kEnd64Magic) {
        throw refuse("no zip64 end record where its locator points");
      }
      place.entries = number_at<std::uint64_t>(bytes_, end64 + 32);
      place.bytes = number_at<std::uint64_t>(bytes_, end64 + 40);
      place.offset = number_at<std::uint64_t>(bytes_, end64 + 48);
    } else if (place.entries == kElsewhere16 && place.bytes == kElsewhere32) {
      throw refuse("no zip64 end record, which the directory's end points to");
    }
    return place;
  }

  ZipMember next_entry(std::string_view& rest, std::uint64_t index) {
    if (rest.size() < kEntryBytes || number_at<std::uint32_t>(rest, 0) != kEntryMagic) {
      throw refuse(fmt::format("no entry {} in its directory", index + 1));
    }
    const auto name_bytes = number_at<std::uint16_t>(rest, 28);
    const auto extra_bytes = number_at<std::uint16_t>(rest, 30);
    const auto comment_bytes = number_at<std::uint16_t>(rest, 32);
    const std::size_t entry_bytes = kEntryBytes + name_bytes + extra_bytes + comment_bytes;
    if (rest.size() < entry_bytes) throw refuse(fmt::format("half of entry {}", index + 1));
    ZipMember member;
    member.name = rest.substr(kEntryBytes, name_bytes);
    const std::string who = fmt::format("member '{}'", printable(member.name));
    if (!names_.insert(member.name).second) throw refuse(fmt::format("{} twice", who));
    if ((number_at<std::uint16_t>(rest, 8) & kEncryptedFlags) != 0) {
      throw refuse(fmt::format("{} encrypted", who), "members that are not encrypted");
    }
    const auto method = number_at<std::uint16_t>(rest, 10);
    if (method != kStored && method != kDeflated) {
      throw refuse(fmt::format("{} packed with method {}", who, method),
                   "members that are stored or deflated");
    }
    member.deflated = method == kDeflated;
    member.crc32 = number_at<std::uint32_t>(rest, 16);
    std::uint64_t packed = number_at<std::uint32_t>(rest, 20);
    member.size = number_at<std::uint32_t>(rest, 24);
    std::uint64_t local = number_at<std::uint32_t>(rest, 42);
    take_zip64(rest.substr(kEntryBytes + name_bytes, extra_bytes), who, member.size, packed, local);
    rest.remove_prefix(entry_bytes);
    if (!member.deflated && member.size != packed) {
      throw refuse(fmt::format("{} stored as {} bytes in {}", who, member.size, packed));
    }
    check_within(local, kLocalBytes, who);
    if (number_at<std::uint32_t>(bytes_, local) != kLocalMagic) {
      throw refuse(fmt::format("no header of {} at byte {}", who, local));
    }
    const std::uint64_t header = kLocalBytes +
                                 std::uint64_t{number_at<std::uint16_t>(bytes_, local + 26)} +
                                 number_at<std::uint16_t>(bytes_, local + 28);
    check_within(local, header, who);
    check_within(local + header, packed, who);
    if (number_at<std::uint16_t>(bytes_, local + 26) != name_bytes ||
        bytes_.substr(local + kLocalBytes, name_bytes) != member.name) {
      throw refuse(fmt::format("{} under another name in its own header", who));
    }
    member.packed = bytes_.substr(local + header, packed);
    spans_.emplace_back(local, header + packed, who);
    return member;
  }

  /// Sizes that do not fit 32 bits stand in the extra field, in this order.
  void take_zip64(std::string_view extra, const std::string& who, std::uint64_t& size,
                  std::uint64_t& packed, std::uint64_t& local) const {
    if (size != kElsewhere32 && packed != kElsewhere32 && local != kElsewhere32) return;
    while (extra.size() >= 4) {
      const auto id = number_at<std::uint16_t>(extra, 0);
      const auto bytes = number_at<std::uint16_t>(extra, 2);
      extra.remove_prefix(4);
      if (bytes > extra.size()) break;
      if (id != kZip64Extra) {
        extra.remove_prefix(bytes);
        continue;
      }
      std::string_view field = extra.substr(0, bytes);
      for (std::uint64_t* const value : {&size, &packed, &local}) {
        if (*value != kElsewhere32) continue;
        if (field.size() < 8) throw refuse(fmt::format("{} without its zip64 sizes", who));
        *value = number_at<std::uint64_t>(field, 0);
        field.remove_prefix(8);
      }
      return;
    }
    throw refuse(fmt::format("{} without its zip64 sizes", who));
  }

  void check_apart() {
    std::sort(spans_.begin(), spans_.end(),
              [](const Span& a, const Span& b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < spans_.size(); ++i) {
      if (spans_[i].begin - spans_[i - 1].begin < spans_[i - 1].bytes) {
        throw refuse(fmt::format("{} and {} overlap", spans_[i - 1].name, spans_[i].name));
      }
    }
  }

  std::string_view bytes_;
  const std::string& place_;
  std::set<std::string> names_;
  std::vector<Span> spans_;
};

}  // namespace

ZipDirectory::ZipDirectory(std::string_view bytes, std::string place) : place_(std::move(place)) {
  if (bytes.size() < kEndBytes) {
    throw InputError::unreadable(place_, fmt::format("{} bytes", bytes.size()), "a whole zip file");
  }
  members_ = ZipParser(bytes, place_).members();
}

const ZipMember* ZipDirectory::find(std::string_view name) const {
  const auto at = std::find_if(members_.begin(), members_.end(),
                               [&](const ZipMember& member) { return member.name == name; });
  return at == members_.end() ? nullptr : &*at;
}

std::string ZipDirectory::unpack(const ZipMember& member, MemoryBudget& budget) const {
  const std::string where = fmt::format("{}:{}", place_, printable(member.name));
  if (!member.deflated) return std::string(member.packed);
  budget.take(member.size, where, "unpacked data");
  const auto refuse = [&](std::string got) {
    return InputError::unreadable(where, std::move(got),
                                  fmt::format("{} bytes of deflated data", member.size),
                                  "fetch or save the file again");
  };
  // One byte more than is due shows data that go on.
  std::string out(member.size + 1, '\0');
  std::size_t given = 0;
  std::string_view rest = member.packed;
  Inflater inflater(Inflater::Form::kRawDeflate);
  for (bool ended = false; !ended;) {
    Inflater::Step step;
    try {
      step = inflater.step(rest, std::span(out).subspan(given));
    } catch (const std::runtime_error& failure) {
      throw refuse(failure.what());
    }
    rest.remove_prefix(step.taken);
    given += step.given;
    ended = step.member_ended;
    if (given > member.size) throw refuse("more bytes than that");
    if (!ended && step.taken == 0 && step.given == 0) break;
  }
  if (given < member.size) throw refuse(fmt::format("{} bytes", given));
  out.resize(member.size);
  return out;
}

bool ZipDirectory::checksum_fits(const ZipMember& member, std::string_view unpacked) {
  return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(unpacked.data()),
                         unpacked.size()) == member.crc32;
}

}  // namespace kgaudit
