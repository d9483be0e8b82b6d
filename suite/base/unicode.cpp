#include "suite/base/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

/// Empty where the text is not UTF-8.
std::string mapped(std::string_view text, utf8proc_option_t options) {
  utf8proc_uint8_t* bytes = nullptr;
  // Its interface takes the bytes of UTF-8 as unsigned.
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &bytes, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(bytes, std::free);
  if (length < 0) return "";
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length)};
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string composed(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  const std::string form = mapped(text, UTF8PROC_COMPOSE);
  return form.empty() ? std::string(text) : form;
}

std::string case_folded(std::string_view text) {
  if (is_ascii(text)) return ascii_small(text);
  const std::string form =
      mapped(text, static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  return form.empty() ? ascii_small(text) : form;
}

bool is_combining(std::uint32_t point) {
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(point))->combining_class != 0;
}

std::size_t terminal_columns(std::uint32_t point) {
  return static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(point)));
}

}  // namespace kgaudit
