#include <algorithm>
#include <set>
#include <string>

#include <archive.h>
#include <archive_entry.h>

#include "datasets/load_dataset.hpp"
#include "datasets/rdf_import.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace rdf_import_tests {
namespace {

std::string entity(const std::string& id) { return "<http://www.wikidata.org/entity/" + id + ">"; }
std::string line(const std::string& subject, const std::string& property,
                 const std::string& object) {
  return entity(subject) + " <http://www.wikidata.org/prop/direct/" + property + "> " + object +
         " .\n";
}

/// A dump of `persons` people and a city between any two of them.
std::string dump(int persons) {
  std::string text = "# a comment\n\n";
  for (int i = 0; i < persons; ++i) {
    const std::string id = "Q" + std::to_string(1000 + i);
    text += line(id, "P21", entity(i % 3 == 0 ? "Q6581072" : "Q6581097"));
    text += line(id, "P27", entity("Q" + std::to_string(30 + i % 4)));
    // What makes it a person comes after its facts.
    text += line(id, "P31", entity("Q5"));
    text += line(id, "P106", entity("Q" + std::to_string(500 + i % 5)));
    text += line(id, "P106", entity("Q" + std::to_string(500 + i % 7)));
    text += entity(id) + " <http://schema.org/name> \"a \\\"name\\\"\"@en .\n";
    text += line("Q" + std::to_string(90000 + i), "P31", entity("Q515"));
    text += line("Q" + std::to_string(90000 + i), "P27", entity("Q30"));
  }
  return text;
}

struct Imported {
  explicit Imported(std::string_view bytes, const ImportOptions& options = {},
                    std::string_view name = "dump.nt") {
    write_file(directory / name, bytes);
    report = import_people(directory / name, directory / "out", options);
  }
  TemporaryDirectory directory;
  ImportReport report;
};

std::string complaint(const std::string& text, const ImportOptions& options = {}) {
  try {
    const Imported done(text, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

const ImportedRelation& relation(const ImportReport& report, std::string_view name) {
  return *std::ranges::find(report.relations, name, &ImportedRelation::name);
}

/// `text` as one file that libarchive packs with a filter of its own.
std::string packed_by(int (*add_filter)(archive*), const std::string& text) {
  std::string bytes(text.size() + (std::size_t{1} << 20U), '\0');
  std::size_t used = 0;
  archive* const packer = archive_write_new();
  REQUIRE(add_filter(packer) == ARCHIVE_OK);
  REQUIRE(archive_write_set_format_raw(packer) == ARCHIVE_OK);
  REQUIRE(archive_write_open_memory(packer, bytes.data(), bytes.size(), &used) == ARCHIVE_OK);
  archive_entry* const entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  REQUIRE(archive_write_header(packer, entry) == ARCHIVE_OK);
  REQUIRE(archive_write_data(packer, text.data(), text.size()) ==
          static_cast<la_ssize_t>(text.size()));
  archive_entry_free(entry);
  REQUIRE(archive_write_close(packer) == ARCHIVE_OK);
  archive_write_free(packer);
  bytes.resize(used);
  return bytes;
}

std::set<std::string> lines_of(const std::filesystem::path& file) {
  std::set<std::string> lines;
  std::string text = read_file(file);
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    lines.insert(text.substr(0, end));
    text.erase(0, end + 1);
  }
  return lines;
}

}  // namespace

TEST_CASE("A dump becomes a folder that loads, with persons, their facts and a card",
          "[datasets][rdf_import]") {
  const Imported done(dump(300));
  const ImportReport& report = done.report;
  CHECK(report.persons == 300);
  CHECK(report.persons_without_facts == 0);
  CHECK(report.lines == 2 + 300 * 8);
  CHECK(relation(report, "P21").triples == 300);
  CHECK(relation(report, "P27").persons == 300);  // the cities have a country too, but are nobody
  CHECK(relation(report, "P140").triples == 0);
  // Every 35th person and the first 5 of these have one occupation twice.
  CHECK(relation(report, "P106").copies == 45);
  CHECK(relation(report, "P106").triples == 600 - 45);
  CHECK(report.train + report.valid + report.test == 300 + 300 + 555);
  CHECK(report.has_card);

  const Dataset data = load_dataset(TriplesFolder{done.directory / "out", std::nullopt});
  CHECK(data.id == "out");  // the folder's name
  CHECK(data.graph.train().size() == report.train);
  REQUIRE(data.attributes.find("gender") != nullptr);
  CHECK(data.attributes.find("gender")->values().size() == 2);
  CHECK(data.attributes.find("nationality")->values().size() == 4);
  CHECK(data.attributes.find("religion") == nullptr);
  CHECK(data.attributes.profession()->values().size() == 7);
  CHECK(data.graph.entities().find("Q1000"));
  CHECK_FALSE(data.graph.entities().find("Q515"));
  CHECK(data.graph.entity_count() == 300 + 2 + 4 + 7);
}

TEST_CASE("All that is in valid and test occurs in train, and the same dump gives the same bytes",
          "[datasets][rdf_import]") {
  const Imported one(dump(400));
  const Imported two(dump(400));
  std::set<std::string> in_train;
  for (const std::string& triple : lines_of(one.directory / "out" / "train.txt")) {
    const std::size_t first = triple.find('\t');
    const std::size_t second = triple.find('\t', first + 1);
    in_train.insert(triple.substr(0, first));
    in_train.insert(triple.substr(second + 1));
  }
  for (const char* list : {"valid.txt", "test.txt"}) {
    const auto triples = lines_of(one.directory / "out" / list);
    CHECK(triples.size() > 20);
    for (const std::string& triple : triples) {
      CHECK(in_train.contains(triple.substr(0, triple.find('\t'))));
      CHECK(in_train.contains(triple.substr(triple.rfind('\t') + 1)));
    }
  }
  for (const char* file : {"train.txt", "valid.txt", "test.txt", "card.toml", "import.json"}) {
    CHECK(read_file(one.directory / "out" / file) == read_file(two.directory / "out" / file));
  }
  ImportOptions other;
  other.seed = 1;
  CHECK(read_file(Imported(dump(400), other).directory / "out" / "test.txt") !=
        read_file(one.directory / "out" / "test.txt"));
}

TEST_CASE("Packed dumps give what the plain one gives", "[datasets][rdf_import]") {
  const std::string text = dump(100);
  const Imported plain(text);
  const std::string train = read_file(plain.directory / "out" / "train.txt");
  for (const auto add_filter : {&archive_write_add_filter_gzip, &archive_write_add_filter_zstd,
                                &archive_write_add_filter_bzip2}) {
    const Imported packed(packed_by(add_filter, text), {}, "dump");
    CHECK(read_file(packed.directory / "out" / "train.txt") == train);
    CHECK(packed.report.lines == plain.report.lines);
    CHECK(packed.report.source.bytes < plain.report.source.bytes);
  }
}

TEST_CASE("Placeholders are unknown, literals are no entities, and both are counted",
          "[datasets][rdf_import]") {
  const std::string text = line("Q1", "P31", entity("Q5")) + line("Q1", "P21", "_:b0") +
                           line("Q1", "P140", "<http://www.wikidata.org/.well-known/genid/5f2>") +
                           line("Q1", "P27", "\"Atlantis\"") + line("Q2", "P21", "_:b1") +
                           dump(200);
  const ImportReport report = Imported(text).report;
  CHECK(relation(report, "P21").unknown == 1);  // Q2 is no person
  CHECK(relation(report, "P140").unknown == 1);
  CHECK(relation(report, "P27").literals == 1);
  CHECK(report.persons == 201);
  CHECK(report.persons_without_facts == 1);
}

TEST_CASE("Other graphs say who is a person and what is kept by their own addresses",
          "[datasets][rdf_import]") {
  Parameters parameters(import_parameters());
  parameters.set("person", std::string_view("http://x/type=http://x/Person"), "test");
  parameters.set("relations", std::string_view("http://x/faith"), "test");
  parameters.set("also", std::string_view("http://x/knows"), "test");
  const ImportOptions options = import_options(parameters);
  CHECK(options.relations == std::vector<std::string>{"http://x/faith", "http://x/knows"});
  std::string text;
  for (int i = 0; i < 200; ++i) {
    const std::string person = fmt::format("<http://x/Ren\\u00e9_{}>", i);
    text += person + "<http://x/faith><http://x/f" + std::to_string(i % 2) + "> .\n";
    text += person + "\t<http://x/knows>\t<http://x/Ren\\u00e9_1> .\n";
    text += person + " <http://x/type> <http://x/Person> .\n";
  }
  const Imported done(text, options);
  CHECK(done.report.persons == 200);
  CHECK_FALSE(done.report.has_card);
  CHECK_FALSE(std::filesystem::exists(done.directory / "out" / "card.toml"));
  CHECK_THAT(read_file(done.directory / "out" / "train.txt"),
             Contains("http://x/Ren\xc3\xa9_7\thttp://x/faith\thttp://x/f1\n"));
}

TEST_CASE("The card of an import names proxies that were asked for", "[datasets][rdf_import]") {
  ImportOptions options;
  options.relations.push_back("P735");
  std::string text = dump(200);
  for (int i = 0; i < 50; ++i) {
    const std::string id = "Q" + std::to_string(7000 + i);
    text += line(id, "P31", entity("Q5")) + line(id, "P21", entity("Q6581072")) +
            line(id, "P735", entity("Q" + std::to_string(40 + i % 5)));
  }
  const Imported done(text, options);
  const Dataset data = load_dataset(TriplesFolder{done.directory / "out", std::nullopt});
  CHECK(data.attributes.find("gender")->proxies().size() == 1);
}

TEST_CASE("A dump that would lose facts or is none is refused with its line, and nothing is left",
          "[datasets][rdf_import]") {
  CHECK_THAT(complaint(dump(20) + line("Q1003", "P140", entity("Q9"))),
             Contains("dump.nt:163") && Contains("Q1003") && Contains("LC_ALL=C sort"));
  // Whichever part comes first, and also where the first said nothing of a person.
  CHECK_THAT(complaint(line("Q1003", "P21", entity("Q9")) + dump(20)), Contains("Q1003"));
  CHECK_THAT(complaint("a b c\n"), Contains("dump.nt:1") && Contains("N-Triples"));
  CHECK_THAT(complaint(line("Q1", "P21", "oops")), Contains("dump.nt:1"));
  CHECK_THAT(complaint(line("Q1", "P21", entity("Q2"))), Contains("no subject with P31 Q5"));
  CHECK_THAT(complaint(""), Contains("dump.nt: an empty file"));
  CHECK_THAT(complaint(line("Q1", "P31", entity("Q5")) + line("Q1", "P21", entity("Q2"))),
             Contains("1 triples for train"));
  const TemporaryDirectory directory;
  write_file(directory / "dump.nt", "oops\n");
  CHECK_THROWS_AS(import_people(directory / "dump.nt", directory / "out", {}), InputError);
  CHECK_FALSE(std::filesystem::exists(directory / "out"));
  CHECK_FALSE(std::filesystem::exists(directory / "out.part"));
}

TEST_CASE("An escape that is no character is refused with its line", "[datasets][rdf_import]") {
  for (const char* escape : {"\\uD800", "\\uDFFF", "\\UFFFFFFFF", "\\U00110000", "\\u0000", "\\u12",
                             "\\u12G4", "\\uD83D\\uDE00"}) {
    INFO(escape);
    CHECK_THAT(complaint(dump(200) + line("Q1", "P21", entity(std::string("Q2") + escape)) +
                         line("Q1", "P31", entity("Q5"))),
               Contains("dump.nt:1603: the escape '\\") && Contains("U") &&
                   Contains("expected: the number of a Unicode character"));
  }
  const Imported good(dump(200) + line("Q1", "P21", entity("Q\\U0001F600\\uFFFD")) +
                      line("Q1", "P31", entity("Q5")));
  CHECK_THAT(read_file(good.directory / "out" / "train.txt"),
             Contains("Q1\tP21\tQ\xf0\x9f\x98\x80\xef\xbf\xbd\n"));
}

TEST_CASE("A dump without persons is unreadable, and shares that leave a list empty are a slip",
          "[datasets][rdf_import]") {
  const auto code = [](const std::string& text) {
    try {
      const Imported done(text);
    } catch (const InputError& error) {
      return error.code();
    }
    return ExitCode::kPass;
  };
  CHECK(code("") == ExitCode::kUnreadable);
  CHECK(code("# nothing\n") == ExitCode::kUnreadable);
  CHECK(code(line("Q1", "P21", entity("Q2"))) == ExitCode::kUnreadable);
  CHECK(code(line("Q1", "P31", entity("Q5")) + line("Q1", "P21", entity("Q2"))) ==
        ExitCode::kUsage);
}

TEST_CASE("Options of an import that make no sense are refused", "[datasets][rdf_import]") {
  const auto refused = [](const char* name, std::string_view value) {
    Parameters parameters(import_parameters());
    parameters.set(name, value, "test");
    try {
      static_cast<void>(import_options(parameters));
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(refused("person", "P31"), Contains("RELATION=VALUE"));
  CHECK_THAT(refused("person", "=Q5"), Contains("RELATION=VALUE"));
  CHECK_THAT(refused("also", "P21"), Contains("'P21' twice"));
  CHECK_THAT(refused("relations", "P21,,P27"), Contains("--relations"));
}

TEST_CASE("Wikidata's addresses become their last part, others stay", "[datasets][rdf_import]") {
  CHECK(short_wikidata_name("http://www.wikidata.org/entity/Q42") == "Q42");
  CHECK(short_wikidata_name("http://www.wikidata.org/prop/direct/P21") == "P21");
  CHECK(short_wikidata_name("http://www.wikidata.org/prop/direct-normalized/P21") ==
        "http://www.wikidata.org/prop/direct-normalized/P21");
  CHECK(short_wikidata_name("http://www.wikidata.org/entity/") ==
        "http://www.wikidata.org/entity/");
}

}  // namespace rdf_import_tests
