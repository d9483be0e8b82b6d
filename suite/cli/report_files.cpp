#include "suite/cli/report_files.hpp"

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

}  // namespace kgaudit::cli
