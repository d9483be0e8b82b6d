#include "tests/fuzz/fuzz_target.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include <unistd.h>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::fuzz {
namespace {

namespace fs = std::filesystem;

class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code failure;
    const fs::path memory = "/dev/shm";
    const fs::path above = fs::is_directory(memory, failure) && ::access(memory.c_str(), W_OK) == 0
                               ? memory
                               : fs::temp_directory_path();
    std::string pattern = (above / "kgaudit-fuzz-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code failure;
    fs::remove_all(path_, failure);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

#define KGA_ENTRY(stem, id) void stem(std::string_view bytes);
namespace targets {
#include "tests/fuzz/targets.def"
}  // namespace targets
#undef KGA_ENTRY

std::span<const FuzzTarget> fuzz_targets() {
#define KGA_ENTRY(stem, id) FuzzTarget{id, &targets::stem},
  static const FuzzTarget kAll[] = {
#include "tests/fuzz/targets.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const FuzzTarget* find_fuzz_target(std::string_view id) {
  const auto all = fuzz_targets();
  const auto found = std::ranges::find(all, id, &FuzzTarget::id);
  return found == all.end() ? nullptr : &*found;
}

void run_fuzz_target(const FuzzTarget& target, std::string_view bytes) {
  try {
    target.read(bytes);
  } catch (const InputError&) {
    // What a reader owes to a broken file.
  }
}

const fs::path& scratch_folder() {
  static const ScratchFolder folder;
  return folder.path();
}

fs::path scratch_file(std::string_view folder, std::string_view name, std::string_view bytes) {
  const fs::path within = scratch_folder() / folder;
  fs::create_directories(within);
  fs::path file = within / name;
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  const std::unique_ptr<std::FILE, Close> handle(std::fopen(file.c_str(), "wbe"));
  // An empty view has no address, and fwrite must not be given a null one.
  const bool written = handle && (bytes.empty() || std::fwrite(bytes.data(), 1, bytes.size(),
                                                               handle.get()) == bytes.size());
  if (!written) {
    std::abort();
  }
  return file;
}

void read_embedding(const fs::path& file, std::string_view format) {
  models::ReadOptions options;
  options.format = format;
  options.max_memory = kFuzzMemory;
  models::ForeignEmbedding embedding = models::read_foreign_embedding(file, options);
  static_cast<void>(models::score_hypotheses(embedding));
  MemoryBudget budget(kFuzzMemory);
  for (models::RelationTable& table : embedding.relations) {
    static_cast<void>(models::take_rows(table.rows, "relations", budget));
  }
  static_cast<void>(models::take_rows(embedding.entities, "entities", budget));
  KGA_REQUIRE(
      embedding.entity_names.empty() || embedding.entity_names.size() == embedding.entities.rows(),
      "{} names of {} rows", embedding.entity_names.size(), embedding.entities.rows());
}

}  // namespace kgaudit::fuzz
