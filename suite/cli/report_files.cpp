#include "suite/cli/report_files.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::cli {

void make_report_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw InputError::usage(folder.string(), error.message(), "a folder that can be made");
  }
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
