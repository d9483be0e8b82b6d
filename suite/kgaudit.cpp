#include "suite/cli/program.hpp"

int main(int argc, char** argv) { return kgaudit::cli::run_program(argc, argv); }
