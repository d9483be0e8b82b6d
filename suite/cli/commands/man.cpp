#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/roster.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/man_page.hpp"
#include "suite/cli/program_declaration.hpp"
#include "suite/cli/report_files.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct ManRequest {
  std::string command;  ///< empty: the page of the program
  std::string out;
};

/// A page of an earlier call is replaced; a file of somebody else is not.
void refuse_foreign_file(const std::filesystem::path& file) {
  std::error_code ignored;  // what is wrong with the folder is told by the write
  if (!std::filesystem::exists(file, ignored)) return;
  std::string begin(kManPageMark.size(), '\0');
  if (std::filesystem::is_regular_file(file, ignored)) {
    std::ifstream(file, std::ios::binary)
        .read(begin.data(), static_cast<std::streamsize>(begin.size()));
  }
  if (begin == kManPageMark) return;
  throw InputError::usage(file.string(), "something that kgaudit man did not write",
                          "no such file, or a page of an earlier kgaudit man",
                          "--out with another folder, or move that file away");
}

ExitCode write_pages(Session& session, const std::vector<ManPage>& pages,
                     const std::filesystem::path& folder) {
  make_folder(folder);
  const auto file_of = [&folder](const ManPage& page) { return folder / (page.name + ".1"); };
  for (const ManPage& page : pages) refuse_foreign_file(file_of(page));
  auto json = nlohmann::ordered_json::array();
  for (const ManPage& page : pages) {
    const std::filesystem::path file = file_of(page);
    write_atomically(file, page.text, kOutputComplaint);
    json.push_back(file.string());
  }
  session.console.show(fmt::format("{} pages in {}\n", pages.size(), folder.string()));
  session.console.show_json({{"files", json}});
  return ExitCode::kPass;
}

ExitCode man(Session& session, const ManRequest& request) {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  std::vector<ManPage> pages = man_pages(program.root());
  if (!request.command.empty()) {
    const std::string name = "kgaudit-" + request.command;
    const auto page = std::ranges::find(pages, name, &ManPage::name);
    if (page == pages.end()) {
      throw InputError::unknown("man", "command", request.command, ids_of(commands()));
    }
    pages = {*page};
  } else if (request.out.empty()) {
    pages.resize(1);
  }
  if (!request.out.empty()) return write_pages(session, pages, request.out);
  session.console.show(pages.front().text);
  session.console.show_json({{"name", pages.front().name}, {"page", pages.front().text}});
  return ExitCode::kPass;
}

CommandAction attach_man(CommandLine line) {
  auto request = std::make_shared<ManRequest>();
  line.add_text({.name = "command",
                 .help = "The command whose page is wanted (default: the page of the program; with "
                         "--out, all pages)"},
                request->command);
  line.add_text({.name = "--out",
                 .help = "Folder for the pages as files (default: none, print on stdout)",
                 .type = "DIR"},
                request->out);
  return [request](Session& session) { return man(session, *request); };
}

}  // namespace

extern const CommandEntry man;
constinit const CommandEntry man = {
    .id = "man",
    .summary = "Print or write the manual pages",
    .attach = &attach_man,
};

}  // namespace kgaudit::cli::commands_roster
