#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/training/trainer.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;
using namespace std::string_view_literals;

namespace {

using Changes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Small, quick training of toy_town with several batches an epoch and a last chunk of its own
/// size.
Parameters training(Changes changes = {}) {
  Parameters parameters = parameters_of(training_parameters(), {{"dimension", "12"},
                                                                {"epochs", "4"},
                                                                {"batch_size", "100"},
                                                                {"chunk_size", "15"},
                                                                {"uniform_negatives", "9"},
                                                                {"initial_scale", "0.1"}});
  for (const auto& [name, text] : changes) parameters.set(name, text, "test");
  return parameters;
}

Parameters of_system(const std::string& id, Changes changes = {}) {
  Parameters parameters = parameters_of(find_system(id).parameters(), changes);
  // A filter fitted anew for each table that is published need not be a good one here.
  if (id == "fan") parameters.set("steps", "10"sv, "test");
  return parameters;
}

/// Leaves of Neutral its steps alone: no adversaries, and no triple that moves no person.
void let_nothing_else_act(Parameters& neutral) {
  for (const char* name : {"adversary_gender", "adversary_religion", "adversary_ethnicity",
                           "adversary_nationality", "adversary_other"}) {
    neutral.set(name, "0"sv, "test");
  }
  neutral.set("detach", "none"sv, "test");
}

/// A trainer with the pool it runs on.
struct Run {
  Run(const Dataset& data, const std::string& id, const Parameters& shared, const Parameters& own,
      std::uint64_t seed = 1, std::size_t threads = 1)
      : pool(threads), trainer(data, find_system(id), shared, own, seed, pool) {}
  Run(const Dataset& data, const std::string& id, const Parameters& shared = training())
      : Run(data, id, shared, of_system(id)) {}

  Run& epochs(int n) {
    for (int i = 0; i < n; ++i) last = trainer.run_epoch();
    return *this;
  }
  [[nodiscard]] Digest table() const { return trainer.publish().front().scorer.table().digest(); }
  [[nodiscard]] double loss(const std::string& name) const {
    for (const auto& [id, value] : last.losses)
      if (id == name) return value;
    FAIL("no loss named " << name);
    return 0.0;
  }

  ThreadPool pool;
  Trainer trainer;
  EpochReport last;
};

InputError refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error;
  }
  FAIL("nothing was refused");
  throw std::logic_error("unreachable");
}

/// Mean over persons of |g(p, gender, male) - g(p, gender, female)|.
double gender_gap(const LinkScorer& scorer, const Dataset& data) {
  double sum = 0.0;
  for (const EntityId person : data.attributes.persons()) {
    sum += std::abs(
        static_cast<double>(scorer.score(person, RelationId(kGender), EntityId(kTownGenders[0])) -
                            scorer.score(person, RelationId(kGender), EntityId(kTownGenders[1]))));
  }
  return sum / static_cast<double>(data.attributes.persons().size());
}

}  // namespace

TEST_CASE("Every system trains to the same bits with 1, 2 and 4 threads", "[models]") {
  const Dataset data = toy_town();
  for (const SystemEntry* system : systems()) {
    for (const char* score : {"transe-dot", "transe-l2", "rotate"}) {
      INFO(std::string(system->id) << ", " << score);
      std::vector<Digest> digests, tables;
      std::vector<double> losses;
      for (const std::size_t threads : {1U, 2U, 4U}) {
        Run run(data, std::string(system->id), training({{"score", score}}),
                of_system(std::string(system->id)), 1, threads);
        run.epochs(2);
        digests.push_back(run.trainer.digest());
        tables.push_back(run.table());
        losses.push_back(run.loss("likelihood"));
      }
      for (std::size_t i = 1; i < digests.size(); ++i) {
        CHECK(digests[i] == digests[0]);
        CHECK(tables[i] == tables[0]);
        CHECK(losses[i] == losses[0]);
      }
    }
  }
}

