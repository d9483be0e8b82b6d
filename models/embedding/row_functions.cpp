#include "models/embedding/row_functions.hpp"

#include <algorithm>
#include <array>

// Compiled once for each set of instructions; the best that the processor has runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE \
  "models/embedding/row_functions.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// Behind those two, which say for which instructions.
#include <hwy/contrib/math/math-inl.h>

#include "suite/base/vectors/lanes-inl.hpp"
#include "suite/base/vectors/portable_math.hpp"

HWY_BEFORE_NAMESPACE();
namespace kgaudit::models {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using LaneSums = kgaudit::HWY_NAMESPACE::LaneSums;
using Tag = LaneSums::Tag;
using V = LaneSums::V;

constexpr std::size_t kWidth = LaneSums::kWidth;
constexpr std::size_t kLanes = LaneSums::kLanes;

// Where there are no masked loads of floats (NEON), Highway touches whole vectors of memory:
// numbers of another row, which another thread may be writing. There what is left goes through a
// buffer.
#if HWY_TARGET == HWY_AVX2 || !HWY_MEM_OPS_MIGHT_FAULT
#define KGA_MASKED_ROWS 1
#else
#define KGA_MASKED_ROWS 0
#endif

/// The n - at < kWidth elements that are left, others 0.
V load_rest(const float* row, std::size_t at, std::size_t n) {
  const Tag tag;
#if KGA_MASKED_ROWS
  return hn::MaskedLoad(hn::FirstN(tag, n - at), tag, row + at);
#else
  HWY_ALIGN std::array<float, kWidth> buffer{};
  std::copy_n(row + at, n - at, buffer.data());
  return hn::Load(tag, buffer.data());
#endif
}

void store_rest(V values, float* row, std::size_t at, std::size_t n) {
  const Tag tag;
#if KGA_MASKED_ROWS
  hn::BlendedStore(values, hn::FirstN(tag, n - at), tag, row + at);
#else
  HWY_ALIGN std::array<float, kWidth> buffer;
  hn::Store(values, tag, buffer.data());
  std::copy_n(buffer.data(), n - at, row + at);
#endif
}
#undef KGA_MASKED_ROWS

/// exp(x); Highway's alone would make 0 of what is no number.
V exp_of(V x) { return hn::IfThenElse(hn::IsNaN(x), x, hn::Exp(Tag(), x)); }

float largest_of(const float* scores, std::size_t n) {
  const Tag tag;
  float largest = scores[0];
  std::size_t i = 0;
  if (n >= kWidth) {
    V found = hn::LoadU(tag, scores);
    for (i = kWidth; i + kWidth <= n; i += kWidth)
      found = hn::Max(found, hn::LoadU(tag, scores + i));
    largest = hn::GetLane(hn::MaxOfLanes(tag, found));
  }
  for (; i < n; ++i) largest = scores[i] > largest ? scores[i] : largest;
  return largest;
}

}  // namespace

SoftmaxScale softmax_of(std::span<const float> scores, float* shares) {
  const Tag tag;
  const std::size_t n = scores.size();
  const float* const s = scores.data();
  SoftmaxScale scale;
  scale.largest = largest_of(s, n);
  const V largest = hn::Set(tag, scale.largest);
  LaneSums sums;
  std::size_t i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    const V e = exp_of(hn::Sub(hn::LoadU(tag, s + i), largest));
    hn::StoreU(e, tag, shares + i);
    sums.add(i % kLanes / kWidth, e);
  }
  if (i < n) {
    const V e = exp_of(hn::Sub(load_rest(s, i, n), largest));
    const V counted = hn::IfThenElseZero(hn::FirstN(tag, n - i), e);
    store_rest(counted, shares, i, n);
    sums.add(i % kLanes / kWidth, counted);
  }
  scale.sum = sums.total();
  const V sum = hn::Set(tag, scale.sum);
  for (i = 0; i + kWidth <= n; i += kWidth) {
    hn::StoreU(hn::Div(hn::LoadU(tag, shares + i), sum), tag, shares + i);
  }
  if (i < n) store_rest(hn::Div(load_rest(shares, i, n), sum), shares, i, n);
  return scale;
}

