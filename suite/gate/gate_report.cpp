#include "suite/gate/gate_report.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

std::string count_text(std::size_t count, std::size_t all, std::string_view rest) {
  return fmt::format("{} of {} {} {}", count, all, all == 1 ? "question" : "questions", rest);
}

}  // namespace

ExitCode gate_code(const GateResult& result, bool strict) {
  if (!result.reasons.empty()) return ExitCode::kNotComparable;
  if (!result.anything_measured) return ExitCode::kNothingMeasured;
  switch (result.verdict) {
    case GateVerdict::kRegression:
      return ExitCode::kRegression;
    case GateVerdict::kNotComparable:
      return ExitCode::kNotComparable;
    case GateVerdict::kInconclusive:
      return strict ? ExitCode::kRegression : ExitCode::kInconclusive;
    case GateVerdict::kPass:
      return ExitCode::kPass;
  }
  return ExitCode::kBug;
}

bool was_judged(const GateResult& result) {
  return result.reasons.empty() && result.anything_measured;
}

bool fails(const GateFinding& finding, bool strict) {
  return finding.verdict == GateVerdict::kRegression ||
         (strict && finding.verdict == GateVerdict::kInconclusive);
}

std::string gate_headline(const GateReport& report) {
  const GateResult& result = report.result;
  if (!result.reasons.empty()) {
    return fmt::format("Not comparable with the baseline: {}.", fmt::join(result.reasons, "; "));
  }
  if (!result.anything_measured) {
    return "Nothing was measured: the record has no value of any figure that the rules name.";
  }
  std::map<GateVerdict, std::size_t> counts;
  for (const GateFinding& finding : result.findings) ++counts[finding.verdict];
  const std::size_t all = result.findings.size();
  switch (result.verdict) {
    case GateVerdict::kRegression:
      return fmt::format("Regression: {}.", count_text(counts[GateVerdict::kRegression], all,
                                                       "came out worse than the rules allow"));
    case GateVerdict::kNotComparable:
      return fmt::format("Not comparable: {}.", count_text(counts[GateVerdict::kNotComparable], all,
                                                           "cannot be compared"));
    case GateVerdict::kInconclusive:
      return fmt::format("Inconclusive: {}.",
                         count_text(counts[GateVerdict::kInconclusive], all,
                                    "could not be decided, and none came out worse"));
    case GateVerdict::kPass:
      break;
  }
  return fmt::format("Pass: {}.", count_text(all, all, "passed"));
}

std::string figure_in_words(const GateFinding& finding) {
  const GateFigure& figure = gate_figure(finding.key.figure, finding.place);
  const std::string limit = finding.question == GateFinding::Question::kLimit ? " (limit)" : "";
  return finding.key.attribute.empty()
             ? fmt::format("{} / {}{}", finding.key.row, figure.words, limit)
             : fmt::format("{} / {} / {}{}", finding.key.row, finding.key.attribute, figure.words,
                           limit);
}

std::pair<std::string, std::uint64_t> file_and_line(const std::string& place) {
  const std::size_t colon = place.rfind(':');
  if (colon == std::string::npos) return {place, 1};
  const auto line = parse_uint(std::string_view(place).substr(colon + 1));
  return line ? std::pair{place.substr(0, colon), *line} : std::pair{place, std::uint64_t{1}};
}

std::string rule_id_of(const GateFinding& finding) {
  const std::string_view question =
      finding.question == GateFinding::Question::kLimit ? "limit" : "change";
  return finding.key.attribute.empty()
             ? fmt::format("{}/{}", finding.key.figure, question)
             : fmt::format("{}/{}/{}", finding.key.attribute, finding.key.figure, question);
}

std::string fingerprint_of(const GateFinding& finding) {
  return sha256(fmt::format("{}\n{}", finding.key.row, rule_id_of(finding))).hex().substr(0, 16);
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence_length(text.substr(at));
    const auto byte = static_cast<unsigned char>(text[at]);
    if (length == 0 || (length == 1 && byte < 0x20U && text[at] != '\n' && text[at] != '\t')) {
      out += "\xEF\xBF\xBD";  // the replacement character
      ++at;
      continue;
    }
    const std::string_view one = text.substr(at, length);
    at += length;
    // Two code points at the end of the basic plane are no XML characters.
    if (one == "\xEF\xBF\xBE" || one == "\xEF\xBF\xBF") {
      out += "\xEF\xBF\xBD";
    } else if (one == "&") {
      out += "&amp;";
    } else if (one == "<") {
      out += "&lt;";
    } else if (one == ">") {
      out += "&gt;";
    } else if (one == "\"") {
      out += "&quot;";
    } else if (one == "\n") {
      out += "&#10;";
    } else if (one == "\t") {
      out += "&#9;";
    } else {
      out += one;
    }
  }
  return out;
}

}  // namespace kgaudit::run
