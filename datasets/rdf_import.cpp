#include "datasets/rdf_import.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <serd/serd.h>
#include <nlohmann/json.hpp>

#include "datasets/card_proposal.hpp"
#include "datasets/name_table.hpp"
#include "datasets/people_file.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/files/line_reader.hpp"
#include "suite/base/files/new_folder.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEntityAddress = "http://www.wikidata.org/entity/";
constexpr std::string_view kPropertyAddress = "http://www.wikidata.org/prop/direct/";

/// The attributes that Wikidata's properties state, for the card.
struct KnownProperty {
  std::string_view relation;
  std::string_view attribute;
};
constexpr std::array<KnownProperty, 5> kStating = {{{"P21", "gender"},
                                                    {"P140", "religion"},
                                                    {"P172", "ethnicity"},
                                                    {"P27", "nationality"},
                                                    {"P106", "profession"}}};

/// Properties that tell a gender without stating it.
struct KnownProxy {
  std::string_view relation;
  bool inverse;
  std::string_view reason;
};
constexpr std::array<KnownProxy, 4> kGenderProxies = {{{"P735", false, "given name"},
                                                       {"P22", true, "father: the tail is a man"},
                                                       {"P25", true, "mother: the tail is a woman"},
                                                       {"P412", false, "voice type"}}};

/// "a,b" -> {"a", "b"}
std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; !list.empty() && begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    names.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

/// A set of 64-bit numbers: open addressing, at most half full, 0 = free. 16 to 32 bytes a number.
class NumberSet {
 public:
  [[nodiscard]] bool contains(std::uint64_t number) const {
    return !slots_.empty() && slots_[slot(number)] != 0;
  }
  void insert(std::uint64_t number) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    std::uint64_t& place = slots_[slot(number)];
    if (place == 0) ++size_;
    place = number;
  }

 private:
  [[nodiscard]] std::size_t slot(std::uint64_t number) const {
    std::size_t at = number & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != number) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    const std::vector<std::uint64_t> old = std::exchange(
        slots_, std::vector<std::uint64_t>(std::max<std::size_t>(64, 2 * slots_.size())));
    for (const std::uint64_t number : old) {
      if (number != 0) slots_[slot(number)] = number;
    }
  }

  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

/// FNV-1a over the bytes, with the bits mixed once more (the finaliser of MurmurHash3); never 0.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
  return (hash ^ (hash >> 33U)) | 1U;
}

/// The ends of one parsed statement, escapes decoded.
struct ParsedStatement {
  std::string subject;
  std::string object;
  bool literal = false;  ///< the object is a number, a date or a text
  bool blank = false;    ///< the object is a blank node
};

/// Parses single lines of N-Triples with serd.
class StatementParser {
 public:
  StatementParser()
      : reader_(serd_reader_new(SERD_NTRIPLES, this, nullptr, nullptr, nullptr, &on_statement,
                                nullptr)) {
    KGA_REQUIRE(reader_ != nullptr, "serd gives no reader");
    serd_reader_set_strict(reader_.get(), true);
    serd_reader_set_error_sink(reader_.get(), &on_error, this);
  }

  /// Throws InputError at the reader's line if it is no statement.
  const ParsedStatement& parse(const LineReader& at) {
    check_escapes(at);
    line_ = at.line();
    line_ += '\n';
    statements_ = 0;
    const SerdStatus status = serd_reader_read_string(
        reader_.get(), reinterpret_cast<const std::uint8_t*>(line_.c_str()));
    if (status != SERD_SUCCESS || statements_ != 1) {
      throw at.error(fmt::format("'{}'", printable(at.line())),
                     "one triple of N-Triples: <subject> <relation> <object> .",
                     "a dump in N-Triples (.nt), plain, gzip, bzip2 or zstd");
    }
    return parsed_;
  }

 private:
  struct Free {
    void operator()(SerdReader* reader) const { serd_reader_free(reader); }
  };
  /// serd takes an escape for whatever number it has.
  static void check_escapes(const LineReader& at) {
    const std::string_view line = at.line();
    for (std::size_t i = line.find('\\'); i != std::string_view::npos; i = line.find('\\', i)) {
      const char kind = i + 1 < line.size() ? line[i + 1] : ' ';
      const std::size_t digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      const std::string_view escape = line.substr(i, 2 + digits);
      i += 2;  // a backslash that is escaped begins nothing
      if (digits == 0) continue;
      std::uint32_t point = 0;
      const auto [end, failure] =
          std::from_chars(escape.data() + 2, escape.data() + escape.size(), point, 16);
      const bool whole = escape.size() == 2 + digits && failure == std::errc() &&
                         end == escape.data() + escape.size();
      if (whole && point != 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) continue;
      throw at.error(fmt::format("the escape '{}'", printable(escape)),
                     "the number of a Unicode character: \\u and 4, or \\U and 8 hex digits up to "
                     "10FFFF, no half of a surrogate pair",
                     "write the file anew, with a program that writes N-Triples");
    }
  }

