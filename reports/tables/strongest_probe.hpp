#pragma once

#include <string>

#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// The probe that was chosen as the strongest for hidden persons, over the seeds: "answers", or
/// "answers (80 %)" where others were chosen for some of the persons. "" where the record does not
/// say.
[[nodiscard]] std::string strongest_probe(const RunRecord& record, const FactIndex& facts,
                                          const SystemView& row, const std::string& attribute);

/// "Strongest probe of hidden persons: gender: answers (basic, kl), rbf (neutral); ...": of every
/// attribute and row of the record. "" where the record does not say.
[[nodiscard]] std::string strongest_probes_in_words(const RunRecord& record,
                                                    const FactIndex& facts);

}  // namespace kgaudit::reports
