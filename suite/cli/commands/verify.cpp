#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/audit/verification.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/plan_options.hpp"
#include "suite/cli/record_file.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

/// In seconds; what takes longer is trained again if it is asked for.
constexpr double kLongestTraining = 20.0;

struct VerifyRequest {
  std::vector<std::string> records;
  std::string rerun;
  std::string mirror;
  std::size_t threads = 0;
  bool no_rerun = false;
};

std::string_view words_for(run::Agreement agreement) {
  switch (agreement) {
    case run::Agreement::kSame:
      return "same";
    case run::Agreement::kSkipped:
      return "skipped";
    case run::Agreement::kNotComparable:
      return "not comparable";
    case run::Agreement::kUnreadable:
      return "unreadable";
    case run::Agreement::kDiffer:
      return "DIFFERENT";
  }
  return "";
}

/// "kl+attr:3" -> system and seed.
run::Rerun rerun_from(const std::string& text) {
  const auto colon = text.find(':');
  run::Rerun rerun{text.substr(0, colon), std::nullopt};
  if (colon == std::string::npos) return rerun;
  rerun.seed = parse_uint(std::string_view(text).substr(colon + 1));
  if (!rerun.seed) {
    throw InputError::usage("--rerun", fmt::format("'{}'", printable(text)),
                            "SYSTEM or SYSTEM:SEED", "--rerun kl:0");
  }
  return rerun;
}

run::VerifyOptions options_of(const VerifyRequest& request) {
  run::VerifyOptions options;
  options.mirror = request.mirror;
  options.threads = request.threads;
  if (request.no_rerun) {
    options.rerun.reset();
  } else if (!request.rerun.empty()) {
    options.rerun = rerun_from(request.rerun);
  } else {
    // With all else that is checked, about a minute.
    options.longest_training = kLongestTraining;
  }
  return options;
}

std::string_view conclusion(ExitCode code) {
  switch (code) {
    case ExitCode::kPass:
      return "verified: everything that was checked is the same, to the last bit";
    case ExitCode::kRegression:
      return "not verified: the record differs from what its data, files or plan give";
    case ExitCode::kNotComparable:
      return "undecided: a part cannot be compared on this machine or build";
    default:
      return "undecided: a file cannot be read";
  }
}

/// What differs weighs most, then what is missing.
int weight(ExitCode code) {
  switch (code) {
    case ExitCode::kRegression:
      return 3;
    case ExitCode::kUnreadable:
      return 2;
    case ExitCode::kNotComparable:
      return 1;
    default:
      return 0;
  }
}

ExitCode verify(Session& session, const VerifyRequest& request) {
  const Console& console = session.console;
  const run::VerifyOptions options = options_of(request);
  ExitCode worst = ExitCode::kPass;
  auto json = nlohmann::ordered_json::array();
  for (const std::string& given : request.records) {
    const std::filesystem::path file = record_file(given);
    const std::vector<run::Check> checks = run::verify_record(file, options, session.progress);
    const ExitCode code = run::verdict_of(checks);
    if (weight(code) > weight(worst)) worst = code;
    console.show(file.string() + "\n");
    nlohmann::ordered_json entry = {{"record", file.string()},
                                    {"code", static_cast<int>(code)},
                                    {"checks", nlohmann::ordered_json::array()}};
    for (const run::Check& check : checks) {
      const std::string text = check.what + (check.detail.empty() ? "" : ": " + check.detail);
      console.show(fmt::format("  {:<15} {}\n", words_for(check.agreement),
                               wrapped(text, 18, console.width())));
      entry["checks"].push_back({{"check", check.what},
                                 {"agreement", words_for(check.agreement)},
                                 {"detail", check.detail}});
    }
    console.show(fmt::format("  {}\n", conclusion(code)));
    json.push_back(std::move(entry));
  }
  console.show_json(json);
  return worst;
}

CommandAction attach_verify(CommandLine line) {
  auto request = std::make_shared<VerifyRequest>();
  line.add_words({.name = "records",
                  .help = "Run folders or their record.jsonl files, with the raw files beside them",
                  .type = "RECORDS",
                  .required = true},
                 request->records, Words::kMany);
  const Option rerun = line.add_text(
      {.name = "--rerun",
       .help = "System to train and measure again, with this seed or the first one (default: the "
               "system that trained in the shortest time, if that was at most 20 seconds)",
       .type = "SYSTEM[:SEED]"},
      request->rerun);
  line.add_flag({.name = "--no-rerun",
                 .help = "Do not train again; check hashes, and what raw files give again, only "
                         "(default: off)"},
                request->no_rerun)
      .excludes(rerun);
  add_mirror_option(line, request->mirror);
  line.add_count({.name = "--threads",
                  .help = "Worker threads; 0 = one per processor; results do not depend on it "
                          "(integer in [0, 1024]; default: 0)",
                  .type = "N"},
                 request->threads, {.least = 0, .most = 1024});
  return [request](Session& session) { return verify(session, *request); };
}

}  // namespace

extern const CommandEntry verify;
constinit const CommandEntry verify = {
    .id = "verify",
    .summary = "Check a run against its files, and train a part of it again",
    .attach = &attach_verify,
};

}  // namespace kgaudit::cli::commands_roster
