#include "suite/gate/gate_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/strict_toml.hpp"
#include "suite/base/median.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

constexpr double kLeastShare = 1e-9;  // of alpha and power: nothing finer can be computed

using Wanted = GateRule::Wanted;

constexpr std::array<std::pair<std::string_view, Wanted>, 3> kWantedWords = {{
    {"no-worse", Wanted::kNoWorse},
    {"same", Wanted::kSame},
    {"better", Wanted::kBetter},
}};

std::string_view word_of(Wanted wanted) {
  for (const auto& [word, value] : kWantedWords) {
    if (value == wanted) return word;
  }
  return "";
}

/// Reads one table and refuses the keys that nobody asked for.
class RuleTable {
 public:
  RuleTable(const toml::table& table, const std::string& file, std::string name)
      : table_(table), file_(file), name_(std::move(name)) {}

  [[nodiscard]] std::string place(const toml::node* node = nullptr) const {
    return fmt::format("{}:{}", file_,
                       (node == nullptr ? table_.source() : node->source()).begin.line);
  }
  [[nodiscard]] std::optional<std::string> text(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (const auto value = node->value_exact<std::string>()) return *value;
    throw InputError::usage(place(node), fmt::format("{} that is no text", key),
                            "a text in quotes");
  }
  [[nodiscard]] std::optional<double> number(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (value && std::isfinite(*value)) return *value;
    throw InputError::usage(place(node), fmt::format("{} that is no number", key),
                            "a finite number");
  }
  /// Strictly between 0 and 1.
  [[nodiscard]] std::optional<double> share(std::string_view key) {
    const auto value = number(key);
    if (value && !(*value >= kLeastShare && *value <= 1.0 - kLeastShare)) {
      throw InputError::usage(place(table_.get(key)), fmt::format("{} = {}", key, *value),
                              fmt::format("a number between 0 and 1, by {} at least", kLeastShare));
    }
    return value;
  }
  [[nodiscard]] std::optional<double> positive(std::string_view key) {
    const auto value = number(key);
    if (value && !(*value > 0.0 && *value <= kLargestBound)) {
      throw InputError::usage(place(table_.get(key)), fmt::format("{} = {}", key, *value),
                              fmt::format("a number above 0, up to {:g}", kLargestBound));
    }
    return value;
  }
  [[nodiscard]] std::optional<double> limit(std::string_view key) {
    const auto value = number(key);
    if (value && !(std::abs(*value) <= kLargestBound)) {
      throw InputError::usage(place(table_.get(key)), fmt::format("{} = {}", key, *value),
                              fmt::format("a number up to {:g} in size", kLargestBound));
    }
    return value;
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    std::vector<std::string> words;
    if (list != nullptr) {
      for (const toml::node& item : *list) {
        const auto word = item.value_exact<std::string>();
        if (!word) continue;
        if (std::find(words.begin(), words.end(), *word) != words.end()) {
          throw InputError::usage(place(&item),
                                  fmt::format("'{}' is listed twice in {}", printable(*word), key),
                                  "each once");
        }
        words.push_back(*word);
      }
    }
    if (list == nullptr || words.size() != list->size() || words.empty()) {
      throw InputError::usage(place(node), fmt::format("{} that is no list of texts", key),
                              R"(a list such as ["gender"], or no such key for all)");
    }
    return words;
  }
  [[nodiscard]] const toml::node* find(std::string_view key) {
    asked_.emplace(key);
    return table_.get(key);
  }
  /// To be called when everything was asked for.
  void finish() const {
    for (const auto& [key, node] : table_) {
      if (asked_.count(std::string(key.str())) > 0) continue;
      throw InputError::none_of(place(&node),
                                fmt::format("unknown key '{}' in {}", printable(key.str()), name_),
                                key.str(), asked_);
    }
  }

 private:
  const toml::table& table_;
  const std::string& file_;
  std::string name_;
  std::set<std::string> asked_;
};

Wanted wanted_of(RuleTable& table) {
  const auto word = table.text("wanted");
  if (!word) return Wanted::kNoWorse;
  for (const auto& [known, value] : kWantedWords) {
    if (known == *word) return value;
  }
  std::vector<std::string_view> words;
  for (const auto& entry : kWantedWords) words.push_back(entry.first);
  throw InputError::unknown(table.place(), "value of wanted", *word, words);
}

