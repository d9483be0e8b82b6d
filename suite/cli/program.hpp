#pragma once

namespace kgaudit::cli {

/// The whole program: parses the command line, runs the chosen command, and turns what it throws
/// into a message on stderr and an exit code (suite/base/exit_code.hpp; 130 when interrupted).
int run_program(int argc, char** argv);

}  // namespace kgaudit::cli
