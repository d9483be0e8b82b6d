#include "suite/base/parameters.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

std::string kind_text(const ParameterValue& value) {
  return std::visit(
      Overloaded{[](bool) { return "true or false"; },
                 [](std::int64_t) { return "a whole number"; }, [](double) { return "a number"; },
                 [](const std::string&) { return "a text"; }},
      value);
}

}  // namespace

ParameterSpec ParameterSpec::flag(std::string name, bool default_value, std::string meaning) {
  return {std::move(name), default_value, 0, 0, {}, "", std::move(meaning)};
}
ParameterSpec ParameterSpec::integer(std::string name, std::int64_t default_value, std::int64_t low,
                                     std::int64_t high, std::string unit, std::string meaning) {
  return {
      std::move(name), default_value,     static_cast<double>(low), static_cast<double>(high), {},
      std::move(unit), std::move(meaning)};
}
ParameterSpec ParameterSpec::real(std::string name, double default_value, double low, double high,
                                  std::string unit, std::string meaning) {
  return {std::move(name), default_value, low, high, {}, std::move(unit), std::move(meaning)};
}
ParameterSpec ParameterSpec::choice(std::string name, std::string default_value,
                                    std::vector<std::string> choices, std::string meaning) {
  return {std::move(name),   std::move(default_value), 0, 0, std::move(choices), "",
          std::move(meaning)};
}
ParameterSpec ParameterSpec::text(std::string name, std::string default_value,
                                  std::string meaning) {
  return {std::move(name), std::move(default_value), 0, 0, {}, "", std::move(meaning)};
}

std::string ParameterSpec::range_text() const {
  return std::visit(Overloaded{
                        [](bool) -> std::string { return "true or false"; },
                        [this](std::int64_t) {
                          return fmt::format("integer in [{}, {}]", static_cast<std::int64_t>(low),
                                             static_cast<std::int64_t>(high));
                        },
                        [this](double) {
                          return fmt::format("number in [{}, {}]", number_text(low),
                                             number_text(high));
                        },
                        [this](const std::string&) -> std::string {
                          if (choices.empty()) return "text";
                          return fmt::format("one of: {}", fmt::join(choices, ", "));
                        },
                    },
                    default_value);
}

std::string value_text(const ParameterValue& value) {
  return std::visit(
      Overloaded{[](bool b) -> std::string { return b ? "true" : "false"; },
                 [](std::int64_t i) { return std::to_string(i); },
                 // What a plan file says may be nan or inf; it is shown when it is refused.
                 [](double d) { return std::isfinite(d) ? number_text(d) : fmt::format("{}", d); },
                 [](const std::string& s) { return s; }},
      value);
}

Parameters::Parameters(std::span<const ParameterSpec> table) : table_(table.begin(), table.end()) {
  for (const ParameterSpec& row : table_) {
    const bool fresh = values_.emplace(row.name, row.default_value).second;
    KGA_REQUIRE(fresh, "parameter {} is declared twice", row.name);
  }
}

void Parameters::set(std::string_view name, std::string_view text, std::string_view place) {
  const auto known = values_.find(name);
  if (known == values_.end()) {
    set(name, ParameterValue(std::string(text)), place);  // reports the unknown name
    return;
  }
  ParameterValue value = std::string(text);
  if (std::holds_alternative<bool>(known->second)) {
    if (text == "true" || text == "1" || text == "on") value = true;
    if (text == "false" || text == "0" || text == "off") value = false;
  } else if (std::holds_alternative<std::int64_t>(known->second)) {
    if (const auto number = parse_int(text)) value = *number;
  } else if (std::holds_alternative<double>(known->second)) {
    if (const auto number = parse_double(text)) value = *number;
  }
  set(name, value, place);
}

void Parameters::set(std::string_view name, const ParameterValue& given, std::string_view place) {
  const auto known = values_.find(name);
  if (known == values_.end()) {
    std::vector<std::string> names;
    for (const auto& row : table_) names.push_back(row.name);
    throw InputError::unknown(std::string(place), "parameter", name, names);
  }
  const ParameterSpec& row = spec(name);
  ParameterValue value = given;
  if (std::holds_alternative<double>(row.default_value)) {
    if (const auto* whole = std::get_if<std::int64_t>(&given)) value = static_cast<double>(*whole);
  }
  const auto refuse = [&](const std::string& got) {
    throw InputError::usage(fmt::format("{}: {}", place, name), got,
                            row.range_text() + (row.unit.empty() ? "" : " (" + row.unit + ")"));
  };
  if (value.index() != row.default_value.index()) {
    refuse(
        fmt::format("'{}' is not {}", printable(value_text(given)), kind_text(row.default_value)));
  }
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    const auto number = static_cast<double>(*whole);
    if (number < row.low || number > row.high) refuse(fmt::format("{} is out of range", *whole));
  } else if (const auto* number = std::get_if<double>(&value)) {
    if (!std::isfinite(*number) || *number < row.low || *number > row.high) {
      refuse(fmt::format("{} is out of range", *number));
    }
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    if (find_broken_utf8(*text) || text->find('\0') != std::string::npos) {
      // Plans and records, which are TOML and JSON, could not hold it.
      throw InputError::usage(fmt::format("{}: {}", place, name),
                              fmt::format("'{}' is no UTF-8 text without NUL", printable(*text)),
                              "UTF-8 text", "another name for the file or folder");
    }
    if (!row.choices.empty() &&
        std::find(row.choices.begin(), row.choices.end(), *text) == row.choices.end()) {
      throw InputError::unknown(fmt::format("{}: {}", place, name), "", *text, row.choices);
    }
  }
  known->second = std::move(value);
}

bool Parameters::has(std::string_view name) const { return values_.contains(name); }

std::string Parameters::own_or_general(std::string_view stem, std::string_view attribute,
                                       std::string_view general) const {
  std::string own = fmt::format("{}_{}", stem, attribute);
  return has(own) ? own : std::string(general);
}

const ParameterSpec& Parameters::spec(std::string_view name) const {
  const auto row = std::find_if(table_.begin(), table_.end(),
                                [&](const ParameterSpec& s) { return s.name == name; });
  KGA_REQUIRE(row != table_.end(), "parameter {} is not in the table", name);
  return *row;
}

const ParameterValue& Parameters::value(std::string_view name) const {
  const auto known = values_.find(name);
  KGA_REQUIRE(known != values_.end(), "parameter {} is not in the table", name);
  return known->second;
}

bool Parameters::flag(std::string_view name) const { return std::get<bool>(value(name)); }
std::int64_t Parameters::integer(std::string_view name) const {
  return std::get<std::int64_t>(value(name));
}
double Parameters::real(std::string_view name) const { return std::get<double>(value(name)); }
const std::string& Parameters::text(std::string_view name) const {
  return std::get<std::string>(value(name));
}
std::size_t Parameters::count(std::string_view name) const {
  const std::int64_t whole = integer(name);
  KGA_REQUIRE(whole >= 0, "{} = {}", name, whole);
  return static_cast<std::size_t>(whole);
}

std::vector<std::pair<std::string, ParameterValue>> Parameters::entries() const {
  std::vector<std::pair<std::string, ParameterValue>> all;
  for (const ParameterSpec& row : table_) all.emplace_back(row.name, value(row.name));
  return all;
}

}  // namespace kgaudit
