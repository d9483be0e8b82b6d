#include "models/embedding/writing/output_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

std::string_view objection_of_tsv(std::string_view name) {
  if (const auto why = objection_of_utf8(name); !why.empty()) return why;
  if (const auto why = objection_of_lines(name); !why.empty()) return why;
  // Here it would come back; pandas and others take it for the beginning of a quoted field.
  return name.starts_with('"') ? "a quote at its beginning" : "";
}

void write_tsv(const std::filesystem::path& file, std::span<const std::string> names,
               const RowBlock& rows) {
  KGA_REQUIRE(names.size() == rows.rows, "{} names, {} rows", names.size(), rows.rows);
  AtomicFile out(file);
  std::string line;
  for (std::size_t i = 0; i < rows.rows; ++i) {
    line = names[i];
    for (std::size_t k = 0; k < rows.width; ++k) {
      line += '\t';
      append_number(line, rows.row(i)[k]);
    }
    line += '\n';
    out.write(line);
  }
  out.commit();
}

}  // namespace

extern const OutputFormat tsv;
constinit const OutputFormat tsv = {
    .id = "tsv",
    .title = "rows of text",
    .description = "A row a line: its name, then its numbers, separated by tabs; no header",
    .source = "PyTorch-BigGraph's users, pandas.read_csv(sep='\\t', header=None), spreadsheets",
    .pitfalls =
        "Text is three to four times the size of the floats it says. Names may hold blanks, but no "
        "tabs and line ends.",
    .ending = ".tsv",
    .reader = "text-rows",
    .names = NamePlace::kWithRows,
    .objection = &objection_of_tsv,
    .write = &write_tsv,
};

}  // namespace kgaudit::models::output_formats_roster