  static SerdStatus on_statement(void* handle, SerdStatementFlags /*flags*/,
                                 const SerdNode* /*graph*/, const SerdNode* subject,
                                 const SerdNode* /*predicate*/, const SerdNode* object,
                                 const SerdNode* /*datatype*/, const SerdNode* /*language*/) {
    auto& self = *static_cast<StatementParser*>(handle);
    ++self.statements_;
    const auto text = [](const SerdNode* node) {
      return std::string_view(reinterpret_cast<const char*>(node->buf), node->n_bytes);
    };
    self.parsed_.subject = text(subject);
    self.parsed_.object = text(object);
    self.parsed_.literal = object->type == SERD_LITERAL;
    self.parsed_.blank = object->type == SERD_BLANK;
    return SERD_SUCCESS;
  }
  /// The line is named by whoever asked; without a sink serd writes to stderr.
  static SerdStatus on_error(void* /*handle*/, const SerdError* /*error*/) { return SERD_SUCCESS; }

  std::unique_ptr<SerdReader, Free> reader_;
  std::string line_;
  ParsedStatement parsed_;
  int statements_ = 0;
};

/// An address in angle brackets at the start of `rest`, without them; moves behind it and the
/// blanks that follow. Nothing if there is none.
std::optional<std::string_view> take_address(std::string_view& rest) {
  if (!rest.starts_with('<')) return std::nullopt;
  const std::size_t end = rest.find('>');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view address = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  return address;
}

/// Reads a dump and writes the lists. It lives for one call of import_people.
class Importer {
 public:
  Importer(const fs::path& dump, const fs::path& out, const ImportOptions& options,
           Progress& progress)
      : dump_(dump),
        options_(options),
        progress_(progress),
        folder_(out),
        id_(card_id_of(fs::absolute(out).lexically_normal().filename().string())),
        train_(folder_.part() / "train.txt"),
        valid_(folder_.part() / "valid.txt"),
        test_(folder_.part() / "test.txt"),
        rng_(options.seed, "datasets.import") {
    for (const std::string& name : options.relations) {
      report_.relations.emplace_back().name = name;
      relation_in_train_.push_back(false);
    }
  }

  ImportReport operator()() {
    read();
    require_something();
    train_.commit();
    valid_.commit();
    test_.commit();
    const std::string card = card_toml();
    report_.has_card = !card.empty();
    if (report_.has_card) write_atomically(folder_.part() / "card.toml", card);
    write_atomically(folder_.part() / "import.json", import_json(report_, options_));
    folder_.commit();
    return std::move(report_);
  }

 private:
  /// A kept statement of the subject at hand.
  struct Fact {
    std::size_t relation;  ///< index in the options
    std::string value;

    bool operator==(const Fact&) const = default;
  };

  void read() {
    HashedFileSource file(dump_);
    DecompressedSource bytes(file, dump_.string());
    LineReader lines(bytes, dump_.string());
    std::error_code failure;
    const std::uintmax_t size = fs::file_size(dump_, failure);
    Stage stage(progress_, "import", failure ? 0 : size);
    while (lines.next()) {
      read_line(lines);
      if (lines.number() % 65536 != 0) continue;
      stage.advance(bytes.packed_bytes(),
                    fmt::format("{} persons", with_thousands(report_.persons)));
      if (progress_.stop_requested()) throw Interrupted();
    }
    end_subject();
    stage.advance(bytes.packed_bytes());
    report_.lines = lines.number();
    report_.source = file.identity();
  }

  void read_line(const LineReader& lines) {
    std::string_view rest = lines.line();
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (rest.empty() || rest.starts_with('#') || rest.starts_with("_:")) return;
    const auto subject = take_address(rest);
    const auto predicate = subject ? take_address(rest) : std::nullopt;
    if (!predicate) {
      parser_.parse(lines);  // complains
      return;
    }
    if (*subject != subject_) begin_subject(*subject);
    const std::string_view name = short_wikidata_name(*predicate);
    if (name == options_.person_relation) {
      const ParsedStatement& parsed = parser_.parse(lines);
      if (!parsed.literal && short_wikidata_name(parsed.object) == options_.person_value) {
        is_person_ = true;
        require_together(lines);
      }
    }
    const auto relation = std::ranges::find(options_.relations, name);
    if (relation == options_.relations.end()) return;
    require_together(lines);
    has_facts_ = true;
    const auto index = static_cast<std::size_t>(relation - options_.relations.begin());
    keep(index, parser_.parse(lines), lines);
  }

