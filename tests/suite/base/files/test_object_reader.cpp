#include "suite/base/files/object_reader.hpp"

#include "tests/test_support.hpp"

using namespace kgaudit;
using Catch::Matchers::Contains;

namespace {

std::string message_of_refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("An object hands out its keys by type", "[base][json]") {
  ObjectReader object(R"({"word":"a","n":3,"yes":true,"x":1.5,"none":null,"list":["b","c"],)"
                      R"("wholes":[1,2],"texts":{"k":"v"},"pairs":[["p","q"]],)"
                      R"("numbers":{"m":2},"inner":{"y":1},"all":[{"z":2},{"z":3}]})",
                      "file:1");
  CHECK(object.has("word"));
  CHECK_FALSE(object.has("words"));
  CHECK(object.text("word") == "a");
  CHECK(object.whole("n") == 3);
  CHECK(object.flag("yes"));
  CHECK(object.number("x") == 1.5);
  CHECK_FALSE(object.number_or_null("none").has_value());
  CHECK(object.text_list("list") == std::vector<std::string>{"b", "c"});
  CHECK(object.wholes("wholes") == std::vector<std::uint64_t>{1, 2});
  CHECK(object.texts("texts") == TextMap{{"k", "v"}});
  CHECK(object.text_pairs("pairs") == TextPairs{{"p", "q"}});
  CHECK(object.numbers("numbers") == std::vector<std::pair<std::string, double>>{{"m", 2.0}});
  CHECK(object.json("inner") == R"({"y":1})");
  CHECK(object.object("inner").whole("y") == 1);
  std::vector<ObjectReader> all = object.objects("all");
  REQUIRE(all.size() == 2);
  CHECK(all[1].whole("z") == 3);
  CHECK_NOTHROW(object.finish());
}

TEST_CASE("A key that is missing, unknown or of another type is refused with its place",
          "[base][json]") {
  const auto asked = [](const char* text, const std::function<void(ObjectReader&)>& ask) {
    return message_of_refusal([&] {
      ObjectReader object(text, "file:7");
      ask(object);
      object.finish();
    });
  };
  CHECK_THAT(asked("{}", [](auto& o) { static_cast<void>(o.text("a")); }),
             Contains("file:7") && Contains("the key 'a' is missing"));
  CHECK_THAT(asked(R"({"a":1})", [](auto& o) { static_cast<void>(o.text("a")); }),
             Contains("'a' is 1") && Contains("a text"));
  CHECK_THAT(asked(R"({"a":1})", [](auto& o) { static_cast<void>(o.flag("a")); }),
             Contains("true or false"));
  CHECK_THAT(asked(R"({"a":-1})", [](auto& o) { static_cast<void>(o.whole("a")); }),
             Contains("not negative"));
  CHECK_THAT(asked(R"({"a":[1,-1]})", [](auto& o) { static_cast<void>(o.wholes("a")); }),
             Contains("none negative"));
  CHECK_THAT(asked(R"({"a":1,"sede":2})",
                   [](auto& o) {
                     static_cast<void>(o.whole("a"));
                     static_cast<void>(o.has("seed"));
                   }),
             Contains("unknown key 'sede'"));
  CHECK_THAT(message_of_refusal([] { ObjectReader("[1]", "file:7"); }),
             Contains("array in place of an object"));
}
