#include "suite/cli/man_page.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "suite/base/text.hpp"
#include "suite/cli/capitals.hpp"
#include "suite/cli/command_notes.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/cli/help_text.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {
namespace {

using Declared = CommandLine::Declared;

/// Text between requests: nothing in it is taken for one.
std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::max<std::size_t>(1, utf8_sequence_length(text.substr(i)));
    const std::string_view character = text.substr(i, length);
    if (character == "\\") {
      out += "\\e";
    } else if (character == "-") {
      out += "\\-";
    } else if ((character == "." || character == "'") && (i == 0 || text[i - 1] == '\n')) {
      out += fmt::format("\\&{}", character);
    } else if (length > 1) {
      out += fmt::format("\\[u{:04X}]", utf8_code_point(character));
    } else {
      out += character;
    }
    i += length;
  }
  return out;
}

/// A paragraph in lines of a length that one can read.
std::string paragraph(std::string_view text) { return roff(wrapped(text, 0, 100)) + "\n"; }

std::string bold(std::string_view words) { return fmt::format("\\fB{}\\fR", roff(words)); }

/// "--out DIR" with the option bold and its value in italics.
std::string option_heading(const Declared& option) {
  if (option.spellings.empty()) return fmt::format("\\fI{}\\fR", roff(option_words(option)));
  std::string text;
  for (const std::string& spelling : option.spellings) {
    text += (text.empty() ? "" : ", ") + bold(spelling);
  }
  if (option.type.empty()) return text;
  const std::string words = option_words(option);
  return text + fmt::format(" \\fI{}\\fR", roff(words.substr(words.rfind(' ') + 1)));
}

void add_options(std::string& page, const std::vector<Declared>& options) {
  for (const Declared& option : options) {
    page += fmt::format(".TP\n{}\n{}", option_heading(option), paragraph(option.help));
  }
}

void add_examples(std::string& page, const std::vector<Example>& examples) {
  bool first = true;  // below a heading a paragraph has begun
  for (const Example& example : examples) {
    if (!example.meaning.empty()) {
      page += (first ? "" : ".PP\n") + paragraph(example.meaning + ":");
    }
    first = false;
    page += fmt::format(".PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n", roff(example.line));
  }
}

/// Arguments and options of a command, under headings of the given level (".SH" or ".SS").
void add_own_options(std::string& page, const CommandLine& line, std::string_view request) {
  const auto arguments = arguments_of(line);
  const auto groups = option_groups(line);
  if (!arguments.empty()) {
    page += fmt::format("{} {}\n", request, request == ".SH" ? "ARGUMENTS" : "Arguments");
    add_options(page, arguments);
  }
  if (groups.empty()) return;
  if (request == ".SH") page += ".SH OPTIONS\n";
  for (const OptionGroup& group : groups) {
    page += fmt::format(".SS {}\n", group.heading);
    add_options(page, group.options);
  }
}

std::string dashed(const CommandLine& line) {
  std::string name = line.path();
  std::ranges::replace(name, ' ', '-');
  return name;
}

ManPage man_page(const CommandLine& root, const CommandLine& line) {
  const bool is_root = line.path() == root.path();
  const std::string name = dashed(line);
  const std::string title = in_capitals(name);
  // The program's summary begins with its name, as help shows it.
  std::string summary = line.summary();
  if (summary.starts_with(name + ": ")) summary.erase(0, name.size() + 2);
  std::string page = fmt::format(
      "{}.TH {} 1 \"{}\" \"kgaudit {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n",
      kManPageMark, roff(title), run::source_date(), run::build_fingerprint().at("version"),
      roff(name), roff(summary));
  const auto below = line.commands();
  if (below.empty() || is_root) {
    page += roff(usage_of(line)) + "\n";
  } else {
    bool first = true;
    for (const CommandLine& one : below) {
      page += (first ? "" : ".br\n") + roff(usage_of(one)) + "\n";
      first = false;
    }
  }
  page += ".SH DESCRIPTION\n" + paragraph(line.summary() + ".");
  page += ".PP\n" + paragraph(
                        "Progress goes to stderr, results to stdout. With --json the result "
                        "or the error is one line of JSON on stdout.");
  if (is_root) {
    page += ".SH COMMANDS\n";
    for (const CommandLine& one : below) {
      page += fmt::format(".TP\n\\fB{}\\fR(1)\n{}", roff(dashed(one)), paragraph(one.summary()));
    }
  } else {
    add_own_options(page, line, ".SH");
    for (const CommandLine& one : below) {
      page += fmt::format(".SH {}\n{}", roff(one.path()), paragraph(one.summary() + "."));
      add_own_options(page, one, ".SS");
      page += ".SS Examples\n";
      add_examples(page, one.notes().examples);
    }
  }
  page += is_root ? ".SH OPTIONS\n" : ".SH OPTIONS OF EVERY COMMAND\n";
  add_options(page, global_options(root));
  page += ".SH EXAMPLES\n";
  add_examples(page, line.notes().examples);
  page += ".SH ENVIRONMENT\n";
  for (const EnvironmentVariable& variable : environment_variables()) {
    page += fmt::format(".TP\n{}\n{}", bold(variable.name), paragraph(variable.meaning));
  }
  page += ".SH EXIT STATUS\n";
  for (const int code : line.notes().exit_codes) {
    page += fmt::format(".TP\n{}\n{}", bold(std::to_string(code)),
                        paragraph(exit_code_words(line, code)));
  }
  if (!is_root) page += ".SH SEE ALSO\n\\fBkgaudit\\fR(1)\n";
  return {name, page};
}

}  // namespace

std::vector<ManPage> man_pages(const CommandLine& root) {
  std::vector<ManPage> pages = {man_page(root, root)};
  for (const CommandLine& line : root.commands()) pages.push_back(man_page(root, line));
  return pages;
}

}  // namespace kgaudit::cli