  void keep(std::size_t relation, const ParsedStatement& parsed, const LineReader& lines) {
    if (parsed.literal) {
      ++pending_[relation].literals;
    } else if (parsed.blank || is_blank_node(parsed.object)) {
      ++pending_[relation].unknown;
    } else {
      if ((parsed.subject + parsed.object).find_first_of("\t\n\r") != std::string::npos) {
        throw lines.error("an address with a tab or a line end in it", "addresses without");
      }
      person_ = short_wikidata_name(parsed.subject);
      Fact fact{relation, std::string(short_wikidata_name(parsed.object))};
      if (std::ranges::find(facts_, fact) != facts_.end()) {
        ++pending_[relation].copies;
      } else {
        facts_.push_back(std::move(fact));
      }
    }
  }

  void begin_subject(std::string_view subject) {
    end_subject();
    subject_ = subject;
    subject_hash_ = hash_of(subject);
    is_person_ = false;
    has_facts_ = false;
    facts_.clear();
    pending_.assign(options_.relations.size(), {});
  }

  /// A subject that was here before, with something that mattered, has lost a part of it.
  void require_together(const LineReader& lines) const {
    if (!done_.contains(subject_hash_)) return;
    throw lines.error(
        fmt::format("more triples of '{}', which stood further above too", printable(subject_)),
        "all triples of one subject together, as in Wikidata's dumps",
        "sort the lines first (LC_ALL=C sort)");
  }

  void end_subject() {
    if (subject_.empty()) return;
    if (is_person_ || has_facts_) done_.insert(subject_hash_);
    if (!is_person_) return;
    ++report_.persons;
    if (facts_.empty()) ++report_.persons_without_facts;
    std::vector<bool> seen(options_.relations.size(), false);
    Rng draws = rng_.at(report_.persons);
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      ImportedRelation& relation = report_.relations[facts_[i].relation];
      ++relation.triples;
      if (!seen[facts_[i].relation]) ++relation.persons;
      seen[facts_[i].relation] = true;
      write(facts_[i], draws.uniform(), i == 0);
    }
    for (std::size_t r = 0; r < pending_.size(); ++r) {
      report_.relations[r].unknown += pending_[r].unknown;
      report_.relations[r].literals += pending_[r].literals;
      report_.relations[r].copies += pending_[r].copies;
    }
  }

  void write(const Fact& fact, double draw, bool first) {
    const std::string line =
        fmt::format("{}\t{}\t{}\n", person_, options_.relations[fact.relation], fact.value);
    const bool covered = !first && relation_in_train_[fact.relation] &&
                         values_in_train_.find(fact.value).has_value();
    if (covered && draw < options_.test_share) {
      test_.write(line);
      ++report_.test;
    } else if (covered && draw < options_.test_share + options_.valid_share) {
      valid_.write(line);
      ++report_.valid;
    } else {
      train_.write(line);
      ++report_.train;
      relation_in_train_[fact.relation] = true;
      values_in_train_.id(fact.value);
    }
  }

  void require_something() const {
    if (report_.persons == 0) {
      throw InputError::unreadable(
          dump_.string(),
          report_.lines == 0 ? "an empty file"
                             : fmt::format("no subject with {} {}", options_.person_relation,
                                           options_.person_value),
          "persons",
          report_.lines == 0 ? "" : "--person RELATION=VALUE, with names as the dump has them");
    }
    if (report_.train > 0 && report_.valid > 0 && report_.test > 0) return;
    throw InputError::usage(dump_.string(),
                            fmt::format("{} triples for train, {} for valid and {} for test",
                                        report_.train, report_.valid, report_.test),
                            "one or more for each",
                            "more relations (--also), or larger shares (--test, --valid)");
  }

  [[nodiscard]] bool has(std::string_view relation) const {
    return std::ranges::any_of(report_.relations, [&](const ImportedRelation& r) {
      return r.name == relation && r.triples > 0;
    });
  }

  [[nodiscard]] std::string card_toml() const {
    std::string toml;
    for (const KnownProperty& known : kStating) {
      if (!has(known.relation)) continue;
      const bool profession = known.attribute == "profession";
      toml += profession ? "\n[profession]\n"
                         : fmt::format("\n[[sensitive]]\nid = {}\n", toml_text(known.attribute));
      toml += fmt::format("relation = {}\n", toml_text(known.relation));
      if (known.attribute == "gender") toml += proxies();
    }
    if (toml.empty()) return "";
    return fmt::format(
        "# Proposed by `kgaudit datasets import` from the numbers of Wikidata's properties. Add a\n"
        "# whitelist if facts may legitimately depend on an attribute.\n"
        "id = {}\n{}",
        toml_text(id_), toml);
  }

  [[nodiscard]] std::string proxies() const {
    std::string list;
    for (const KnownProxy& proxy : kGenderProxies) {
      if (!has(proxy.relation)) continue;
      list += fmt::format("  {{ relation = {}{} }}, # {}\n", toml_text(proxy.relation),
                          proxy.inverse ? ", inverse = true" : "", proxy.reason);
    }
    return list.empty() ? "" : "proxies = [\n" + list + "]\n";
  }

  fs::path dump_;
  const ImportOptions& options_;
  Progress& progress_;
  NewFolder folder_;
  std::string id_;  ///< of the card: the folder's name
  AtomicFile train_;
  AtomicFile valid_;
  AtomicFile test_;
  Rng rng_;
  StatementParser parser_;
  ImportReport report_;

  std::string subject_;  ///< as it stands in the dump; empty before the first
  std::string person_;   ///< its name, where it has facts
  std::uint64_t subject_hash_ = 0;
  bool is_person_ = false;
  bool has_facts_ = false;
  std::vector<Fact> facts_;
  std::vector<ImportedRelation> pending_;  ///< what was left out of the subject, by relation
  NumberSet done_;                         ///< subjects with something that mattered
  std::vector<bool> relation_in_train_;
  NameTable values_in_train_;
};

}  // namespace

