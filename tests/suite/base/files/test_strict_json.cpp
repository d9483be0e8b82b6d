#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/strict_json.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

std::string json_refusal(std::string_view text) {
  try {
    static_cast<void>(parse_strict_json(text, "here:7"));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK(error.complaint().place == "here:7");
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Strict JSON keeps the order of keys", "[base][files]") {
  CHECK(parse_strict_json(R"({"b": 1, "a": [true, null, 0.5]})", "here").dump() ==
        R"({"b":1,"a":[true,null,0.5]})");
}

TEST_CASE("Strict JSON refuses what readers commonly let pass", "[base][files]") {
  CHECK_THAT(json_refusal(R"({"a": 1, "a": 2})"), Contains("the key 'a' is given twice"));
  CHECK(json_refusal(R"([{"a": 1}, {"a": 2}])").empty());
  CHECK_THAT(json_refusal("1e999"), Contains("a number does not fit"));
  CHECK_THAT(json_refusal("{} {}"), Contains("not JSON"));
  CHECK_THAT(json_refusal("[1"), Contains("not JSON"));
  CHECK_THAT(json_refusal(""), Contains("not JSON"));
  CHECK_THAT(json_refusal("\"\xff\""), Contains("byte 2 is not UTF-8"));
  CHECK_THAT(json_refusal(std::string_view("[1]\0[2]", 7)), Contains("byte 4 is NUL"));
  CHECK_THAT(json_refusal(std::string(66, '[') + std::string(66, ']')),
             Contains("nested deeper than 64"));
  CHECK(json_refusal(std::string(64, '[') + std::string(64, ']')).empty());
  CHECK_THAT(json_refusal(std::string(1'000'000, '[')), Contains("nested deeper than 64"));
}

TEST_CASE("An object with more keys than can be kept in order at leisure is refused",
          "[base][files]") {
  const auto object_of = [](int keys) {
    std::string text = "{";
    for (int i = 0; i < keys; ++i) text += fmt::format("{}\"{}\":0", i == 0 ? "" : ",", i);
    return text + "}";
  };
  CHECK(parse_strict_json(object_of(20'000), "p").size() == 20'000);
  CHECK_THROWS_WITH(parse_strict_json(object_of(20'001), "p"), Contains("20000 keys"));
  // Objects one after the other have their own.
  CHECK(parse_strict_json(fmt::format("[{0},{0}]", object_of(15'000)), "p").size() == 2);
  // A file is read into a map, which takes any number.
  const TemporaryDirectory folder;
  write_file(folder / "many.json", object_of(30'000));
  CHECK(read_strict_json(folder / "many.json", 10'000'000, "names").size() == 30'000);
}

TEST_CASE("A file of strict JSON is refused with its line", "[base][files]") {
  const TemporaryDirectory folder;
  const auto file = folder / "a.json";
  write_file(file, "{\"a\": 1,\n\"b\": }\n");
  CHECK_THROWS_WITH(read_strict_json(file, 100, "JSON"), Contains("a.json:2: not JSON"));
  write_file(file, "{\"a\": 1,\n\"a\": 2}\n");
  CHECK_THROWS_WITH(read_strict_json(file, 100, "JSON"),
                    Contains("a.json: the key 'a' is given twice"));
  CHECK_THROWS_WITH(read_strict_json(file, 10, "JSON"), Contains("more than 10 B"));
  write_file(file, "{\"b\": 1, \"a\": 2}\n");
  CHECK(read_strict_json(file, 100, "JSON").dump() == R"({"a":2,"b":1})");
}
