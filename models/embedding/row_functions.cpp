#include "models/embedding/row_functions.hpp"

// Compiled once for each set of instructions; the best that the processor has runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE \
  "models/embedding/row_functions.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// Behind those two, which say for which instructions.
#include <hwy/contrib/math/math-inl.h>

#include "suite/base/vectors/lanes-inl.hpp"

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

/// The n - at < kWidth elements that are left, others 0.
V load_rest(const float* row, std::size_t at, std::size_t n) {
  const Tag tag;
  return hn::MaskedLoad(hn::FirstN(tag, n - at), tag, row + at);
}

void store_rest(V values, float* row, std::size_t at, std::size_t n) {
  const Tag tag;
  hn::BlendedStore(values, hn::FirstN(tag, n - at), tag, row + at);
}

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
    const V e = hn::Exp(tag, hn::Sub(hn::LoadU(tag, s + i), largest));
    hn::StoreU(e, tag, shares + i);
    sums.add(i % kLanes / kWidth, e);
  }
  if (i < n) {
    const V e = hn::Exp(tag, hn::Sub(load_rest(s, i, n), largest));
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

float squares_of(std::span<const float> row) {
  const Tag tag;
  const std::size_t n = row.size();
  LaneSums sums;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t v = 0; v < LaneSums::kVectors; ++v) {
      const V x = hn::LoadU(tag, row.data() + i + v * kWidth);
      sums.add_product(v, x, x);
    }
  }
  for (std::size_t v = 0; i < n; i += kWidth, ++v) {
    const V x = i + kWidth <= n ? hn::LoadU(tag, row.data() + i) : load_rest(row.data(), i, n);
    sums.add_product(v, x, x);
  }
  return sums.total();
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

/// row_i = leak * row_i where sign_i is not above 0; both may be the same row.
void leak_where_not_positive(std::span<const float> sign, float leak, float* row) {
  const Tag tag;
  const std::size_t n = sign.size();
  const V factor = hn::Set(tag, leak);
  const auto leaked = [factor, zero = hn::Zero(tag)](V s, V x) HWY_ATTR {
    return hn::IfThenElse(hn::Gt(s, zero), x, hn::Mul(factor, x));
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
HWY_EXPORT(squares_of);
HWY_EXPORT(take_scaled);
HWY_EXPORT(leak_where_not_positive);

SoftmaxScale softmax(std::span<const float> scores, float* shares) {
  return HWY_DYNAMIC_DISPATCH(softmax_of)(scores, shares);
}

float sum_of_squares(std::span<const float> row) { return HWY_DYNAMIC_DISPATCH(squares_of)(row); }

void subtract_scaled(float factor, std::span<const float> row, float* target) {
  HWY_DYNAMIC_DISPATCH(take_scaled)(factor, row, target);
}

void leaky_relu(float leak, std::span<float> row) {
  HWY_DYNAMIC_DISPATCH(leak_where_not_positive)(row, leak, row.data());
}

void leaky_relu_gradient(std::span<const float> output, float leak, float* gradient) {
  HWY_DYNAMIC_DISPATCH(leak_where_not_positive)(output, leak, gradient);
}

}  // namespace kgaudit::models

#endif  // HWY_ONCE
