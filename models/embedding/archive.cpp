#include "models/embedding/archive.hpp"

#include <array>
#include <limits>
#include <utility>

#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit::models {
namespace {

constexpr std::string_view kMagic = "kgaudit checkpoint 1\n";

class HashingArchive final : public Archive {
 public:
  Digest finish() { return hasher_.finish(); }

 private:
  void bytes(std::string_view name, void* data, std::size_t size) override {
    hasher_.add(name);
    hasher_.add_bytes(data, size);
  }
  Sha256 hasher_;
};

class WritingArchive final : public Archive {
 public:
  explicit WritingArchive(AtomicFile& out) : out_(&out) {}
  void put(std::string_view text) {
    hasher_.add(text);
    out_->write(text);
  }
  Digest finish() { return hasher_.finish(); }

 private:
  void bytes(std::string_view name, void* data, std::size_t size) override {
    put(name);
    hasher_.add_bytes(data, size);
    out_->write({static_cast<const char*>(data), size});
  }
  AtomicFile* out_;
  Sha256 hasher_;
};

class ReadingArchive final : public Archive {
 public:
  ReadingArchive(std::string_view bytes, std::string place)
      : rest_(bytes), place_(std::move(place)) {}
  void expect(std::string_view text) {
    if (!rest_.starts_with(text)) {
      throw InputError::unreadable(place_,
                                   fmt::format("no '{}' where it should stand", printable(text)),
                                   "a checkpoint of this version and of the same parameters");
    }
    rest_.remove_prefix(text.size());
  }
  void expect_end() const {
    if (!rest_.empty()) {
      throw InputError::unreadable(place_, fmt::format("{} bytes too many", rest_.size()),
                                   "a checkpoint of the same parameters");
    }
  }

 private:
  void bytes(std::string_view name, void* data, std::size_t size) override {
    expect(name);
    if (rest_.size() < size) {
      throw InputError::unreadable(place_, fmt::format("{} bytes are missing", size - rest_.size()),
                                   "a checkpoint of the same parameters");
    }
    if (size == 0) return;  // an empty member has no address to copy to
    std::memcpy(data, rest_.data(), size);
    rest_.remove_prefix(size);
  }
  std::string_view rest_;
  std::string place_;
};

std::string identity_line(std::string_view identity) { return fmt::format("{}\n", identity); }

}  // namespace

Digest hash_archive(const std::function<void(Archive&)>& walk) {
  HashingArchive archive;
  walk(archive);
  return archive.finish();
}

void write_archive(const std::filesystem::path& file, std::string_view identity,
                   const std::function<void(Archive&)>& walk) {
  AtomicFile out(file, {.expected = "a folder with write permission and free space"});
  WritingArchive archive(out);
  archive.put(kMagic);
  archive.put(identity_line(identity));
  walk(archive);
  const Digest digest = archive.finish();
  out.write({reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()});
  out.commit();
}

namespace {

/// The checkpoints of a pair belong together: the last epoch and the best one.
std::string advice_without(const std::filesystem::path& file) {
  return fmt::format(
      "delete the folder {} and go on with --resume: what is not finished is trained again",
      file.parent_path().string());
}

}  // namespace

void read_archive(const std::filesystem::path& file, std::string_view identity,
                  const std::function<void(Archive&)>& walk) {
  const std::string bytes = read_whole_file(file, std::numeric_limits<std::uint64_t>::max());
  constexpr std::size_t kDigestSize = 32;
  const std::string_view all(bytes);
  if (all.size() < kMagic.size() + kDigestSize || !all.starts_with(kMagic)) {
    throw InputError::unreadable(file.string(), "this is not a checkpoint, or it is cut short",
                                 "a file that kgaudit saved", advice_without(file));
  }
  const std::string_view content = all.substr(0, all.size() - kDigestSize);
  const Digest digest = sha256(content);
  if (std::memcmp(digest.bytes.data(), all.data() + content.size(), kDigestSize) != 0) {
    throw InputError::unreadable(file.string(), "its digest does not match its content",
                                 "an unaltered file", advice_without(file));
  }
  ReadingArchive archive(content, file.string());
  archive.expect(kMagic);
  const std::string line = identity_line(identity);
  const std::string_view stored = content.substr(kMagic.size());
  if (!stored.starts_with(line)) {
    throw InputError(
        ExitCode::kNotComparable,
        {file.string(),
         "it belongs to another run: " + printable(stored.substr(0, stored.find('\n'))),
         std::string(identity), "use another output folder"});
  }
  archive.expect(line);
  walk(archive);
  archive.expect_end();
}

}  // namespace kgaudit::models
