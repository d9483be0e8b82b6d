#include "datasets/planted/planted_files.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "datasets/planted/planted_people.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/new_folder.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/hash.hpp"

namespace kgaudit::datasets {
namespace {

namespace fs = std::filesystem;

std::string truth_json(const PlantedPeople& people) {
  const PlantedTruth truth = people.truth();
  nlohmann::ordered_json json;
  json["strength"] = truth.strength;
  for (const auto& [name, value] : people.parameters().entries()) {
    std::visit([&, key = name](const auto& v) { json["parameters"][key] = v; }, value);
  }
  json["gender_log_odds"] = nlohmann::ordered_json::object();
  for (const auto& [profession, log_odds] : truth.gender_log_odds) {
    json["gender_log_odds"][people.entity_name(profession)] = log_odds;
  }
  return json.dump(2) + "\n";
}

/// A file of triples under construction that hashes what is written.
class SplitWriter {
 public:
  SplitWriter(const fs::path& folder, std::string name) : out_(folder / name) {
    file_.name = std::move(name);
  }

  void add(std::string_view head, std::string_view relation, std::string_view tail) {
    line_.clear();
    line_.append(head).append(1, '\t').append(relation).append(1, '\t').append(tail);
    line_.push_back('\n');
    hash_.add(line_);
    out_.write(line_);
    file_.bytes += line_.size();
    ++lines_;
  }
  SourceFile finish() {
    out_.commit();
    file_.sha256 = hash_.finish().hex();
    return file_;
  }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }

 private:
  AtomicFile out_;
  std::string line_;
  Sha256 hash_;
  SourceFile file_;
  std::uint64_t lines_ = 0;
};

constexpr std::uint64_t kLargestTruth = std::uint64_t{1} << 26U;

constexpr std::array<std::string_view, 3> kSplitNames{"train", "valid", "test"};

std::string file_table(std::string_view role, const SourceFile& file) {
  return fmt::format("\n[[file]]\nrole = \"{}\"\npath = \"{}\"\nsha256 = \"{}\"\nbytes = {}\n",
                     role, file.name, file.sha256, file.bytes);
}

/// Writes the three splits; the card's tables about them.
std::string write_splits(const PlantedPeople& people, const fs::path& folder, Progress& progress) {
  SplitWriter train(folder, "train.txt");
  SplitWriter valid(folder, "valid.txt");
  SplitWriter test(folder, "test.txt");
  const std::array<SplitWriter*, 3> writers{&train, &valid, &test};
  const auto relations = people.relation_names();
  std::vector<bool> relation_seen(relations.size(), false);
  EntityId head(UINT32_MAX);
  std::string head_name;
  people.stream_all(progress, [&](SplitName split, const Triple& t) {
    if (t.head != head) {
      head = t.head;
      head_name = people.entity_name(head);
    }
    relation_seen[t.relation.index()] = true;
    writers[static_cast<std::size_t>(split)]->add(head_name, relations[t.relation.index()],
                                                  people.entity_name(t.tail));
  });
  std::string tables = fmt::format(
      "\n[expected]\nentities = {}\nrelations = {}\ntrain = {}\nvalid = {}\ntest = {}\n",
      people.entity_count(), std::ranges::count(relation_seen, true), train.lines(), valid.lines(),
      test.lines());
  for (std::size_t i = 0; i < writers.size(); ++i) {
    tables += file_table(kSplitNames[i], writers[i]->finish());
  }
  return tables;
}

}  // namespace

void write_planted_people(const fs::path& directory, const Parameters& parameters,
                          Progress& progress) {
  NewFolder folder(directory);
  const PlantedPeople people(parameters);
  std::string card = planted_people_card() + write_splits(people, folder.part(), progress);
  const std::string truth = truth_json(people);
  write_atomically(folder.part() / "truth.json", truth);
  card += file_table("truth", {"truth.json", truth.size(), sha256(truth).hex()});
  write_atomically(folder.part() / "card.toml", card);
  folder.commit();
}

PlantedTruth load_truth(const fs::path& file, const KnowledgeGraph& graph) {
  const nlohmann::json json =
      read_strict_json(file, kLargestTruth, "the truth that `kgaudit datasets make` wrote");
  const auto refuse = [&](std::string got) {
    return InputError::unreadable(
        file.string(), std::move(got),
        "{\"strength\": number, \"gender_log_odds\": {profession: number}}");
  };
  if (!json.is_object() || !json.contains("strength") || !json["strength"].is_number() ||
      !json.contains("gender_log_odds") || !json["gender_log_odds"].is_object()) {
    throw refuse("other keys");
  }
  PlantedTruth truth;
  truth.strength = json["strength"].get<double>();
  for (const auto& [name, value] : json["gender_log_odds"].items()) {
    const auto entity = graph.entities().find(name);
    if (!entity) {
      throw refuse(fmt::format("profession '{}', which the graph lacks", printable(name)));
    }
    if (!value.is_number()) throw refuse(fmt::format("no number for '{}'", printable(name)));
    truth.gender_log_odds.emplace_back(EntityId(*entity), value.get<double>());
  }
  std::ranges::sort(truth.gender_log_odds);
  return truth;
}

}  // namespace kgaudit::datasets
