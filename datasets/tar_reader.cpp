#include "datasets/tar_reader.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {

/// The archive as libarchive reads it, and the bytes that it is fed with.
struct TarReader::Archive {
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };

  explicit Archive(ByteSource& from) : source(from) {
    KGA_REQUIRE(reader != nullptr, "out of memory");
    archive_read_support_format_tar(reader.get());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_bzip2(reader.get());
    archive_read_support_filter_xz(reader.get());
    archive_read_support_filter_zstd(reader.get());
  }

  static la_ssize_t feed(archive*, void* data, const void** block) {
    auto* self = static_cast<Archive*>(data);
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
  archive_entry* entry = nullptr;
};

TarReader::TarReader(ByteSource& source, std::string place, std::uint64_t limit)
    : place_(std::move(place)), limit_(limit), archive_(std::make_unique<Archive>(source)) {
  if (archive_read_open(archive_->reader.get(), archive_.get(), nullptr, &Archive::feed, nullptr) !=
      ARCHIVE_OK) {
    throw archive_->error(place_);
  }
}

TarReader::~TarReader() = default;

bool TarReader::next() {
  do {
    if (inside_) drain(nullptr);
    const int status = archive_read_next_header(archive_->reader.get(), &archive_->entry);
    if (status == ARCHIVE_EOF) return false;
    if (status != ARCHIVE_OK) throw archive_->error(place_);
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
}

void TarReader::drain(std::string* text) {
  std::vector<char> block(std::size_t{1} << 18U);
  for (;;) {
    const la_ssize_t got = archive_read_data(archive_->reader.get(), block.data(), block.size());
    if (got < 0) throw archive_->error(place_);
    if (got == 0) break;
    unpacked_ += static_cast<std::uint64_t>(got);
    if (unpacked_ > limit_) {
      throw InputError::unreadable(
          place_, fmt::format("more than {} when unpacked", bytes_text(limit_)),
          fmt::format("at most {}", bytes_text(limit_)), "unpack it by hand and give the folder");
    }
    if (text != nullptr) text->append(block.data(), static_cast<std::size_t>(got));
  }
  inside_ = false;
}

}  // namespace kgaudit::datasets