TEST_CASE(
    "A training whose numbers run away is reported as diverged, at the same epoch whatever the "
    "threads",
    "[models][basic]") {
  const Dataset data = toy_town();
  const Parameters wild = training({{"learning_rate", "100"},
                                    {"optimizer", "sgd"},
                                    {"score", "distmult"},
                                    {"warm_up_epochs", "0"}});
  for (const char* system : {"basic", "kl", "neutral", "bose"}) {
    INFO(system);
    std::vector<std::uint32_t> epochs;
    for (const std::size_t threads : {1U, 4U}) {
      Run run(data, system, wild, of_system(system), 1, threads);
      do run.epochs(1);
      while (!run.last.diverged && run.trainer.epochs_done() < 20);
      CHECK(run.last.diverged);
      CHECK(run.last.epoch == run.trainer.epochs_done());
      CHECK_THROWS_AS(run.trainer.run_epoch(), BrokenInvariant);
      epochs.push_back(run.last.epoch);
    }
    CHECK(epochs[0] == epochs[1]);
  }
  CHECK_FALSE(Run(data, "basic").epochs(4).last.diverged);
}

TEST_CASE("A training that diverged can go on from a checkpoint of before", "[models]") {
  const Dataset data = toy_town();
  const TemporaryDirectory folder;
  Run run(data, "basic",
          training({{"learning_rate", "100"}, {"optimizer", "sgd"}, {"score", "distmult"}}));
  run.trainer.save(folder.path() / "before");
  do run.epochs(1);
  while (!run.last.diverged && run.trainer.epochs_done() < 20);
  REQUIRE(run.last.diverged);
  run.trainer.load(folder.path() / "before");
  CHECK(run.trainer.run_epoch().epoch == 1);
}

TEST_CASE("A training that is saved and loaded goes on to the bits of an uninterrupted one",
          "[models]") {
  const Dataset data = toy_town();
  const TemporaryDirectory folder;
  for (const SystemEntry* system : systems()) {
    for (const char* optimizer : {"row-adagrad", "adagrad", "adam"}) {
      INFO(std::string(system->id) << ", " << optimizer);
      const std::string id(system->id);
      const Parameters shared = training({{"optimizer", optimizer}, {"learning_rate", "0.05"}});
      Run whole(data, id, shared);
      whole.epochs(4);
      Run first(data, id, shared);
      first.epochs(2);
      first.trainer.save(folder / "checkpoint");
      Run second(data, id, shared);
      second.trainer.load(folder / "checkpoint");
      CHECK(second.trainer.epochs_done() == 2);
      CHECK(second.trainer.digest() == first.trainer.digest());
      CHECK(second.table() == first.table());
      second.epochs(2);
      CHECK(second.last.epoch == 4);
      CHECK(second.trainer.digest() == whole.trainer.digest());
      CHECK(second.table() == whole.table());
      CHECK(second.last.losses == whole.last.losses);
      // Loading replaces all that a trainer had done before.
      whole.trainer.load(folder / "checkpoint");
      CHECK(whole.trainer.digest() == first.trainer.digest());
    }
  }
}

TEST_CASE("Another seed trains another embedding, the same seed the same", "[models]") {
  const Dataset data = toy_town();
  for (const SystemEntry* system : systems()) {
    const std::string id(system->id);
    INFO(id);
    std::set<std::string> tables, digests;
    for (const std::uint64_t seed : {1U, 2U, 3U, 1U}) {
      Run run(data, id, training(), of_system(id), seed);
      digests.insert(run.trainer.digest().hex());
      run.epochs(1);
      digests.insert(run.trainer.digest().hex());
      tables.insert(run.table().hex());
    }
    CHECK(tables.size() == 3);
    CHECK(digests.size() == 6);
  }
}

