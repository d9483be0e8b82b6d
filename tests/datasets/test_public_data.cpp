// The figures are those that independent readers of the same files published (docs of the data sets
// and counts made with other tools).
#include <algorithm>

#include "datasets/load_dataset.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;

namespace {

Dataset load_from_mirror(const std::string& id, const std::filesystem::path& mirror) {
  const tests::TemporaryDirectory cache;
  LoadOptions options;
  options.fetch.cache = cache.path();
  options.fetch.mirror = mirror.string();
  return load_dataset(KnownDataset{id}, options);
}

std::size_t count_train(const Dataset& data, std::string_view relation) {
  const auto id = data.graph.relations().find(relation);
  REQUIRE(id);
  return static_cast<std::size_t>(
      std::ranges::count(data.graph.train(), RelationId(*id), &Triple::relation));
}

std::string value_name(const Dataset& data, const PersonAttribute& attribute, std::size_t value) {
  return data.graph.entities().name(attribute.values()[value].value);
}

const IntegrityFinding* find(const Dataset& data, std::string_view id, std::string_view subject) {
  for (const IntegrityFinding& f : data.integrity.findings)
    if (f.id == id && f.subject == subject) return &f;
  return nullptr;
}

}  // namespace

TEST_CASE("FB15k-237 loads with the published counts", "[datasets][fb15k-237]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  const Dataset data = load_from_mirror("fb15k-237", mirror);
  CHECK(data.graph.entity_count() == 14541);
  CHECK(data.graph.relation_count() == 237);
  CHECK(data.graph.train().size() == 272115);
  CHECK(data.graph.valid().size() == 17535);
  CHECK(data.graph.test().size() == 20466);

  const PersonAttribute& gender = *data.attributes.find("gender");
  CHECK(count_train(data, "/people/person/gender") == 3717);
  REQUIRE(gender.values().size() == 2);
  CHECK(value_name(data, gender, 0) == "/m/05zppz");
  CHECK(value_name(data, gender, 1) == "/m/02zsn");
  CHECK(gender.train_counts()[0] == 2914);
  CHECK(gender.train_counts()[1] == 803);

  const PersonAttribute& profession = *data.attributes.profession();
  CHECK(count_train(data, "/people/person/profession") == 10945);
  CHECK(profession.train_persons().size() == 4123);
  CHECK(std::ranges::count_if(profession.train_counts(), [](auto n) { return n > 0; }) == 149);

  const PersonAttribute& ethnicity = *data.attributes.find("ethnicity");
  CHECK(ethnicity.source().inverse);
  CHECK(count_train(data, "/people/ethnicity/people") == 2063);
  CHECK(std::ranges::count_if(ethnicity.train_counts(), [](auto n) { return n > 0; }) == 75);

  const PersonAttribute& nationality = *data.attributes.find("nationality");
  CHECK(nationality.train_persons().size() == 3754);
  CHECK(std::ranges::count_if(nationality.train_counts(), [](auto n) { return n > 0; }) == 100);
  CHECK(data.attributes.find("religion")->train_persons().size() == 962);

  CHECK(data.labels[*data.graph.entities().find("/m/02zsn")] == "female organism");
  CHECK(data.whitelist.entries.size() == 4);
  CHECK(data.files.size() == 2);
  CHECK(data.files[0].name == "FB15k-237.tar.gz");
  CHECK(data.files[0].bytes == 3678603);
  CHECK(data.files[0].sha256 == "311df7930f842a02979eaa7a802484a6afe62303c07f915f1e6edbc30cbe05e8");
}

TEST_CASE("FB15k-237 reports its test entities that train never shows", "[datasets][fb15k-237]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  const Dataset data = load_from_mirror("fb15k-237", mirror);
  const IntegrityFinding* unseen = find(data, "unseen_entities", "test");
  REQUIRE(unseen != nullptr);
  CHECK(unseen->count == 29);
  CHECK(unseen->detail.find("in 28 of its triples") != std::string::npos);
  CHECK(find(data, "duplicate_triples", "train") == nullptr);
  CHECK(find(data, "shared_triples", "train/test") == nullptr);
  REQUIRE(find(data, "absent_whitelist_names", "") != nullptr);
}

TEST_CASE("FB13 loads from id files with the published counts", "[datasets][fb13]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  const Dataset data = load_from_mirror("fb13", mirror);
  CHECK(data.graph.entity_count() == 75043);
  CHECK(data.graph.relation_count() == 13);
  CHECK(data.graph.train().size() == 316232);
  CHECK(data.graph.valid().size() == 5908);
  CHECK(data.graph.test().size() == 23733);
  // relation2id.txt lacks its last line end; the last relation must not be lost with it.
  CHECK(data.graph.relations().name(12) == "ethnicity");
  const PersonAttribute& gender = *data.attributes.find("gender");
  CHECK(count_train(data, "gender") == 59423);
  CHECK(value_name(data, gender, 0) == "male");
  CHECK(gender.train_counts()[0] == 52426);
  CHECK(gender.train_counts()[1] == 6997);
  CHECK(count_train(data, "religion") == 8112);
  CHECK(count_train(data, "ethnicity") == 4698);
  CHECK(count_train(data, "nationality") == 47581);
  CHECK(count_train(data, "profession") == 45931);
}

TEST_CASE("CoDEx-S loads with the published counts and no gender", "[datasets][codex-s]") {
  KGA_SHARED_DATA_OR_SKIP(mirror, "mirror");
  const Dataset data = load_from_mirror("codex-s", mirror);
  CHECK(data.graph.train().size() == 32888);
  CHECK(data.graph.valid().size() == 1827);
  CHECK(data.graph.test().size() == 1828);
  CHECK(count_train(data, "P140") == 366);
  CHECK(count_train(data, "P172") == 360);
  CHECK(count_train(data, "P27") == 1648);
  CHECK(count_train(data, "P106") == 10197);
  CHECK(data.attributes.find("gender") == nullptr);
  CHECK(data.attributes.sensitive().size() == 3);
}
