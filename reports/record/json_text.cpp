#include "reports/record/json_text.hpp"

#include <cmath>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

std::string json_quoted(std::string_view text) {
  const auto broken = find_broken_utf8(text);
  KGA_REQUIRE(!broken, "byte {} of '{}' is not UTF-8", *broken, printable(text));
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

void JsonText::break_line() {
  if (indent_ == 0) return;
  out_ += '\n';
  out_.append(indent_ * closers_.size(), ' ');
}

void JsonText::begin_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  if (!closers_.empty()) break_line();
}

JsonText& JsonText::open(char opener, char closer) {
  begin_value();
  out_ += opener;
  closers_ += closer;
  first_ = true;
  return *this;
}

JsonText& JsonText::close() {
  KGA_REQUIRE(!closers_.empty() && !after_key_, "nothing to close after '{}'", out_);
  const char closer = closers_.back();
  closers_.pop_back();
  if (!first_) break_line();
  out_ += closer;
  first_ = false;
  return *this;
}

JsonText& JsonText::key(std::string_view name) {
  KGA_REQUIRE(!closers_.empty() && closers_.back() == '}' && !after_key_, "key = {}", name);
  begin_value();
  out_ += json_quoted(name);
  out_ += indent_ == 0 ? ":" : ": ";
  after_key_ = true;
  return *this;
}

JsonText& JsonText::put(std::string_view token) {
  KGA_REQUIRE(closers_.empty() || closers_.back() == ']' || after_key_, "no key for {}", token);
  begin_value();
  out_ += token;
  first_ = false;
  return *this;
}

JsonText& JsonText::text(std::string_view value) { return put(json_quoted(value)); }
JsonText& JsonText::whole(std::uint64_t value) { return put(std::to_string(value)); }
JsonText& JsonText::flag(bool value) { return put(value ? "true" : "false"); }
JsonText& JsonText::null() { return put("null"); }
JsonText& JsonText::raw(std::string_view json) { return put(json); }

JsonText& JsonText::number(double value) {
  // "-0" is a whole number to JSON readers, and those have no negative zero.
  if (value == 0.0 && std::signbit(value)) return put("-0.0");
  return put(number_text(value));
}

std::string JsonText::take() {
  KGA_REQUIRE(closers_.empty() && !after_key_, "still open: {}", closers_);
  return std::move(out_);
}

}  // namespace kgaudit::reports
