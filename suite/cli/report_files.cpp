#include "suite/cli/report_files.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::cli {

namespace {

/// A folder that holds this file may get other reports. Its text is for whoever finds it.
constexpr const char* kMark = ".kgaudit-report";
constexpr std::string_view kMarkText =
    "kgaudit report wrote into this folder, and the next report may replace its files.\n";

/// Files that no report made stay: only an empty folder, one with an earlier report, and that of a
/// run get a report.
void refuse_foreign_folder(const std::filesystem::path& folder) {
  std::error_code error;  // what is wrong with the folder is told when it is made
  const auto lies_there = [&](const char* name) {
    return std::filesystem::exists(folder / name, error);
  };
  if (std::filesystem::is_symlink(folder / "figures", error)) {
    throw InputError::usage((folder / "figures").string(), "a link",
                            "a folder of its own for the figures", "--out with a new folder");
  }
  if (!std::filesystem::is_directory(folder, error)) return;
  for (const char* own : {"record.jsonl", "search.jsonl", "sweep.jsonl"}) {
    if (lies_there(own)) return;
  }
  // A report that was killed at once has left its mark under the temporary name.
  const auto is_mark = [](const std::filesystem::directory_entry& entry) {
    return entry.path().filename().string().starts_with(kMark);
  };
  const std::filesystem::directory_iterator entries(folder, error);
  if (lies_there(kMark) || std::all_of(begin(entries), end(entries), is_mark)) return;
  throw InputError::usage(folder.string(), "a folder with files that kgaudit report did not write",
                          "a new or empty folder, or one of an earlier report",
                          "move them away, or --out with a new folder");
}

}  // namespace

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw InputError::usage(folder.string(), error.message(), "a folder that can be made");
  }
}

void make_report_folder(const std::filesystem::path& folder) {
  refuse_foreign_folder(folder);
  make_folder(folder);
  write_atomically(folder / kMark, kMarkText, kOutputComplaint);
}

std::vector<std::filesystem::path> write_reports(
    const reports::Report& report, std::span<const reports::ReportWriter* const> formats,
    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> written;
  for (const reports::ReportWriter* format : formats) {
    for (const reports::NamedBytes& file : format->write(report)) {
      write_atomically(folder / file.name, file.bytes, kOutputComplaint);
      written.push_back(folder / file.name);
    }
  }
  return written;
}

void show_files(const Console& console, const std::filesystem::path& folder,
                std::span<const std::filesystem::path> files) {
  constexpr std::size_t kMost = 3;
  auto json = nlohmann::ordered_json::array();
  for (const std::filesystem::path& file : files) json.push_back(file.string());
  console.show_json({{"files", json}});
  if (files.size() <= kMost) {
    for (const std::filesystem::path& file : files) console.show(file.string() + "\n");
    return;
  }
  for (const char* main : {"report.html", "report.md"}) {
    if (std::ranges::find(files, folder / main) == files.end()) continue;
    console.show((folder / main).string() + "\n");
  }
  console.show(fmt::format("{} files in {}\n", files.size(), folder.string()));
}

}  // namespace kgaudit::cli
