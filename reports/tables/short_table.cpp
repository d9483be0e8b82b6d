#include "reports/tables/short_table.hpp"

#include <utility>

namespace kgaudit::reports {

Column text_column(std::string key, std::string header) {
  Column column;
  column.key = std::move(key);
  column.header = std::move(header);
  column.align = Column::Align::kLeft;
  return column;
}

Column number_column(std::string key, std::string header, int decimals, std::string unit,
                     Direction direction) {
  Column column;
  column.key = std::move(key);
  column.header = std::move(header);
  column.decimals = decimals;
  column.unit = std::move(unit);
  column.direction = direction;
  return column;
}

Cell number_cell(const std::optional<double>& value, const std::string& reason) {
  if (!value) return UndefinedCell{reason};
  NumberCell cell;
  cell.summary = summarise({&*value, 1});
  return cell;
}

}  // namespace kgaudit::reports
