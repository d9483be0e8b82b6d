#include "suite/run/text_file.hpp"

#include <fstream>
#include <sstream>

#include "suite/base/error.hpp"

namespace kgaudit::run {

std::string read_text_file(const std::filesystem::path& file, std::string_view expected) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) {
    throw InputError::unreadable(file.string(), "cannot be read", std::string(expected));
  }
  return text.str();
}

void write_text_file(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.flush();
  if (!out) {
    throw InputError::usage(file.string(), "cannot be written", "a file this user may write");
  }
}

}  // namespace kgaudit::run
