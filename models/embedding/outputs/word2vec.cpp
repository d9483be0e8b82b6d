#include <fmt/format.h>

#include "models/embedding/writing/output_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::models::output_formats_roster {
namespace {

std::string_view objection_of_word2vec(std::string_view name) {
  if (const auto why = objection_of_utf8(name); !why.empty()) return why;
  if (const auto why = objection_of_lines(name); !why.empty()) return why;
  return objection_of_blanks(name);
}

void write_word2vec(const std::filesystem::path& file, std::span<const std::string> names,
                    const RowBlock& rows) {
  KGA_REQUIRE(names.size() == rows.rows, "{} names, {} rows", names.size(), rows.rows);
  AtomicFile out(file);
  out.write(fmt::format("{} {}\n", rows.rows, rows.width));
  std::string line;
  for (std::size_t i = 0; i < rows.rows; ++i) {
    line = names[i];
    for (std::size_t k = 0; k < rows.width; ++k) {
      line += ' ';
      append_number(line, rows.row(i)[k]);
    }
    line += '\n';
    out.write(line);
  }
  out.commit();
}

}  // namespace

extern const OutputFormat word2vec;
constinit const OutputFormat word2vec = {
    .id = "word2vec",
    .title = "word2vec text",
    .description = "A line 'rows width', then a row a line: its name and its numbers, with blanks",
    .source = "gensim's KeyedVectors.load_word2vec_format, word2vec",
    .pitfalls = "Names hold no blank. Text is three to four times the size of the floats it says.",
    .ending = ".w2v.txt",
    .reader = "word2vec-text",
    .names = NamePlace::kWithRows,
    .objection = &objection_of_word2vec,
    .write = &write_word2vec,
};

}  // namespace kgaudit::models::output_formats_roster
