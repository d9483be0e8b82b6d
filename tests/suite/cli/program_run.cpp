#include "tests/suite/cli/program_run.hpp"

#include <cstdlib>

#include <sys/wait.h>

namespace kgaudit::tests {

Outcome ProgramRun::operator()(const std::string& arguments, const std::string& environment) const {
  const auto out = folder_ / ".stdout";
  const auto err = folder_ / ".stderr";
  const std::string line = "cd '" + folder_.path().string() + "' && " + environment + " '" +
                           program_file().string() + "' " + arguments + " </dev/null >'" +
                           out.string() + "' 2>'" + err.string() + "'";
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(out), read_file(err)};
}

}  // namespace kgaudit::tests
