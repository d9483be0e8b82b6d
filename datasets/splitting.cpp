#include "datasets/splitting.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/new_folder.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

/// Finds the place of a triple in a list without copies.
class Places {
 public:
  explicit Places(std::span<const Triple> triples) {
    sorted_.reserve(triples.size());
    for (std::size_t i = 0; i < triples.size(); ++i) sorted_.emplace_back(triples[i], i);
    std::ranges::sort(sorted_);
  }
  [[nodiscard]] std::optional<std::size_t> find(const Triple& t) const {
    const auto found =
        std::ranges::lower_bound(sorted_, t, {}, &std::pair<Triple, std::size_t>::first);
    if (found == sorted_.end() || found->first != t) return std::nullopt;
    return found->second;
  }

 private:
  std::vector<std::pair<Triple, std::size_t>> sorted_;
};

/// The first of each triple, in the order of the list.
std::vector<Triple> without_copies(std::span<const Triple> triples) {
  std::vector<std::size_t> order(triples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return triples[a] != triples[b] ? triples[a] < triples[b] : a < b;
  });
  std::vector<bool> copy(triples.size(), false);
  for (std::size_t i = 1; i < order.size(); ++i) {
    copy[order[i]] = triples[order[i]] == triples[order[i - 1]];
  }
  std::vector<Triple> first;
  for (std::size_t i = 0; i < triples.size(); ++i) {
    if (!copy[i]) first.push_back(triples[i]);
  }
  return first;
}

/// One triple of each fact. Large relations go first, so that a small one is dropped as a whole
/// where a larger one says the same; what is dropped has its counterpart among what stays.
std::vector<Triple> without_counterparts(std::vector<Triple> triples,
                                         const Counterparts& counterparts,
                                         std::size_t relation_count) {
  std::vector<std::uint64_t> size(relation_count, 0);
  for (const Triple& t : triples) ++size[t.relation.index()];
  std::vector<std::size_t> order(triples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    const RelationId ra = triples[a].relation;
    const RelationId rb = triples[b].relation;
    return size[ra.index()] != size[rb.index()] ? size[ra.index()] > size[rb.index()] : ra < rb;
  });
  const Places places(triples);
  std::vector<bool> kept(triples.size(), false);
  for (const std::size_t i : order) {
    kept[i] = std::ranges::none_of(counterparts.of(triples[i]), [&](const Triple& other) {
      const auto place = places.find(other);
      return place && kept[*place];
    });
  }
  std::size_t n = 0;
  for (std::size_t i = 0; i < triples.size(); ++i) {
    if (kept[i]) triples[n++] = triples[i];
  }
  triples.resize(n);
  return triples;
}

/// Groups of places whose triples state one fact (union by the smaller place).
class Groups {
 public:
  explicit Groups(std::size_t n) : parent_(n) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }
  /// By first place; each group ascending.
  std::vector<std::vector<std::size_t>> take() {
    std::vector<std::vector<std::size_t>> groups;
    std::vector<std::size_t> group_of(parent_.size());
    for (std::size_t i = 0; i < parent_.size(); ++i) {
      const std::size_t first = root(i);
      if (first == i) {
        group_of[i] = groups.size();
        groups.emplace_back();
      }
      groups[group_of[first]].push_back(i);
    }
    return groups;
  }

 private:
  std::vector<std::size_t> parent_;
};

std::vector<std::vector<std::size_t>> units_of(const std::vector<Triple>& triples,
                                               const Counterparts& counterparts, LeakRule rule) {
  Groups groups(triples.size());
  if (rule == LeakRule::kTogether) {
    const Places places(triples);
    for (std::size_t i = 0; i < triples.size(); ++i) {
      for (const Triple& other : counterparts.of(triples[i])) {
        if (const auto place = places.find(other)) groups.join(i, *place);
      }
    }
  }
  return groups.take();
}

/// How often every entity and relation still occurs in train.
class TrainCover {
 public:
  TrainCover(std::span<const Triple> train, std::size_t entity_count, std::size_t relation_count)
      : entities_(entity_count, 0), relations_(relation_count, 0) {
    for (const Triple& t : train) change(t, 1);
  }
  /// Takes a unit out of train, or nothing if one of its names would be gone from there.
  bool take(const std::vector<Triple>& triples, const std::vector<std::size_t>& unit) {
    for (const std::size_t i : unit) change(triples[i], -1);
    const bool covered = std::ranges::all_of(unit, [&](std::size_t i) {
      const Triple& t = triples[i];
      return entities_[t.head.index()] > 0 && entities_[t.tail.index()] > 0 &&
             relations_[t.relation.index()] > 0;
    });
    if (!covered) {
      for (const std::size_t i : unit) change(triples[i], 1);
    }
    return covered;
  }

