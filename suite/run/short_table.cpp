#include "suite/run/short_table.hpp"

#include <utility>

namespace kgaudit::run {

reports::Column text_column(std::string key, std::string header) {
  reports::Column column;
  column.key = std::move(key);
  column.header = std::move(header);
  column.align = reports::Column::Align::kLeft;
  return column;
}

reports::Column number_column(std::string key, std::string header, int decimals, std::string unit,
                              Direction direction) {
  reports::Column column;
  column.key = std::move(key);
  column.header = std::move(header);
  column.decimals = decimals;
  column.unit = std::move(unit);
  column.direction = direction;
  return column;
}

reports::Cell number_cell(const std::optional<double>& value, const std::string& reason) {
  if (!value) return reports::UndefinedCell{reason};
  reports::NumberCell cell;
  cell.summary = reports::summarise({&*value, 1});
  return cell;
}

}  // namespace kgaudit::run
