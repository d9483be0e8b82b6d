#include <stdexcept>
#include <string>
#include <vector>

#include "suite/base/progress.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

namespace {

class Heard : public Progress {
 public:
  void begin(std::string_view stage, std::uint64_t total) override {
    calls.push_back("begin " + std::string(stage) + " " + std::to_string(total));
  }
  void advance(std::uint64_t done, std::string_view note) override {
    calls.push_back("advance " + std::to_string(done) + std::string(note));
  }
  void end() override { calls.emplace_back("end"); }
  void give_up() override { calls.emplace_back("give up"); }

  std::vector<std::string> calls;
};

}  // namespace

TEST_CASE("A stage begins and ends with its block", "[base][progress]") {
  Heard heard;
  {
    Stage stage(heard, "reading", 3);
    stage.advance(2, " lines");
  }
  CHECK(heard.calls == std::vector<std::string>{"begin reading 3", "advance 2 lines", "end"});
}

TEST_CASE("A stage that an exception leaves is given up", "[base][progress]") {
  Heard heard;
  try {
    const Stage stage(heard, "reading");
    throw std::runtime_error("torn");
  } catch (const std::runtime_error&) {
    const Stage next(heard, "tidying up");
  }
  CHECK(heard.calls ==
        std::vector<std::string>{"begin reading 0", "give up", "begin tidying up 0", "end"});
}

TEST_CASE("Progress that nobody draws does nothing", "[base][progress]") {
  Progress nobody;
  const Stage stage(nobody, "reading");
  CHECK_FALSE(nobody.stop_requested());
}
