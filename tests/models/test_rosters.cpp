#include <set>
#include <string>
#include <string_view>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/writing/output_format.hpp"
#include "models/scoring/score_function.hpp"
#include "models/training/loss.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;

namespace {

template <typename Entries>
void check_roster(const Entries& entries) {
  const std::set<std::string> tags = tests::test_tags();
  std::set<std::string_view> ids;
  for (const auto* entry : entries) {
    CAPTURE(entry->id);
    CHECK(ids.insert(entry->id).second);
    CHECK(tags.contains(std::string(entry->id)));
    CHECK_FALSE(entry->title.empty());
    if constexpr (requires { entry->in_words; }) CHECK(entry->in_words.ends_with("."));
    CHECK_FALSE(entry->source.empty());
    CHECK_FALSE(entry->pitfalls.empty());
  }
}

}  // namespace

TEST_CASE("Every system has a test with its tag, a source and pitfalls", "[models]") {
  check_roster(systems());
}

TEST_CASE("Every score has a test with its tag, a source and pitfalls", "[models]") {
  check_roster(scores());
}

TEST_CASE("Every loss has a test with its tag, a source and pitfalls", "[models]") {
  check_roster(losses());
}

TEST_CASE("Every optimiser has a test with its tag, a source and pitfalls", "[models]") {
  check_roster(optimizers());
}

TEST_CASE("Every embedding format has a test with its tag, a source and pitfalls", "[models]") {
  check_roster(embedding_formats());
}

TEST_CASE("Every output format has a test with its tag, a source and pitfalls", "[models]") {
  check_roster(output_formats());
}