GateRule rule_of(RuleTable table) {
  GateRule rule;
  rule.place = table.place();
  const auto figure = table.text("figure");
  if (!figure) {
    throw InputError::usage(rule.place, "a rule without a figure", R"(figure = "mrr_others")",
                            "`kgaudit gate figures` lists them");
  }
  const GateFigure& known = gate_figure(*figure, rule.place);
  rule.figure = *figure;
  rule.rows = table.texts("rows");
  rule.attributes = table.texts("attributes");
  rule.wanted = wanted_of(table);
  rule.margin = table.positive("margin");
  rule.margin_share = table.positive("margin_share");
  rule.at_least = table.limit("at_least");
  rule.at_most = table.limit("at_most");
  table.finish();
  if (!known.fact.of_attribute && !rule.attributes.empty()) {
    throw InputError::usage(rule.place,
                            fmt::format("attributes for {}, which has none", rule.figure),
                            "a rule without attributes");
  }
  if (!rule.watches_change() && !rule.at_least && !rule.at_most) {
    throw InputError::usage(rule.place, fmt::format("a rule for {} that asks nothing", rule.figure),
                            "margin, margin_share, at_least or at_most");
  }
  if (rule.at_least && rule.at_most && *rule.at_least > *rule.at_most) {
    throw InputError::usage(rule.place,
                            fmt::format("at_least = {} above at_most = {}, which no value can meet",
                                        number_text(*rule.at_least), number_text(*rule.at_most)),
                            "at_least of no more than at_most",
                            "take one of the two out, or let them change places");
  }
  if (rule.wanted == Wanted::kSame && !rule.margin && !rule.margin_share) {
    throw InputError::usage(rule.place, R"(wanted = "same" without a margin)",
                            "margin or margin_share: how much is still the same");
  }
  return rule;
}

std::string list_text(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + toml_text(word);
  return "[" + out + "]";
}

/// How far two values of this figure lie apart by chance: three standard errors of the difference
/// of two means over as many seeds as the reference has.
double noise_of(const GateFigure& figure, const GatedValue& value) {
  const std::vector<double> bad = bad_values(figure, value);
  const auto sd = metrics::sample_sd(bad);
  const double error =
      sd ? *sd / std::sqrt(static_cast<double>(bad.size())) : value.standard_error.value_or(0.0);
  return 3.0 * std::sqrt(2.0) * error;
}

/// The gate's own table, and what else a plan may hold.
constexpr std::array<std::string_view, 13> kTopLevel = {
    "gate",   "preset",     "systems", "seeds",  "metrics",    "dataset", "training",
    "system", "evaluation", "metric",  "timing", "statistics", "run"};

constexpr double kQualityShare = 0.03;
constexpr double kBiasShare = 0.2;
/// Below this a change of a bias or leakage figure means nothing to anybody.
constexpr double kLeastBiasMargin = 0.02;

}  // namespace

bool GateRule::asks_about(const GateKey& key) const {
  const auto names = [](const std::vector<std::string>& words, const std::string& word) {
    return words.empty() || std::ranges::find(words, word) != words.end();
  };
  return figure == key.figure && names(rows, key.row) && names(attributes, key.attribute);
}

GateRules parse_gate_rules(std::string_view text, const std::string& file) {
  const toml::table document = parse_strict_toml(text, file);
  for (const auto& [key, node] : document) {
    // A rule in a table of another name would be no rule.
    if (std::ranges::find(kTopLevel, key.str()) != kTopLevel.end()) continue;
    throw InputError::unknown(fmt::format("{}:{}", file, node.source().begin.line), "table",
                              key.str(), kTopLevel);
  }
  const toml::table* gate = document["gate"].as_table();
  if (gate == nullptr) {
    throw InputError::usage(file, "no table [gate]", "[gate] and [[gate.rule]] tables",
                            "kgaudit gate init RUN writes such a file");
  }
  GateRules rules;
  RuleTable table(*gate, file, "[gate]");
  rules.alpha = table.share("alpha").value_or(rules.alpha);
  rules.power = table.share("power").value_or(rules.power);
  const auto baseline = table.text("baseline");
  const auto row = table.text("baseline_row");
  if (baseline && row) {
    throw InputError::usage(table.place(gate->get("baseline_row")), "baseline_row beside baseline",
                            "a file to compare with, or a row of the same record",
                            "take one of the two out");
  }
  rules.baseline = baseline.value_or(rules.baseline);
  if (row) {
    rules.baseline_row = *row;
    rules.baseline_row_place = table.place(gate->get("baseline_row"));
  }
  if (const toml::node* node = table.find("rule")) {
    const toml::array* list = node->as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
      throw InputError::usage(table.place(node), "gate.rule that is no list of tables",
                              "[[gate.rule]] with double brackets");
    }
    for (const toml::node& item : *list) {
      rules.rules.push_back(rule_of(RuleTable(*item.as_table(), file, "[[gate.rule]]")));
    }
  }
  table.finish();
  if (rules.rules.empty()) {
    throw InputError::usage(file, "no [[gate.rule]]", "at least one rule",
                            "kgaudit gate init RUN writes some");
  }
  return rules;
}

