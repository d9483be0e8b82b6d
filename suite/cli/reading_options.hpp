#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/embedding/foreign/foreign_path.hpp"
#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// The options that say what a user knows of another tool's embedding files.
class ReadingOptions {
 public:
  /// Declares PATH, as an argument or as the option `path`, and the other options on `line`; they
  /// are filled when it is parsed.
  explicit ReadingOptions(CommandLine line, std::string path = "path");

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Throws InputError (usage) for a memory size that is none.
  [[nodiscard]] models::ReadOptions options() const;

 private:
  std::string path_;
  std::string format_;
  std::string entities_;
  std::string relations_;
  std::string model_;
  std::string norm_;
  std::string normalise_;
  std::string layout_;
  std::optional<std::uint64_t> dimension_;
  std::string max_memory_;
};

}  // namespace kgaudit::cli