TEST_CASE("A checkpoint of another run is not comparable and changes nothing", "[models]") {
  const Dataset data = toy_town();
  const TemporaryDirectory folder;
  Run saved(data, "neutral+attr");
  saved.epochs(1);
  saved.trainer.save(folder / "checkpoint");
  const Dataset larger = toy_town(62);
  Dataset other_whitelist = toy_town();
  other_whitelist.whitelist.entries[0].relations.pop_back();
  Dataset other_attributes = toy_town();
  other_attributes.attributes = datasets::AttributeTable(
      other_attributes.graph,
      {{"sex", RelationId(kGender), false}, {"ethnicity", RelationId(kPeople), true}},
      std::nullopt);
  const Parameters own = of_system("neutral+attr");
  const auto try_other = [&](const char* what, Run other) {
    INFO(what);
    other.epochs(1);
    const Digest before = other.trainer.digest();
    CHECK(refused([&] { other.trainer.load(folder / "checkpoint"); }).code() ==
          ExitCode::kNotComparable);
    CHECK(other.trainer.digest() == before);
    CHECK(other.trainer.epochs_done() == 1);
  };
  try_other("seed", Run(data, "neutral+attr", training(), own, 2));
  try_other("system", Run(data, "neutral"));
  try_other("training parameter",
            Run(data, "neutral+attr", training({{"learning_rate", "0.2"}}), own));
  try_other("system parameter",
            Run(data, "neutral+attr", training(), of_system("neutral+attr", {{"steps", "2"}})));
  try_other("graph", Run(larger, "neutral+attr"));
  try_other("whitelist", Run(other_whitelist, "neutral+attr"));
  try_other("attributes", Run(other_attributes, "neutral+attr"));
}

TEST_CASE("A cut or altered checkpoint is unreadable and changes nothing", "[models]") {
  const Dataset data = toy_town();
  const TemporaryDirectory folder;
  Run run(data, "bose");
  run.epochs(1);
  run.trainer.save(folder / "checkpoint");
  const std::string whole = read_file(folder / "checkpoint");
  run.epochs(1);
  const Digest before = run.trainer.digest();
  std::vector<std::string> broken = {"", "nonsense", whole.substr(0, whole.size() - 1),
                                     whole.substr(0, whole.size() / 2), whole + "x"};
  for (const std::size_t place : {std::size_t{3}, whole.size() / 2, whole.size() - 1}) {
    broken.push_back(whole);
    broken.back()[place] = static_cast<char>(broken.back()[place] ^ 1);
  }
  for (const std::string& bytes : broken) {
    write_file(folder / "broken", bytes);
    CHECK(refused([&] { run.trainer.load(folder / "broken"); }).code() == ExitCode::kUnreadable);
    CHECK(run.trainer.digest() == before);
  }
  CHECK(refused([&] { run.trainer.load(folder / "absent"); }).code() == ExitCode::kUnreadable);
  run.trainer.load(folder / "checkpoint");
  CHECK(run.trainer.epochs_done() == 1);
}

TEST_CASE("KL and Neutral with all weights 0 train the bits of Basic", "[models][kl][neutral]") {
  const Dataset data = toy_town();
  const Changes off = {{"weight_gender", "0"},
                       {"weight_religion", "0"},
                       {"weight_ethnicity", "0"},
                       {"weight_nationality", "0"},
                       {"weight_other", "0"}};
  for (const char* optimizer : {"row-adagrad", "sgd"}) {
    const Parameters shared = training({{"optimizer", optimizer}});
    Run basic(data, "basic", shared);
    basic.epochs(3);
    for (const char* id : {"kl", "neutral"}) {
      INFO(id);
      Parameters own = of_system(id, off);
      if (id == "neutral"sv) let_nothing_else_act(own);
      Run idle(data, id, shared, own);
      idle.epochs(3);
      CHECK(idle.table() == basic.table());
      CHECK(idle.loss("likelihood") == basic.loss("likelihood"));
      Run weighted(data, id, shared);
      CHECK(weighted.epochs(3).table() != basic.table());
    }
  }
}

TEST_CASE("Neutral+Attr with weights 0, no whitelist and no twins trains the bits of Basic",
          "[models][neutral+attr]") {
  const Dataset data = toy_town();
  Dataset open = toy_town();
  for (auto& entry : open.whitelist.entries) entry = {};
  Parameters own = of_system("neutral+attr");
  for (const char* name : {"weight_gender", "weight_religion", "weight_ethnicity",
                           "weight_nationality", "weight_other"}) {
    own.set(name, "0"sv, "test");
  }
  let_nothing_else_act(own);
  own.set("twin_every", "0"sv, "test");
  for (const char* reciprocal : {"true", "false"}) {
    INFO("reciprocal " << reciprocal);
    const Parameters shared = training({{"reciprocal", reciprocal}});
    Run basic(data, "basic", shared);
    Run attr(open, "neutral+attr", shared, own);
    basic.epochs(3);
    attr.epochs(3);
    CHECK(attr.table() == basic.table());
    CHECK(attr.loss("likelihood") == basic.loss("likelihood"));
    // The whitelist and the twins each make a difference.
    Run whitelisted(data, "neutral+attr", shared, own);
    CHECK(whitelisted.epochs(3).table() != basic.table());
    own.set("twin_every", "1"sv, "test");
    Run twins(open, "neutral+attr", shared, own);
    CHECK(twins.epochs(3).table() != basic.table());
    own.set("twin_every", "3"sv, "test");
    Run some(open, "neutral+attr", shared, own);
    CHECK(some.epochs(3).table() != basic.table());
    CHECK(some.table() != twins.table());
    own.set("twin_every", "0"sv, "test");
  }
}

