#include "suite/cli/record_file.hpp"

#include "suite/run/run_directory.hpp"

namespace kgaudit::cli {

std::filesystem::path record_file(const std::string& given) {
  return std::filesystem::is_directory(given) ? run::RunDirectory::record_in(given)
                                              : std::filesystem::path(given);
}

}  // namespace kgaudit::cli
