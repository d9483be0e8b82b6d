// What tests tell of themselves: which were skipped, and which tags there are.
#define CATCH_CONFIG_EXTERNAL_INTERFACES

#include <iostream>
#include <utility>
#include <vector>

#include "tests/test_support.hpp"

namespace kgaudit::tests {
namespace {

/// Test and reason, in the order in which they ran.
std::vector<std::pair<std::string, std::string>>& skipped_tests() {
  static std::vector<std::pair<std::string, std::string>> tests;
  return tests;
}

/// Catch2 2 has no word for a skipped test: this prints the list at the end of the program.
class SkippedTests : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;
  void testRunEnded(const Catch::TestRunStats& stats) override {
    TestEventListenerBase::testRunEnded(stats);
    if (skipped_tests().empty()) return;
    std::cout << skipped_tests().size() << " tests skipped:\n";
    for (const auto& [name, reason] : skipped_tests()) {
      std::cout << "  " << name << ": " << reason << "\n";
    }
  }
};
CATCH_REGISTER_LISTENER(SkippedTests)

}  // namespace

void note_skipped(const std::string& reason) {
  skipped_tests().emplace_back(Catch::getResultCapture().getCurrentTestName(), reason);
}

std::set<std::string> test_tags() {
  std::set<std::string> tags;
  for (const Catch::TestCase& test : Catch::getRegistryHub().getTestCaseRegistry().getAllTests()) {
    tags.insert(test.tags.begin(), test.tags.end());
  }
  return tags;
}

}  // namespace kgaudit::tests