TEST_CASE("Neutral's schedule begins with the training and knows its length", "[models][neutral]") {
  const Dataset data = toy_town();
  const std::string update = GENERATE("sgd", "own");
  const auto trained = [&](const char* id, const char* epochs, int so_far) {
    const Parameters shared = training({{"epochs", epochs}, {"batch_size", "100000"}});
    Parameters own = of_system(id);
    if (id == std::string_view("neutral")) {
      let_nothing_else_act(own);
      own.set("update", std::string_view(update), "test");
      own.set("initial_weight", "0"sv, "test");
    }
    return Run(data, id, shared, own).epochs(so_far).table();
  };
  // One batch an epoch: nothing of the weights holds in the first, a half or a quarter in the next.
  CHECK(trained("neutral", "2", 1) == trained("basic", "2", 1));
  CHECK(trained("neutral", "4", 1) == trained("basic", "4", 1));
  CHECK(trained("neutral", "2", 2) != trained("basic", "2", 2));
  CHECK(trained("neutral", "2", 2) != trained("neutral", "4", 2));
}

TEST_CASE("Neutral's schedule holds for the proximal step", "[models][neutral]") {
  const Dataset data = toy_town();
  const auto state = [&](const char* weight, const char* initial_weight, int epochs) {
    Parameters own = of_system("neutral");
    own.set("update", "proximal"sv, "test");
    own.set("weight_gender", std::string_view(weight), "test");
    own.set("initial_weight", std::string_view(initial_weight), "test");
    Run run(data, "neutral", training({{"epochs", "4"}, {"batch_size", "100000"}}), own);
    return run.epochs(epochs).trainer.digest();
  };
  // The state, not the table: publishing takes a last step with the whole weight.
  CHECK(state("1", "0", 1) == state("5", "0", 1));
  CHECK(state("1", "0", 2) != state("5", "0", 2));
  CHECK(state("1", "0.5", 1) != state("5", "0.5", 1));
}

TEST_CASE("Vectors that learn the residual leave Neutral+Attr the rows of Neutral",
          "[models][neutral+attr]") {
  const Dataset data = toy_town();
  // Detached queries are summed in another order beside those of vectors: the last bits differ
  // then.
  const Changes attached = {{"detach", "none"}};
  Run rows(data, "neutral", training(), of_system("neutral", attached));
  Parameters own = of_system("neutral+attr", attached);
  own.set("twin_every", "0"sv, "test");
  Run together(data, "neutral+attr", training(), own);
  own.set("residual_every", "1"sv, "test");
  Run residual(data, "neutral+attr", training(), own);
  own.set("residual_every", "2"sv, "test");
  Run half(data, "neutral+attr", training(), own);
  rows.epochs(3);
  CHECK(residual.epochs(3).table() == rows.table());
  CHECK(half.epochs(3).table() == rows.table());
  CHECK(together.epochs(3).table() != rows.table());
  // The vectors are in the digest of all state, and they do learn.
  CHECK(residual.trainer.digest() != half.trainer.digest());
}

TEST_CASE("Detached attributes move no person in training, and all else does",
          "[models][neutral]") {
  const Dataset data = toy_town();
  Parameters own = of_system("neutral");
  for (const char* name : {"weight_gender", "weight_religion", "weight_ethnicity",
                           "weight_nationality", "weight_other", "class_weight"}) {
    own.set(name, "0"sv, "test");
  }
  let_nothing_else_act(own);
  const auto table = [&](std::string_view detach) {
    own.set("detach", detach, "test");
    return Run(data, "neutral", training(), own).epochs(2).table();
  };
  CHECK(table("none") == Run(data, "basic").epochs(2).table());
  CHECK(table("gender") != table("none"));
  CHECK(table("all") != table("gender"));
}

