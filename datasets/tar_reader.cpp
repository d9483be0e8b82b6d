#include "datasets/tar_reader.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>  // newlocale and uselocale are POSIX

#include "suite/base/error.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {

namespace {

InputError too_long(const std::string& place, std::uint64_t limit) {
  return InputError::unreadable(place, fmt::format("more than {} when unpacked", bytes_text(limit)),
                                fmt::format("at most {}", bytes_text(limit)),
                                "unpack it by hand and give the folder");
}

/// While it lives, names are UTF-8 in this thread: libarchive takes the names of pax archives for
/// damaged where the locale cannot write them, and the program itself has no locale.
class Utf8Names {
 public:
  Utf8Names() : utf8_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (utf8_ != nullptr) before_ = uselocale(utf8_);
  }
  ~Utf8Names() {
    if (utf8_ == nullptr) return;
    uselocale(before_);
    freelocale(utf8_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t utf8_;
  locale_t before_ = nullptr;
};

}  // namespace

/// What TarReader's own types are made of; a type without a linkage could be no part of them.
namespace tar_parts {

/// libarchive, fed from a source of bytes.
struct Reading {
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };

  explicit Reading(ByteSource& from) : source(from) {
    KGA_REQUIRE(reader != nullptr, "out of memory");
  }

  void open(const std::string& place) {
    if (archive_read_open(reader.get(), this, nullptr, &feed, nullptr) != ARCHIVE_OK) {
      throw error(place);
    }
  }

  static la_ssize_t feed(archive*, void* data, const void** block) {
    auto* self = static_cast<Reading*>(data);
    try {
      *block = self->block.data();
      return static_cast<la_ssize_t>(self->source.read(self->block));
    } catch (...) {
      self->failure = std::current_exception();  // no exception may pass through C code
      return -1;
    }
  }

  /// What to throw after libarchive reported an error.
  [[nodiscard]] InputError error(const std::string& place) const {
    if (failure) std::rethrow_exception(failure);
    const char* why = archive_error_string(reader.get());
    return InputError::unreadable(place, printable(why == nullptr ? "not an archive" : why, 200),
                                  "a whole tar archive", "fetch it again");
  }

  ByteSource& source;
  std::vector<char> block = std::vector<char>(std::size_t{1} << 16U);
  std::exception_ptr failure{};
  std::unique_ptr<archive, Free> reader{archive_read_new()};
};

/// Unpacks xz, of which liblzma verifies the checksums; anything else passes as it stands.
class XzSource final : public ByteSource {
 public:
  XzSource(ByteSource& packed, std::string place) : place_(std::move(place)), reading_(packed) {
    archive_read_support_filter_xz(reading_.reader.get());
    archive_read_support_format_raw(reading_.reader.get());
    archive_read_support_format_empty(reading_.reader.get());
    reading_.open(place_);
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reading_.reader.get(), &entry);
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF) throw reading_.error(place_);
    at_end_ = status == ARCHIVE_EOF;
  }

  std::size_t read(std::span<char> buffer) override {
    if (at_end_) return 0;
    const la_ssize_t got = archive_read_data(reading_.reader.get(), buffer.data(), buffer.size());
    if (got < 0) throw reading_.error(place_);
    at_end_ = got == 0;
    return static_cast<std::size_t>(got);
  }

 private:
  std::string place_;
  Reading reading_;
  bool at_end_ = false;
};

/// Hears that the user asks to stop at every piece that is read.
class StoppableSource final : public ByteSource {
 public:
  StoppableSource(ByteSource& from, const Progress& progress) : from_(from), progress_(progress) {}

  std::size_t read(std::span<char> buffer) override {
    if (progress_.stop_requested()) throw Interrupted();
    return from_.read(buffer);
  }

 private:
  ByteSource& from_;
  const Progress& progress_;
};

}  // namespace tar_parts

/// The bytes of the tar itself. gzip, zstd and bzip2 are unpacked by our own readers: libarchive
/// does not ask for gzip's checksum, and stops before the end of the file.
class TarReader::Unpacked final : public ByteSource {
 public:
  Unpacked(ByteSource& packed, const std::string& place, std::uint64_t limit,
           const Progress& progress)
      : place_(place),
        limit_(limit),
        progress_(progress),
        stoppable_(packed, progress),
        decompressed_(stoppable_, place),
        plain_(decompressed_, place) {}

