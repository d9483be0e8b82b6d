#include "suite/cli/glossary.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "suite/base/text.hpp"
#include "suite/cli/exit_codes.hpp"

namespace kgaudit::cli {
namespace {

struct Word {
  std::string_view id;
  std::string_view meaning;
  std::string_view reading;    ///< how to read a value; "" where there is nothing to say
  std::string_view see = "";   ///< the measure or option behind it
  std::string_view also = "";  ///< other spellings, separated by bars
};

// A heading that the reports gain is a new line: a test asks for every heading of every table.
constexpr std::array kWords = {
    // Who and what
    Word{"knowledge graph",
         "Facts as triples: head, relation, tail, such as (Ada, born in, London)", "", "",
         "graph|triple"},
    Word{"embedding", "A row of numbers for each entity and relation, learned from the triples", "",
         "kgaudit inspect", "embeddings"},
    Word{"score", "How plausible a model takes a triple to be", "Higher: more plausible",
         "transe-dot"},
    Word{"sensitive attribute",
         "What people must not be judged by: gender, religion, ethnicity ...",
         "The data set's card says which relations state it", "",
         "attribute|gender|religion|ethnicity|nationality"},
    Word{"record", "record.jsonl of a run: every fact, with plan, data hashes, build and machine",
         "Every report is made from records alone", "kgaudit report", "records"},
    Word{"card", "A TOML file that says what of a data set is sensitive, and what may depend on it",
         "", "kgaudit datasets propose"},
    Word{"system", "What was trained: Basic, without debiasing, or a method that debiases",
         "A system in brackets has several rows: [a] all filters, [s] one filter alone, [rows] "
         "without the attribute vectors, [whole] with them",
         "kgaudit list systems", "row"},
    Word{"[a]", "The row of Bose with the filters of all attributes at once", "", "bose", "a"},
    Word{"[s]", "The row of Bose with one filter at a time, that of the attribute of the column",
         "", "bose", "s"},
    Word{"[rows]", "What is published is the rows of the entities, without attribute vectors",
         "Compare with [whole]: the difference is what the vectors give away", "kl+attr", "rows"},
    Word{"[whole]", "What is published is rows and attribute vectors together",
         "The vectors state the attribute of every person that has one", "kl+attr", "whole"},
    Word{"seed", "The number that all random choices of a training come from",
         "Differences between seeds show how much is chance; use six or more", "", "seeds"},
    Word{"n", "How many persons, triples or predictions a value is computed from, for each seed",
         "Below a hundred, expect wide intervals", "", "sample size"},
    Word{"measure", "What was measured, with its parts", "", "kgaudit list metrics"},
    Word{"unit", "The unit of the values of a row", ""},
    Word{"persons", "How many persons have the value in train", ""},
    Word{"test triples", "How many triples of the test set a row is about", ""},
    Word{"value", "One value of a sensitive attribute, such as female, or the value of a figure",
         ""},
    Word{"profession", "The profession that a row is about, or two professions side by side", "",
         "profession_bias"},
    Word{"relation", "The relation of the graph that a row is about", ""},
    Word{"relation or profession",
         "What may depend on the attribute: a relation, or a profession such as nun", "",
         "kgaudit bench --whitelist", "may depend on"},
    Word{"part", "The part of the test set that a row is about", "", "link_prediction"},
    Word{"table, SHA-256", "The digest of a trained table", "Two equal digests: the same bits",
         "kgaudit verify", "sha-256"},
    Word{"graph alone", "A probe that reads the other facts of the graph, without any embedding",
         "An embedding that leaks less than this row hides more than the graph itself says",
         "leakage"},
    Word{"majority guess", "Always giving the commonest value as the answer",
         "A probe that is right no more often has learned nothing", "leakage", "majority"},

    // Ranking
    Word{"MRR", "Mean reciprocal rank: how high the right answer stands in the list of answers",
         "1: the right answer is always first; .5: second, on average; near 0: far down. Higher is "
         "better. Compare it with Basic's on the same data, never across data sets",
         "link_prediction", "ranking|valid MRR|mean reciprocal rank|filtered MRR"},
    Word{"MRR others", "MRR without the questions that ask for a sensitive attribute",
         "A system that hides an attribute cannot answer questions about it, so this is the fair "
         "figure of quality: it should stay near Basic's",
         "link_prediction", "others|mrr_others"},
    Word{"MRR all", "MRR of all test questions, those for a sensitive attribute included",
         "Higher is better, but a debiased system loses the sensitive questions on purpose",
         "link_prediction", "all"},
    Word{"H@1", "Hits at 1: the share of questions whose right answer stands first",
         "0 to 1, higher is better", "link_prediction", "hits@1"},
    Word{"H@3", "Hits at 3: the share of questions whose right answer is among the first three",
         "0 to 1, higher is better", "link_prediction", "hits@3"},
    Word{"H@10", "Hits at 10: the share of questions whose right answer is among the first ten",
         "0 to 1, higher is better", "link_prediction", "hits@10"},
    Word{"MRR by quarter of degree",
         "MRR of questions whose answer is rare, less rare, common or commonest in train",
         "Equal in all four: rare entities are served as well as common ones", "degree_bias",
         "quarter of degree|rarest|2nd|3rd|commonest"},
    Word{"gap", "MRR of the commonest quarter of entities minus that of the rarest",
         "0: rare and common entities are found equally well", "degree_bias"},
    Word{"Spearman", "Rank correlation between two orders",
         "1: the same order; 0: unrelated; -1: reversed", "degree_bias"},
    Word{"weighted MRR", "MRR in which rare entities weigh more", "Higher is better",
         "degree_bias"},
    Word{"MRR of the value", "MRR of the questions about persons with this value of the attribute",
         "Equal values in a column: no group is served worse", "group_gap"},

    // Bias
    Word{"ΔS",
         "Score gap: how much higher the model scores a person's true value than the other one",
         "0: the answer does not depend on the value. Larger: the model uses the attribute. In "
         "units of the score, so compare rows of one data set and score only",
         "score_gap", "score gap ΔS|score gap|delta S|dS"},
    Word{"score gap, sd over persons",
         "The score gap, divided by how much scores differ from person to person",
         "0 is neutral. Unlike ΔS it has no unit; it grows where persons become alike", "score_gap",
         "score_gap_sd"},
    Word{"|ΔS| against Basic, %", "How much nearer to 0 the score gap is than Basic's",
         "-100 %: gone; above 0: larger than Basic's", "score_gap"},
    Word{"question, AUC",
         "Of two persons, one with this value and one with another: how often the first scores "
         "higher for it",
         ".5: the model's answer does not tell; 1: it always tells; below .5: it tells, reversed",
         "question", "question|question AUC"},
    Word{"question of hidden persons, AUC",
         "The same for persons whose value was hidden from training and debiasing",
         ".5: the model's answer does not tell; 1: it always tells", "question", "question_hidden"},
    Word{"question, points",
         "How far the model's answers about an attribute are from a guess, in points",
         "0: no better than a guess. Each point is 1 % of AUC", "question"},
    Word{"question right, points over majority",
         "How much more often the model's first answer is the person's true value than the "
         "commonest value is",
         "0: no better than always saying the commonest value; above: the attribute is known; "
         "below: worse than that",
         "question", "points over majority|question_points"},
    Word{"question of hidden persons right, points over majority",
         "The same for persons whose value was hidden from training and debiasing",
         "0: no better than always saying the commonest value", "question",
         "question_points_hidden"},
    Word{"question against Basic, %", "How much nearer to a guess the answers are than Basic's",
         "-100 %: no better than a guess; above 0: they tell more than Basic's", "question"},
    Word{"leakage of hidden persons, AUC",
         "How well the strongest probe guesses the attribute from rows of persons whose value "
         "training has not seen",
         ".5: a guess; 1: always right. Every step above .5 is a leak. Compare with Basic and with "
         "the row 'graph alone'",
         "leakage", "leakage AUC|leakage of hidden persons"},
    Word{"leakage of hidden persons, balanced accuracy, points above chance",
         "How much more often than by chance the strongest probe guesses the value of a hidden "
         "person, every value weighing the same",
         "0: it learned nothing", "leakage", "leakage_balanced"},
    Word{"leakage of hidden persons by rows and neighbours, AUC",
         "How well a probe guesses the attribute of hidden persons from their rows and those of "
         "their neighbours in the graph",
         "Compare with the row 'graph alone': whoever reads neighbours has the graph", "leakage",
         "leakage_neighbours|neighbours|rows and neighbours"},
    Word{"strongest", "The probe that reads most of hidden persons, chosen on other persons",
         "In brackets: for how many persons it was chosen, if not for all", "leakage"},
    Word{"AUC of hidden persons", "What each probe reads of persons whose value was hidden",
         ".5: a guess; 1: always right", "leakage"},
    Word{"leakage of seen persons, AUC", "The same for persons whose value stands in train",
         ".5: a guess; 1: always right", "leakage", "leakage of seen persons|leakage_seen"},
    Word{"leakage of seen persons, balanced accuracy, points above chance",
         "The balanced accuracy of the strongest probe for persons whose value stands in train",
         "0: it learned nothing", "leakage", "leakage_seen_balanced"},
    Word{"leakage, AUC", "How well the strongest probe guesses the attribute from a person's row",
         ".5: a guess; 1: always right", "leakage"},
    Word{"leakage, balanced accuracy, points above chance",
         "How much more often than by chance the strongest probe guesses a person's value, every "
         "value weighing the same",
         "0: it learned nothing", "leakage", "balanced, points"},
    Word{"share of spread between groups",
         "How much of the spread of the rows lies between the groups of the attribute",
         "0: no more than by chance", "group_distance", "group_distance"},
    Word{"nearest neighbours, lift",
         "How much oftener than by chance a person's nearest persons are of the same group",
         "0: no oftener; 1: always", "neighbour_share", "neighbour_share"},
    Word{"leakage, AUC above .5", "How far the strongest probe is above a guess",
         "0: it learned nothing; .5: always right", "leakage"},
    Word{"leakage, linear", "How often a linear probe guesses the attribute from a row",
         "At the row 'majority guess' it learned nothing; every point above is a leak", "leakage",
         "probe|leakage_linear"},
    Word{"leakage, MLP", "How often a small neural network guesses the attribute from a row",
         "At the row 'majority guess' it learned nothing; every point above is a leak", "leakage",
         "MLP probe, points|probed|leakage_mlp"},
    Word{"B", "How much more a profession goes to one group than to the other, by the model",
         "0: to both alike; the sign says to which", "profession_bias", "B_p"},
    Word{"-leaning", "The professions that the model gives to this group more than to the other",
         "", "profession_bias", "leaning"},
    Word{"#", "The place in the list, the strongest lean first", "", "profession_bias"},
    Word{"association, deviations",
         "How much nearer a profession's row lies to one group's persons than to the other's",
         "0: to both alike. In standard deviations over persons", "word_association"},
    Word{"place", "How much better the profession ranks for one group than for the other",
         "0: alike for both", "rank_parity"},
    Word{"named if so",
         "Among persons who have the profession: how much more often it is named for one group",
         "0: as often for both", "rank_parity", "named if so, unseen"},
    Word{"named if not so",
         "Among persons who do not have it: how much more often it is named for one group",
         "0: as often for both", "rank_parity"},
    Word{"AUC", "How often a guess puts a person with this value before one with another",
         ".5: a guess; 1: always", "leakage", "AUC of those with such a fact"},
    Word{"the person is its", "Whether the person stands at the head or the tail of the fact", "",
         "proxies"},
    Word{"share of persons with one", "How many persons have such a fact at all",
         "A strong proxy that few have gives little away", "proxies"},
    Word{"share in common",
         "How many professions two seeds have in common at both ends of the list",
         "1: the same ones; compare with 'by chance' and 'needed'", "profession_bias"},
    Word{"by chance", "The share that two random lists would have in common", ""},
    Word{"needed", "The share from which on the lists are shown", ""},
    Word{"lists shown", "Whether seeds agree enough for the list of professions to be shown", ""},

    Word{"macro", "The mean over values, each counting alike",
         "A rare value counts as a common one", "score_gap"},
    Word{"micro", "The mean over persons, each counting alike",
         "What is common decides; compare with macro", "score_gap"},
    Word{"integrity", "What was noticed about the data: copies, unknown values, small groups",
         "kgaudit explain knows the name of each check", "kgaudit list findings",
         "data findings|about the data"},
    Word{"Holm",
         "A correction for many tests: the smallest p must be below .05 / n, the next below .05 / "
         "(n - 1), and so on",
         "A star stands for a difference that is still shown", "adjusted p"},

    // Time
    Word{"time", "How long training takes", "Only rows of one run on one machine compare"},
    Word{"epochs", "How many times training went through the train set", "", "", "epochs timed"},
    Word{"s/epoch", "Seconds for one epoch, the median", "Lower is faster", "",
         "s/epoch median|seconds"},
    Word{"smallest", "The shortest epoch, in seconds", ""},
    Word{"largest", "The longest epoch, in seconds", ""},
    Word{"× basic", "Time of an epoch as a multiple of Basic's",
         "1: as long as Basic; 9: nine times as long", "", "x basic|times basic|ratio_to_basic"},
    Word{"training in total, s", "Seconds of all epochs together", ""},
    Word{"last loss", "What training minimises, at its last epoch",
         "Losses of different systems do not compare"},
    Word{"stage", "A part of the work of a run: training, ranking, a measure, tests", ""},
    Word{"wall seconds", "Time that passed, of all systems and seeds together", "Lower is faster"},
    Word{"share of the run, %", "Of the time of all stages", ""},
    Word{"most of it for", "The system that took most of the stage's time", "", "", "its share, %"},
    Word{"peak MiB", "The most memory that the process had, in MiB",
         "All systems of a seed share the process, so rows do not differ by much", "", "memory"},

    // Statistics
    Word{"±", "Standard deviation over seeds, after the mean",
         "About two thirds of seeds lie within it; with one seed there is none", "", "sd"},
    Word{"[low, high]", "Interval of the value: 95 %, of a comparison 1 - alpha",
         "A value outside it is hard to reconcile with the data", "", "interval"},
    Word{"*", "The difference from Basic holds after correction for all tests of the row",
         "No star is not 'the same': see 'seeds needed'", "kgaudit report --reference", "star"},
    Word{"undef.", "Could not be measured; the footnote has the reason", "", "", "undefined"},
    Word{"over seeds", "A test over the seeds: would other seeds give the same difference?", ""},
    Word{"over triples or persons",
         "A test over the units of the data: would other triples or persons?", ""},
    Word{"over both", "The interval that allows for other seeds and other data together", ""},
    Word{"difference", "One system minus the other",
         "For gaps: of their distance from 0, so below 0 is better", "", "differences from basic"},
    Word{"p", "How likely so large a difference would be if there were none",
         "Below .05 after correction: shown. Large: not shown, which is not the same as equal"},
    Word{"adjusted p", "p after Holm's correction for the tests of one system's row",
         "Below .05: shown, and marked with a star"},
    Word{"dz", "Effect size: the mean difference in standard deviations of the differences",
         "0.2: small beside the spread over seeds; 0.8: large"},
    Word{"power of these seeds", "What the seeds of this run could show at all", ""},
    Word{"detectable", "The smallest difference that these seeds would show with the planned power",
         "A smaller true difference is easily missed"},
    Word{"seeds needed", "How many seeds it would take to show a difference of this size", ""},
    Word{"claim", "What is tested: that quality is not worse, or that a gap is as good as 0", ""},
    Word{"shown", "Whether the claim holds at the planned level", ""},
    Word{"mean or lower bound", "The figure that the claim is about, with its bound", ""},
    Word{"ratio", "The second value divided by the first", "1: the same"},
    Word{"run 1", "The first of the two records", "", "kgaudit report --compare"},
    Word{"run 2", "The second of the two records", "", "kgaudit report --compare"},

    // Erasing, searching, sweeping
    Word{"rows", "Which rows the probe reads: as they were, or after an eraser", "",
         "kgaudit erase"},
    Word{"run", "One training of a sweep", "", "kgaudit bench --sweep"},
    Word{"Pareto", "Whether no other run is better in one figure and as good in all others",
         "Choose among these", "kgaudit bench --sweep"},
    Word{"weights", "The values of the weight that a run was trained with", "", "",
         "values|best values"},
    Word{"trials", "How many values were tried", "", "kgaudit tune", "trial"},
    Word{"feasible", "How many of the trials met all demands on bias and leakage", "",
         "kgaudit tune"},
    Word{"misses", "What the best values still miss of what was asked for", "Blank: nothing",
         "kgaudit tune", "missed in all"},
    Word{"plan", "The hash of the plan of a trial", "", "kgaudit tune"},

    // The gate
    Word{"figure", "The figure that a question of the gate is about", "", "kgaudit gate figures"},
    Word{"verdict", "Whether the figure passed, is worse, is undecided or cannot be compared", "",
         "kgaudit gate check"},
    Word{"baseline", "The value that was good enough", "", "kgaudit gate show"},
    Word{"now", "The value of the record that is checked", "", "kgaudit gate check", "candidate"},
    Word{"worse by", "How much worse it is now", "Below 0: better", "kgaudit gate check"},
    Word{"margin", "How much worse it may be", "", "kgaudit gate check"},
    Word{"caught %", "How often the gate failed for a change of this size",
         "From and to: 95 % interval", "kgaudit gate calibrate", "caught|from %|to %"},
    Word{"unchanged within", "How far the figure moved without any change, seen jointly",
         "With all margins above these, 95 % of unchanged comparisons pass whole",
         "kgaudit gate calibrate"},
    Word{"undecided without a change", "How often the gate could not decide though nothing changed",
         "", "kgaudit gate calibrate"},
    Word{"passed %", "How often the gate let such a change pass", "", "kgaudit gate calibrate"},
    Word{"what it is", "The figure in words", "", "kgaudit gate figures"},
    Word{"better", "In which direction the figure is better", "", "kgaudit gate figures"},
    Word{"reason", "Why the baseline was changed", "", "kgaudit gate show"},

    // Facts that no measure makes
    Word{"training.epochs", "How many epochs a system was trained for", ""},
    Word{"time.seconds_per_epoch", "Seconds of one epoch, in its forms: median, smallest, largest",
         "Lower is faster"},
    Word{"time.ratio_to_basic", "Time of an epoch as a multiple of Basic's", "1: as long as Basic"},
    Word{"time.stage", "Wall seconds of one stage of a run: reading, ranking, a measure, tests",
         ""},
    Word{"memory.peak", "The most memory that the process had, in bytes", "Lower is better"},
    Word{"significance", "A test of one system against another on one measure",
         "p below .05 after correction: shown", "kgaudit report"},
    Word{"stability", "Whether other seeds give the same list of professions",
         "1: the same list; compare with by chance", "profession_bias"},
    Word{"equivalence", "A test whether a figure is as good as its neutral value", "",
         "kgaudit report"},
};

/// "  →0.5" and "↑" at the end of a heading, marks of the renderer, and capital letters.
std::string plain_heading(std::string_view heading) {
  std::string text;
  for (const char c : heading) {
    if (c != '\\') text += ascii_small(c);
  }
  for (const char* mark : {" ↑", " ↓", " →"}) {
    const std::size_t at = text.find(mark);
    if (at != std::string::npos) text.resize(at);
  }
  return std::string(trimmed(text, " "));
}

bool is_spelled(const Word& word, const std::string& plain) {
  if (plain_heading(word.id) == plain) return true;
  for (std::string_view rest = word.also; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find('|'));
    if (plain_heading(one) == plain) return true;
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  return false;
}

std::string with_commas(std::string_view also) {
  std::string text(also);
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.replace(at, 1, ", ");
  }
  return text;
}

}  // namespace