std::string_view short_wikidata_name(std::string_view address) {
  for (const std::string_view prefix : {kEntityAddress, kPropertyAddress}) {
    if (address.starts_with(prefix) && address.size() > prefix.size()) {
      return address.substr(prefix.size());
    }
  }
  return address;
}

std::span<const ParameterSpec> import_parameters() {
  static const ImportOptions defaults;
  static const std::array table = {
      ParameterSpec::text("person",
                          fmt::format("{}={}", defaults.person_relation, defaults.person_value),
                          "RELATION=VALUE that makes a subject a person; the last '=' divides"),
      ParameterSpec::text("relations", fmt::format("{}", fmt::join(defaults.relations, ",")),
                          "Relations that are kept, with commas between them"),
      ParameterSpec::text("also", "", "Further relations, with commas between them"),
      ParameterSpec::integer("seed", 0, 0, 9007199254740992, "",
                             "Decides which triples go to test and to valid"),
      ParameterSpec::real("test", defaults.test_share, 0.0, 0.5, "",
                          "Share for test of the triples that may leave train"),
      ParameterSpec::real("valid", defaults.valid_share, 0.0, 0.5, "", "The same for valid")};
  return table;
}

ImportOptions import_options(const Parameters& parameters) {
  ImportOptions options;
  const std::string& person = parameters.text("person");
  const std::size_t middle = person.rfind('=');
  if (middle == std::string::npos || middle == 0 || middle + 1 == person.size()) {
    throw InputError::usage("--person", fmt::format("'{}'", printable(person)), "RELATION=VALUE");
  }
  options.person_relation = person.substr(0, middle);
  options.person_value = person.substr(middle + 1);
  options.relations = names_in(parameters.text("relations"));
  for (std::string& name : names_in(parameters.text("also"))) {
    options.relations.push_back(std::move(name));
  }
  for (std::size_t i = 0; i < options.relations.size(); ++i) {
    const std::string& name = options.relations[i];
    if (name.empty() || std::ranges::count(options.relations, name) > 1) {
      throw InputError::usage("--relations",
                              fmt::format("'{}'{}", printable(name), name.empty() ? "" : " twice"),
                              "names of relations, each once, with commas between them");
    }
  }
  options.seed = parameters.count("seed");
  options.test_share = parameters.real("test");
  options.valid_share = parameters.real("valid");
  return options;
}

std::string import_json(const ImportReport& report, const ImportOptions& options) {
  nlohmann::ordered_json json = {
      {"source",
       {{"name", report.source.name},
        {"bytes", report.source.bytes},
        {"sha256", report.source.sha256}}},
      {"lines", report.lines},
      {"person", {{"relation", options.person_relation}, {"value", options.person_value}}},
      {"seed", options.seed},
      {"test_share", options.test_share},
      {"valid_share", options.valid_share},
      {"persons", report.persons},
      {"persons_without_facts", report.persons_without_facts},
      {"train", report.train},
      {"valid", report.valid},
      {"test", report.test},
      {"relations", nlohmann::ordered_json::array()}};
  for (const ImportedRelation& relation : report.relations) {
    json["relations"].push_back({{"name", relation.name},
                                 {"triples", relation.triples},
                                 {"persons", relation.persons},
                                 {"unknown", relation.unknown},
                                 {"literals", relation.literals},
                                 {"copies", relation.copies}});
  }
  return json.dump(2) + "\n";
}

ImportReport import_people(const fs::path& dump, const fs::path& out, const ImportOptions& options,
                           Progress& progress) {
  return Importer(dump, out, options, progress)();
}

}  // namespace kgaudit::datasets
