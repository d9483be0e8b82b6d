#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "suite/base/error.hpp"
#include "suite/base/parameters.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

namespace {

const std::array<ParameterSpec, 5>& table() {
  static const std::array<ParameterSpec, 5> rows = {
      ParameterSpec::flag("reciprocal", true, "Two vectors a relation."),
      ParameterSpec::integer("epochs", 50, 1, 10000, "epochs", "Passes over the data."),
      ParameterSpec::real("rate", 0.1, 0.0, 10.0, "", "Learning rate."),
      ParameterSpec::choice("loss", "softmax", {"softmax", "margin"}, "Training loss."),
      ParameterSpec::text("note", "", "Anything."),
  };
  return rows;
}

Complaint complaint_of(std::string_view name, const ParameterValue& value, bool as_text) {
  Parameters parameters{table()};
  try {
    if (as_text) {
      parameters.set(name, std::string_view(std::get<std::string>(value)), "plan:3");
    } else {
      parameters.set(name, value, "plan:3");
    }
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    return error.complaint();
  }
  FAIL("accepted " << name);
  return {};
}

Complaint text_complaint(std::string_view name, const std::string& text) {
  return complaint_of(name, text, true);
}

}  // namespace

TEST_CASE("Parameters begin at their defaults, in table order", "[base][parameters]") {
  const Parameters parameters{table()};
  CHECK(parameters.flag("reciprocal"));
  CHECK(parameters.integer("epochs") == 50);
  CHECK(parameters.count("epochs") == 50);
  CHECK(parameters.real("rate") == 0.1);
  CHECK(parameters.text("loss") == "softmax");
  CHECK(parameters.entries().at(1) ==
        std::pair<std::string, ParameterValue>("epochs", std::int64_t{50}));
  CHECK(parameters.has("note"));
  CHECK_FALSE(parameters.has("nothing"));
  CHECK(Parameters().entries().empty());
}

TEST_CASE("Parameters are set from text of their type", "[base][parameters]") {
  Parameters parameters{table()};
  parameters.set("reciprocal", std::string_view("off"), "x");
  parameters.set("epochs", std::string_view("10000"), "x");
  parameters.set("rate", std::string_view("1e-3"), "x");
  parameters.set("loss", std::string_view("margin"), "x");
  parameters.set("note", std::string_view("a=b, c"), "x");
  CHECK_FALSE(parameters.flag("reciprocal"));
  CHECK(parameters.integer("epochs") == 10000);
  CHECK(parameters.real("rate") == 0.001);
  CHECK(parameters.text("loss") == "margin");
  CHECK(parameters.text("note") == "a=b, c");
  parameters.set("rate", ParameterValue(std::int64_t{2}), "x");
  CHECK(parameters.real("rate") == 2.0);
}

TEST_CASE("A wrong parameter is answered with place, range and advice", "[base][parameters]") {
  Complaint c = text_complaint("epoch", "5");
  CHECK(c.place == "plan:3");
  CHECK(c.got == "unknown parameter 'epoch'");
  CHECK(c.expected == "one of: reciprocal, epochs, rate, loss, note");
  CHECK(c.advice == "did you mean 'epochs'?");

  c = text_complaint("epochs", "0");
  CHECK(c.place == "plan:3: epochs");
  CHECK(c.got == "0 is out of range");
  CHECK(c.expected == "integer in [1, 10000] (epochs)");

  CHECK(text_complaint("epochs", "10001").got == "10001 is out of range");
  CHECK(text_complaint("epochs", "five").got == "'five' is not a whole number");
  CHECK(text_complaint("epochs", "5.5").got == "'5.5' is not a whole number");
  CHECK(text_complaint("rate", "-1").expected == "number in [0, 10]");
  CHECK(text_complaint("rate", "nan").got == "nan is out of range");
  CHECK(text_complaint("rate", "inf").got == "inf is out of range");
  CHECK(text_complaint("rate", "1,5").got == "'1,5' is not a number");
  CHECK(text_complaint("reciprocal", "maybe").expected == "true or false");
  c = text_complaint("loss", "hinge");
  CHECK(c.got == "'hinge' is not known");
  CHECK(c.expected == "one of: softmax, margin");
  CHECK(complaint_of("epochs", 5.0, false).got == "'5' is not a whole number");
  CHECK(complaint_of("loss", true, false).expected == "one of: softmax, margin");
}

TEST_CASE("A refused value leaves the old one", "[base][parameters]") {
  Parameters parameters{table()};
  CHECK_THROWS_AS(parameters.set("epochs", std::string_view("0"), "x"), InputError);
  CHECK(parameters.integer("epochs") == 50);
}

TEST_CASE("An attribute's own parameter decides, else the general one", "[base][parameters]") {
  const std::array<ParameterSpec, 3> specs = {
      ParameterSpec::real("weight_gender", 1.0, 0.0, 9.0, "", ""),
      ParameterSpec::real("weight_other", 2.0, 0.0, 9.0, "", ""),
      ParameterSpec::real("weight", 3.0, 0.0, 9.0, "", "")};
  const Parameters parameters{specs};
  CHECK(parameters.own_or_general("weight", "gender", "weight_other") == "weight_gender");
  CHECK(parameters.own_or_general("weight", "religion", "weight_other") == "weight_other");
}

TEST_CASE("Asking for a parameter that is not in the table is our own mistake",
          "[base][parameters]") {
  const Parameters parameters{table()};
  CHECK_THROWS_AS(parameters.integer("nothing"), BrokenInvariant);
  const std::array<ParameterSpec, 2> twice = {ParameterSpec::flag("a", true, ""),
                                              ParameterSpec::flag("a", false, "")};
  CHECK_THROWS_AS(Parameters{twice}, BrokenInvariant);
  const std::array<ParameterSpec, 1> below_zero = {ParameterSpec::integer("a", -1, -5, 5, "", "")};
  CHECK_THROWS_AS(Parameters{below_zero}.count("a"), BrokenInvariant);
}

TEST_CASE("Numbers that are none and texts that no plan can hold are refused with the range",
          "[base][parameters]") {
  const std::array rows = {ParameterSpec::integer("epochs", 1, 1, 10, "epochs", "m"),
                           ParameterSpec::text("out", "", "m")};
  Parameters parameters(rows);
  const auto got = [&](std::string_view name, const ParameterValue& value) {
    try {
      parameters.set(name, value, "p.toml:2:1");
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUsage);
      return error.complaint().got;
    }
    return std::string("accepted");
  };
  CHECK(got("epochs", std::numeric_limits<double>::quiet_NaN()) == "'nan' is not a whole number");
  CHECK(got("out", std::numeric_limits<double>::infinity()) == "'inf' is not a text");
  CHECK(got("out", -std::numeric_limits<double>::infinity()) == "'-inf' is not a text");
  CHECK(got("out", std::string("o\xff")) == "'o\\xff' is no UTF-8 text without NUL");
  CHECK(got("out", std::string("a\0b", 3)) == "'a\\x00b' is no UTF-8 text without NUL");
  CHECK(parameters.text("out").empty());
}
