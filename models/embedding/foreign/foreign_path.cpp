#include "models/embedding/foreign/foreign_path.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

namespace fs = std::filesystem;

/// A folder of more files than this is no checkpoint.
constexpr std::size_t kMostEntries = 10'000;

bool is_within(const fs::path& inner, const fs::path& outer) {
  const auto [outer_end, inner_at] =
      std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return outer_end == outer.end() || (std::next(outer_end) == outer.end() && outer_end->empty());
}

/// A pickle of protocol 2 and more says so. An older one is text: an opcode that makes a value, and
/// STOP as its last byte.
bool begins_like_pickle(std::string_view bytes) {
  if (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) return true;
  if (bytes.size() < 4 || bytes.back() != '.') return false;
  // MARK, then a value's opcode.
  if (bytes.front() == '(') {
    return std::string_view("dlicSVIFNK(").find(bytes[1]) != std::string_view::npos &&
           bytes.substr(0, bytes.find('\n')).find('\t') == std::string_view::npos;
  }
  // GLOBAL: a module and a name, each a line of its own.
  if (bytes.front() != 'c') return false;
  const std::size_t first = bytes.find('\n');
  const std::size_t second = first == std::string_view::npos ? first : bytes.find('\n', first + 1);
  return second < 400 && bytes.substr(0, second).find_first_of(" \t") == std::string_view::npos;
}

}  // namespace

ForeignPath::ForeignPath(fs::path path, ReadOptions options)
    : path_(std::move(path)), options_(std::move(options)), budget_(options_.max_memory) {
  std::error_code failure;
  const fs::file_status status = fs::status(path_, failure);
  is_folder_ = fs::is_directory(status);
  if (is_folder_) return;
  if (!fs::exists(status)) {
    throw InputError::unreadable(path_.string(), "no such file or folder",
                                 "a file or folder of embeddings", "check the path");
  }
  static_cast<void>(file());
}

std::shared_ptr<const MappedFile> ForeignPath::remember(const fs::path& file) {
  for (const auto& known : kept_->files) {
    if (known->path() == file) return known;
  }
  return kept_->files.emplace_back(std::make_shared<const MappedFile>(file));
}

std::shared_ptr<const MappedFile> ForeignPath::file() {
  KGA_REQUIRE(!is_folder_, "{} is a folder", path_.string());
  if (!file_) file_ = remember(path_);
  return file_;
}

std::string_view ForeignPath::head() {
  return is_folder_ ? std::string_view() : file()->bytes().substr(0, kHeadBytes);
}

std::string ForeignPath::file_name() const {
  return is_folder_ ? std::string() : path_.filename().string();
}

fs::path ForeignPath::folder() const {
  if (is_folder_) return path_;
  const fs::path parent = path_.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

const std::vector<std::string>& ForeignPath::entries() {
  if (listed_ || !is_folder_) return entries_;
  listed_ = true;
  std::error_code failure;
  for (fs::directory_iterator at(path_, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (entries_.size() == kMostEntries) {
      throw InputError::unreadable(place(), fmt::format("more than {} files", kMostEntries),
                                   "the folder of one embedding", "name the file in it");
    }
    entries_.push_back(at->path().filename().string());
  }
  if (failure) {
    throw InputError::unreadable(place(), failure.message(), "a folder that can be read");
  }
  std::sort(entries_.begin(), entries_.end());
  return entries_;
}

bool ForeignPath::has(std::string_view name) const {
  std::error_code failure;
  return fs::is_regular_file(folder() / name, failure);
}

fs::path ForeignPath::confined(std::string_view name) const {
  fs::path wanted = folder() / name;
  std::error_code failure;
  const fs::path real = fs::canonical(wanted, failure);
  if (!failure && !is_within(real, fs::canonical(folder(), failure))) {
    throw InputError::unsafe(wanted.string(), fmt::format("a link to {}", real.string()),
                             "files that lie in the folder that was given",
                             "copy the file into the folder if it belongs there");
  }
  return wanted;
}

std::shared_ptr<const MappedFile> ForeignPath::open(std::string_view name) {
  return remember(confined(name));
}

std::shared_ptr<const MappedFile> ForeignPath::look_at(std::string_view name) const {
  const fs::path file = confined(name);
  for (const auto& known : kept_->files) {
    if (known->path() == file) return known;
  }
  return std::make_shared<const MappedFile>(file);
}

std::shared_ptr<const MappedFile> ForeignPath::open_named(const fs::path& file) {
  return remember(file);
}

std::shared_ptr<const TorchFile> ForeignPath::torch() {
  if (!torch_asked_ && !is_folder_) {
    torch_asked_ = true;
    if (TorchFile::begins_like_torch(file()->bytes())) {
      kept_->torch = std::make_shared<const TorchFile>(file()->bytes(), place(), budget_);
      kept_->tensors = state_dict_tensors(*kept_->torch, kept_->torch->root());
    }
  }
  return kept_->torch;
}

const std::map<std::string, TensorView>& ForeignPath::tensors() {
  static_cast<void>(torch());
  return kept_->tensors;
}

std::shared_ptr<const Pickle> ForeignPath::pickle() {
  if (!pickle_asked_ && !is_folder_) {
    pickle_asked_ = true;
    const std::string_view bytes = file()->bytes();
    if (begins_like_pickle(bytes) && !TorchFile::begins_like_torch(bytes)) {
      kept_->pickle = std::make_shared<const Pickle>(bytes, place(), budget_);
    }
  }
  return kept_->pickle;
}

void ForeignPath::remember_identity(const fs::path& file, SourceFile identity) {
  identities_.insert_or_assign(file, std::move(identity));
}

std::vector<SourceFile> ForeignPath::sources() const {
  std::vector<SourceFile> all;
  for (const auto& file : kept_->files) {
    const auto known = identities_.find(file->path());
    SourceFile identity = known != identities_.end() ? known->second : file->identity();
    // Within a folder, files of one name may lie in several places.
    if (is_folder_) {
      const fs::path relative = file->path().lexically_relative(path_);
      if (!relative.empty() && *relative.begin() != "..") identity.name = relative.string();
    }
    all.push_back(std::move(identity));
  }
  return all;
}

std::shared_ptr<const void> ForeignPath::keep() const { return kept_; }

}  // namespace kgaudit::models
