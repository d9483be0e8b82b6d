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

std::vector<std::string> words_of_call(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (const char c : line.substr(line.find("kgaudit ")) + " ") {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '|' || c == '>' || c == ')' || (c == '#' && word.empty()))) {
      break;
    } else if (!quoted && c == ' ') {
      if (!word.empty()) words.push_back(word);
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

}  // namespace kgaudit::tests