GateRules read_gate_rules(const std::filesystem::path& file) {
  return parse_gate_rules(read_whole_file(file, kLargestToml), file.string());
}

bool has_gate_rules(const std::filesystem::path& file) {
  return parse_strict_toml(read_whole_file(file, kLargestToml), file.string()).contains("gate");
}

double rounded_up_margin(double margin) {
  if (!(margin > 0.0)) return 0.0;
  const double unit = std::pow(10.0, std::floor(std::log10(margin)) - 1.0);
  // Through text, so that .026 does not become .026000000000000002.
  return parse_double(fmt::format("{:.2g}", std::ceil(margin / unit) * unit)).value_or(margin);
}

GateRules sensible_rules(const GateState& reference) {
  GateRules rules;
  for (const GateFigure& figure : gate_figures()) {
    if (!figure.by_default) continue;
    // One unstable row must not let all others drift, so the middle row of each attribute decides.
    std::map<std::string, std::vector<double>> noise;
    for (const auto& [key, value] : reference.values) {
      if (key.figure != figure.id || value.seeds.empty()) continue;
      noise[key.attribute].push_back(noise_of(figure, value));
    }
    for (const auto& [attribute, of_rows] : noise) {
      GateRule rule;
      rule.figure = figure.id;
      if (!attribute.empty()) rule.attributes = {attribute};
      const bool quality = figure.kind == GateFigure::Kind::kQuality;
      rule.margin_share = quality ? kQualityShare : kBiasShare;
      if (!quality) rule.margin = rounded_up_margin(std::max(median(of_rows), kLeastBiasMargin));
      rules.rules.push_back(std::move(rule));
    }
  }
  return rules;
}

std::string gate_rules_text(const GateRules& rules) {
  std::string text = fmt::format(
      "# Rules of `kgaudit gate check`. Commit this file beside the code.\n\n[gate]\n"
      "# Chance that a run without any change fails, over all rules together.\nalpha = {}\n"
      "# Chance of a decision that further seeds are counted for.\npower = {}\n",
      number_text(rules.alpha), number_text(rules.power));
  text += rules.baseline_row.empty()
              ? fmt::format("baseline = {}\n", toml_text(rules.baseline))
              : fmt::format("baseline_row = {}\n", toml_text(rules.baseline_row));
  for (const GateRule& rule : rules.rules) {
    const GateFigure& figure = gate_figure(rule.figure, rule.place);
    text += fmt::format("\n# {}; better: {}.\n[[gate.rule]]\nfigure = {}\n", figure.words,
                        better_in_words(figure), toml_text(rule.figure));
    if (!rule.rows.empty()) text += fmt::format("rows = {}\n", list_text(rule.rows));
    if (!rule.attributes.empty())
      text += fmt::format("attributes = {}\n", list_text(rule.attributes));
    if (rule.wanted != Wanted::kNoWorse) {
      text += fmt::format("wanted = {}\n", toml_text(std::string(word_of(rule.wanted))));
    }
    if (rule.margin_share) {
      text += fmt::format("margin_share = {}  # passes if worse by less than this share, surely\n",
                          number_text(*rule.margin_share));
    }
    if (rule.margin) {
      text += fmt::format("margin = {}  # ... or by less than this much, if that is more\n",
                          number_text(*rule.margin));
    }
    if (rule.at_least) text += fmt::format("at_least = {}\n", number_text(*rule.at_least));
    if (rule.at_most) text += fmt::format("at_most = {}\n", number_text(*rule.at_most));
  }
  return text;
}

}  // namespace kgaudit::run
