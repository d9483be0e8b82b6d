// Included once for each set of vector instructions, by kernels that are compiled so (Highway's
// foreach_target.h): no guard of the usual kind.
#if defined(KGA_VECTORS_LANES) == defined(HWY_TARGET_TOGGLE)
#ifdef KGA_VECTORS_LANES
#undef KGA_VECTORS_LANES
#else
#define KGA_VECTORS_LANES
#endif

#include <array>
#include <cstddef>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kgaudit {
namespace HWY_NAMESPACE {

/// Sums over the elements of a row, in an order that does not depend on the width of a vector:
/// element i goes to lane i % 16, each lane adds its elements one after another, and the lanes are
/// added by halves, 8 and 8, then 4 and 4, 2 and 2, 1 and 1.
class LaneSums {
 public:
  using Tag = hwy::HWY_NAMESPACE::ScalableTag<float>;
  using V = hwy::HWY_NAMESPACE::Vec<Tag>;

  static constexpr std::size_t kLanes = 16;
  static constexpr std::size_t kWidth = HWY_LANES(float);  ///< of a vector
  static constexpr std::size_t kVectors = kLanes / kWidth;
  static_assert(kLanes % kWidth == 0);

  LaneSums() { sums_.fill(hwy::HWY_NAMESPACE::Zero(Tag())); }

  /// Adds elements to the lanes [v kWidth, (v + 1) kWidth).
  void add(std::size_t v, V x) { sums_[v] = hwy::HWY_NAMESPACE::Add(sums_[v], x); }
  /// Adds products, rounded once.
  void add_product(std::size_t v, V x, V y) {
    sums_[v] = hwy::HWY_NAMESPACE::MulAdd(x, y, sums_[v]);
  }
  [[nodiscard]] float total() const {
    HWY_ALIGN std::array<float, kLanes> lanes;
    for (std::size_t v = 0; v < kVectors; ++v) {
      hwy::HWY_NAMESPACE::Store(sums_[v], Tag(), lanes.data() + v * kWidth);
    }
    for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
      for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
    }
    return lanes[0];
  }

 private:
  std::array<V, kVectors> sums_;
};

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit
HWY_AFTER_NAMESPACE();

#endif
