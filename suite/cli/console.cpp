#include "suite/cli/console.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "suite/base/text.hpp"
#include "suite/base/visible.hpp"
#include "suite/cli/exit_codes.hpp"

namespace kgaudit::cli {
namespace {

/// The first error of stdout, which a later write may not repeat. A process has one stdout.
int& stdout_failure() {
  static int number = 0;
  return number;
}

void write(std::FILE* stream, std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  if (std::fflush(stream) == 0 && whole) return;
  if (stream == stdout && stdout_failure() == 0) stdout_failure() = errno == 0 ? EIO : errno;
}

/// `visible`, but for what tables are drawn with on a terminal.
std::string visible_but_bold(std::string_view text) {
  constexpr std::array<std::string_view, 2> kDrawn = {"\x1b[1m", "\x1b[0m"};
  std::string out;
  while (!text.empty()) {
    const std::size_t escape = std::min(text.find('\x1b'), text.size());
    out += visible(text.substr(0, escape));
    text.remove_prefix(escape);
    if (text.empty()) break;
    const auto drawn = std::ranges::find_if(
        kDrawn, [text](std::string_view code) { return text.starts_with(code); });
    const std::size_t length = drawn == kDrawn.end() ? 1 : drawn->size();
    out += drawn == kDrawn.end() ? visible(text.substr(0, 1)) : std::string(*drawn);
    text.remove_prefix(length);
  }
  return out;
}

constexpr std::size_t kNarrowestTerminal = 40;
constexpr std::size_t kWidestTerminal = 10'000;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool draws(int descriptor) {
  const char* terminal = std::getenv("TERM");
  return isatty(descriptor) == 1 && !(terminal != nullptr && std::string_view(terminal) == "dumb");
}

/// Version of what --json prints; another meaning or another field is another version.
constexpr int kResultSchema = 1;

/// The result with its version in front. A file of the gate has its own; a list becomes the "items"
/// of an object.
nlohmann::ordered_json with_schema(const nlohmann::ordered_json& result) {
  if (result.is_object() && result.contains("schema")) return result;
  nlohmann::ordered_json versioned = {{"schema", kResultSchema}};
  if (result.is_object()) {
    versioned.update(result);
  } else {
    versioned["items"] = result;
  }
  return versioned;
}

}  // namespace

Console::Console()
    : stdout_draws_(draws(STDOUT_FILENO)), stderr_is_terminal_(draws(STDERR_FILENO)) {
  configure({});
  if (is_set("COLUMNS")) {
    const auto columns = parse_uint(std::getenv("COLUMNS"));
    if (columns && *columns >= kNarrowestTerminal && *columns <= kWidestTerminal) {
      width_ = *columns;
      return;
    }
  }
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= kNarrowestTerminal) {
      width_ = size.ws_col;
      return;
    }
  }
}

void Console::configure(const Options& options) {
  options_ = options;
  colour_ = options.color == "always" ||
            (options.color == "auto" && stdout_draws_ && !is_set("NO_COLOR"));
}

std::unique_lock<std::mutex> Console::fresh_line() const {
  std::unique_lock<std::mutex> lock(stderr_);
  if (dotted_) write(stderr, "\n");
  dotted_ = false;
  return lock;
}

void Console::show(std::string_view text) const {
  const auto lock = fresh_line();
  if (!options_.json) write(stdout, colour_ ? visible_but_bold(text) : visible(text));
}

void Console::show_json(const nlohmann::ordered_json& json) const {
  const auto lock = fresh_line();
  if (!options_.json) return;
  write(stdout, visible(with_schema(json).dump(-1, ' ', false,
                                               nlohmann::ordered_json::error_handler_t::replace)) +
                    "\n");
}

void Console::note(std::string_view text) const {
  const auto lock = fresh_line();
  if (!options_.quiet) write(stderr, visible(text) + "\n");
}

void Console::error(std::string_view text) const {
  const auto lock = fresh_line();
  write(stderr, "kgaudit: " + visible(text) + "\n");
}

void Console::fail(const Failure& failure) const {
  error(failure.message);
  if (!options_.json) return;
  nlohmann::ordered_json json = {{"code", failure.code},
                                 {"meaning", exit_code_meaning(failure.code)},
                                 {"message", failure.message}};
  const std::pair<const char*, const std::string*> parts[] = {
      {"place", &failure.complaint.place},
      {"got", &failure.complaint.got},
      {"expected", &failure.complaint.expected},
      {"advice", &failure.complaint.advice}};
  for (const auto& [name, text] : parts) {
    if (!text->empty()) json[name] = *text;
  }
  show_json({{"error", json}});
}

void Console::answer(std::string_view text) const {
  write(stdout, colour_ ? visible_but_bold(text) : visible(text));
}

void Console::remind(std::string_view text) const { write(stderr, visible(text)); }

std::string Console::lost_output() const {
  write(stdout, "");
  if (stdout_failure() == 0 && std::ferror(stdout) != 0) stdout_failure() = EIO;
  return stdout_failure() == 0 ? "" : std::strerror(stdout_failure());
}

void Console::draw(std::string_view bytes) const {
  const auto lock = fresh_line();
  write(stderr, bytes);
}

void Console::dot() const {
  if (options_.quiet) return;
  const std::lock_guard<std::mutex> lock(stderr_);
  write(stderr, ".");
  dotted_ = true;
}

void open_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one: those below it are open. What is written to stdout shall
    // fail, as on a full disk; what is read from stdin ends, and nobody reads stderr.
    static_cast<void>(::open("/dev/null", number == STDOUT_FILENO ? O_RDONLY : O_RDWR));
  }
}

}  // namespace kgaudit::cli
