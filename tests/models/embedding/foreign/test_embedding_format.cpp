#include <string>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

TEST_CASE("Every embedding format explains itself", "[models]") {
  for (const EmbeddingFormat* format : embedding_formats()) {
    INFO(std::string(format->id));
    CHECK(&find_embedding_format(format->id) == format);
    for (const std::string_view text :
         {format->title, format->description, format->source, format->pitfalls}) {
      CHECK_FALSE(text.empty());
    }
  }
}

TEST_CASE("A file of no known format is refused by its first bytes", "[models]") {
  const TemporaryDirectory folder;
  write_file(folder / "rows.bin", std::string("\x01\x02\0\x03", 4));
  try {
    static_cast<void>(read_foreign_embedding(folder / "rows.bin"));
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK_THAT(error.what(), Contains("rows.bin") && Contains("begins with '\\x01\\x02") &&
                                 Contains("rows of text"));
  }
  CHECK_THROWS_AS(read_foreign_embedding(folder / "missing"), InputError);
}
