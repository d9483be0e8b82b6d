#include <set>

#include "reports/record/fact_names.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;

TEST_CASE("A fact is named with every facet it is recorded with", "[reports][facts]") {
  CHECK(kMrrWithoutSensitive.all_facets() == Facets{{"filter", "filtered"},
                                                    {"set", "without_sensitive"},
                                                    {"side", "both"},
                                                    {"ties", "realistic"}});
  CHECK(kMlpAccuracy.all_facets("gender") ==
        Facets{{"attribute", "gender"}, {"persons", "stated"}, {"probe", "mlp"}});
  CHECK(kSecondsPerEpoch.all_facets("gender").empty());
}

TEST_CASE("No two headline facts are the same", "[reports][facts]") {
  std::set<std::pair<std::string, Facets>> seen;
  for (const FactName& fact : headline_facts()) {
    CAPTURE(fact.metric);
    CHECK(seen.emplace(fact.metric, fact.all_facets("gender")).second);
  }
}
