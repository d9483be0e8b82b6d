#include "reports/document/shortened_markdown.hpp"

#include <string>

#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

const std::string kReport = "# Title\n\nWords.\n\n## One\n\n```\n## no heading\n```\n\n## Two\n\n" +
                            std::string(300, 'x') + "\n\n## Three\n\ny\n";

TEST_CASE("A report that fits stays as it is", "[reports][markdown]") {
  CHECK(shortened_markdown(kReport, kReport.size()) == kReport);
}

TEST_CASE("A report that is too long loses whole sections and names them", "[reports][markdown]") {
  const std::string text = shortened_markdown(kReport, 250);
  CHECK(text ==
        "# Title\n\nWords.\n\n## One\n\n```\n## no heading\n```\n\nLeft out to stay within 250 "
        "bytes: Two, "
        "Three. `kgaudit report` without --max-bytes has all.\n");
  for (std::size_t bytes = 0; bytes < kReport.size() + 2; ++bytes) {
    CHECK(shortened_markdown(kReport, bytes).size() <= bytes);
  }
}

}  // namespace
}  // namespace kgaudit::reports
