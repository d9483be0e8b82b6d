#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "datasets/dataset_card.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// Where fetched files are kept: $KGAUDIT_DATA, else $XDG_CACHE_HOME/kgaudit, else
/// ~/.cache/kgaudit. Throws InputError (usage) if none of the three variables is set.
[[nodiscard]] std::filesystem::path default_cache_directory();

/// The mirror of $KGAUDIT_MIRROR; empty when it is not set.
[[nodiscard]] std::string default_mirror();

struct FetchOptions {
  std::filesystem::path cache;  ///< empty = default_cache_directory()
  /// A folder or an http(s) address that holds the original files by host and path; "" = the
  /// original addresses. https://host/a/b is looked for at MIRROR/host/a/b; a query of the mirror,
  /// such as an access token, goes behind that. Secrets in it are never shown (shown_address).
  std::string mirror = default_mirror();
  unsigned attempts = 5;  ///< transfers tried for one file; at least 1
  /// How to wait before trying again; the default sleeps. Waits are 0.5 s, 1 s, 2 s, ... at most 30
  /// s.
  std::function<void(std::chrono::milliseconds)> wait;
  std::chrono::seconds stall{60};  ///< a transfer without a byte for so long counts as cut
};

/// An address as messages may show it: of a web address user, password and query are secrets, and
/// each is written "***".
[[nodiscard]] std::string shown_address(const std::string& address);

/// HOST/PATH of an address: where a mirror and the cache keep it. Throws InputError (unsafe) for an
/// address that is not http(s), has no host or path, or whose path climbs.
[[nodiscard]] std::filesystem::path mirror_path(const std::string& url);

/// Where the card's file is read from: in the cache, or beside the user's card.
[[nodiscard]] std::filesystem::path location(const DatasetCard& card, const CardFile& file,
                                             const std::filesystem::path& cache);

/// Brings the file into the cache unless it is there with the right digest already, and returns its
/// path. Transfers go to PATH.part and are continued there after a cut, even by a later process;
/// the file gets its name only when its SHA-256 is right.
/// Throws InputError (unreadable) when the server refuses, all attempts are used up, the file is
/// longer than the card says, or its digest is wrong (got and expected are named; the bad file is
/// removed), usage for a mirror that is neither a folder nor an http(s) address; Interrupted when
/// the user asked to stop (what came is kept for the next time).
std::filesystem::path fetch_file(const CardFile& file, const FetchOptions& options = {},
                                 Progress& progress = silent_progress());

/// fetch_file for every file of the card that has an address; paths in card order.
std::vector<std::filesystem::path> fetch_dataset(const DatasetCard& card,
                                                 const FetchOptions& options = {},
                                                 Progress& progress = silent_progress());

enum class FileCondition { kGood, kMissing, kWrong, kUnchecked };

/// "ok", "missing", "wrong digest", "no digest to check against".
[[nodiscard]] std::string_view to_text(FileCondition condition);

/// What `verify_dataset` found about one file.
struct FileState {
  CardFile file;
  std::filesystem::path path;
  FileCondition condition = FileCondition::kMissing;
  std::string got_sha256;  ///< empty when missing; expected is file.sha256
  std::uint64_t got_bytes = 0;
};

/// Looks at every file of the card; fetches and changes nothing.
[[nodiscard]] std::vector<FileState> verify_dataset(const DatasetCard& card,
                                                    const std::filesystem::path& cache = {});

}  // namespace kgaudit::datasets
