#pragma once

#include <filesystem>

namespace kgaudit {

/// A folder that appears under its name only when all of it is written; else nothing is left of it.
/// Nothing that is there already is touched.
class NewFolder {
 public:
  /// Throws InputError (usage) when something is there that is not an empty folder, and when the
  /// disk refuses.
  explicit NewFolder(const std::filesystem::path& folder);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  /// Where to write meanwhile.
  [[nodiscard]] const std::filesystem::path& part() const { return part_; }
  /// Gives the folder its name. The last call. Throws InputError (usage).
  void commit();

 private:
  std::filesystem::path named_;
  std::filesystem::path target_;
  std::filesystem::path part_;
};

}  // namespace kgaudit