  std::size_t read(std::span<char> buffer) override {
    if (progress_.stop_requested()) throw Interrupted();
    const std::size_t got = plain_.read(buffer);
    bytes_ += got;
    if (bytes_ > kHeaders && bytes_ - kHeaders > limit_) throw too_long(place_, limit_);
    return got;
  }

  void read_to_end() {
    std::vector<char> block(std::size_t{1} << 18U);
    while (read(block) != 0) {
    }
  }

 private:
  /// Room for what is no file's content: the limit is for the contents.
  static constexpr std::uint64_t kHeaders = std::uint64_t{64} << 20U;

  std::string place_;
  std::uint64_t limit_;
  std::uint64_t bytes_ = 0;
  const Progress& progress_;
  tar_parts::StoppableSource stoppable_;
  DecompressedSource decompressed_;
  tar_parts::XzSource plain_;
};

/// The archive as libarchive reads it, and the bytes that it is fed with.
struct TarReader::Archive {
  Archive(ByteSource& packed, const std::string& place, std::uint64_t limit, Progress& told)
      : progress(told), bytes(packed, place, limit, told), reading(bytes) {
    archive_read_support_format_tar(reading.reader.get());
    reading.open(place);
  }

  Progress& progress;
  Unpacked bytes;
  tar_parts::Reading reading;
  archive_entry* entry = nullptr;
};

TarReader::TarReader(ByteSource& source, std::string place, std::uint64_t limit, Progress& progress)
    : place_(std::move(place)),
      limit_(limit),
      archive_(std::make_unique<Archive>(source, place_, limit, progress)) {}

TarReader::~TarReader() = default;

bool TarReader::next() {
  do {
    if (inside_) drain(nullptr);
    const Utf8Names utf8;
    const int status = archive_read_next_header(archive_->reading.reader.get(), &archive_->entry);
    if (status == ARCHIVE_EOF) {
      // A checksum stands behind the last entry.
      archive_->bytes.read_to_end();
      return false;
    }
    if (status != ARCHIVE_OK) throw archive_->reading.error(place_);
    const char* raw = archive_entry_pathname(archive_->entry);
    path_ = raw == nullptr ? "" : raw;
    inside_ = true;
    check_entry();
  } while (archive_entry_filetype(archive_->entry) == AE_IFDIR);
  return true;
}

std::string TarReader::name() const { return std::filesystem::path(path_).filename().string(); }

std::string TarReader::read() {
  KGA_REQUIRE(inside_, "{} is read twice", path_);
  std::string text;
  drain(&text);
  return text;
}

/// An entry's path as it would be unpacked must stay below where it is unpacked.
void TarReader::check_entry() const {
  const std::filesystem::path parsed(path_);
  const bool climbs = parsed.is_absolute() ||
                      std::ranges::any_of(parsed, [](const auto& part) { return part == ".."; });
  if (climbs) {
    throw InputError::unsafe(place_, fmt::format("the entry '{}'", printable(path_)),
                             "paths inside the archive");
  }
  const auto type = archive_entry_filetype(archive_->entry);
  if ((type != AE_IFREG && type != AE_IFDIR) ||
      archive_entry_hardlink(archive_->entry) != nullptr) {
    throw InputError::unsafe(
        place_, fmt::format("the entry '{}', which is a link or a device", printable(path_)),
        "plain files and folders");
  }
  // What an entry says of its size costs nothing; passing over it would cost its time first.
  if (archive_entry_size_is_set(archive_->entry) != 0) {
    const auto size =
        static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(archive_->entry), 0));
    if (size > limit_ - unpacked_) throw too_long(place_, limit_);
  }
}

void TarReader::drain(std::string* text) {
  std::vector<char> block(std::size_t{1} << 18U);
  for (;;) {
    // An entry with holes has more bytes than the archive: the source alone is not asked for all.
    if (archive_->progress.stop_requested()) throw Interrupted();
    const la_ssize_t got =
        archive_read_data(archive_->reading.reader.get(), block.data(), block.size());
    if (got < 0) throw archive_->reading.error(place_);
    if (got == 0) break;
    unpacked_ += static_cast<std::uint64_t>(got);
    if (unpacked_ > limit_) throw too_long(place_, limit_);
    if (text != nullptr) text->append(block.data(), static_cast<std::size_t>(got));
  }
  inside_ = false;
}

}  // namespace kgaudit::datasets
