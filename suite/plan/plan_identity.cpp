#include "suite/plan/plan_identity.hpp"

#include <string>
#include <string_view>

#include "suite/plan/plan_parameters.hpp"
#include "suite/plan/plan_text.hpp"

namespace kgaudit::run {

/// The text of identity_comments.txt; CMake embeds it.
std::string_view identity_comments();

namespace {

/// The text is a printed plan without values: comments, headings and names, one a line.
PlanComments comments_in(std::string_view text) {
  PlanComments comments;
  std::string heading;
  std::string pending;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with("# ")) {
      pending = line.substr(2);
    } else if (line.empty()) {
      if (!pending.empty()) comments[""] = std::move(pending);
      pending.clear();
    } else {
      if (line.front() == '[') heading = line;
      const bool names_parameter = line.front() != '[' && !heading.empty();
      comments[names_parameter ? parameter_key(heading, line) : std::string(line)] =
          std::move(pending);
      pending.clear();
    }
  }
  return comments;
}

}  // namespace

Digest plan_hash(const Plan& plan) {
  static const PlanComments kComments = comments_in(identity_comments());
  return sha256(print_commented(plan, kComments, kExecutionTable));
}

}  // namespace kgaudit::run
