#include "datasets/card_proposal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

using Words = std::vector<std::string>;
using WordList = std::span<const std::string_view>;

/// What the name of an attribute's relation may hold.
struct AttributeWords {
  std::string_view id;
  WordList words;             ///< one of them names the attribute
  std::string_view wikidata;  ///< the property that states it
};

constexpr std::array<std::string_view, 2> kGender{"gender", "sex"};
constexpr std::array<std::string_view, 6> kReligion{"religion", "religions",    "religious",
                                                    "faith",    "denomination", "confession"};
constexpr std::array<std::string_view, 4> kEthnicity{"ethnicity", "ethnicities", "ethnic",
                                                     "ethnicgroup"};
constexpr std::array<std::string_view, 4> kNationality{"nationality", "nationalities",
                                                       "citizenship", "citizen"};
constexpr std::array<std::string_view, 5> kProfession{"profession", "professions", "occupation",
                                                      "occupations", "job"};
constexpr std::array kAttributes{AttributeWords{"gender", kGender, "p21"},
                                 AttributeWords{"religion", kReligion, "p140"},
                                 AttributeWords{"ethnicity", kEthnicity, "p172"},
                                 AttributeWords{"nationality", kNationality, "p27"},
                                 AttributeWords{"profession", kProfession, "p106"}};

/// Words that say nothing of what a relation states.
constexpr std::array<std::string_view, 24> kFillers{
    "has",   "have", "is",     "was",    "of",      "or",    "the",     "a",
    "an",    "this", "with",   "in",     "by",      "to",    "his",     "her",
    "their", "s",    "person", "people", "persons", "group", "country", "affiliation"};

/// Relations whose person's end holds persons, whatever else the graph is about. (Companies and
/// regions have parents and children too.)
constexpr std::array<std::string_view, 13> kPersonWords{
    "born", "birth",   "birthplace", "birthday", "died",   "death",  "spouse",
    "wife", "husband", "married",    "mother",   "father", "sibling"};
constexpr std::array<std::string_view, 11> kPersonProperties{
    "p19", "p20", "p22", "p25", "p26", "p40", "p569", "p570", "p734", "p735", "p3373"};

/// How entities that stand for a gender are called: words, Wikidata's items, Freebase's ids.
constexpr std::array<std::string_view, 13> kGenderValues{
    "male", "female",    "man",      "woman",    "masculine", "feminine", "m",
    "f",    "nonbinary", "Q6581097", "Q6581072", "/m/05zppz", "/m/02zsn"};

/// Relations that tell an attribute without stating it.
struct ProxyWords {
  std::string_view attribute;
  WordList phrases;  ///< the whole name, without fillers
  std::string_view wikidata;
  bool inverse;
  std::string_view reason;
};
constexpr std::array<std::string_view, 4> kGivenName{"given name", "first name", "forename",
                                                     "givenname"};
constexpr std::array<std::string_view, 1> kFather{"father"};
constexpr std::array<std::string_view, 1> kMother{"mother"};
constexpr std::array kProxies{
    ProxyWords{"gender", kGivenName, "p735", false, "given names are given by gender"},
    ProxyWords{"gender", kFather, "p22", true, "a father is a man"},
    ProxyWords{"gender", kMother, "p25", true, "a mother is a woman"}};

