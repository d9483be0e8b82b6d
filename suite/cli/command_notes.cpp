#include "suite/cli/command_notes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "suite/base/error.hpp"
#include "suite/cli/exit_codes.hpp"

namespace kgaudit::cli {
namespace {

/// Every command can end with these, too.
constexpr int kOk = static_cast<int>(ExitCode::kPass);
constexpr int kUse = static_cast<int>(ExitCode::kUsage);
constexpr int kOurs = static_cast<int>(ExitCode::kBug);

constexpr int kWorse = static_cast<int>(ExitCode::kRegression);
constexpr int kUndecided = static_cast<int>(ExitCode::kInconclusive);
constexpr int kOther = static_cast<int>(ExitCode::kNotComparable);
constexpr int kInput = static_cast<int>(ExitCode::kUnreadable);
constexpr int kUnsafeInput = static_cast<int>(ExitCode::kUnsafe);
constexpr int kEmpty = static_cast<int>(ExitCode::kNothingMeasured);
constexpr int kStopped = kInterruptedCode;

using Notes = std::map<std::string, CommandNotes, std::less<>>;

// A new command is a new entry: what its help shows below the options.
const Notes& all_notes() {
  static const Notes kNotes = {
      {"kgaudit",
       {{{"a benchmark on the graph that comes with kgaudit, a few minutes", "kgaudit bench"},
         {"the figures of an embedding file that another tool wrote",
          "kgaudit audit vectors.npy --entities names.txt --people people.csv"},
         {"what a word of a table means", "kgaudit explain leakage"},
         {"the options of a command", "kgaudit bench --help"}},
        {kWorse, kUndecided, kOther, kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit bench",
       {{{"the graph that comes with kgaudit, whose bias is known; a few minutes", "kgaudit bench"},
         {"three systems on FB15k-237 with the settings of its preset",
          "kgaudit bench --dataset fb15k-237 --preset fb15k-237-dot --systems basic,kl,kl+attr "
          "--seeds 6 --out runs/fb15k-237"},
         {"see every key of the plan, change one, go on after an interruption",
          "kgaudit bench --dump-plan"},
         {"", "kgaudit bench --set training.dimension=100 --epochs 50 --out runs/wide"},
         {"", "kgaudit bench --set training.dimension=100 --epochs 50 --out runs/wide --resume"}},
        {kOther, kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit tune",
       {{{"16 trials for each system, on validation triples",
          "kgaudit tune --dataset fb15k-237 --preset fb15k-237-dot --systems kl,bose,neutral "
          "--budget 16 --out tuned"},
         {"measure what was found on test triples", "kgaudit bench --plan tuned/tuned.toml"}},
        {kOther, kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit inspect",
       {{{"which tool wrote it, how many rows, which names", "kgaudit inspect checkpoint/"},
         {"a matrix whose names stand in another file",
          "kgaudit inspect vectors.npy --entities names.txt"}},
        {kInput, kUnsafeInput, kStopped}}},
      {"kgaudit audit",
       {{{"rows of a data set that kgaudit knows", "kgaudit audit checkpoint/ --dataset fb15k-237"},
         {"rows of people of yours, without a graph",
          "kgaudit audit vectors.npy --entities names.txt --people people.csv"},
         {"how much an eraser would help, without writing anything",
          "kgaudit audit checkpoint/ --dataset fb15k-237 --whatif leace,hard-debias"}},
        {kOther, kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit gate",
       {{{"once: make a baseline and rules from a run that is good enough",
          "kgaudit gate init runs/good"},
         {"after each training: does it still hold?", "kgaudit gate check runs/today"}},
        {kWorse, kUndecided, kOther, kInput, kEmpty, kStopped}}},
      {"kgaudit gate init",
       {{{"writes kgaudit.toml and kgaudit-baseline.json", "kgaudit gate init runs/good"},
         {"under other names",
          "kgaudit gate init runs/good --rules ci/rules.toml --baseline "
          "ci/baseline.json"}},
        {kOther, kInput, kEmpty, kStopped}}},
      {"kgaudit gate check",
       {{{"0 = passed, 1 = worse, 3 = too few samples to decide", "kgaudit gate check runs/today"},
         {"also write files for a CI system",
          "kgaudit gate check runs/today --write markdown,junit --out ci-results"},
         {"against another run in place of the baseline",
          "kgaudit gate check runs/new --against runs/old"}},
        {kWorse, kUndecided, kOther, kInput, kEmpty, kStopped}}},
      {"kgaudit gate update",
       {{{"the reason is kept in the file",
          "kgaudit gate update runs/today --reason \"new training data of May\""},
         {"a baseline in another place",
          "kgaudit gate update runs/today --baseline ci/baseline.json --reason \"more seeds\""}},
        {kOther, kInput, kEmpty, kStopped}}},
      {"kgaudit gate show",
       {{{"the baseline and why it changed", "kgaudit gate show"},
         {"of other rules", "kgaudit gate show --rules ci/rules.toml"}},
        {kOther, kInput}}},
      {"kgaudit gate diff",
       {{{"both values of every figure, without a verdict", "kgaudit gate diff runs/today"},
         {"as JSON", "kgaudit gate diff runs/today --json"}},
        {kOther, kInput, kEmpty, kStopped}}},
      {"kgaudit gate calibrate",
       {{{"false alarms of the rules of the folder", "kgaudit gate calibrate runs/many-seeds"},
         {"how often a fall of 3 % would be caught with 6 seeds on each side",
          "kgaudit gate calibrate runs/many-seeds --seeds 6 --plant mrr_others=3%"},
         {"rules whose margins unchanged runs pass",
          "kgaudit gate calibrate runs/many-seeds --write-rules quiet.toml"}},
        {kOther, kInput, kEmpty, kStopped}}},
      {"kgaudit gate figures",
       {{{"names for kgaudit.toml", "kgaudit gate figures"},
         {"as JSON", "kgaudit gate figures --json"}},
        {}}},
      {"kgaudit erase",
       {{{"remove what a linear probe reads, and show what probes still guess",
          "kgaudit erase --dataset fb15k-237 --embeddings checkpoint/ --systems leace --out "
          "erased"},
         {"end with 1 if a probe reads more than before",
          "kgaudit erase --dataset fb15k-237 --embeddings checkpoint/ --systems leace --to npy "
          "--fail-if-worse --out erased"}},
        {kWorse, kOther, kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit export",
       {{{"rows that were kept with bench --keep-embeddings",
          "kgaudit export runs/kept --system kl+attr --seed 0 --format npy,tsv"},
         {"without the vectors that state sensitive values",
          "kgaudit export runs/kept --system kl+attr --seed 0 --format word2vec --without-vectors "
          "--out kl-attr"}},
        {kOther, kInput, kUnsafeInput, kStopped}}},
      {"kgaudit convert",
       {{{"the files of another tool as a NumPy matrix",
          "kgaudit convert checkpoint/ as-npy --to npy"},
         {"some of its rows",
          "kgaudit convert checkpoint/ persons --to word2vec --only "
          "persons.txt"}},
        {kInput, kUnsafeInput, kStopped}}},
      {"kgaudit report",
       {{{"the tables of a run in the terminal", "kgaudit report runs/fb15k-237"},
         {"every format, with figures", "kgaudit report runs/fb15k-237 --out report"},
         {"two runs side by side", "kgaudit report --compare runs/old runs/new"},
         {"a table for a spreadsheet",
          "kgaudit report runs/fb15k-237 --format csv > comparison.csv"}},
        {kOther, kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit verify",
       {{{"check hashes, compute again, train the quickest system again",
          "kgaudit verify runs/fb15k-237"},
         {"without training", "kgaudit verify runs/fb15k-237 --no-rerun"},
         {"train this system with this seed again",
          "kgaudit verify runs/fb15k-237 --rerun kl+attr:3"}},
        {kWorse, kOther, kInput, kUnsafeInput, kStopped}}},
      {"kgaudit datasets",
       {{{"names, sizes, attributes", "kgaudit datasets list"},
         {"download one into the cache", "kgaudit datasets fetch fb15k-237"},
         {"counts, values and problems of one", "kgaudit datasets show fb15k-237"}},
        {kOther, kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit datasets list",
       {{{"names, sizes, attributes", "kgaudit datasets list"},
         {"as JSON", "kgaudit datasets list --json"}},
        {}}},
      {"kgaudit datasets show",
       {{{"the graph that comes with kgaudit", "kgaudit datasets show planted-people"},
         {"a folder of your own", "kgaudit datasets show ./town"}},
        {kInput, kUnsafeInput, kStopped}}},
      {"kgaudit datasets fetch",
       {{{"from the public addresses", "kgaudit datasets fetch fb15k-237"},
         {"from a folder or server of yours",
          "kgaudit datasets fetch fb15k-237 --mirror https://mirror.example.org"}},
        {kInput, kUnsafeInput, kStopped}}},
      {"kgaudit datasets verify",
       {{{"does the cache still hold what the card says?", "kgaudit datasets verify fb15k-237"},
         {"for a card of your own", "kgaudit datasets verify town/card.toml"}},
        {kInput, kUnsafeInput, kStopped}}},
      {"kgaudit datasets make",
       {{{"2,000 entities", "kgaudit datasets make --set entities=2000 --out made"},
         {"then use it", "kgaudit bench --triples made"}},
        {kStopped}}},
      {"kgaudit datasets split",
       {{{"train, valid and test from one file of triples",
          "kgaudit datasets split facts.tsv --out town"},
         {"then propose a card for it", "kgaudit datasets propose town --out town/card.toml"}},
        {kInput, kStopped}}},
      {"kgaudit datasets import",
       {{{"the persons of a dump of Wikidata",
          "kgaudit datasets import latest-truthy.nt.bz2 --out wikidata"},
         {"look at what came out", "kgaudit datasets show ./wikidata"}},
        {kInput, kStopped}}},
      {"kgaudit datasets propose",
       {{{"which relations are about gender, religion ... of persons",
          "kgaudit datasets propose town --out town/card.toml"},
         {"print the card", "kgaudit datasets propose town"}},
        {kInput, kUnsafeInput, kEmpty, kStopped}}},
      {"kgaudit list",
       {{{"everything that has a name", "kgaudit list"}, {"the systems", "kgaudit list systems"}},
        {}}},
      {"kgaudit explain",
       {{{"a measure", "kgaudit explain leakage"},
         {"a system and its parameters", "kgaudit explain kl+attr"},
         {"a word of a table", "kgaudit explain MRR"},
         {"an exit code", "kgaudit explain 4"}},
        {}}},
      {"kgaudit cite",
       {{{"kgaudit itself", "kgaudit cite"},
         {"the paper that a system comes from", "kgaudit cite kl+attr >> references.bib"}},
        {}}},
      {"kgaudit env",
       {{{"what is recorded with every run", "kgaudit env"}, {"as JSON", "kgaudit env --json"}},
        {}}},
      {"kgaudit completion",
       {{{"for bash, in this shell", "source <(kgaudit completion bash)"},
         {"for zsh, in a folder of $fpath", "kgaudit completion zsh > ~/.zfunc/_kgaudit"},
         {"for fish", "kgaudit completion fish > ~/.config/fish/completions/kgaudit.fish"}},
        {}}},
      {"kgaudit man",
       {{{"the page of the program", "kgaudit man | man -l -"},
         {"the page of a command", "kgaudit man bench | man -l -"},
         {"all pages as files", "kgaudit man --out man/man1"}},
        {}}},
  };
  return kNotes;
}

}  // namespace

CommandNotes notes_for(std::string_view path) {
  const auto found = all_notes().find(path);
  KGA_REQUIRE(found != all_notes().end(), "{} has no examples in command_notes.cpp", path);
  CommandNotes notes = found->second;
  notes.exit_codes.insert(notes.exit_codes.begin(), {kOk, kUse, kOurs});
  std::ranges::sort(notes.exit_codes);
  return notes;
}

std::vector<EnvironmentVariable> environment_variables() {
  return {
      {"KGAUDIT_DATA",
       "Folder that fetched data sets are kept in (default: "
       "$XDG_CACHE_HOME/kgaudit, else ~/.cache/kgaudit)"},
      {"KGAUDIT_MIRROR",
       "Folder or address to fetch data sets from, as --mirror (default: the "
       "public addresses)"},
      {"KGAUDIT_TARGET",
       "Vector instructions that kernels use: avx2 or avx512, on ARM neon (default: the best that "
       "the processor has; all give the same bits)"},
      {"NO_COLOR", "Any value turns colours off, as --color never"},
      {"COLUMNS", "Width of tables and help in columns (default: the terminal's, else 100)"},
      {"TERM", "dumb: no colours, no progress line that is drawn anew"},
      {"TMPDIR", "Folder for temporary files (default: /tmp)"},
  };
}

}  // namespace kgaudit::cli