/// Writes per_vector(x) of each vector x of the row.
template <typename F>
void map_row(std::span<const float> row, float* out, const F& per_vector) {
  const Tag tag;
  const std::size_t n = row.size();
  std::size_t i = 0;
  for (; i + kWidth <= n; i += kWidth)
    hn::StoreU(per_vector(hn::LoadU(tag, row.data() + i)), tag, out + i);
  if (i < n) store_rest(per_vector(load_rest(row.data(), i, n)), out, i, n);
}

void exponentials_of(std::span<const float> row, float* out) {
  map_row(row, out, [](V x) HWY_ATTR { return exp_of(x); });
}

void sines_of(std::span<const float> angles, float* sines, float* cosines) {
  map_row(angles, sines, [](V x) HWY_ATTR { return hn::Sin(Tag(), x); });
  map_row(angles, cosines, [](V x) HWY_ATTR { return hn::Cos(Tag(), x); });
}

/// What add_vector(sums, v, x) makes of each vector x of the row, in lanes from v.
template <typename F>
float lane_sum(std::span<const float> row, const F& add_vector) {
  const Tag tag;
  const std::size_t n = row.size();
  LaneSums sums;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t v = 0; v < LaneSums::kVectors; ++v) {
      add_vector(sums, v, hn::LoadU(tag, row.data() + i + v * kWidth));
    }
  }
  for (std::size_t v = 0; i < n; i += kWidth, ++v) {
    add_vector(sums, v,
               i + kWidth <= n ? hn::LoadU(tag, row.data() + i) : load_rest(row.data(), i, n));
  }
  return sums.total();
}

float total_of(std::span<const float> row) {
  return lane_sum(row, [](LaneSums& sums, std::size_t v, V x) HWY_ATTR { sums.add(v, x); });
}

float squares_of(std::span<const float> row) {
  return lane_sum(row,
                  [](LaneSums& sums, std::size_t v, V x) HWY_ATTR { sums.add_product(v, x, x); });
}

void take_scaled(float factor, std::span<const float> row, float* target) {
  const Tag tag;
  const std::size_t n = row.size();
  const V f = hn::Set(tag, factor);
  std::size_t i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    hn::StoreU(hn::NegMulAdd(f, hn::LoadU(tag, row.data() + i), hn::LoadU(tag, target + i)), tag,
               target + i);
  }
  if (i == n) return;
  store_rest(hn::NegMulAdd(f, load_rest(row.data(), i, n), load_rest(target, i, n)), target, i, n);
}

void adam_row(const AdamRates& rates, std::span<const float> gradient, float* m, float* v,
              float* largest_v, float* x) {
  const Tag tag;
  const std::size_t n = gradient.size();
  const V keep_m = hn::Set(tag, 0.9F);
  const V add_m = hn::Set(tag, 1.0F - 0.9F);
  const V keep_v = hn::Set(tag, 0.999F);
  const V add_v = hn::Set(tag, 1.0F - 0.999F);
  const V rate = hn::Set(tag, rates.rate);
  const V scale = hn::Set(tag, rates.second_scale);
  const V keep = hn::Set(tag, rates.keep);
  const V epsilon = hn::Set(tag, 1e-8F);
  const auto at = [&](std::size_t i, const auto& load, const auto& store) HWY_ATTR {
    const V g = load(gradient.data() + i);
    const V first = hn::MulAdd(add_m, g, hn::Mul(keep_m, load(m + i)));
    V second = hn::MulAdd(add_v, hn::Mul(g, g), hn::Mul(keep_v, load(v + i)));
    store(first, m + i);
    store(second, v + i);
    if (largest_v != nullptr) {
      second = hn::Max(second, load(largest_v + i));
      store(second, largest_v + i);
    }
    const V root = hn::Add(hn::Sqrt(hn::Mul(scale, second)), epsilon);
    const V step = hn::Div(hn::Mul(rate, first), root);
    store(hn::Sub(hn::Mul(keep, load(x + i)), step), x + i);
  };
  std::size_t i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    at(
        i, [tag](const float* from) HWY_ATTR { return hn::LoadU(tag, from); },
        [tag](V values, float* to) HWY_ATTR { hn::StoreU(values, tag, to); });
  }
  if (i == n) return;
  at(
      i, [n = n - i](const float* from) HWY_ATTR { return load_rest(from, 0, n); },
      [n = n - i](V values, float* to) HWY_ATTR { store_rest(values, to, 0, n); });
}