CatalogueFamily glossary() {
  CatalogueFamily family{"words", "word", {}};
  for (const Word& word : kWords) {
    CatalogueEntry entry;
    entry.id = word.id;
    entry.title = word.meaning;
    if (!word.reading.empty()) entry.facts.emplace_back("How to read", word.reading);
    if (!word.also.empty()) entry.facts.emplace_back("Also", with_commas(word.also));
    if (!word.see.empty()) {
      entry.facts.emplace_back("See", word.see.starts_with("kgaudit ")
                                          ? std::string(word.see)
                                          : fmt::format("kgaudit explain {}", word.see));
    }
    family.entries.push_back(std::move(entry));
  }
  return family;
}

CatalogueFamily exit_code_family() {
  CatalogueFamily family{"exit-codes", "exit code", {}};
  for (const int code : exit_codes()) {
    CatalogueEntry entry;
    entry.id = std::to_string(code);
    entry.title = exit_code_meaning(code);
    entry.facts.emplace_back("Stable", "yes: scripts may depend on the number");
    family.entries.push_back(std::move(entry));
  }
  return family;
}

std::string glossary_id(std::string_view heading) {
  std::string plain = plain_heading(heading);
  // A column of an attribute has its name at the end: "leakage AUC gender".
  for (const std::string_view attribute : {" gender", " religion", " ethnicity", " nationality"}) {
    if (plain.ends_with(attribute)) plain.resize(plain.size() - attribute.size());
  }
  // The whole of it is more exact than its parts: "mrr others" before "others".
  // A heading under a group comes with its words in front: "ranking MRR", "time × basic".
  for (std::string_view rest = plain; !rest.empty();) {
    for (const Word& word : kWords) {
      if (is_spelled(word, std::string(rest))) return std::string(word.id);
    }
    const std::size_t blank = rest.find(' ');
    rest.remove_prefix(blank == std::string_view::npos ? rest.size() : blank + 1);
  }
  return std::string(heading);
}

std::optional<ValueHeading> heading_with_value(std::string_view heading) {
  constexpr std::string_view kLeaning = "-leaning";
  constexpr std::string_view kCount = "n ";
  if (heading.ends_with(kLeaning) && heading.size() > kLeaning.size()) {
    return ValueHeading{std::string(kLeaning),
                        std::string(heading.substr(0, heading.size() - kLeaning.size()))};
  }
  if (heading.starts_with(kCount) && heading.size() > kCount.size()) {
    return ValueHeading{"n", std::string(heading.substr(kCount.size()))};
  }
  return std::nullopt;
}

}  // namespace kgaudit::cli
