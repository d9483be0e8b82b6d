#include "suite/run/provenance.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gnu/libc-version.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <zstd.h>
#include <Eigen/Core>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>

#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/base/vectors/vector_target.hpp"
#include "suite/gate/gate_figure.hpp"
#include "suite/run/build_facts.hpp"

namespace kgaudit::run {
namespace {

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// The value of "key : value" in a file such as /proc/cpuinfo; empty if there is none.
std::string field(const std::filesystem::path& file, std::string_view key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(key)) continue;
    if (line.find_first_not_of(" \t", key.size()) != colon) continue;
    const auto value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

std::string processor_name() {
  std::string name = field("/proc/cpuinfo", "model name");
  if (!name.empty()) return name;
  // Linux on ARM tells numbers alone.
  const std::string maker = field("/proc/cpuinfo", "CPU implementer");
  if (maker.empty()) return {};
  return fmt::format("ARM, implementer {}, part {}", maker, field("/proc/cpuinfo", "CPU part"));
}

std::string cache_text() {
  std::string text;
  for (int index = 0; index < 8; ++index) {
    const auto folder =
        std::filesystem::path(fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}", index));
    const std::string size = first_line(folder / "size");
    if (size.empty()) break;
    const std::string type = first_line(folder / "type");
    text += fmt::format("{}L{}{} {}", text.empty() ? "" : ", ", first_line(folder / "level"),
                        type == "Unified"          ? ""
                        : type.substr(0, 1) == "D" ? "d"
                                                   : "i",
                        size);
  }
  return text;
}

std::string compiler_text() {
#if defined(__clang__)
  return fmt::format("Clang {}", __clang_version__);
#else
  return fmt::format("GCC {}", __VERSION__);
#endif
}

/// "MemTotal:  8123456 kB" -> bytes.
std::optional<std::uint64_t> memory_field(std::string_view key) {
  const std::string text = field("/proc/meminfo", key);
  const auto kib = parse_uint(std::string_view(text).substr(0, text.find(' ')));
  if (!kib) return std::nullopt;
  return *kib * 1024;
}

std::string governor_text() {
  return first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
}

void without_blanks(Fingerprint& facts) {
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
}

}  // namespace

Fingerprint build_fingerprint() {
  Fingerprint facts = {
      {"version", build_facts::kVersion},
      {"commit", build_facts::kCommit},
      {"compiler", compiler_text()},
      {kFigureVersions, figure_versions_text()},
      {"flags", build_facts::kFlags},
      {"build_type", build_facts::kBuildType},
      {"eigen",
       fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
      {"highway", build_facts::kHighway},
      {"boost", BOOST_LIB_VERSION},
      {"fmt",
       fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                    NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
      {"libc", gnu_get_libc_version()},
      {"zstd", ZSTD_versionString()},
      {"openssl", OpenSSL_version(OPENSSL_VERSION)},
      {"curl", LIBCURL_VERSION},
  };
  without_blanks(facts);
  return facts;
}

std::string_view source_date() { return build_facts::kDate; }

Fingerprint machine_fingerprint() {
  utsname system{};
  uname(&system);
  const auto memory = memory_field("MemTotal");
  Fingerprint facts = {
      {"cpu", processor_name()},
      {"processors",
       fmt::format("{} usable of {}", available_processors(), sysconf(_SC_NPROCESSORS_ONLN))},
      {"caches", cache_text()},
      {"memory", memory ? bytes_text(*memory) : ""},
      {"kernel", fmt::format("{} {} {}", static_cast<const char*>(system.sysname),
                             static_cast<const char*>(system.release),
                             static_cast<const char*>(system.machine))},
      {"governor", governor_text()},
      {"vectors", std::string(vector_target())},
  };
  without_blanks(facts);
  return facts;
}

Fingerprint machine_state() {
  double load = 0.0;
  const bool known = getloadavg(&load, 1) == 1;
  const auto available = memory_field("MemAvailable");
  Fingerprint facts = {{"load", known ? fmt::format("{:.2f}", load) : ""},
                       {"memory_available", available ? bytes_text(*available) : ""}};
  without_blanks(facts);
  return facts;
}

std::vector<std::string> timing_doubts(std::size_t threads) {
  std::vector<std::string> doubts;
  double load = 0.0;
  const double idle = static_cast<double>(available_processors()) - static_cast<double>(threads);
  if (getloadavg(&load, 1) == 1 && load > idle + 0.5) {
    doubts.push_back(fmt::format(
        "other work loads this machine (load {:.1f}): seconds per epoch will be too long", load));
  }
  const std::string governor = governor_text();
  if (!governor.empty() && governor != "performance") {
    doubts.push_back(
        fmt::format("the clock governor is '{}': times drift with the clock", governor));
  }
  return doubts;
}

std::uint64_t resident_memory() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  if (!(in >> pages >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t machine_memory() { return memory_field("MemTotal").value_or(0); }

std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts in KiB
}

}  // namespace kgaudit::run
