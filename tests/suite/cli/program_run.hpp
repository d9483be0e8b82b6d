#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/test_support.hpp"

namespace kgaudit::tests {

/// What one call of the built program left behind.
struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// The built program in a fresh working directory, its input and output no terminal.
class ProgramRun {
 public:
  /// Runs `kgaudit <arguments>`; `environment` goes before it, as in a shell ("NO_COLOR=1").
  [[nodiscard]] Outcome operator()(const std::string& arguments,
                                   const std::string& environment = "") const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryDirectory folder_;
};

/// The words of a line as a shell splits it, from the program's name to the end of its command.
/// What follows a blank and # is a comment.
[[nodiscard]] std::vector<std::string> words_of_call(const std::string& line);

/// A plan of a second: one thousand entities, few epochs, two systems.
inline constexpr const char* kTinyBench =
    "bench --set dataset.planted-people.entities=1000 --epochs 3 --dimension 8 --seeds 1 "
    "--systems basic,kl --metrics link_prediction,score_gap --threads 1 ";

}  // namespace kgaudit::tests
