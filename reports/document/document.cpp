#include "reports/document/document.hpp"

namespace kgaudit::reports {

std::string plain_text(const Spans& spans) {
  std::string text;
  for (const Span& span : spans) text += span.text;
  return text;
}

}  // namespace kgaudit::reports
