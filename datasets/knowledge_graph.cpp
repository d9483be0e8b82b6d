#include "datasets/knowledge_graph.hpp"

#include <algorithm>
#include <functional>

#include "suite/base/error.hpp"

namespace kgaudit::datasets {

namespace {

/// Names and numbers reach the hash through one buffer: a call of OpenSSL for each short name would
/// cost more than the hashing.
class BufferedSha256 {
 public:
  void add_number(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      buffer_.push_back(static_cast<char>((value >> shift) & 0xffU));
    }
  }
  void add_name(std::string_view name) {
    // The length in front keeps {"ab", "c"} and {"a", "bc"} apart.
    add_number(name.size());
    buffer_.append(name);
    if (buffer_.size() >= kLimit) flush();
  }
  void add_digest(const Digest& digest) {
    flush();
    hash_.add_bytes(digest.bytes.data(), digest.bytes.size());
  }
  void add_triples(std::span<const Triple> triples) {
    static_assert(sizeof(Triple) == 12 && std::has_unique_object_representations_v<Triple>);
    add_number(triples.size());
    flush();
    hash_.add_values(triples);
  }
  Digest finish() {
    flush();
    return hash_.finish();
  }

 private:
  static constexpr std::size_t kLimit = std::size_t{1} << 16;
  void flush() {
    hash_.add(buffer_);
    buffer_.clear();
  }
  std::string buffer_;
  Sha256 hash_;
};

void require_inside(std::span<const Triple> triples, std::size_t entities, std::size_t relations,
                    std::string_view list) {
  for (std::size_t i = 0; i < triples.size(); ++i) {
    const Triple& t = triples[i];
    KGA_REQUIRE(
        t.head.index() < entities && t.tail.index() < entities && t.relation.index() < relations,
        "{} triple {} is ({}, {}, {}), but there are {} entities and {} relations", list, i,
        t.head.value, t.relation.value, t.tail.value, entities, relations);
  }
}

constexpr std::uint64_t pack(EntityId key, EntityId value) {
  return std::uint64_t{key.value} << 32U | value.value;
}

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> names) : names_(std::move(names)) {
  BufferedSha256 hash;
  hash.add_number(size());
  for (std::size_t id = 0; id < size(); ++id) {
    KGA_REQUIRE(!this->names()[id].empty(), "name {} is empty", id);
    hash.add_name(this->names()[id]);
  }
  digest_ = hash.finish();
}

const std::string& Vocabulary::name(std::uint32_t id) const {
  KGA_REQUIRE(id < size(), "id {} of {} names", id, size());
  return names()[id];
}

KnowledgeGraph::KnowledgeGraph(Vocabulary entities, Vocabulary relations, std::vector<Triple> train,
                               std::vector<Triple> valid, std::vector<Triple> test)
    : entities_(std::move(entities)),
      relations_(std::move(relations)),
      train_(std::move(train)),
      valid_(std::move(valid)),
      test_(std::move(test)) {
  require_inside(train_, entities_.size(), relations_.size(), "train");
  require_inside(valid_, entities_.size(), relations_.size(), "valid");
  require_inside(test_, entities_.size(), relations_.size(), "test");
  BufferedSha256 hash;
  hash.add_digest(entities_.digest());
  hash.add_digest(relations_.digest());
  hash.add_triples(train_);
  hash.add_triples(valid_);
  hash.add_triples(test_);
  digest_ = hash.finish();
}

KnownTriples::KnownTriples(std::size_t entity_count, std::size_t relation_count,
                           std::initializer_list<std::span<const Triple>> lists) {
  for (const auto list : lists) require_inside(list, entity_count, relation_count, "known");
  by_head_ = index(relation_count, lists, true);
  by_tail_ = index(relation_count, lists, false);
}

KnownTriples::Side KnownTriples::index(std::size_t relation_count,
                                       std::initializer_list<std::span<const Triple>> lists,
                                       bool by_head) {
  // Counting sort by relation, then a plain sort of packed (key, value) numbers inside each one.
  std::vector<std::size_t> first(relation_count + 1, 0);
  for (const auto list : lists) {
    for (const Triple& t : list) ++first[t.relation.index() + 1];
  }
  for (std::size_t r = 0; r < relation_count; ++r) first[r + 1] += first[r];
  std::vector<std::uint64_t> pairs(first.back());
  {
    std::vector<std::size_t> next = first;
    for (const auto list : lists) {
      for (const Triple& t : list) {
        pairs[next[t.relation.index()]++] = by_head ? pack(t.head, t.tail) : pack(t.tail, t.head);
      }
    }
  }

  Side side;
  side.relation_begin.reserve(relation_count + 1);
  side.values.reserve(pairs.size());
  for (std::size_t r = 0; r < relation_count; ++r) {
    side.relation_begin.push_back(side.keys.size());
    const std::span<std::uint64_t> mine(pairs.data() + first[r], first[r + 1] - first[r]);
    std::sort(mine.begin(), mine.end());
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (i > 0 && mine[i] == mine[i - 1]) continue;
      const EntityId key(static_cast<std::uint32_t>(mine[i] >> 32U));
      if (i == 0 || mine[i] >> 32U != mine[i - 1] >> 32U) {
        side.keys.push_back(key);
        side.value_begin.push_back(side.values.size());
      }
      side.values.emplace_back(static_cast<std::uint32_t>(mine[i]));
    }
  }
  side.relation_begin.push_back(side.keys.size());
  side.value_begin.push_back(side.values.size());
  side.keys.shrink_to_fit();
  side.value_begin.shrink_to_fit();
  return side;
}

std::span<const EntityId> KnownTriples::Side::find(RelationId relation, EntityId key) const {
  if (relation.index() + 1 >= relation_begin.size()) return {};
  const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(relation_begin[relation.index()]);
  const auto end = keys.begin() + static_cast<std::ptrdiff_t>(relation_begin[relation.index() + 1]);
  const auto found = std::lower_bound(begin, end, key);
  if (found == end || *found != key) return {};
  const auto k = static_cast<std::size_t>(found - keys.begin());
  return {values.data() + value_begin[k], value_begin[k + 1] - value_begin[k]};
}

std::span<const EntityId> KnownTriples::tails(EntityId head, RelationId relation) const {
  return by_head_.find(relation, head);
}

std::span<const EntityId> KnownTriples::heads(RelationId relation, EntityId tail) const {
  return by_tail_.find(relation, tail);
}

bool KnownTriples::contains(const Triple& triple) const {
  const auto known = tails(triple.head, triple.relation);
  return std::binary_search(known.begin(), known.end(), triple.tail);
}

}  // namespace kgaudit::datasets
