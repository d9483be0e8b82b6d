#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kgaudit::run {

/// Texts by name. What cannot be read is left out.
using Fingerprint = std::map<std::string, std::string>;

/// What the program is made of: "version", "commit", "compiler", "flags", "build_type" and
/// the version of every library that computes or stores.
[[nodiscard]] Fingerprint build_fingerprint();

/// The day of the commit that the program was built from, "2026-11-29".
[[nodiscard]] std::string_view source_date();

/// What the program runs on: "cpu", "processors", "caches", "memory", "kernel", "governor", and
/// "vectors", the vector instructions that kernels use. Stable between two runs on one machine (no
/// load, no clock): records of one run must agree on it.
[[nodiscard]] Fingerprint machine_fingerprint();

/// The state of the machine at this moment: "load" (1 min average), "memory_available". For `env`
/// and for warnings; never part of a record's identity.
[[nodiscard]] Fingerprint machine_state();

/// One sentence on each thing that makes times doubtful now: another job's load, a governor that
/// changes the clock. Empty when times can be trusted.
[[nodiscard]] std::vector<std::string> timing_doubts(std::size_t threads);

/// Largest resident memory of this process so far, in bytes.
[[nodiscard]] std::uint64_t peak_memory();
/// The resident memory of this process now, in bytes; 0 where the system does not say.
[[nodiscard]] std::uint64_t resident_memory();
/// The memory of this machine in bytes; 0 where the system does not say.
[[nodiscard]] std::uint64_t machine_memory();

}  // namespace kgaudit::run
