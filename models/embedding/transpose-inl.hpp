// Included once for each set of vector instructions, by kernels that are compiled so (Highway's
// foreach_target.h): no guard of the usual kind.
#if defined(KGA_TRANSPOSE) == defined(HWY_TARGET_TOGGLE)
#ifdef KGA_TRANSPOSE
#undef KGA_TRANSPOSE
#else
#define KGA_TRANSPOSE
#endif

#include <cstddef>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kgaudit::models {
namespace HWY_NAMESPACE {

/// to[k to_stride + i] = from[i from_stride + k] for i < 4 and k < 4.
inline void transpose_four(const float* from, std::size_t from_stride, float* to,
                           std::size_t to_stride) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::FixedTag<float, 4> tag;
  const hn::Repartition<double, decltype(tag)> pairs;
  const auto a = hn::LoadU(tag, from);
  const auto b = hn::LoadU(tag, from + from_stride);
  const auto c = hn::LoadU(tag, from + 2 * from_stride);
  const auto d = hn::LoadU(tag, from + 3 * from_stride);
  const auto ab_low = hn::BitCast(pairs, hn::InterleaveLower(tag, a, b));
  const auto cd_low = hn::BitCast(pairs, hn::InterleaveLower(tag, c, d));
  const auto ab_high = hn::BitCast(pairs, hn::InterleaveUpper(tag, a, b));
  const auto cd_high = hn::BitCast(pairs, hn::InterleaveUpper(tag, c, d));
  hn::StoreU(hn::BitCast(tag, hn::InterleaveLower(pairs, ab_low, cd_low)), tag, to);
  hn::StoreU(hn::BitCast(tag, hn::InterleaveUpper(pairs, ab_low, cd_low)), tag, to + to_stride);
  hn::StoreU(hn::BitCast(tag, hn::InterleaveLower(pairs, ab_high, cd_high)), tag,
             to + 2 * to_stride);
  hn::StoreU(hn::BitCast(tag, hn::InterleaveUpper(pairs, ab_high, cd_high)), tag,
             to + 3 * to_stride);
}

/// to[k to_stride + i] = from[i from_stride + k] for i < rows and k < columns: copies alone, no
/// arithmetic. Few rows are read at a time, each from its begin to its end, as memory likes it.
inline void transpose(const float* from, std::size_t from_stride, std::size_t rows,
                      std::size_t columns, float* to, std::size_t to_stride) {
  constexpr std::size_t kSide = 4;
  const std::size_t whole_rows = rows / kSide * kSide;
  const std::size_t whole_columns = columns / kSide * kSide;
  for (std::size_t i = 0; i < whole_rows; i += kSide) {
    for (std::size_t k = 0; k < whole_columns; k += kSide) {
      transpose_four(from + i * from_stride + k, from_stride, to + k * to_stride + i, to_stride);
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t first = i < whole_rows ? whole_columns : 0;
    for (std::size_t k = first; k < columns; ++k) to[k * to_stride + i] = from[i * from_stride + k];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit::models
HWY_AFTER_NAMESPACE();

#endif