TEST_CASE("No system's randomness changes another that is trained beside it", "[models]") {
  const Dataset data = toy_town();
  ThreadPool pool(2);
  std::vector<Trainer> together;
  for (const SystemEntry* system : systems()) {
    together.emplace_back(data, *system, training(), Parameters(system->parameters()), 5, pool);
  }
  for (int epoch = 0; epoch < 3; ++epoch)
    for (Trainer& trainer : together) trainer.run_epoch();
  for (std::size_t s = 0; s < systems().size(); ++s) {
    const std::string id(systems()[s]->id);
    INFO(id);
    Run alone(data, id, training(), of_system(id), 5, 2);
    CHECK(alone.epochs(3).trainer.digest() == together[s].digest());
  }
}

TEST_CASE("All systems start from the same entities and relations", "[models]") {
  const Dataset data = toy_town();
  const Run basic(data, "basic");
  for (const SystemEntry* system : systems()) {
    INFO(std::string(system->id));
    // Two finish what they publish; how they start does not depend on it.
    if (system->id == "prior-removal") continue;
    const bool finishes = system->id.starts_with("neutral");
    const Run other(
        data, std::string(system->id), training(),
        of_system(std::string(system->id), finishes ? Changes{{"update", "own"}} : Changes{}));
    const auto views = other.trainer.publish();
    CHECK(views.front().scorer.table().relations.digest() ==
          basic.trainer.publish().front().scorer.table().relations.digest());
    // A system with views of its own shows other entities than it trains.
    if (views.front().id.empty()) CHECK(other.table() == basic.table());
  }
}

TEST_CASE("The likelihood's loss falls for every system, score, loss and optimiser", "[models]") {
  const Dataset data = toy_town();
  const auto check_falls = [&](const std::string& id, const Parameters& shared) {
    Run run(data, id, shared);
    const double first = run.epochs(1).loss("likelihood");
    const double last = run.epochs(11).loss("likelihood");
    CHECK(last < 0.97 * first);
  };
  for (const SystemEntry* system : systems()) {
    INFO("system " << std::string(system->id));
    check_falls(std::string(system->id), training({{"epochs", "12"}}));
  }
  for (const ScoreEntry* score : scores()) {
    INFO("score " << std::string(score->id));
    check_falls("basic",
                training({{"epochs", "12"}, {"score", score->id}, {"initial_scale", "0.5"}}));
  }
  for (const char* loss : {"softmax", "margin", "self-adversarial"}) {
    INFO("loss " << loss);
    check_falls("basic", training({{"epochs", "12"}, {"loss", loss}}));
  }
  for (const char* optimizer : {"row-adagrad", "adagrad", "adam", "sgd"}) {
    INFO("optimizer " << optimizer);
    check_falls("basic",
                training({{"epochs", "12"}, {"optimizer", optimizer}, {"learning_rate", "0.02"}}));
  }
}

TEST_CASE("Neutral lowers the gap between the genders with every way to take its step",
          "[models][neutral]") {
  const Dataset data = toy_town();
  const Parameters shared = training({{"epochs", "25"}});
  Run basic(data, "basic", shared);
  const double gap = gender_gap(basic.epochs(25).trainer.publish().front().scorer, data);
  for (const char* id : {"neutral", "neutral+attr"}) {
    for (const char* update : {"own", "sgd", "proximal"}) {
      INFO(id << ", update " << update);
      Run run(data, id, shared, of_system(id, {{"update", update}, {"weight_gender", "100"}}));
      const double first = run.epochs(1).loss("kl.gender");
      CHECK(std::isfinite(first));
      const double after = gender_gap(run.epochs(24).trainer.publish().front().scorer, data);
      CHECK(after < 0.7 * gap);
    }
  }
}

TEST_CASE("KL lowers the gap between the genders, the more the heavier it is",
          "[models][kl][kl+attr]") {
  const Dataset data = toy_town();
  const Parameters shared = training({{"epochs", "25"}});
  for (const char* id : {"kl", "kl+attr"}) {
    INFO(id);
    const auto gap_with = [&](const char* weight, const char* reduction) {
      Run run(data, id, shared,
              of_system(id, {{"weight_gender", weight}, {"reduction", reduction}}));
      return gender_gap(run.epochs(25).trainer.publish().front().scorer, data);
    };
    const double none = gap_with("0", "mean");
    CHECK(gap_with("100", "mean") < 0.7 * none);
    CHECK(gap_with("100", "sum") < gap_with("100", "mean"));
  }
}

