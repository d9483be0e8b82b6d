#include <set>
#include <string>
#include <vector>

#include "datasets/dataset_card.hpp"
#include "datasets/known_datasets.hpp"
#include "datasets/load_dataset.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

std::string card_error(std::string_view toml) {
  try {
    static_cast<void>(parse_card(toml, "my.toml"));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string load_error(const DatasetSource& source, const LoadOptions& options = {}) {
  try {
    static_cast<void>(load_dataset(source, options));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// A graph of two nuns and a poet.
void write_people(const TemporaryDirectory& folder) {
  write_file(folder / "train.txt",
             "ann\tgender\tfemale\nbob\tgender\tmale\nann\tjob\tnun\nbob\tjob\tpoet\n"
             "ann\tspouse_of\tbob\n");
  write_file(folder / "valid.txt", "bob\tspouse_of\tann\n");
  write_file(folder / "test.txt", "ann\tjob\tpoet\n");
}

const std::string kPeopleCard =
    "id = 'people'\ntitle = 'Two people'\n"
    "[[sensitive]]\nid = 'gender'\nrelation = 'gender'\n"
    "[profession]\nrelation = 'job'\n";

}  // namespace

TEST_CASE(
    "Every roster entry is a card with that id, a test with its tag, checked files and counts",
    "[datasets]") {
  const std::set<std::string> tags = test_tags();
  const std::vector<std::string> ids = {
#define KGA_ENTRY(stem, id) id,
#include "datasets/cards/roster.def"
#undef KGA_ENTRY
  };
  const auto cards = embedded_cards();
  REQUIRE(cards.size() == ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const DatasetCard& card = cards[i];
    CHECK(card.id == ids[i]);
    CHECK(tags.contains(card.id));
    CHECK(find_card(ids[i]) == &card);
    CHECK(card.expected.has_value());
    CHECK_FALSE(card.licence.empty());
    CHECK_FALSE(card.description.empty());
    CHECK(card.profession.has_value());
    for (const CardFile& file : card.files) {
      CHECK(file.sha256.size() == 64);
      CHECK(file.bytes > 0);
      CHECK(mirror_path(file.url).filename() == file.name());
    }
  }
  CHECK(find_card("no-such") == nullptr);
}

TEST_CASE("The FB15k-237 card states ethnicity from the ethnicity's side", "[datasets]") {
  const DatasetCard& card = *find_card("fb15k-237");
  REQUIRE(card.sensitive.size() == 4);
  CHECK(card.sensitive[2].id == "ethnicity");
  CHECK(card.sensitive[2].relation.name == "/people/ethnicity/people");
  CHECK(card.sensitive[2].inverse);
  CHECK_FALSE(card.sensitive[0].inverse);
}

TEST_CASE("Every fault of a card is named with its line", "[datasets]") {
  CHECK_THAT(card_error("id = 'x'\ntitel = 'y'\n"),
             Contains("my.toml:2: unknown key 'titel'") && Contains("did you mean 'title'?"));
  CHECK_THAT(card_error("id = 'x'\n\n[[sensitive]]\nid = 'g'\nrelation = 'g'\ninvers = true\n"),
             Contains("my.toml:6: unknown key 'sensitive.invers'") && Contains("'inverse'"));
  CHECK_THAT(card_error("id = 'x'\ntitle = 3\n"), Contains("my.toml:2: title is an integer"));
  CHECK_THAT(card_error("title = 'x'\n"), Contains("id is missing"));
  CHECK_THAT(card_error("id = ''\n"), Contains("my.toml:1: id is empty"));
  CHECK_THAT(card_error("id = 'a/b'\n"), Contains("my.toml:1: id 'a/b'"));
  CHECK_THAT(card_error("id = 'x'\nid = 'y'\n"), Contains("my.toml:2"));
  CHECK_THAT(card_error("id = 'x'\n[[[\n"), Contains("my.toml:2"));
  CHECK_THAT(card_error(std::string_view("id = 'x'\n\0", 10)), Contains("my.toml:2: a NUL byte"));
  CHECK_THAT(card_error("id = 'x'\nformat = 'csv'\n"), Contains("my.toml:2: format 'csv'"));
  CHECK_THAT(card_error("id = 'x'\nsensitive = 'gender'\n"),
             Contains("my.toml:2: sensitive is a string"));
  CHECK_THAT(card_error("id = 'x'\n[expected]\nentities = -1\n"),
             Contains("my.toml:3: expected.entities = -1"));
  CHECK_THAT(card_error("id = 'x'\n[expected]\nentities = 1\n"),
             Contains("my.toml:2: expected.relations is missing"));
  CHECK_THAT(
      card_error("id = 'x'\n[whitelist.gender]\nrelation = ['a']\n"),
      Contains("my.toml:3: unknown key 'whitelist.gender.relation'") && Contains("'relations'"));
  CHECK_THAT(card_error("id = 'x'\n[whitelist.gender]\nrelations = ['a', 3]\n"),
             Contains("my.toml:3"));
  CHECK_THAT(card_error("id = 'x'\n[[sensitive]]\nid = 'g'\nrelation = 'g'\n"
                        "[[sensitive]]\nid = 'g'\nrelation = 'h'\n"),
             Contains("my.toml:6: sensitive attribute 'g'"));
}

TEST_CASE("A card names every relation that states or tells an attribute", "[datasets]") {
  const DatasetCard card = parse_card(
      "id = 'x'\n[[sensitive]]\nid = 'gender'\nrelation = 'gender'\n"
      "also = [\n{ relation = 'members', inverse = true },\n{ relation = 'sex' },\n]\n"
      "proxies = [{ relation = 'forename' }]\n"
      "[profession]\nrelation = 'job'\nalso = [{ relation = 'workers', inverse = true }]\n",
      "my.toml");
  REQUIRE(card.sensitive.size() == 1);
  REQUIRE(card.sensitive[0].also.size() == 2);
  CHECK(card.sensitive[0].also[0].relation.name == "members");
  CHECK(card.sensitive[0].also[0].relation.place == "my.toml:6");
  CHECK(card.sensitive[0].also[0].inverse);
  CHECK_FALSE(card.sensitive[0].also[1].inverse);
  REQUIRE(card.sensitive[0].proxies.size() == 1);
  CHECK(card.sensitive[0].proxies[0].relation.name == "forename");
  CHECK(card.profession->also.size() == 1);

  const auto error = [](const std::string& keys) {
    return card_error("id = 'x'\n[[sensitive]]\nid = 'g'\nrelation = 'g'\n" + keys);
  };
  CHECK_THAT(error("also = 'sex'\n"), Contains("my.toml:5: sensitive.also is a string") &&
                                          Contains("{ relation = NAME, inverse = true }"));
  CHECK_THAT(error("also = ['sex']\n"), Contains("my.toml:5: sensitive.also is a string"));
  CHECK_THAT(error("also = [{ relation = 'a', invers = true }]\n"),
             Contains("unknown key 'sensitive.also.invers'") && Contains("'inverse'"));
  CHECK_THAT(error("also = [{ inverse = true }]\n"),
             Contains("sensitive.also.relation is missing"));
  CHECK_THAT(error("also = [{ relation = 'g', inverse = true }]\n"),
             Contains("my.toml:5: relation 'g' twice for g"));
  CHECK_THAT(error("also = [{ relation = 'a' }]\nproxies = [{ relation = 'a' }]\n"),
             Contains("my.toml:6: relation 'a' twice for g"));
}

TEST_CASE("The relations of a card are found in its graph, or named with their line",
          "[datasets]") {
  const TemporaryDirectory folder;
  write_file(folder / "train.txt", "ann\tgender\tfemale\nmale\tmembers\tbob\nbob\tforename\tBob\n");
  write_file(folder / "valid.txt", "ann\tforename\tBob\n");
  write_file(folder / "test.txt", "male\tmembers\tann\n");
  const std::string start =
      "id = 'x'\n[[sensitive]]\nid = 'gender'\nrelation = 'gender'\nproxies = [{ relation = "
      "'forename' }]\n";
  write_file(folder / "card.toml", start + "also = [{ relation = 'members', inverse = true }]\n");
  const Dataset data = load_dataset(dataset_at(folder.path()));
  const PersonAttribute& gender = *data.attributes.find("gender");
  CHECK(gender.train_persons().size() == 2);
  REQUIRE(gender.proxies().size() == 1);
  CHECK(data.graph.relations().name(gender.proxies()[0].relation.value) == "forename");
  write_file(folder / "card.toml", start + "also = [{ relation = 'member', inverse = true }]\n");
  CHECK_THAT(load_error(dataset_at(folder.path())),
             Contains("card.toml:6: relation 'member'") && Contains("did you mean 'members'?"));
}

TEST_CASE("A card's files must be safe and checkable", "[datasets]") {
  const auto file = [](const std::string& keys) {
    return card_error("id = 'x'\n[[file]]\nrole = 'train'\n" + keys);
  };
  const std::string digest(64, 'a');
  CHECK(file("path = 'train.txt'\n") == "no error");
  CHECK(file("url = 'https://h/t'\nsha256 = '" + digest + "'\nbytes = 3\n") == "no error");
  CHECK_THAT(file("url = 'https://h/t'\n"), Contains("a url without sha256 and bytes"));
  CHECK_THAT(file("url = 'file:///etc/passwd'\n"), Contains("my.toml:4: url 'file:"));
  CHECK_THAT(file("path = '../secret'\n"), Contains("my.toml:4: path '../secret'"));
  CHECK_THAT(file("path = '/etc/passwd'\n"), Contains("my.toml:4: path '/etc/passwd'"));
  CHECK_THAT(file("path = 'a'\nsha256 = 'xyz'\n"), Contains("my.toml:5: sha256 'xyz'"));
  CHECK_THAT(file(""), Contains("no url and no path"));
  CHECK_THAT(card_error("id = 'x'\n[[file]]\nrole = 'trian'\npath = 'a'\n"),
             Contains("my.toml:3: role 'trian'") && Contains("'train'"));
  CHECK_THAT(card_error("id = 'x'\n[[file]]\nrole = 'train'\npath = 'a'\n"
                        "[[file]]\nrole = 'train'\npath = 'b'\n"),
             Contains("a second file with the role 'train'"));
}

TEST_CASE("A user's card gives a folder its attributes, labels and whitelist", "[datasets]") {
  const TemporaryDirectory folder;
  write_people(folder);
  write_file(folder / "labels.tsv", "ann\tAnn A.\nunheard\tOf\n");
  write_file(folder / "my.toml", kPeopleCard +
                                     "[[file]]\nrole = 'labels'\npath = 'labels.tsv'\n"
                                     "[whitelist.gender]\nrelations = ['spouse_of']\n"
                                     "professions = ['nun']\noptional_professions = ['abbess']\n");
  const Dataset data = load_dataset(dataset_at(folder.path(), folder / "my.toml"));
  CHECK(data.id == "people");
  CHECK(data.title == "Two people");
  REQUIRE(data.whitelist.entries.size() == 1);
  CHECK(data.graph.relations().name(data.whitelist.entries[0].relations[0].value) == "spouse_of");
  REQUIRE(data.whitelist.entries[0].professions.size() == 1);
  CHECK(data.graph.entities().name(data.whitelist.entries[0].professions[0].value) == "nun");
  CHECK(data.labels[*data.graph.entities().find("ann")] == "Ann A.");
  CHECK(data.labels[*data.graph.entities().find("bob")] == "bob");
  CHECK(data.integrity.findings.back().id == "absent_whitelist_names");
}

TEST_CASE("A card or whitelist that does not fit the graph is an error at the name's place",
          "[datasets]") {
  const TemporaryDirectory folder;
  write_people(folder);
  const auto error = [&](const std::string& card) {
    write_file(folder / "my.toml", card);
    return load_error(dataset_at(folder.path(), folder / "my.toml"));
  };
  CHECK_THAT(error("id = 'x'\n[[sensitive]]\nid = 'gender'\nrelation = 'gendre'\n"),
             Contains("my.toml:4: relation 'gendre'") && Contains("did you mean 'gender'?"));
  CHECK_THAT(error(kPeopleCard + "[whitelist.gendr]\nrelations = []\n"),
             Contains("my.toml:8: a whitelist for 'gendr'") && Contains("'gender'"));
  CHECK_THAT(error(kPeopleCard + "[whitelist.gender]\nrelations = ['spouse']\n"),
             Contains("my.toml:9: relation 'spouse'"));
  CHECK_THAT(error(kPeopleCard + "[whitelist.gender]\nprofessions = [\n'nun',\n'popet',\n]\n"),
             Contains("my.toml:11: profession 'popet'") && Contains("'poet'"));
  CHECK_THAT(error(kPeopleCard + "[whitelist.gender]\nprofessions = ['bob']\n"),
             Contains("nobody in the graph has"));
  CHECK_THAT(error(kPeopleCard +
                   "[expected]\nentities = 7\nrelations = 3\ntrain = 5\nvalid = 1\ntest = 1\n"),
             Contains("6 entities") && Contains("7 entities"));
}

TEST_CASE("A whitelist says of each relation at which end the person is, once", "[datasets]") {
  const TemporaryDirectory folder;
  write_people(folder);
  write_file(folder / "card.toml", kPeopleCard);
  LoadOptions options;
  options.whitelist = folder / "white.toml";
  write_file(folder / "white.toml", "[whitelist.gender]\ninverse_relations = ['spouse_of']\n");
  const Dataset data = load_dataset(dataset_at(folder.path()), options);
  CHECK(data.whitelist.entries[0].relations.empty());
  REQUIRE(data.whitelist.entries[0].inverse_relations.size() == 1);
  CHECK(data.whitelist.allowed(data.whitelist.entries[0].inverse_relations[0]) == 1);
  write_file(folder / "white.toml",
             "[whitelist.gender]\nrelations = ['spouse_of']\ninverse_relations = ['spouse_of']\n");
  try {
    static_cast<void>(load_dataset(dataset_at(folder.path()), options));
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK_THAT(std::string(error.what()), Contains("white.toml:3") && Contains("'spouse_of'"));
  }
}

TEST_CASE("A whitelist file takes the place of the card's", "[datasets]") {
  const TemporaryDirectory folder;
  write_people(folder);
  write_file(folder / "card.toml", kPeopleCard + "[whitelist.gender]\nrelations = ['spouse_of']\n");
  write_file(folder / "white.toml", "[whitelist.gender]\nprofessions = ['nun']\n");
  LoadOptions options;
  options.whitelist = folder / "white.toml";
  const Dataset data = load_dataset(dataset_at(folder.path()), options);
  CHECK(data.whitelist.entries[0].relations.empty());
  CHECK(data.whitelist.entries[0].professions.size() == 1);
  write_file(folder / "white.toml", "[gender]\nprofessions = ['nun']\n");
  CHECK_THAT(load_error(dataset_at(folder.path()), options),
             Contains("white.toml:1: unknown key 'gender'"));
  write_file(folder / "white.toml", "");
  CHECK_THAT(load_error(dataset_at(folder.path()), options), Contains("no whitelist"));
}

TEST_CASE("A card of one's own loads the files beside it and checks their digests", "[datasets]") {
  const TemporaryDirectory folder;
  write_people(folder);
  std::string files;
  for (const char* role : {"train", "valid", "test"})
    files += std::string("[[file]]\nrole = '") + role + "'\npath = '" + role + ".txt'\n";
  write_file(folder / "my.toml", kPeopleCard + files);
  const Dataset data = load_dataset(dataset_at(folder / "my.toml"));
  CHECK(data.graph.train().size() == 5);
  write_file(folder / "my.toml", kPeopleCard + files + "sha256 = '" + std::string(64, '0') + "'\n");
  CHECK_THAT(load_error(dataset_at(folder / "my.toml")),
             Contains("test.txt") && Contains(std::string(64, '0')));
  std::filesystem::remove(folder / "valid.txt");
  CHECK_THAT(load_error(dataset_at(folder / "my.toml")), Contains("valid.txt: no such file"));
}

TEST_CASE("Labels that are no JSON, not in UTF-8 or no texts are named", "[datasets]") {
  const TemporaryDirectory folder;
  const Vocabulary names({"a", "b"});
  const auto labels = [&](std::string_view json) {
    write_file(folder / "l.json", json);
    return load_labels(folder / "l.json", names);
  };
  CHECK(labels(R"({"a": {"label": "A\nx"}, "c": {"label": "C"}, "b": {"label": null}})") ==
        std::vector<std::string>{"A x", "b"});
  CHECK(labels(R"({"b": "B"})") == std::vector<std::string>{"a", "B"});
  CHECK_THROWS_WITH(labels("{\n\"a\": \n}"), Contains("l.json:3"));
  CHECK_THROWS_WITH(labels("{\"a\": \"\xff\"}"), Contains("l.json:1"));
  CHECK_THROWS_WITH(labels("[]"), Contains("a JSON array"));
  CHECK_THROWS_WITH(labels(R"({"a": {"label": 3}})"), Contains("the label of 'a'"));
}

TEST_CASE("Every card of the roster has the id that the roster gives it", "[datasets]") {
  const auto entries = card_entries();
  REQUIRE(entries.size() == embedded_cards().size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK(embedded_cards()[i].id == entries[i]->id);
    CHECK(find_card(entries[i]->id) == &embedded_cards()[i]);
  }
}

TEST_CASE("The list holds every card and the made graph", "[datasets]") {
  const auto all = list_datasets();
  REQUIRE(all.size() == 6);
  CHECK(all[0].id == "fb15k-237");
  CHECK(all[0].counts->train == 272115);
  CHECK(all[0].download_bytes == 3678603 + 3927931);
  CHECK(all[1].id == "fb15k");
  CHECK(all[3].sensitive == std::vector<std::string>{"religion", "ethnicity", "nationality"});
  CHECK(all[4].id == "wikipeople");
  CHECK(all[5].id == "planted-people");
  CHECK(all[5].download_bytes == 0);
  CHECK_FALSE(all[5].counts.has_value());
}