 private:
  void change(const Triple& t, std::int64_t by) {
    entities_[t.head.index()] += by;
    entities_[t.tail.index()] += by;
    relations_[t.relation.index()] += by;
  }

  std::vector<std::int64_t> entities_;
  std::vector<std::int64_t> relations_;
};

std::uint64_t wanted(double share, std::size_t triples) {
  KGA_REQUIRE(share > 0.0 && share < 0.5, "share = {}", share);
  return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(triples)));
}

nlohmann::ordered_json overlap_json(const TripleFile& file, const RelationOverlap& overlap) {
  return {{"relation", file.relations.name(overlap.a.value)},
          {"repeated_by", file.relations.name(overlap.b.value)},
          {"inverse", overlap.inverse},
          {"triples", overlap.shared},
          {"share", overlap.share_of_a},
          {"share_of_other", overlap.share_of_b}};
}

void write_list(const std::filesystem::path& path, const TripleFile& file,
                std::span<const Triple> triples) {
  AtomicFile out(path);
  std::string line;
  for (const Triple& t : triples) {
    line.clear();
    line.append(file.entities.name(t.head.value)).append(1, '\t');
    line.append(file.relations.name(t.relation.value)).append(1, '\t');
    line.append(file.entities.name(t.tail.value)).append(1, '\n');
    out.write(line);
  }
  out.commit();
}

}  // namespace

std::span<const ParameterSpec> split_parameters() {
  using P = ParameterSpec;
  static const std::vector<ParameterSpec> kTable = {
      P::integer("seed", 0, 0, std::int64_t{1} << 53U, "", "Seed of the shuffle"),
      P::real("valid", 0.1, 0.0001, 0.4999, "share of triples", "Size of valid"),
      P::real("test", 0.1, 0.0001, 0.4999, "share of triples", "Size of test"),
      P::choice("leaks", "together", {"together", "drop", "ignore"},
                "What happens to triples that state one fact by two relations, such as a relation "
                "and its inverse: together = they go to the same list; drop = that of the larger "
                "relation stays; ignore = each goes where it falls"),
      P::real("overlap", 0.8, 0.01, 1.0, "share",
              "Two relations count as one fact told twice if one repeats at least this share of "
              "the other's triples"),
      P::choice("columns", "head-relation-tail",
                {"head-relation-tail", "head-tail-relation", "relation-head-tail"},
                "Order of the file's columns"),
  };
  return kTable;
}

SplitOptions split_options(const Parameters& parameters) {
  SplitOptions options;
  options.seed = parameters.count("seed");
  options.valid_share = parameters.real("valid");
  options.test_share = parameters.real("test");
  options.overlap = parameters.real("overlap");
  const std::string& leaks = parameters.text("leaks");
  options.leaks = leaks == "together" ? LeakRule::kTogether
                  : leaks == "drop"   ? LeakRule::kDrop
                                      : LeakRule::kIgnore;
  return options;
}

ColumnOrder column_order(const Parameters& parameters) {
  const std::string& columns = parameters.text("columns");
  if (columns == "head-tail-relation") return ColumnOrder::kHeadTailRelation;
  if (columns == "relation-head-tail") return ColumnOrder::kRelationHeadTail;
  return ColumnOrder::kHeadRelationTail;
}

std::string_view to_text(LeakRule rule) {
  switch (rule) {
    case LeakRule::kTogether:
      return "together";
    case LeakRule::kDrop:
      return "drop";
    case LeakRule::kIgnore:
      return "ignore";
  }
  KGA_REQUIRE(false, "leak rule {}", static_cast<int>(rule));
}