TEST_CASE("Twin relations are trained and left out of what is published", "[models][kl+attr]") {
  const Dataset data = toy_town();
  for (const char* reciprocal : {"true", "false"}) {
    INFO("reciprocal " << reciprocal);
    Run run(data, "kl+attr", training({{"reciprocal", reciprocal}}));
    run.epochs(1);
    const auto views = run.trainer.publish();
    REQUIRE(views.size() == 1);
    const LinkScorer& scorer = views.front().scorer;
    const bool two = std::string(reciprocal) == "true";
    CHECK(scorer.relation_count() == kToyRelations);
    CHECK(scorer.table().relations.rows() == kToyRelations * (two ? 2U : 1U));
    CHECK(scorer.table().reciprocal == two);
    std::vector<float> out(scorer.entity_count());
    const HeadQuery last{RelationId(kKnows), EntityId(kFirstTownPerson)};
    scorer.score_heads({&last, 1}, 0, scorer.entity_count(), out.data(), out.size());
    // Heads are asked with the last relation's own reciprocal row, which the twins stand before.
    const EmbeddingTable& table = scorer.table();
    const Doubles known = row_of(table.entities, kFirstTownPerson);
    const Doubles candidate = row_of(table.entities, 20);
    const double expected =
        two ? reference_score("transe-dot", known, row_of(table.relations, kToyRelations + kKnows),
                              candidate)
            : reference_score("transe-dot", candidate, row_of(table.relations, kKnows), known);
    CHECK(static_cast<double>(out[20]) == Approx(expected).epsilon(1e-4).margin(1e-6));
  }
}

TEST_CASE("KL+Attr scores whitelisted triples with the person's trained vector",
          "[models][kl+attr]") {
  const Dataset data = toy_town();
  Run run(data, "kl+attr");
  run.epochs(4);
  const auto views = run.trainer.publish();
  const LinkScorer& scorer = views.front().scorer;
  const auto plain = [&](std::uint32_t h, std::uint32_t r, std::uint32_t t) {
    return scorer.score_rows(scorer.entity_row(EntityId(h)), RelationId(r),
                             scorer.entity_row(EntityId(t)));
  };
  const auto full = [&](std::uint32_t h, std::uint32_t r, std::uint32_t t) {
    return scorer.score(EntityId(h), RelationId(r), EntityId(t));
  };
  const std::uint32_t p = kFirstTownPerson;
  CHECK(full(p, kVoice, 11) != plain(p, kVoice, 11));
  CHECK(full(p, kProfession, 5) != plain(p, kProfession, 5));
  CHECK(full(p, kProfession, 6) == plain(p, kProfession, 6));
  CHECK(full(p, kGender, 0) == plain(p, kGender, 0));
  CHECK(full(p, kKnows, p + 1) == plain(p, kKnows, p + 1));
  // A town is no person: nothing is known of it, so nothing is added.
  CHECK(full(13, kVoice, 11) == plain(13, kVoice, 11));
}

TEST_CASE("Neutral+Attr publishes the asked share of its vectors", "[models][neutral+attr]") {
  const Dataset data = toy_town();
  const auto added = [&](const char* share) {
    Parameters own = of_system("neutral+attr");
    own.set("vector_share", std::string_view(share), "test");
    Run run(data, "neutral+attr", training({{"score", "transe-dot"}}), own);
    run.epochs(3);
    const auto views = run.trainer.publish();
    const LinkScorer& scorer = views.front().scorer;
    const EntityId person(kFirstTownPerson);
    const EntityId voice(11);
    return static_cast<double>(scorer.score(person, RelationId(kVoice), voice)) -
           static_cast<double>(scorer.score_rows(scorer.entity_row(person), RelationId(kVoice),
                                                 scorer.entity_row(voice)));
  };
  const double whole = added("1");
  REQUIRE(std::abs(whole) > 1e-3);
  CHECK(added("0.25") == Approx(0.25 * whole).epsilon(1e-4));
  CHECK(added("0") == 0.0);
}

