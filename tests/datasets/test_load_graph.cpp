#include <algorithm>
#include <functional>
#include <iterator>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "datasets/integrity.hpp"
#include "datasets/load_dataset.hpp"
#include "datasets/load_graph.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

/// A folder with a small good graph, whose files a test spoils one at a time.
class Folder {
 public:
  void tab_separated() {
    put("train.txt", "ann\tknows\tbob\nbob\tknows\tcy\n");
    put("valid.txt", "cy\tlikes\tann\n");
    put("test.txt", "ann\tlikes\tcy\n");
  }
  void openke() {
    put("entity2id.txt", "3\nann\t0\ncy\t2\nbob\t1\n");
    put("relation2id.txt", "2\nknows\t0\nlikes\t1");
    put("train2id.txt", "2\n0 1 0\n1\t2\t0\n");
    put("valid2id.txt", "1\n2 0 1\n");
    put("test2id.txt", "1\n0 2 1\n");
  }
  void put(std::string_view name, std::string_view bytes) { write_file(folder_ / name, bytes); }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

  [[nodiscard]] std::string error(ReadLimits limits = {}) const {
    try {
      static_cast<void>(load_graph_directory(path(), nullptr, silent_progress(), limits));
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  }

 private:
  TemporaryDirectory folder_;
};

struct Entry {
  std::string path;
  std::string bytes;
  unsigned type = AE_IFREG;
};

void write_archive(const fs::path& file, const std::vector<Entry>& entries) {
  archive* a = archive_write_new();
  archive_write_add_filter_gzip(a);
  archive_write_set_format_pax_restricted(a);
  REQUIRE(archive_write_open_filename(a, file.c_str()) == ARCHIVE_OK);
  for (const Entry& e : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, e.path.c_str());
    archive_entry_set_filetype(entry, e.type);
    archive_entry_set_perm(entry, 0644);
    if (e.type == AE_IFLNK) archive_entry_set_symlink(entry, e.bytes.c_str());
    archive_entry_set_size(entry, e.type == AE_IFREG ? static_cast<la_int64_t>(e.bytes.size()) : 0);
    REQUIRE(archive_write_header(a, entry) == ARCHIVE_OK);
    if (e.type == AE_IFREG) archive_write_data(a, e.bytes.data(), e.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
}

std::vector<Entry> small_archive() {
  return {{"graph/", "", AE_IFDIR},
          {"graph/train.txt", "ann\tknows\tbob\nbob\tknows\tcy\n"},
          {"graph/valid.txt", "cy\tlikes\tann\n"},
          {"graph/test.txt", "ann\tlikes\tcy\n"}};
}

std::string archive_error(const fs::path& file, const ReadLimits& limits = {}) {
  try {
    static_cast<void>(load_graph_archive(file, nullptr, silent_progress(), limits));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

void check_small_graph(const KnowledgeGraph& graph) {
  CHECK(graph.entities().names() == std::vector<std::string>{"ann", "bob", "cy"});
  CHECK(graph.relations().names() == std::vector<std::string>{"knows", "likes"});
  REQUIRE(graph.train().size() == 2);
  CHECK(graph.train()[1] == Triple{EntityId(1), RelationId(0), EntityId(2)});
  REQUIRE(graph.valid().size() == 1);
  CHECK(graph.valid()[0] == Triple{EntityId(2), RelationId(1), EntityId(0)});
  REQUIRE(graph.test().size() == 1);
  CHECK(graph.test()[0] == Triple{EntityId(0), RelationId(1), EntityId(2)});
}

const IntegrityFinding* find(const IntegrityReport& report, std::string_view id,
                             std::string_view subject) {
  for (const IntegrityFinding& f : report.findings)
    if (f.id == id && f.subject == subject) return &f;
  return nullptr;
}

}  // namespace

TEST_CASE("Tab-separated triples get ids in order of first appearance", "[datasets]") {
  Folder folder;
  folder.tab_separated();
  const LoadedGraph loaded = load_graph_directory(folder.path());
  check_small_graph(loaded.graph);
  CHECK(loaded.format->id == "tab-separated");
  REQUIRE(loaded.files.size() == 3);
  CHECK(loaded.files[1].name == "valid.txt");
  CHECK(loaded.files[1].bytes == 13);
  CHECK(loaded.files[1].sha256 == sha256("cy\tlikes\tann\n").hex());
}

TEST_CASE("Id files keep their own ids, whatever the order of lines", "[datasets]") {
  Folder folder;
  folder.openke();
  const LoadedGraph loaded = load_graph_directory(folder.path());
  check_small_graph(loaded.graph);
  CHECK(loaded.format->id == "openke");
  CHECK(loaded.files.size() == 5);
}

TEST_CASE("Both formats and an archive of the same triples make the same graph", "[datasets]") {
  Folder one;
  one.tab_separated();
  Folder two;
  two.openke();
  const TemporaryDirectory folder;
  write_archive(folder / "graph.tar.gz", small_archive());
  const LoadedGraph archived = load_graph_archive(folder / "graph.tar.gz");
  const Digest digest = load_graph_directory(one.path()).graph.digest();
  CHECK(digest == load_graph_directory(two.path()).graph.digest());
  CHECK(digest == archived.graph.digest());
  REQUIRE(archived.files.size() == 1);
  CHECK(archived.files[0].sha256 == sha256_of_file(folder / "graph.tar.gz").hex());
}

TEST_CASE(
    "CRLF line ends, a byte order mark, a missing last line end and trailing empty line are "
    "let pass",
    "[datasets]") {
  Folder folder;
  folder.tab_separated();
  folder.put("train.txt",
             "\xef\xbb\xbf"
             "ann\tknows\tbob\r\nbob\tknows\tcy\r\n\r\n");
  folder.put("test.txt", "ann\tlikes\tcy");
  check_small_graph(load_graph_directory(folder.path()).graph);
}

TEST_CASE("Names may hold blanks and any letters", "[datasets]") {
  Folder folder;
  folder.tab_separated();
  folder.put("train.txt", "Zoë  B\tknows\t李 四\n");
  const KnowledgeGraph graph = load_graph_directory(folder.path()).graph;
  CHECK(graph.entities().name(0) == "Zoë  B");
  CHECK(graph.entities().name(1) == "李 四");
}

TEST_CASE("Every fault of tab-separated triples is named with file and line", "[datasets]") {
  using namespace std::string_literals;
  const auto error = [](const std::string& train) {
    Folder folder;
    folder.tab_separated();
    folder.put("train.txt", train);
    return folder.error();
  };
  const std::string good = "a\tr\tb\n";
  CHECK_THAT(error(good + "a\tr\n"), Contains("train.txt:2: 2 columns: 'a\\x09r'"));
  CHECK_THAT(error(good + "a\tr\tb\tc\n"), Contains("train.txt:2: 4 columns"));
  CHECK_THAT(error(good + "a\tr\tb\t\n"), Contains("train.txt:2: 4 columns"));
  CHECK_THAT(error("a r b\n"), Contains("train.txt:1: 1 column") && Contains("tabs in place"));
  CHECK_THAT(error(good + good + "\tr\tb\n"), Contains("train.txt:3: column 1 is empty"));
  CHECK_THAT(error(good + "a\t\tb\n"), Contains("train.txt:2: column 2 is empty"));
  CHECK_THAT(error(good + "\n" + good), Contains("train.txt:2: an empty line"));
  CHECK_THAT(error(good + "a\0a\tr\tb\n"s), Contains("train.txt:2: a NUL byte in column 2"));
  CHECK_THAT(error("abcdefgh\0\tr\tb\n"s), Contains("train.txt:1: a NUL byte in column 9"));
  CHECK_THAT(error(good + "a\tr\tb\xff\n"),
             Contains("train.txt:2: broken UTF-8 in column 6: '\\xff'"));
  CHECK_THAT(error(good + "a\tr\t\xc3\n"), Contains("train.txt:2: broken UTF-8 in column 5"));
  CHECK_THAT(error("\xed\xa0\x80\tr\tb\n"), Contains("train.txt:1: broken UTF-8 in column 1"));
  CHECK_THAT(error(""), Contains("train.txt:1: an empty file"));
  CHECK_THAT(error("\n"), Contains("train.txt:1: an empty file"));
}

TEST_CASE("A line of ten megabytes is refused with the limit named", "[datasets]") {
  Folder folder;
  folder.tab_separated();
  folder.put("train.txt", "a\tr\tb\n" + std::string(10'000'000, 'x') + "\tr\tb\n");
  CHECK_THAT(folder.error(), Contains("train.txt:2: a line of more than 1,048,576 bytes"));
}

TEST_CASE("The line limit counts the line without its end", "[datasets]") {
  ReadLimits limits;
  limits.line_bytes = 5;
  const auto error = [&](std::string_view train) {
    Folder folder;
    folder.tab_separated();
    folder.put("train.txt", train);
    folder.put("valid.txt", "a\tr\tb");
    folder.put("test.txt", "a\tr\tb");
    return folder.error(limits);
  };
  CHECK(error("a\tr\tb\n") == "no error");
  CHECK(error("a\tr\tb\r\n") == "no error");
  CHECK(error("a\tr\tb") == "no error");
  CHECK_THAT(error("a\tr\tbb\n"), Contains("train.txt:1: a line of more than 5 bytes"));
  CHECK_THAT(error("a\tr\tbb"), Contains("train.txt:1: a line of more than 5 bytes"));
}

TEST_CASE("Lines are whole across the borders of the reader's buffer", "[datasets]") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += fmt::format("e{}\tr\tx\n", i % 997);
  MemorySource source(text);
  LineReader reader(source, "memory");
  for (int i = 0; i < 200'000; ++i) {
    REQUIRE(reader.next());
    REQUIRE(reader.line() == fmt::format("e{}\tr\tx", i % 997));
  }
  CHECK_FALSE(reader.next());
  CHECK(reader.number() == 200'000);
}

TEST_CASE("A missing file, a missing folder and a folder in place of a file are named",
          "[datasets]") {
  Folder folder;
  CHECK_THAT(folder.error(), Contains("neither train.txt nor entity2id.txt"));
  folder.tab_separated();
  fs::remove(folder.path() / "valid.txt");
  CHECK_THAT(folder.error(), Contains("no file valid.txt"));
  fs::create_directory(folder.path() / "valid.txt");
  CHECK_THAT(folder.error(), Contains("valid.txt: a directory"));
  CHECK_THROWS_WITH(load_graph_directory(folder.path() / "nowhere"), Contains("no such folder"));
  CHECK_THROWS_WITH(load_graph_directory(folder.path() / "train.txt"), Contains("a file"));
}

TEST_CASE("Two formats in one folder are not guessed between", "[datasets]") {
  Folder folder;
  folder.tab_separated();
  folder.openke();
  CHECK_THAT(folder.error(), Contains("both train.txt and OpenKE"));
}

TEST_CASE("Every fault of id files is named with file and line", "[datasets]") {
  const auto error = [](std::string_view name, std::string_view bytes) {
    Folder folder;
    folder.openke();
    folder.put(name, bytes);
    return folder.error();
  };
  const std::string_view e = "entity2id.txt";
  CHECK_THAT(
      error(e, "3\nann\t0\nbob\t1\n"),
      Contains("entity2id.txt:1: the count 3, and the id 2 is missing") && Contains("expected: 2"));
  CHECK_THAT(error(e, "2\nann\t0\nbob\t1\ncy\t1\n"), Contains("entity2id.txt:4: the id 1 again"));
  CHECK_THAT(error(e, "2\nann\t0\nbob\t1\ncy\t2\n"), Contains("entity2id.txt:4: the id '2'"));
  CHECK_THAT(error(e, "3\nann\t0\nann\t1\ncy\t2\n"),
             Contains("entity2id.txt:3: the name 'ann' again") && Contains("line 2"));
  CHECK_THAT(error(e, "3\nann\t0\nbob\t-1\ncy\t2\n"), Contains("entity2id.txt:3: the id '-1'"));
  CHECK_THAT(error(e, "3\nann\t0\nbob\t1.0\ncy\t2\n"), Contains("entity2id.txt:3: the id '1.0'"));
  CHECK_THAT(error(e, "3\nann\t0\nbob\t99999999999999999999\ncy\t2\n"),
             Contains("entity2id.txt:3: the id '99999999999999999999'"));
  CHECK_THAT(error(e, "3\nann\t0\nbob\ncy\t2\n"), Contains("entity2id.txt:3: 1 column"));
  CHECK_THAT(error(e, "3\nann\t0\t0\nbob\t1\ncy\t2\n"), Contains("entity2id.txt:2: more than 2"));
  CHECK_THAT(error(e, "3\n\t0\nbob\t1\ncy\t2\n"), Contains("entity2id.txt:2: an empty name"));
  CHECK_THAT(error(e, "ann\t0\n"), Contains("entity2id.txt:1: 'ann"));
  CHECK_THAT(error(e, "0\n"), Contains("entity2id.txt:1: the count 0"));
  CHECK_THAT(error(e, "4000000000\nann\t0\n"), Contains("entity2id.txt:1: the count 4000000000"));
  // A count that would need 8 GiB of names must not be believed before the lines are there.
  CHECK_THAT(error(e, "2000000000\nann\t0\n"), Contains("the count 2000000000"));
  CHECK_THAT(error(e, ""), Contains("entity2id.txt:1: an empty file"));

  const std::string_view t = "train2id.txt";
  CHECK_THAT(error(t, "3\n0 1 0\n1 2 0\n"),
             Contains("train2id.txt:1: the count 3") && Contains("expected: 2"));
  CHECK_THAT(error(t, "1\n0 1 0\n1 2 0\n"), Contains("train2id.txt:1: the count 1"));
  CHECK_THAT(error(t, "2\n0 1 0\n1 3 0\n"), Contains("train2id.txt:3: the tail id '3'"));
  CHECK_THAT(error(t, "2\n0 1 0\n-1 2 0\n"), Contains("train2id.txt:3: the head id '-1'"));
  CHECK_THAT(error(t, "2\n0 1 2\n1 2 0\n"), Contains("train2id.txt:2: the relation id '2'"));
  CHECK_THAT(error(t, "2\n0 1\n1 2 0\n"), Contains("train2id.txt:2: 2 columns"));
  CHECK_THAT(error(t, "2\n0 1 0 1\n1 2 0\n"), Contains("train2id.txt:2: 4 columns"));
  CHECK_THAT(error(t, "0\n"), Contains("no triples"));
}

TEST_CASE("An archive entry that would leave the folder is unsafe", "[datasets]") {
  const TemporaryDirectory folder;
  const fs::path file = folder / "graph.tar.gz";
  const auto code = [&](const Entry& entry) {
    std::vector<Entry> entries = small_archive();
    entries.push_back(entry);
    write_archive(file, entries);
    try {
      static_cast<void>(load_graph_archive(file));
    } catch (const InputError& error) {
      return error.code();
    }
    return ExitCode::kPass;
  };
  CHECK(code({"../escape.txt", "x"}) == ExitCode::kUnsafe);
  CHECK(code({"graph/../../escape.txt", "x"}) == ExitCode::kUnsafe);
  CHECK(code({"/etc/escape.txt", "x"}) == ExitCode::kUnsafe);
  CHECK(code({"graph/link.txt", "/etc/passwd", AE_IFLNK}) == ExitCode::kUnsafe);
  CHECK(code({"graph/pipe", "", AE_IFIFO}) == ExitCode::kUnsafe);
  CHECK(code({"graph/README", "x"}) == ExitCode::kPass);
  CHECK(load_graph_archive(file).ignored == std::vector<std::string>{"graph/README"});
}

TEST_CASE("A truncated archive, one that is none, and one that unpacks to too much are refused",
          "[datasets]") {
  const TemporaryDirectory folder;
  const fs::path file = folder / "graph.tar.gz";
  std::vector<Entry> entries = small_archive();
  std::string noise;
  for (unsigned i = 0, x = 1; i < 300'000; ++i) {
    x = x * 1664525U + 1013904223U;
    noise.push_back(static_cast<char>(x >> 24U));
  }
  entries.push_back({"graph/noise", noise});
  write_archive(file, entries);
  const std::string bytes = read_file(file);

  write_file(folder / "cut.tar.gz", std::string_view(bytes).substr(0, bytes.size() / 2));
  CHECK_THAT(archive_error(folder / "cut.tar.gz"), Contains("cut.tar.gz"));
  write_file(folder / "none.tar.gz", "this is no archive");
  CHECK_THAT(archive_error(folder / "none.tar.gz"), Contains("none.tar.gz"));
  write_file(folder / "empty.tar.gz", "");
  CHECK_THAT(archive_error(folder / "empty.tar.gz"), Contains("empty.tar.gz"));
  CHECK_THAT(archive_error(folder / "missing.tar.gz"), Contains("No such file"));

  ReadLimits limits;
  limits.archive_bytes = 100'000;
  CHECK_THAT(archive_error(file, limits), Contains("when unpacked"));

  entries = small_archive();
  entries.push_back({"other/train.txt", "a\tr\tb\n"});
  write_archive(file, entries);
  CHECK_THAT(archive_error(file), Contains("two entries train.txt"));
  entries = small_archive();
  entries.pop_back();
  write_archive(file, entries);
  CHECK_THAT(archive_error(file), Contains("no file test.txt"));
  entries = small_archive();
  entries[1].bytes = "a\tr\n";
  write_archive(file, entries);
  CHECK_THAT(archive_error(file), Contains("graph.tar.gz/train.txt:1: 2 columns"));
}

TEST_CASE("Truncating a good archive anywhere never crashes the reader", "[datasets]") {
  const TemporaryDirectory folder;
  write_archive(folder / "graph.tar.gz", small_archive());
  const std::string bytes = read_file(folder / "graph.tar.gz");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_file(folder / "cut.tar.gz", std::string_view(bytes).substr(0, size));
    try {
      // A cut inside the last padding loses nothing; then the graph must be whole.
      check_small_graph(load_graph_archive(folder / "cut.tar.gz").graph);
    } catch (const InputError&) {
    }
  }
}

TEST_CASE("The integrity report names what is odd and keeps it", "[datasets]") {
  const TemporaryDirectory folder;
  std::string train;
  for (int i = 0; i < 12; ++i) train += fmt::format("p{}\tgender\tmale\n", i);
  train +=
      "q\tgender\tfemale\nq\tgender\tmale\nq\tgender\tfemale\n"
      "q\tjob\tpoet\np1\tjob\tnun\nz\tjob\tpoet\nq\tknows\tq\n";
  write_file(folder / "train.txt", train);
  write_file(folder / "valid.txt", "p1\tgender\tother\np1\tmet\tq\n");
  write_file(folder / "test.txt", "q\tgender\tfemale\nz\tjob\tnun\nnew\tjob\tpoet\n");
  write_file(folder / "card.toml",
             "id = 'small'\n[[sensitive]]\nid = 'gender'\nrelation = 'gender'\n"
             "[profession]\nrelation = 'job'\n");
  const Dataset data = load_dataset(dataset_at(folder.path()));
  CHECK(data.id == "small");
  CHECK(data.graph.train().size() == 19);
  const IntegrityReport& report = data.integrity;
  const auto count = [&](std::string_view id, std::string_view subject) {
    const IntegrityFinding* f = find(report, id, subject);
    return f == nullptr ? std::uint64_t{0} : f->count;
  };
  CHECK(count("duplicate_triples", "train") == 1);
  CHECK_THAT(find(report, "duplicate_triples", "train")->detail,
             Contains("(q, gender, female) as triples 13 and 15"));
  CHECK(count("shared_triples", "train/test") == 1);
  CHECK(count("shared_triples", "train/valid") == 0);
  CHECK(count("self_loops", "train") == 1);
  CHECK(count("unseen_entities", "valid") == 1);
  CHECK(count("unseen_entities", "test") == 1);
  CHECK(count("unseen_relations", "valid") == 1);
  CHECK(count("unseen_relations", "test") == 0);
  CHECK(count("empty_group", "gender") == 1);
  CHECK(count("small_group", "gender") == 1);
  CHECK_THAT(find(report, "small_group", "gender")->detail, Contains("'female' with 1"));
  CHECK(count("several_values", "gender") == 1);
  CHECK(count("unknown_persons", "gender") == 1);
  CHECK(count("unknown_test_persons", "gender") == 2);
  CHECK(count("small_group", "profession") == 2);
}

TEST_CASE("A clean graph without attributes has an empty report", "[datasets]") {
  Folder folder;
  folder.tab_separated();
  folder.put("train.txt", "ann\tknows\tbob\nbob\tlikes\tcy\n");
  const Dataset data = load_dataset(dataset_at(folder.path()));
  CHECK(data.integrity.findings.empty());
  CHECK(data.attributes.sensitive().empty());
  CHECK_FALSE(data.attributes.profession().has_value());
  CHECK(data.labels == data.graph.entities().names());
}

TEST_CASE("A count and an id far beyond a short file of names are refused", "[datasets]") {
  Folder folder;
  folder.openke();
  folder.put("entity2id.txt", "2000000000\nann\t1999999999\n");
  CHECK_THAT(folder.error(),
             Contains("the count 2000000000, and the id 0 is missing") && Contains("expected: 1"));
}

TEST_CASE("Words that stand for an unknown value are no values, and are counted", "[datasets]") {
  Folder folder;
  folder.put("train.txt",
             "a\tgender\tmale\nb\tgender\tfemale\nc\tgender\tsomevalue\nd\tgender\t_:x1\n"
             "e\tgender\tN/A\ne\tgender\tmale\nf\tgender\tnone\n"
             "g\tgender\thttp://www.wikidata.org/.well-known/genid/ab\n");
  folder.put("valid.txt", "a\tknows\tb\n");
  folder.put("test.txt", "b\tknows\ta\n");
  const KnowledgeGraph graph = load_graph_directory(folder.path()).graph;
  const PersonRelation gender{
      "gender", RelationId(*graph.relations().find("gender")), false, {}, {}};
  const AttributeTable attributes(graph, {gender}, std::nullopt);
  const IntegrityReport report = check_integrity(graph, attributes, graph.entities().names());
  const PersonAttribute& found_gender = attributes.sensitive()[0];
  const auto entity = [&](const char* name) { return EntityId(*graph.entities().find(name)); };
  const auto list = [](std::span<const EntityId> of) {
    return std::vector<EntityId>(of.begin(), of.end());
  };
  CHECK(list(found_gender.values()) ==
        std::vector<EntityId>{entity("male"), entity("female"), entity("none")});
  CHECK(list(found_gender.train_persons()) ==
        std::vector<EntityId>{entity("a"), entity("b"), entity("e"), entity("f")});
  CHECK(found_gender.all_values(entity("c")).empty());
  CHECK(attributes.persons().size() == 7);  // whose value is unknown is a person all the same
  const IntegrityFinding* found = find(report, "unknown_values", "gender");
  REQUIRE(found != nullptr);
  CHECK(found->count == 4);
  CHECK_THAT(found->detail, Contains("not known") && Contains("'somevalue'"));
  REQUIRE(find(report, "unknown_persons", "gender") != nullptr);
  CHECK(find(report, "unknown_persons", "gender")->count == 3);
  // As in a file about people, this one may be an answer.
  found = find(report, "placeholder_values", "gender");
  REQUIRE(found != nullptr);
  CHECK(found->count == 1);
  CHECK_THAT(found->detail, Contains("placeholders for an unknown value") && Contains("'none'"));
}

TEST_CASE("An attribute of which nothing but placeholders is known is absent", "[datasets]") {
  Folder folder;
  folder.put("train.txt", "a\tgender\tunknown\nb\tgender\t_:b1\n");
  folder.put("valid.txt", "a\tknows\tb\n");
  folder.put("test.txt", "b\tgender\tunknown\n");
  const KnowledgeGraph graph = load_graph_directory(folder.path()).graph;
  const PersonRelation gender{
      "gender", RelationId(*graph.relations().find("gender")), false, {}, {}};
  const IntegrityReport report = check_integrity(
      graph, AttributeTable(graph, {gender}, std::nullopt), graph.entities().names());
  REQUIRE(find(report, "unknown_values", "gender") != nullptr);
  CHECK(find(report, "unknown_values", "gender")->count == 2);
  CHECK(find(report, "absent_attribute", "gender") != nullptr);
}

TEST_CASE("Values of a graph that look alike are named with both spellings, and stay apart",
          "[datasets]") {
  Folder folder;
  folder.put("train.txt",
             "a\tgender\tmale\nb\tgender\tma\xe2\x80\x8ble\nc\tgender\tMale\n"
             "d\tgender\tfemale\ne\tgender\tNot Known\nf\tgender\t#N/A\n");
  folder.put("valid.txt", "a\tknows\tb\n");
  folder.put("test.txt", "b\tgender\tfemale\xc2\xa0\n");
  const KnowledgeGraph graph = load_graph_directory(folder.path()).graph;
  const PersonRelation gender{
      "gender", RelationId(*graph.relations().find("gender")), false, {}, {}};
  const AttributeTable attributes(graph, {gender}, std::nullopt);
  CHECK(attributes.sensitive()[0].values().size() == 7);
  const IntegrityReport report = check_integrity(graph, attributes, graph.entities().names());
  const IntegrityFinding* found = find(report, "values_alike", "gender");
  REQUIRE(found != nullptr);
  CHECK(found->count == 3);
  CHECK_THAT(found->detail, Contains("'male' and 'ma\\u200ble'"));
  REQUIRE(find(report, "placeholder_values", "gender") != nullptr);
  CHECK(find(report, "placeholder_values", "gender")->count == 2);
}

TEST_CASE("A relation that states an attribute without the card's word is named", "[datasets]") {
  Folder folder;
  std::string train;
  for (int p = 0; p < 20; ++p) {
    const char* gender = p % 2 == 0 ? "male" : "female";
    train += fmt::format("p{0}\tgender\t{1}\n{1}\thas_member\tp{0}\np{0}\tknows\tp{2}\n", p, gender,
                         (p + 1) % 20);
    // Half of them: too few to be the same fact.
    if (p < 10) train += fmt::format("p{}\ttitle_of\t{}\n", p, p < 5 ? gender : "nobody");
    train += fmt::format("p{}\tsex\t{}\n", p, p == 0 ? "unknown" : gender);
  }
  folder.put("train.txt", train);
  folder.put("valid.txt", "p1\tknows\tp3\n");
  folder.put("test.txt", "p1\tknows\tp5\n");
  const KnowledgeGraph graph = load_graph_directory(folder.path()).graph;
  const auto relation = [&](const char* name) { return RelationId(*graph.relations().find(name)); };
  const auto checked = [&](const PersonRelation& gender) {
    return check_integrity(graph, AttributeTable(graph, {gender}, std::nullopt),
                           graph.entities().names());
  };
  const auto named = [](const IntegrityReport& report) {
    std::vector<std::string> details;
    for (const IntegrityFinding& f : report.findings) {
      if (f.id == "restating_relation" && f.subject == "gender") details.push_back(f.detail);
    }
    return details;
  };
  const PersonRelation alone{"gender", relation("gender"), false, {}, {}};
  const std::vector<std::string> details = named(checked(alone));
  REQUIRE(details.size() == 2);
  CHECK_THAT(details[0], Contains("'has_member' states the other way round, in 20 of its 20 "
                                  "triples, e.g. (male, has_member, p0)") &&
                             Contains("{ relation = \"has_member\", inverse = true }"));
  CHECK_THAT(details[1], Contains("'sex' states too, in 19 of its 20 triples") &&
                             Contains("{ relation = \"sex\" }"));
  // Named in the card, as the same fact or as one that tells it, they are no finding.
  const StatingRelation inverse{relation("has_member"), true};
  const StatingRelation copy{relation("sex"), false};
  CHECK(named(checked({"gender", relation("gender"), false, {inverse}, {}})).size() == 1);
  CHECK(named(checked({"gender", relation("gender"), false, {inverse}, {copy}})).empty());
}

TEST_CASE("The line for the card names a relation as TOML reads it, and copies count once",
          "[datasets]") {
  Folder folder;
  const std::string odd = "the \"sex\" \\ \u202e" + std::string(250, 'x');
  std::string train;
  for (int p = 0; p < 20; ++p) {
    const char* gender = p % 2 == 0 ? "male" : "female";
    train += fmt::format("p{0}\tgender\t{1}\np{0}\tsays\t{1}\n{1}\tsays\tp{0}\n", p, gender);
    train += fmt::format("p{0}\t{1}\t{2}\n", p, odd, gender);
  }
  folder.put("train.txt", train);
  // Copies of what train says, which are the same values and the same triples.
  folder.put("valid.txt", fmt::format("p0\t{}\tmale\n", odd));
  folder.put("test.txt", "p0\tsays\tmale\nmale\tsays\tp0\n");
  const KnowledgeGraph graph = load_graph_directory(folder.path()).graph;
  const PersonRelation gender{
      "gender", RelationId(*graph.relations().find("gender")), false, {}, {}};
  const IntegrityReport report = check_integrity(
      graph, AttributeTable(graph, {gender}, std::nullopt), graph.entities().names());
  std::vector<IntegrityFinding> found;
  std::ranges::copy_if(report.findings, std::back_inserter(found),
                       [](const auto& f) { return f.id == "restating_relation"; });
  // In the order in which the triples come.
  REQUIRE(found.size() == 3);
  CHECK(found[0].count == 20);
  CHECK_THAT(found[0].detail, Contains("'says' states too, in 20 of its 40 triples") &&
                                  Contains("{ relation = \"says\" }"));
  CHECK_THAT(found[1].detail,
             Contains("'says' states the other way round, in 20 of its 40 triples") &&
                 Contains("{ relation = \"says\", inverse = true }"));
  CHECK(found[2].count == 20);
  CHECK_THAT(found[2].detail, Contains("in 20 of its 20 triples") &&
                                  Contains("{ relation = \"the \\\"sex\\\" \\\\ \\u202e" +
                                           std::string(250, 'x') + "\" }"));
}