Split split_triples(std::span<const Triple> triples, std::size_t entity_count,
                    std::size_t relation_count, const SplitOptions& options,
                    const std::string& place) {
  Split split;
  std::vector<Triple> all = without_copies(triples);
  split.copies = triples.size() - all.size();
  split.overlaps = overlapping_relations(all, relation_count, options.overlap);
  const Counterparts counterparts(split.overlaps, relation_count);
  if (options.leaks == LeakRule::kDrop) {
    const std::size_t before = all.size();
    all = without_counterparts(std::move(all), counterparts, relation_count);
    split.dropped = before - all.size();
  }
  split.test_wanted = wanted(options.test_share, all.size());
  split.valid_wanted = wanted(options.valid_share, all.size());

  std::vector<std::vector<std::size_t>> units = units_of(all, counterparts, options.leaks);
  Rng(options.seed, "datasets.split").shuffle(std::span(units));
  TrainCover cover(all, entity_count, relation_count);
  enum : std::uint8_t { kTrain, kValid, kTest };
  std::vector<std::uint8_t> list_of(all.size(), kTrain);
  const auto fill = [&](std::uint8_t list, std::uint64_t size) {
    std::uint64_t held = 0;
    for (const std::vector<std::size_t>& unit : units) {
      if (held == size) break;
      if (held + unit.size() > size || list_of[unit.front()] != kTrain) continue;
      if (!cover.take(all, unit)) continue;
      for (const std::size_t i : unit) list_of[i] = list;
      held += unit.size();
    }
    if (held > 0) return;
    throw InputError::usage(
        place, fmt::format("no triple for {}", list == kTest ? "test" : "valid"),
        "triples that can leave train: with entities and relations that occur in others too",
        "a larger share, or more triples");
  };
  fill(kTest, split.test_wanted);
  fill(kValid, split.valid_wanted);
  for (std::size_t i = 0; i < all.size(); ++i) {
    (list_of[i] == kTrain   ? split.train
     : list_of[i] == kValid ? split.valid
                            : split.test)
        .push_back(all[i]);
  }
  split.leaking_valid = leaking_triples(split.valid, split.train, counterparts);
  split.leaking_test = leaking_triples(split.test, split.train, counterparts);
  return split;
}

std::string split_rule(const SplitOptions& options) {
  std::string rule = "Copies of a triple are left out. ";
  if (options.leaks == LeakRule::kDrop) {
    rule += "Of triples that state one fact by two relations, that of the larger relation stays. ";
  }
  rule += fmt::format("{} shuffled with seed {}. ",
                      options.leaks == LeakRule::kTogether
                          ? "Groups of triples that state one fact by several relations are"
                          : "The triples are",
                      options.seed);
  rule += fmt::format(
      "In that order they move to test (a share of {}), then to valid ({}), each only if its "
      "entities and relations still occur in train. Train keeps the rest.",
      number_text(options.test_share), number_text(options.valid_share));
  return rule;
}

TripleFile load_triple_file(const std::filesystem::path& file, ColumnOrder order,
                            Progress& progress, const ReadLimits& limits) {
  auto bytes = std::make_unique<HashedFileSource>(file);
  HashedFileSource* const source = bytes.get();
  TripleInput input{std::move(bytes), file.string()};
  NameTable entities;
  NameTable relations;
  TripleFile loaded;
  loaded.triples = read_named_triples(input, entities, relations, order, progress, limits);
  loaded.entities = Vocabulary(entities.take());
  loaded.relations = Vocabulary(relations.take());
  loaded.source = source->identity();
  return loaded;
}

std::string split_json(const TripleFile& file, const Split& split, const SplitOptions& options) {
  nlohmann::ordered_json json = {
      {"rule", split_rule(options)},
      {"seed", options.seed},
      {"leaks", to_text(options.leaks)},
      {"overlap", options.overlap},
      {"source",
       {{"name", file.source.name}, {"bytes", file.source.bytes}, {"sha256", file.source.sha256}}},
      {"entities", file.entities.size()},
      {"relations", file.relations.size()},
      {"train", split.train.size()},
      {"valid", split.valid.size()},
      {"valid_wanted", split.valid_wanted},
      {"test", split.test.size()},
      {"test_wanted", split.test_wanted},
      {"copies_left_out", split.copies},
      {"dropped", split.dropped},
      {"leaking_valid", split.leaking_valid},
      {"leaking_test", split.leaking_test},
      {"overlapping_relations", nlohmann::ordered_json::array()}};
  for (const RelationOverlap& overlap : split.overlaps) {
    json["overlapping_relations"].push_back(overlap_json(file, overlap));
  }
  return json.dump(2) + "\n";
}

void write_split(const std::filesystem::path& directory, const TripleFile& file, const Split& split,
                 const SplitOptions& options) {
  NewFolder folder(directory);
  write_list(folder.part() / "train.txt", file, split.train);
  write_list(folder.part() / "valid.txt", file, split.valid);
  write_list(folder.part() / "test.txt", file, split.test);
  write_atomically(folder.part() / "split.json", split_json(file, split, options));
  folder.commit();
}

}  // namespace kgaudit::datasets
