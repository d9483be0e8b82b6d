#include "reports/record/visible_record.hpp"

#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include "suite/base/visible.hpp"

namespace kgaudit::reports {
namespace {

void make_visible(std::initializer_list<std::string*> texts) {
  for (std::string* text : texts) {
    // Nearly every text stays as it is.
    if (std::string shown = visible(*text); shown != *text) *text = std::move(shown);
  }
}

void make_visible(std::map<std::string, std::string>& texts) {
  std::map<std::string, std::string> shown;
  for (const auto& [name, text] : texts) shown.emplace(visible(name), visible(text));
  texts = std::move(shown);
}

void make_visible(Measurement& measurement) {
  if (measurement.defined()) return;
  measurement = Measurement::undefined(visible(measurement.reason()), measurement.n(),
                                       measurement.unit(), measurement.direction());
}

}  // namespace

void make_visible(RunRecord& record) {
  RunLine& run = record.run;
  make_visible({&run.run, &run.plan, &run.plan_hash, &run.dataset, &run.graph_hash, &run.started});
  for (auto* texts : {&run.data_files, &run.build, &run.machine, &run.labels}) make_visible(*texts);
  for (auto& [name, text] : run.settings) make_visible({&name, &text});
  for (EpochLine& line : record.epochs) make_visible({&line.system});
  for (MeasurementLine& line : record.measurements) {
    make_visible({&line.system, &line.view, &line.metric});
    make_visible(line.facets);
    make_visible(line.measurement);
  }
  for (TableHashLine& line : record.table_hashes) make_visible({&line.system, &line.digest});
  for (FindingLine& line : record.findings) {
    make_visible({&line.level, &line.check, &line.subject, &line.message});
  }
  for (DoneLine& line : record.done) make_visible({&line.system});
}

}  // namespace kgaudit::reports