TEST_CASE("Losses are reported under their names", "[models]") {
  const Dataset data = toy_town();
  const auto names = [&](const std::string& id) {
    Parameters own = of_system(id);
    if (own.has("keep")) own.set("keep", "1"sv, "test");  // every filter in every batch
    Run run(data, id, training(), own);
    run.epochs(2);
    std::vector<std::string> all;
    for (const auto& [name, value] : run.last.losses) {
      CHECK(std::isfinite(value));
      all.push_back(name);
    }
    CHECK(run.last.epoch == 2);
    return all;
  };
  using Names = std::vector<std::string>;
  CHECK(names("basic") == Names{"likelihood"});
  for (const char* id : {"kl", "kl+attr"})
    CHECK(names(id) == Names{"likelihood", "kl.gender", "kl.ethnicity"});
  for (const char* id : {"neutral", "neutral+attr"}) {
    CHECK(names(id) == Names{"likelihood", "kl.gender", "kl.ethnicity", "discriminator.gender",
                             "discriminator.ethnicity"});
  }
  for (const char* id : {"bose", "gradient-reversal"})
    CHECK(names(id) == Names{"likelihood", "discriminator.gender", "discriminator.ethnicity"});
}

TEST_CASE("An epoch tells after each batch how much of it is done", "[models]") {
  const Dataset data = toy_town();
  Run run(data, "basic");
  std::vector<double> shares;
  run.trainer.run_epoch([&](double share) { shares.push_back(share); });
  const std::size_t batches = (data.graph.train().size() + 99) / 100;
  REQUIRE(batches > 2);
  REQUIRE(shares.size() == batches);
  CHECK(shares.front() == Approx(1.0 / static_cast<double>(batches)));
  CHECK(std::ranges::is_sorted(shares));
  CHECK(shares.back() == 1.0);
}

TEST_CASE("The learning rate rises linearly over the warm-up and falls to its final share",
          "[models]") {
  // One batch an epoch and plain gradient steps: a step's length is the rate times a gradient that
  // does not depend on it.
  const Dataset data = toy_people();
  const auto moved = [&](Changes changes) {
    Parameters shared = training({{"optimizer", "sgd"},
                                  {"epochs", "4"},
                                  {"score", "transe-dot"},
                                  {"learning_rate", "0.01"}});
    for (const auto& [name, text] : changes) shared.set(name, text, "test");
    Run run(data, "basic", shared);
    const auto before = run.trainer.publish();
    run.epochs(1);
    const auto after = run.trainer.publish();
    return static_cast<double>(after.front().scorer.table().entities.row(kAnn)[0] -
                               before.front().scorer.table().entities.row(kAnn)[0]);
  };
  const double full = moved({{"warm_up_epochs", "0"}});
  CHECK(std::abs(full) > 1e-4);
  CHECK(moved({{"warm_up_epochs", "2"}}) == Approx(full / 2.0).epsilon(1e-3));
  CHECK(moved({{"warm_up_epochs", "4"}}) == Approx(full / 4.0).epsilon(1e-3));
  CHECK(moved({{"warm_up_epochs", "0"}, {"final_learning_rate", "0"}}) == Approx(full));
}

TEST_CASE("Decay pulls a row by its own share for each occurrence in the batch", "[models]") {
  const Dataset data = toy_people();
  const auto trained = [&](const char* decay) {
    const Parameters shared = training({{"optimizer", "sgd"},
                                        {"warm_up_epochs", "0"},
                                        {"learning_rate", "0.01"},
                                        {"entity_decay", decay},
                                        {"relation_decay", decay}});
    Run run(data, "basic", shared);
    const EmbeddingTable before = run.trainer.publish().front().scorer.table();
    run.epochs(1);
    return std::pair(before, EmbeddingTable(run.trainer.publish().front().scorer.table()));
  };
  const auto [start, free] = trained("0");
  const auto [same, decayed] = trained("0.5");
  REQUIRE(start.digest() == same.digest());
  std::map<std::uint32_t, double> triples;
  for (const auto& t : data.graph.train()) triples[t.relation.value] += 1.0;
  for (std::uint32_t r = 0; r < kToyRelations; ++r) {
    for (std::size_t k = 0; k < 12; ++k) {
      const double pulled =
          static_cast<double>(free.relations.row(r)[k] - decayed.relations.row(r)[k]);
      CHECK(pulled ==
            Approx(0.01 * 0.5 * triples[r] * static_cast<double>(start.relations.row(r)[k]))
                .epsilon(1e-3)
                .margin(1e-6));
    }
  }
  const double x = static_cast<double>(start.entities.row(kAnn)[0]);
  const double count =
      static_cast<double>(free.entities.row(kAnn)[0] - decayed.entities.row(kAnn)[0]) /
      (0.01 * 0.5 * x);
  CHECK(count == Approx(std::round(count)).epsilon(1e-2));
  CHECK(count >= 5.0);  // Ann's own triples
}

