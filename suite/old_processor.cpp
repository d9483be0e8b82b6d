#include <unistd.h>

#include <cstddef>

// Compiled for every x86-64 processor, and run before anything else of the program: on a processor
// without AVX2 the first vector instruction would end it with a signal and without a word.

namespace {

__attribute__((constructor(101))) void refuse_older_processor() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
      __builtin_cpu_supports("bmi2") != 0) {
    return;
  }
  constexpr char kText[] =
      "kgaudit: this processor has no AVX2\n  expected: an x86-64 processor of 2013 or later "
      "(AVX2, "
      "FMA, BMI2)\n  try: another machine\n";
  static_cast<void>(write(STDERR_FILENO, kText, sizeof kText - 1));
  _exit(2);
}

}  // namespace
