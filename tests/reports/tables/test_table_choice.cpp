#include "reports/tables/table_choice.hpp"

#include "reports/tables/system_comparison.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;

namespace {

Table comparison() {
  Table table;
  table.columns = {text_column("system", "system")};
  for (const char* key :
       {"link_prediction.mrr.without_sensitive", "link_prediction.mrr", "time.ratio_to_basic",
        "memory.peak", "leakage.strongest.held_out.gender", "leakage.strongest.held_out.religion",
        "question.auc_micro.gender", "question.auc_micro.religion", "leakage.strongest.gender"}) {
    table.columns.push_back({.key = key, .header = key});
  }
  for (const char* name : {"graph alone", "basic", "kl+attr", "kl+attr [rows]"}) {
    Row row{{TextCell{name}}, std::string_view(name) == "graph alone"};
    for (std::size_t c = 1; c < table.columns.size(); ++c) row.cells.push_back(number_cell(0.5));
    table.rows.push_back(row);
  }
  return table;
}

std::vector<std::string> keys_of(const Table& table) {
  std::vector<std::string> keys;
  for (std::size_t c = 1; c < table.columns.size(); ++c) keys.push_back(table.columns[c].key);
  return keys;
}

}  // namespace

TEST_CASE("The short comparison has quality, time, leakage and question, in the table's order",
          "[reports][tables]") {
  CHECK(keys_of(short_comparison(comparison())) ==
        std::vector<std::string>{"link_prediction.mrr.without_sensitive", "time.ratio_to_basic",
                                 "leakage.strongest.held_out.gender",
                                 "leakage.strongest.held_out.religion", "question.auc_micro.gender",
                                 "question.auc_micro.religion"});
}

TEST_CASE("A record that is too old for the short comparison is shown whole", "[reports][tables]") {
  Table old = comparison();
  old.columns.resize(4);
  for (Row& row : old.rows) row.cells.resize(4);
  CHECK(keys_of(short_comparison(old)).size() == 3);
}

TEST_CASE("Columns, systems and attributes are chosen by name, and the reference row stays",
          "[reports][tables]") {
  const Table one = chosen_part(comparison(), {{"leakage", "mrr"}, {"kl+attr"}, {"gender"}});
  CHECK(keys_of(one) ==
        std::vector<std::string>{"link_prediction.mrr", "leakage.strongest.held_out.gender"});
  REQUIRE(one.rows.size() == 3);
  CHECK(std::get<TextCell>(one.rows[0].cells[0]).text == "graph alone");
  CHECK(std::get<TextCell>(one.rows[2].cells[0]).text == "kl+attr [rows]");
  CHECK(chosen_part(comparison(), {{}, {"kl+attr [rows]"}, {}}).rows.size() == 2);
  // As the gate and --reference spell a row.
  CHECK(chosen_part(comparison(), {{}, {"kl+attr:rows"}, {}}).rows.size() == 2);
  CHECK(keys_of(chosen_part(comparison(), {{"full"}, {}, {}})) == keys_of(comparison()));
  CHECK(keys_of(chosen_part(comparison(), {{"paper"}, {}, {}})) ==
        keys_of(short_comparison(comparison())));
  CHECK(keys_of(chosen_part(comparison(), {{"leakage_seen"}, {}, {}})) ==
        std::vector<std::string>{"leakage.strongest.gender"});
}

TEST_CASE("A column, system or attribute that is not there is answered with the nearest",
          "[reports][tables]") {
  const auto complaint = [](const TableChoice& choice) {
    try {
      static_cast<void>(chosen_part(comparison(), choice));
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUsage);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK_THAT(complaint({{"leakge"}, {}, {}}), Contains("did you mean 'leakage'?"));
  CHECK_THAT(complaint({{}, {"basik"}, {}}), Contains("did you mean 'basic'?"));
  CHECK_THAT(complaint({{}, {}, {"gendr"}}), Contains("did you mean 'gender'?"));
}

TEST_CASE("Sample sizes and rows that are never the best are told of what is left",
          "[reports][tables]") {
  Table whole = comparison();
  for (Row& row : whole.rows) {
    for (std::size_t c = 1; c < row.cells.size(); ++c) {
      auto& number = std::get<NumberCell>(row.cells[c]);
      number.n = 40 + c;
      number.rival = std::get<TextCell>(row.cells.front()).text != "kl+attr [rows]";
    }
  }
  whole.notes = {note_on_samples(whole), "Between.", note_on_best(whole)};
  CHECK(whole.notes.back() == "Never marked as best: rows [rows].");
  const Table part = chosen_part(whole, {{"mrr_others"}, {"basic"}, {}});
  REQUIRE(part.notes.size() == 2);
  CHECK(part.notes[0] ==
        "Sample sizes per seed, the smallest of each column: "
        "link_prediction.mrr.without_sensitive 41 predictions.");
  CHECK(part.notes[1] == "Between.");
}
