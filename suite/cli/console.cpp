#include "suite/cli/console.hpp"

#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include "suite/base/text.hpp"

namespace kgaudit::cli {
namespace {

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool draws(int descriptor) {
  const char* terminal = std::getenv("TERM");
  return isatty(descriptor) == 1 && !(terminal != nullptr && std::string_view(terminal) == "dumb");
}

}  // namespace

Console::Console()
    : stderr_is_terminal_(draws(STDERR_FILENO)),
      colour_(draws(STDOUT_FILENO) && !is_set("NO_COLOR")) {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
      width_ = size.ws_col;
      return;
    }
  }
}

void Console::show(std::string_view text) const {
  if (!options_.json) write(stdout, text);
}

void Console::show_json(std::string_view json) const {
  if (options_.json) write(stdout, std::string(json) + "\n");
}

void Console::note(std::string_view text) const {
  if (!options_.quiet) write(stderr, std::string(text) + "\n");
}

void Console::error(std::string_view text) const {
  write(stderr, "kgaudit: " + std::string(text) + "\n");
}

void Console::draw(std::string_view bytes) const { write(stderr, bytes); }

}  // namespace kgaudit::cli
