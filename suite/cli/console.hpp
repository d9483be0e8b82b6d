#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "suite/base/error.hpp"

namespace kgaudit::cli {

/// Why a command ends without its result. The parts are those of a Complaint where there is one.
struct Failure {
  int code = 0;
  std::string message;  ///< all of it, as people read it
  Complaint complaint = {};
};

/// The only way to stdout and stderr. Results go to stdout; notes, progress and errors to stderr,
/// so a result can be piped or redirected alone. Whatever characters a name of a file or graph has,
/// none that a terminal acts on gets out (see `visible`).
class Console {
 public:
  struct Options {
    bool quiet = false;          ///< results and errors only
    bool json = false;           ///< results are JSON; tables for people are left out
    std::string color = "auto";  ///< "auto", "always" or "never"
  };

  Console();
  void configure(const Options& options);

  [[nodiscard]] bool quiet() const { return options_.quiet; }
  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] bool stderr_is_terminal() const { return stderr_is_terminal_; }
  /// Bold and colour on stdout: as --color says, else a terminal, and neither NO_COLOR nor
  /// TERM=dumb is set.
  [[nodiscard]] bool colour() const { return colour_; }
  /// COLUMNS, else the columns of the terminal; 100 when there is none.
  [[nodiscard]] std::size_t width() const { return width_; }

  /// A result for people: stdout, and nowhere with --json.
  void show(std::string_view text) const;
  /// A result for programs: stdout, one line, and nowhere without --json. An object whose first
  /// field is the version of its "schema"; a list stands in its field "items". Bytes of a path that
  /// are not UTF-8, which JSON has no way to say, become U+FFFD.
  void show_json(const nlohmann::ordered_json& json) const;
  /// What a user may want to know but did not ask for: stderr, unless quiet.
  void note(std::string_view text) const;
  /// Why the program failed: stderr, always.
  void error(std::string_view text) const;
  /// The same for a program that ends with `code`; with --json its JSON on stdout, too.
  void fail(const Failure& failure) const;
  /// What was asked for by --help and --version, which have no JSON: stdout, also with --json.
  void answer(std::string_view text) const;
  /// The help of a command line without a command: stderr.
  void remind(std::string_view text) const;
  /// What stdout has not taken, in words of the system; "" if all of it went out. To be asked at
  /// the end.
  [[nodiscard]] std::string lost_output() const;
  /// Raw bytes for a progress line on stderr.
  void draw(std::string_view bytes) const;
  /// A sign of life on stderr, unless quiet: a dot. Whatever comes next begins on a new line.
  void dot() const;

 private:
  Options options_;
  bool stdout_draws_ = false;
  bool stderr_is_terminal_ = false;
  bool colour_ = false;
  std::size_t width_ = 100;

  /// Ends a line of dots. Locks stderr as long as the result lives.
  [[nodiscard]] std::unique_lock<std::mutex> fresh_line() const;
  mutable std::mutex stderr_;
  mutable bool dotted_ = false;
};

/// Opens /dev/null in place of stdin, stdout and stderr where they are closed. Else the next file
/// that is opened, a record perhaps, gets the number of one of them, and what is printed is written
/// into it.
void open_standard_streams();

}  // namespace kgaudit::cli
