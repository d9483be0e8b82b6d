#include <string>
#include <vector>

#include "suite/base/error.hpp"
#include "suite/base/files/csv_reader.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using Catch::Matchers::Contains;

namespace csv_reader_tests {
namespace {

using Record = std::vector<std::string>;

std::vector<Record> records(std::string_view bytes, char separator = ',') {
  MemorySource source(bytes);
  CsvReader reader(source, "people.csv", separator);
  std::vector<Record> all;
  while (reader.next()) all.push_back(reader.fields());
  return all;
}

std::string complaint(std::string_view bytes) {
  try {
    static_cast<void>(records(bytes));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("CSV fields in quotes hold separators, quotes and line ends; nothing is trimmed",
          "[base][csv_reader]") {
  CHECK(records("name,note\r\n\"Byron, Ada\",\"said \"\"yes\"\"\"\n x , y \n") ==
        std::vector<Record>{{"name", "note"}, {"Byron, Ada", "said \"yes\""}, {" x ", " y "}});
  CHECK(records("a,\"first\r\nsecond\"\nb,\n") ==
        std::vector<Record>{{"a", "first\nsecond"}, {"b", ""}});
  CHECK(records("a\tb,c", '\t') == std::vector<Record>{{"a", "b,c"}});
  CHECK(records("\xef\xbb\xbfname\n\nx\n") == std::vector<Record>{{"name"}, {"x"}});
  CHECK(records(",\n\"\"\n") == std::vector<Record>{{"", ""}, {""}});
  CHECK(records("").empty());
}

TEST_CASE("A broken CSV record is refused with the line where it begins", "[base][csv_reader]") {
  CHECK_THAT(complaint("a,b\n\n\"x,y\nz\n"), Contains("people.csv:3") && Contains("never ends"));
  CHECK_THAT(complaint("\"a\"b,c\n"),
             Contains("people.csv:1") && Contains("after a closing quote"));
  CHECK_THAT(complaint("a,b\nc\"d,e\n"), Contains("people.csv:2") && Contains("a quote inside"));
  CHECK_THAT(complaint("a,\"" + std::string(kLineBytes / 2 + 1, 'x') + "\n" +
                       std::string(kLineBytes / 2, 'y') + "\""),
             Contains("people.csv:1") && Contains("more than"));
}

}  // namespace csv_reader_tests
