#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/files/strict_toml.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using Catch::Matchers::Contains;

namespace {

std::string toml_refusal(std::string_view text) {
  try {
    static_cast<void>(parse_strict_toml(text, "my.toml"));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    return error.what();
  }
  return "";
}

std::string dotted(std::size_t parts, std::string_view part = "a") {
  std::string name(part);
  for (std::size_t i = 1; i < parts; ++i) name.append(".").append(part);
  return name;
}

}  // namespace

TEST_CASE("Strict TOML reads what TOML allows", "[base][files]") {
  const toml::table table = parse_strict_toml(R"(a = 1
[b."c.d"]
e = [1.5, 2.25]
f = '''
[[[[ # "'''
# [[[[
g = "\"[[["
)",
                                              "my.toml");
  CHECK(table["a"].value<int>() == 1);
  CHECK(table["b"]["c.d"]["e"][1].value<double>() == 2.25);
  CHECK(table["b"]["c.d"]["f"].value<std::string>() == "[[[[ # \"");
  CHECK(table["b"]["c.d"]["g"].value<std::string>() == "\"[[[");
}

TEST_CASE("Strict TOML names line and column of a slip", "[base][files]") {
  CHECK_THAT(toml_refusal("a = 1\nb = = 2\n"), Contains("my.toml:2:5: "));
  CHECK_THAT(toml_refusal("a = 1\na = 2\n"), Contains("my.toml:2:"));
}

TEST_CASE("Strict TOML refuses a NUL byte, which would end the document unseen", "[base][files]") {
  CHECK_THAT(toml_refusal(std::string_view("a = 1\n\0b = 2\n", 13)),
             Contains("my.toml:2: a NUL byte"));
}

TEST_CASE("Strict TOML refuses a document that is too large", "[base][files]") {
  CHECK_THAT(toml_refusal(std::string(kLargestToml + 1, '\n')), Contains("at most 1.0 MiB"));
  CHECK(toml_refusal(std::string(kLargestToml, '\n')).empty());
}

TEST_CASE("Strict TOML refuses names and values that are nested too deep", "[base][files]") {
  CHECK(toml_refusal(dotted(64) + " = 1\n").empty());
  CHECK_THAT(toml_refusal(fmt::format("x = 1\n{} = 1\n", dotted(65))),
             Contains("my.toml:2: a name of more than 64 parts"));
  CHECK_THAT(toml_refusal(fmt::format("[{}]\n", dotted(65))),
             Contains("a name of more than 64 parts"));
  CHECK_THAT(toml_refusal(dotted(65, "\"a.\"") + " = 1\n"),
             Contains("a name of more than 64 parts"));
  // A tree this deep would end the process when toml++ takes it down.
  CHECK_THAT(toml_refusal(dotted(200'000) + " = 1\n"), Contains("a name of more than 64 parts"));
  CHECK_THAT(toml_refusal(dotted(200'000, "a ") + " = 1\n[[[\n"),
             Contains("a name of more than 64 parts"));
  const auto nested = [](std::size_t depth) {
    return fmt::format("x = {:[>{}}{:]>{}}\n", "", depth, "", depth);
  };
  CHECK(toml_refusal(nested(64)).empty());
  CHECK_THAT(toml_refusal(fmt::format("\n{}", nested(65))),
             Contains("my.toml:2: nested deeper than 64"));
  CHECK_THAT(toml_refusal(fmt::format("x = {:[>100000}", "")), Contains("nested deeper than 64"));
}

TEST_CASE("Strict TOML does not take texts for names", "[base][files]") {
  const std::string many = dotted(100);
  CHECK(toml_refusal(fmt::format("x = \"{}\"\n", many)).empty());
  CHECK(toml_refusal(fmt::format("x = '{}'\n", many)).empty());
  CHECK(toml_refusal(fmt::format("x = \"\"\"\n{}\n\"\"\"\"\"\n", many)).empty());
  CHECK(toml_refusal(fmt::format("x = 1 # {}\n", many)).empty());
  CHECK_THAT(toml_refusal(fmt::format("x = \"\"\" \"' \"\"\"\n{} = '1'\n", many)),
             Contains("a name of more than 64 parts"));
}