TEST_CASE("Filtering changes the negatives' part in the loss", "[models]") {
  const Dataset data = toy_town();
  Run plain(data, "basic");
  Run filtered(data, "basic", training({{"filter_negatives", "true"}}));
  CHECK(plain.epochs(2).table() != filtered.epochs(2).table());
  CHECK(filtered.loss("likelihood") < plain.loss("likelihood"));
}

TEST_CASE("A training that cannot work is refused with the reason", "[models]") {
  const Dataset data = toy_town();
  for (const char* score : {"complex", "rotate"}) {
    const InputError odd = refused([&] {
      Run(data, "basic", training({{"score", score}, {"dimension", "13"}}));
    });
    CHECK(odd.code() == ExitCode::kUsage);
    CHECK(odd.complaint().place == "training: dimension");
    CHECK(odd.complaint().expected == "a multiple of 2");
  }
  const Changes none[] = {{{"uniform_negatives", "0"}, {"in_batch_negatives", "false"}},
                          {{"uniform_negatives", "0"}, {"chunk_size", "1"}},
                          {{"uniform_negatives", "0"}, {"batch_size", "1"}}};
  for (const Changes& changes : none) {
    const InputError error = refused([&] { Run(data, "basic", training(changes)); });
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(error.complaint().place == "training: uniform_negatives");
  }
  Dataset empty = toy_town();
  empty.graph =
      datasets::KnowledgeGraph(empty.graph.entities(), empty.graph.relations(), {}, {}, {});
  CHECK(refused([&] { Run(empty, "basic"); }).code() == ExitCode::kUsage);
  Dataset blank = toy_town();
  blank.attributes = datasets::AttributeTable(blank.graph, {}, std::nullopt);
  blank.whitelist = {};
  for (const SystemEntry* system : systems()) {
    INFO(std::string(system->id));
    if (system->id == "basic") continue;
    CHECK(refused([&] { Run(blank, std::string(system->id)); }).code() == ExitCode::kUsage);
  }
  Run basic(blank, "basic");
  CHECK(basic.epochs(1).trainer.epochs_done() == 1);
}

TEST_CASE("A training that runs away says so instead of making a table of nonsense", "[models]") {
  const Dataset data = toy_town();
  Run run(data, "basic",
          training({{"optimizer", "sgd"}, {"learning_rate", "100"}, {"warm_up_epochs", "0"}}));
  do run.epochs(1);
  while (!run.last.diverged && run.trainer.epochs_done() < 50);
  CHECK(run.last.diverged);
  CHECK_FALSE(std::isfinite(run.loss("likelihood")));
}

TEST_CASE("What a parameter means is said with a capital and without a stop", "[models]") {
  const auto check = [](std::span<const ParameterSpec> table) {
    for (const ParameterSpec& row : table) {
      INFO(row.name << ": " << row.meaning);
      CHECK((row.meaning.front() >= 'A' && row.meaning.front() <= 'Z'));
      CHECK(row.meaning.back() != '.');
    }
  };
  check(training_parameters());
  for (const SystemEntry* system : systems()) check(system->parameters());
}

TEST_CASE("Every system is found by its id and explains itself", "[models]") {
  for (const SystemEntry* system : systems()) {
    CHECK(&find_system(system->id) == system);
    CHECK_FALSE(system->formula.empty());
    CHECK_FALSE(system->pitfalls.empty());
  }
  CHECK(refused([] { static_cast<void>(find_system("bosse")); }).code() == ExitCode::kUsage);
}
