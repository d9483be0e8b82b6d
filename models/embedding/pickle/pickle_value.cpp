#include <cstring>
#include <iterator>

#include <fmt/format.h>

#include "models/embedding/pickle/pickle.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

/// How much of a value a message shows.
constexpr int kDeepestSpelling = 4;
constexpr std::size_t kLongestSpelling = 200;
constexpr std::size_t kMostSpelled = 6;

void spell(const PickleValue& value, int depth, std::string& text);

void spell_elements(const PickleValue& value, std::string_view open, std::string_view close,
                    int depth, std::string& text) {
  text += open;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i > 0) text += ", ";
    if (i == kMostSpelled || text.size() > kLongestSpelling) {
      text += "...";
      break;
    }
    spell(value.at(i), depth + 1, text);
  }
  text += close;
}

void spell(const PickleValue& value, int depth, std::string& text) {
  if (!value) return;
  if (depth > kDeepestSpelling) {
    text += "...";
    return;
  }
  const auto out = std::back_inserter(text);
  switch (value.kind()) {
    case PickleKind::kNone:
      text += "None";
      break;
    case PickleKind::kBool:
      text += *value.boolean() ? "True" : "False";
      break;
    case PickleKind::kInteger:
      fmt::format_to(out, "{}", *value.integer());
      break;
    case PickleKind::kBigInteger:
      text += "a large integer";
      break;
    case PickleKind::kReal:
      fmt::format_to(out, "{}", *value.number());
      break;
    case PickleKind::kText:
      fmt::format_to(out, "'{}'", printable(*value.text()));
      break;
    case PickleKind::kBytes:
      fmt::format_to(out, "b'{}'", printable(*value.bytes(), 30));
      break;
    case PickleKind::kTuple:
      spell_elements(value, "(", ")", depth, text);
      break;
    case PickleKind::kList:
      spell_elements(value, "[", "]", depth, text);
      break;
    case PickleKind::kSet:
      spell_elements(value, "{", "}", depth, text);
      break;
    case PickleKind::kDict:
      fmt::format_to(out, "a dict of {}", value.pairs());
      break;
    case PickleKind::kSymbol:
      text += printable(value.symbol());
      break;
    case PickleKind::kCall:
      fmt::format_to(out, "{}", printable(value.symbol()));
      spell(value.arguments(), depth + 1, text);
      break;
    case PickleKind::kPersistent:
      text += "a stored object";
      break;
  }
}

}  // namespace

void append_utf8(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | (point >> 6U));
    text += static_cast<char>(0x80 | (point & 0x3FU));
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | (point >> 12U));
    text += static_cast<char>(0x80 | ((point >> 6U) & 0x3FU));
    text += static_cast<char>(0x80 | (point & 0x3FU));
  } else {
    text += static_cast<char>(0xF0 | (point >> 18U));
    text += static_cast<char>(0x80 | ((point >> 12U) & 0x3FU));
    text += static_cast<char>(0x80 | ((point >> 6U) & 0x3FU));
    text += static_cast<char>(0x80 | (point & 0x3FU));
  }
}

PickleKind PickleValue::kind() const {
  return pickle_ == nullptr ? PickleKind::kNone : pickle_->nodes_[id_].kind;
}

std::optional<bool> PickleValue::boolean() const {
  if (!is(PickleKind::kBool)) return std::nullopt;
  return pickle_->nodes_[id_].integer != 0;
}

std::optional<std::int64_t> PickleValue::integer() const {
  if (!is(PickleKind::kInteger)) return std::nullopt;
  return pickle_->nodes_[id_].integer;
}

std::optional<double> PickleValue::number() const {
  if (is(PickleKind::kReal)) return pickle_->nodes_[id_].real;
  if (const auto whole = integer()) return static_cast<double>(*whole);
  return std::nullopt;
}

std::optional<std::string_view> PickleValue::text() const {
  if (!is(PickleKind::kText)) return std::nullopt;
  return pickle_->nodes_[id_].text;
}

std::optional<std::string_view> PickleValue::bytes() const {
  if (!is(PickleKind::kText) && !is(PickleKind::kBytes) && !is(PickleKind::kBigInteger)) {
    return std::nullopt;
  }
  return pickle_->nodes_[id_].text;
}

std::size_t PickleValue::size() const {
  if (pickle_ == nullptr) return 0;
  const std::uint32_t list = pickle_->nodes_[id_].elements;
  return list == Pickle::kNoId ? 0 : pickle_->lists_[list].size();
}

PickleValue PickleValue::at(std::size_t i) const {
  if (i >= size()) return {};
  return {pickle_, pickle_->lists_[pickle_->nodes_[id_].elements][i]};
}

std::size_t PickleValue::pairs() const {
  if (pickle_ == nullptr) return 0;
  const std::uint32_t list = pickle_->nodes_[id_].entries;
  return list == Pickle::kNoId ? 0 : pickle_->lists_[list].size() / 2;
}

std::pair<PickleValue, PickleValue> PickleValue::pair(std::size_t i) const {
  if (i >= pairs()) return {};
  const auto& list = pickle_->lists_[pickle_->nodes_[id_].entries];
  return {{pickle_, list[2 * i]}, {pickle_, list[2 * i + 1]}};
}

std::string_view PickleValue::symbol() const {
  if (is(PickleKind::kSymbol)) return pickle_->nodes_[id_].text;
  if (!is(PickleKind::kCall)) return "";
  const Pickle::Node& callee = pickle_->nodes_[pickle_->nodes_[id_].callee];
  return callee.kind == PickleKind::kSymbol ? callee.text : std::string_view();
}

PickleValue PickleValue::arguments() const {
  if (!is(PickleKind::kCall) && !is(PickleKind::kPersistent)) return {};
  return {pickle_, pickle_->nodes_[id_].arguments};
}

PickleValue PickleValue::state() const {
  if (pickle_ == nullptr || pickle_->nodes_[id_].state == Pickle::kNoId) return {};
  return {pickle_, pickle_->nodes_[id_].state};
}

PickleValue PickleValue::get(std::string_view key) const {
  for (std::size_t i = pairs(); i-- > 0;) {
    const auto [name, value] = pair(i);
    if (name.text() == key) return value;
  }
  if (!is(PickleKind::kCall)) return {};
  const PickleValue given = state();
  if (given.is(PickleKind::kDict)) return given.get(key);
  for (std::size_t i = 0; i < 2 && given.is(PickleKind::kTuple); ++i) {
    const PickleValue part = given.at(i);
    if (!part.is(PickleKind::kDict)) continue;
    if (const PickleValue found = part.get(key)) return found;
  }
  return {};
}

std::string PickleValue::spelled() const {
  std::string text;
  spell(*this, 0, text);
  return text;
}

}  // namespace kgaudit::models