/// row_i = leak * row_i where sign_i is not above 0; both may be the same row.
void leak_where_not_positive(std::span<const float> sign, float leak, float* row) {
  const Tag tag;
  const std::size_t n = sign.size();
  const V factor = hn::Set(tag, leak);
  // Without a leak 0 stands there, also for an infinity.
  const auto leaked = [factor, shut = leak == 0.0F, zero = hn::Zero(tag)](V s, V x) HWY_ATTR {
    return hn::IfThenElse(hn::Gt(s, zero), x, shut ? zero : hn::Mul(factor, x));
  };
  std::size_t i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    hn::StoreU(leaked(hn::LoadU(tag, sign.data() + i), hn::LoadU(tag, row + i)), tag, row + i);
  }
  if (i < n) store_rest(leaked(load_rest(sign.data(), i, n), load_rest(row, i, n)), row, i, n);
}

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit::models
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kgaudit::models {

HWY_EXPORT(softmax_of);
HWY_EXPORT(exponentials_of);
HWY_EXPORT(sines_of);
HWY_EXPORT(total_of);
HWY_EXPORT(squares_of);
HWY_EXPORT(take_scaled);
HWY_EXPORT(adam_row);
HWY_EXPORT(leak_where_not_positive);

SoftmaxScale softmax(std::span<const float> scores, float* shares) {
  return HWY_DYNAMIC_DISPATCH(softmax_of)(scores, shares);
}

void exponentiate(std::span<float> row) { HWY_DYNAMIC_DISPATCH(exponentials_of)(row, row.data()); }

void sines_and_cosines(std::span<const float> angles, float* sines, float* cosines) {
  HWY_DYNAMIC_DISPATCH(sines_of)(angles, sines, cosines);
}

float sum_of(std::span<const float> row) { return HWY_DYNAMIC_DISPATCH(total_of)(row); }

float sum_of_squares(std::span<const float> row) { return HWY_DYNAMIC_DISPATCH(squares_of)(row); }

void subtract_scaled(float factor, std::span<const float> row, float* target) {
  HWY_DYNAMIC_DISPATCH(take_scaled)(factor, row, target);
}

AdamRates adam_rates(double learning_rate, std::uint64_t t) {
  return {.rate = static_cast<float>(learning_rate / (1.0 - portable::power(0.9, t))),
          .second_scale = static_cast<float>(1.0 / (1.0 - portable::power(0.999, t)))};
}

void adam_step(const AdamRates& rates, std::span<const float> gradient, float* m, float* v,
               float* largest_v, float* x) {
  HWY_DYNAMIC_DISPATCH(adam_row)(rates, gradient, m, v, largest_v, x);
}

void leaky_relu(float leak, std::span<float> row) {
  HWY_DYNAMIC_DISPATCH(leak_where_not_positive)(row, leak, row.data());
}

void leaky_relu_gradient(std::span<const float> output, float leak, float* gradient) {
  HWY_DYNAMIC_DISPATCH(leak_where_not_positive)(output, leak, gradient);
}

}  // namespace kgaudit::models

#endif  // HWY_ONCE