bool contains(WordList list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

Words without_fillers(const Words& words) {
  Words left;
  for (const std::string& word : words) {
    if (!contains(kFillers, word)) left.push_back(word);
  }
  return left;
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += text.empty() ? word : " " + word;
  return text;
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

/// How much a name says: the order is that of strength.
enum class NameEvidence : std::uint8_t { kNone, kPath, kWord, kWhole };

NameEvidence evidence_of(const std::vector<Words>& parts, const AttributeWords& attribute) {
  if (parts.empty()) return NameEvidence::kNone;
  const auto is_word = [&](const std::string& word) { return contains(attribute.words, word); };
  const Words& last = parts.back();
  if (last == Words{std::string(attribute.wikidata)}) return NameEvidence::kWhole;
  const Words said = without_fillers(last);
  if (!said.empty() && std::ranges::all_of(said, is_word)) return NameEvidence::kWhole;
  if (std::ranges::any_of(said, is_word)) return NameEvidence::kWord;
  const bool in_path = std::any_of(parts.begin(), parts.end() - 1, [&](const Words& part) {
    return std::ranges::any_of(part, is_word);
  });
  return in_path ? NameEvidence::kPath : NameEvidence::kNone;
}

/// The triples of one relation in train, seen from both ends.
struct Shape {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;  ///< distinct (head, tail)
  std::vector<std::uint32_t> heads;                            ///< distinct, ascending
  std::vector<std::uint32_t> tails;

  /// The end with more entities is the persons': there are fewer genders than people.
  [[nodiscard]] bool inverse() const { return tails.size() > heads.size(); }
  [[nodiscard]] const std::vector<std::uint32_t>& persons(bool inverse) const {
    return inverse ? tails : heads;
  }
  [[nodiscard]] const std::vector<std::uint32_t>& values(bool inverse) const {
    return inverse ? heads : tails;
  }
};

void keep_one_each(auto& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

std::vector<Shape> shapes_of(const KnowledgeGraph& graph) {
  std::vector<Shape> shapes(graph.relation_count());
  for (const Triple& t : graph.train()) {
    shapes[t.relation.index()].pairs.emplace_back(t.head.value, t.tail.value);
  }
  for (Shape& shape : shapes) {
    keep_one_each(shape.pairs);
    for (const auto& [head, tail] : shape.pairs) {
      shape.heads.push_back(head);
      shape.tails.push_back(tail);
    }
    keep_one_each(shape.heads);
    keep_one_each(shape.tails);
  }
  return shapes;
}

class Proposer {
 public:
  Proposer(const KnowledgeGraph& graph, const Progress& progress)
      : graph_(graph), progress_(progress), shapes_(shapes_of(graph)) {
    for (const std::string& name : graph.relations().names()) {
      words_.push_back(relation_words(name));
    }
    mark_persons();
  }

  CardProposal propose() {
    CardProposal proposal;
    for (const AttributeWords& attribute : kAttributes) {
      auto proposed = propose(attribute);
      if (!proposed) continue;
      if (attribute.id == "profession") {
        proposal.profession = std::move(proposed);
      } else {
        proposal.sensitive.push_back(*std::move(proposed));
      }
    }
    return proposal;
  }

 private:
  struct Candidate {
    ProposedRelation relation;
    NameEvidence name = NameEvidence::kNone;
    std::uint64_t triples = 0;
  };

  /// Counts, for every entity, the relations about persons at whose person's end it stands.
  void mark_persons() {
    times_person_.assign(graph_.entity_count(), 0);
    tells_persons_.assign(shapes_.size(), {false, false});
    for (std::size_t r = 0; r < shapes_.size(); ++r) {
      const std::vector<Words>& parts = words_[r];
      if (parts.empty() || shapes_[r].pairs.empty()) continue;
      const Words& last = parts.back();
      const auto names = [&](WordList list) {
        return std::ranges::any_of(last, [&](const std::string& w) { return contains(list, w); });
      };
      bool attribute = false;
      for (const AttributeWords& one : kAttributes) {
        attribute = attribute || evidence_of(parts, one) == NameEvidence::kWhole;
      }
      const bool of_person = parts.size() > 1 && parts[parts.size() - 2] == Words{"person"};
      const bool known = names(kPersonWords) || (last.size() == 1 && names(kPersonProperties));
      if (!attribute && !of_person && !known) continue;
      const bool inverse = !of_person && shapes_[r].inverse();
      tells_persons_[r][inverse ? 1 : 0] = true;
      for (const std::uint32_t e : shapes_[r].persons(inverse)) ++times_person_[e];
    }
  }

  /// The share of the relation's persons that are persons by another relation too; nothing when no
  /// other relation is about persons.
  [[nodiscard]] std::optional<double> support(std::size_t r, bool inverse) const {
    bool any = false;
    for (std::size_t other = 0; other < shapes_.size(); ++other) {
      any = any || (other != r && (tells_persons_[other][0] || tells_persons_[other][1]));
    }
    if (!any) return std::nullopt;
    const std::uint32_t own = tells_persons_[r][inverse ? 1 : 0] ? 1 : 0;
    const auto& persons = shapes_[r].persons(inverse);
    const auto known =
        std::ranges::count_if(persons, [&](std::uint32_t e) { return times_person_[e] > own; });
    return static_cast<double>(known) / static_cast<double>(persons.size());
  }

  /// The share of triples whose value is called like a gender.
  [[nodiscard]] double gender_values(std::size_t r, bool inverse) const {
    const auto is_gender = [&](std::uint32_t e) {
      const std::string& name = graph_.entities().name(e);
      if (contains(kGenderValues, name)) return true;
      const auto parts = relation_words(name);
      if (parts.empty()) return false;
      return parts.back().size() == 1 && contains(kGenderValues, parts.back().front());
    };
    std::size_t count = 0;
    for (const auto& [head, tail] : shapes_[r].pairs) {
      if (is_gender(inverse ? head : tail)) ++count;
    }
    return static_cast<double>(count) / static_cast<double>(shapes_[r].pairs.size());
  }

  [[nodiscard]] std::string name_reason(std::size_t r, NameEvidence name,
                                        const AttributeWords& attribute) const {
    const Words& last = words_[r].back();
    switch (name) {
      case NameEvidence::kWhole:
        return last == Words{std::string(attribute.wikidata)}
                   ? fmt::format("Wikidata's property of {}", attribute.id)
                   : fmt::format("its name says '{}'", joined(without_fillers(last)));
      case NameEvidence::kWord:
        return fmt::format("its name holds a word for {}", attribute.id);
      case NameEvidence::kPath:
        return fmt::format("its path holds a word for {}", attribute.id);
      case NameEvidence::kNone:
        break;
    }
    return "its name says nothing";
  }

  [[nodiscard]] std::optional<Candidate> candidate(std::size_t r,
                                                   const AttributeWords& attribute) const {
    const Shape& shape = shapes_[r];
    if (shape.pairs.empty()) return std::nullopt;
    const bool inverse = shape.inverse();
    Candidate result;
    result.name = evidence_of(words_[r], attribute);
    const double gendered = attribute.id == "gender" ? gender_values(r, inverse) : 0.0;
    const bool by_values = gendered >= 0.8;
    if (result.name == NameEvidence::kNone && !by_values) return std::nullopt;
    const auto known = support(r, inverse);
    if (known && *known < 0.1) return std::nullopt;  // about something else: states, films

    result.triples = shape.pairs.size();
    ProposedRelation& proposed = result.relation;
    proposed.stating = {RelationId::of(r), inverse};
    proposed.persons = shape.persons(inverse).size();
    proposed.values = shape.values(inverse).size();
    proposed.reason = name_reason(r, result.name, attribute);
    if (gendered > 0.0) {
      proposed.reason +=
          fmt::format("; {} of its values are called like a gender", percent(gendered));
    }
    const bool strong = result.name == NameEvidence::kWhole || by_values;
    if (known) {
      proposed.reason += fmt::format("; {} of its {} persons are persons by other relations too",
                                     percent(*known), with_thousands(proposed.persons));
      proposed.confidence = *known < 0.5 ? Confidence::kLow
                            : strong     ? Confidence::kHigh
                                         : Confidence::kMedium;
    } else {
      proposed.reason += "; no other relation tells who is a person";
      proposed.confidence = strong ? Confidence::kMedium : Confidence::kLow;
    }
    constexpr std::uint64_t kEnough = 20;  // of few persons each may have a value of its own
    if (proposed.persons >= kEnough && 2 * proposed.values > proposed.persons) {
      proposed.reason +=
          fmt::format("; {} values are many for an attribute", with_thousands(proposed.values));
      proposed.confidence = Confidence::kLow;
    }
    return result;
  }

  [[nodiscard]] std::optional<ProposedAttribute> propose(const AttributeWords& attribute) const {
    std::vector<Candidate> found;
    for (std::size_t r = 0; r < shapes_.size(); ++r) {
      if (progress_.stop_requested()) throw Interrupted();
      if (auto one = candidate(r, attribute)) found.push_back(*std::move(one));
    }
    if (found.empty()) return std::nullopt;
    // The first asks the models: the surest, then the largest, then one that goes out from persons.
    std::ranges::stable_sort(found, [](const Candidate& x, const Candidate& y) {
      const auto key = [](const Candidate& c) {
        return std::tuple(c.relation.confidence, c.name, !c.relation.stating.inverse, c.triples);
      };
      return key(x) > key(y);
    });
    if (found.front().relation.confidence == Confidence::kLow) return std::nullopt;
    ProposedAttribute proposed;
    proposed.id = attribute.id;
    proposed.first = std::move(found.front().relation);
    for (std::size_t i = 1; i < found.size(); ++i) add_further(proposed, std::move(found[i]));
    add_proxies(proposed);
    return proposed;
  }

  /// Another relation of the attribute: it states the same where its values are those of the first.
  void add_further(ProposedAttribute& proposed, Candidate further) const {
    const auto values_of = [&](const StatingRelation& by) -> const std::vector<std::uint32_t>& {
      return shapes_[by.relation.index()].values(by.inverse);
    };
    ProposedRelation& relation = further.relation;
    const auto& known = values_of(proposed.first.stating);
    const auto& own = values_of(relation.stating);
    const auto same = std::ranges::count_if(
        own, [&](std::uint32_t e) { return std::ranges::binary_search(known, e); });
    const double share = static_cast<double>(same) / static_cast<double>(own.size());
    const bool shares_values = share >= 0.5;
    // A mere word in the name, and other values: about something else.
    if (!shares_values && further.name != NameEvidence::kWhole) return;
    relation.reason += fmt::format("; {} of its values are values of '{}'", percent(share),
                                   name(proposed.first.stating));
    constexpr std::uint64_t kOneOf = 100;  // rarer relations are mostly about something else
    if (kOneOf * relation.persons < proposed.first.persons) {
      relation.reason += fmt::format("; it has {} persons only", relation.persons);
      relation.confidence = Confidence::kLow;
    }
    const bool states = shares_values && relation.confidence != Confidence::kLow;
    (states ? proposed.also : proposed.doubtful).push_back(std::move(relation));
  }

  void add_proxies(ProposedAttribute& proposed) const {
    for (const ProxyWords& proxy : kProxies) {
      if (proxy.attribute != proposed.id) continue;
      for (std::size_t r = 0; r < shapes_.size(); ++r) {
        if (words_[r].empty() || shapes_[r].pairs.empty()) continue;
        const Words& last = words_[r].back();
        const bool named = last == Words{std::string(proxy.wikidata)} ||
                           contains(proxy.phrases, joined(without_fillers(last)));
        const auto known = named ? support(r, proxy.inverse) : std::nullopt;
        if (!known || *known < 0.1) continue;
        ProposedRelation relation;
        relation.stating = {RelationId::of(r), proxy.inverse};
        relation.confidence = *known < 0.5 ? Confidence::kLow : Confidence::kMedium;
        relation.reason = proxy.reason;
        relation.persons = shapes_[r].persons(proxy.inverse).size();
        relation.values = shapes_[r].values(proxy.inverse).size();
        proposed.proxies.push_back(std::move(relation));
      }
    }
  }

  [[nodiscard]] std::string name(const StatingRelation& by) const {
    return printable(graph_.relations().name(by.relation.value), 200);
  }

  const KnowledgeGraph& graph_;
  const Progress& progress_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<Words>> words_;
  std::vector<std::array<bool, 2>> tells_persons_;  ///< per relation: of its heads, of its tails
  std::vector<std::uint32_t> times_person_;
};

std::string keys_of(const ProposedRelation& relation, const KnowledgeGraph& graph) {
  return fmt::format("relation = {}{}",
                     toml_text(graph.relations().name(relation.stating.relation.value)),
                     relation.stating.inverse ? ", inverse = true" : "");
}

std::string comment(std::string_view start, const ProposedRelation& relation) {
  return fmt::format("{}{} confidence: {}.\n", start, to_text(relation.confidence),
                     relation.reason);
}

void append_list(std::string& toml, std::string_view key, const KnowledgeGraph& graph,
                 const std::vector<ProposedRelation>& relations) {
  if (relations.empty()) return;
  toml += fmt::format("{} = [\n", key);
  for (const ProposedRelation& relation : relations) {
    toml += comment("  # ", relation);
    toml += fmt::format("  {{ {} }},\n", keys_of(relation, graph));
  }
  toml += "]\n";
}

void append_attribute(std::string& toml, const KnowledgeGraph& graph,
                      const ProposedAttribute& attribute, std::string_view heading, bool with_id) {
  const ProposedRelation& first = attribute.first;
  toml += fmt::format("\n{}# {} persons, {} values.\n{}\n", comment("# ", first),
                      with_thousands(first.persons), with_thousands(first.values), heading);
  if (with_id) toml += fmt::format("id = {}\n", toml_text(attribute.id));
  toml += fmt::format("relation = {}\n",
                      toml_text(graph.relations().name(first.stating.relation.value)));
  if (first.stating.inverse) toml += "inverse = true\n";
  append_list(toml, "also", graph, attribute.also);
  append_list(toml, "proxies", graph, attribute.proxies);
  for (const ProposedRelation& relation : attribute.doubtful) {
    toml += comment("# Not used, ", relation);
    toml += fmt::format("#   {{ {} }},\n", keys_of(relation, graph));
  }
}

}  // namespace

std::vector<std::vector<std::string>> relation_words(std::string_view name) {
  if (const auto scheme = name.find("://"); scheme != std::string_view::npos) {
    const auto path = name.find('/', scheme + 3);
    name = path == std::string_view::npos ? std::string_view() : name.substr(path);
  }
  std::vector<Words> parts;
  Words words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  const auto end_part = [&] {
    end_word();
    if (!words.empty()) parts.push_back(std::exchange(words, {}));
  };
  const auto is = [](int (*test)(int), char c) { return test(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '/' || c == '.' || c == '#' || c == ':' || c == '<' || c == '>') {
      end_part();
    } else if (!is_ascii_letter_or_digit(c) && static_cast<unsigned char>(c) < 0x80) {
      end_word();
    } else {
      // "hasGender", but neither "GENDER" nor "P21".
      if (is(std::isupper, c) && !word.empty() && is(std::islower, word.back()) &&
          is(std::islower, name[i - 1])) {
        end_word();
      }
      word += ascii_small(c);
    }
  }
  end_part();
  return parts;
}

CardProposal propose_card(const KnowledgeGraph& graph, Progress& progress) {
  const Stage stage(progress, "looking for relations about persons");
  return Proposer(graph, progress).propose();
}

std::string card_id_of(std::string_view name) {
  std::string plain(name);
  for (char& c : plain) {
    const bool good =
        is_ascii_letter_or_digit(c) || c == '-' || c == '_' || (c == '.' && &c != plain.data());
    if (!good) c = '-';
  }
  return plain.empty() ? "graph" : plain;
}

std::string proposal_toml(const CardProposal& proposal, const KnowledgeGraph& graph,
                          std::string_view id) {
  std::string toml = fmt::format(
      "# Proposed by `kgaudit datasets propose` from names and shapes. Confirm every line, delete\n"
      "# what is wrong, and add a whitelist if facts may legitimately depend on an attribute.\n"
      "id = {}\n",
      toml_text(card_id_of(id)));
  for (const ProposedAttribute& attribute : proposal.sensitive) {
    append_attribute(toml, graph, attribute, "[[sensitive]]", true);
  }
  if (proposal.profession) {
    append_attribute(toml, graph, *proposal.profession, "[profession]", false);
  }
  return toml;
}

std::string_view to_text(Confidence confidence) {
  switch (confidence) {
    case Confidence::kLow:
      return "low";
    case Confidence::kMedium:
      return "medium";
    case Confidence::kHigh:
      return "high";
  }
  KGA_REQUIRE(false, "confidence {}", static_cast<int>(confidence));
}

}  // namespace kgaudit::datasets
