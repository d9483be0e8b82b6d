#include "suite/gate/gate_report.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "reports/record/json_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

std::string count_text(std::size_t count, std::size_t all, std::string_view rest) {
  return fmt::format("{} of {} {} {}", count, all, all == 1 ? "question" : "questions", rest);
}

/// As much of a file as tells whose it is; the mark of a list stands behind its first description.
std::string beginning_of_output(const std::filesystem::path& file) {
  constexpr std::size_t kMost = std::size_t{1} << 20U;
  FileSource source(file);
  std::string text(kMost, '\0');
  std::size_t size = 0;
  while (const std::size_t got = source.read(std::span(text).subspan(size))) size += got;
  text.resize(size);
  return text;
}

}  // namespace

bool may_be_replaced(const GateOutput& output, const std::filesystem::path& file) {
  std::error_code ignored;  // what is wrong with the folder is told by the write
  if (!std::filesystem::exists(file, ignored)) return true;
  try {
    const std::string text = beginning_of_output(file);
    // Where all passed, the output for GitLab is an empty list and that for GitHub is empty.
    if (text.find_first_not_of("[] \t\r\n") == std::string::npos) return true;
    return text.starts_with(output.begins) && text.find(output.holds) != std::string::npos;
  } catch (const InputError&) {
    return false;
  }
}

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

bool fails(const GateFinding& finding, const GateReport& report) {
  if (report.report_only) return false;
  return finding.verdict == GateVerdict::kRegression ||
         (report.strict && finding.verdict == GateVerdict::kInconclusive);
}

std::string report_only_in_words(const GateReport& report) {
  if (!report.report_only || report.code == ExitCode::kPass) return "";
  return fmt::format("Report only: ends with 0 in place of {}.", static_cast<int>(report.code));
}

std::string gate_headline(const GateReport& report) {
  const GateResult& result = report.result;
  if (!result.reasons.empty()) {
    return fmt::format(
        "Not comparable with the baseline: {}. If this is wanted, 'kgaudit gate update "
        "RUN --reason TEXT' makes the record the new baseline.",
        inert_text(fmt::format("{}", fmt::join(result.reasons, "; "))));
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

std::string inert_text(std::string_view text) {
  return printable(text, std::numeric_limits<std::size_t>::max());
}

std::string figure_in_words(const GateFinding& finding) {
  const GateFigure& figure = gate_figure(finding.key.figure, finding.place);
  const std::string limit = finding.question == GateFinding::Question::kLimit ? " (limit)" : "";
  return finding.key.attribute.empty()
             ? fmt::format("{} / {}{}", inert_text(finding.key.row), figure.words, limit)
             : fmt::format("{} / {} / {}{}", inert_text(finding.key.row),
                           inert_text(finding.key.attribute), figure.words, limit);
}

std::string_view side_of_limit(const GateFinding& finding) {
  return finding.at_most ? "at most" : "at least";
}

std::string sentence_of(const GateFinding& finding) {
  return fmt::format("{}: {}", figure_in_words(finding), inert_text(finding.words));
}

std::pair<std::string, std::uint64_t> file_and_line(const std::string& place) {
  const auto plain = [](const std::string& file) {
    return std::filesystem::path(file).lexically_normal().generic_string();
  };
  const std::size_t colon = place.rfind(':');
  if (colon == std::string::npos) return {plain(place), 1};
  const auto line = parse_uint(std::string_view(place).substr(colon + 1));
  return line ? std::pair{plain(place.substr(0, colon)), *line}
              : std::pair{plain(place), std::uint64_t{1}};
}

std::string rule_id_of(const GateFinding& finding) {
  const std::string_view question =
      finding.question == GateFinding::Question::kLimit ? "limit" : "change";
  const std::string id = finding.key.attribute.empty()
                             ? fmt::format("{}/{}", finding.key.figure, question)
                             : fmt::format("{}/{}/{}", inert_text(finding.key.attribute),
                                           finding.key.figure, question);
  return finding.asked_before == 0 ? id : fmt::format("{}-{}", id, finding.asked_before + 1);
}

std::string fingerprint_of(const GateFinding& finding) {
  // Quoted, so that no two lists of names look the same.
  const std::string key = fmt::format(
      "{}{}{}{}{}", reports::json_quoted(finding.key.row),
      reports::json_quoted(finding.key.attribute), reports::json_quoted(finding.key.figure),
      finding.question == GateFinding::Question::kLimit ? "limit" : "change", finding.asked_before);
  return sha256(key).hex().substr(0, 16);
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
