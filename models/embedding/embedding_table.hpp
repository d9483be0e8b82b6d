#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "models/embedding/row_block.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/ids.hpp"

namespace kgaudit::models {

/// Memory convention of the whole room: matrices are row-major float32; row i starts at
/// `data() + i * stride()`, stride() is width() rounded up to 16 floats (one 64-byte line), rows
/// are 64-byte aligned and the padding is always 0. Sums over rows may therefore run over the
/// stride.
class FloatTable {
 public:
  FloatTable() = default;
  FloatTable(std::size_t rows, std::size_t width);

  /// Makes room for at least `rows` rows of `width` floats. Their values are then unset, but for
  /// the padding; pointers to rows are invalid where memory was short. For buffers that a training
  /// uses again in every batch: they only ever grow, so a step in the middle allocates nothing.
  void grow(std::size_t rows, std::size_t width);

  /// Room for `rows` rows of the table's width, so that add_row copies none of them. The memory is
  /// touched where rows are added.
  void reserve(std::size_t rows) { values_.reserve(rows * stride_); }
  [[nodiscard]] std::size_t capacity() const {
    return stride_ == 0 ? 0 : values_.capacity() / stride_;
  }
  /// One row more, of width() values; pointers to rows are invalid unless there was room.
  void add_row(std::span<const float> values);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] const float* data() const { return values_.data(); }
  [[nodiscard]] float* row(std::size_t i) { return values_.data() + i * stride_; }
  [[nodiscard]] const float* row(std::size_t i) const { return values_.data() + i * stride_; }
  [[nodiscard]] std::span<const float> values(std::size_t i) const { return {row(i), width_}; }
  [[nodiscard]] std::span<float> values(std::size_t i) { return {row(i), width_}; }
  /// Rows [first, first + n).
  [[nodiscard]] RowBlock block(std::size_t first, std::size_t n) const {
    return {row(first), n, width_, stride_};
  }
  [[nodiscard]] MutableRowBlock block(std::size_t first, std::size_t n) {
    return {row(first), n, width_, stride_};
  }
  /// How many rows before its use a loop over rows in no order asks for one.
  static constexpr std::size_t kAhead = 6;
  /// Asks for row i ahead of its use. Rows of a large table come from memory, and the processor
  /// cannot guess which is next.
  void prefetch(std::size_t i) const {
    const float* const start = row(i);
    for (std::size_t k = 0; k < stride_; k += kLine) __builtin_prefetch(start + k);
  }
  /// Whether no value is infinite or not a number.
  [[nodiscard]] bool all_finite() const;
  /// SHA-256 of shape and values (padding left out).
  [[nodiscard]] Digest digest() const;

 private:
  static constexpr std::size_t kLine = 16;  // floats in a 64-byte cache line
  template <typename T>
  struct LineAllocator {
    using value_type = T;
    LineAllocator() = default;
    template <typename U>
    explicit LineAllocator(const LineAllocator<U>&) {}
    T* allocate(std::size_t n) {
      void* const memory = ::operator new(n * sizeof(T), alignment(n));
      if (n * sizeof(T) >= kHugePage) ask_for_huge_pages(memory, n * sizeof(T));
      return static_cast<T*>(memory);
    }
    void deallocate(T* p, std::size_t n) { ::operator delete(p, alignment(n)); }
    static std::align_val_t alignment(std::size_t n) {
      return std::align_val_t{n * sizeof(T) >= kHugePage ? kHugePage : 64};
    }
    bool operator==(const LineAllocator&) const = default;
  };
  /// Rows of a large table are read in no order: with small pages each costs a walk of the page
  /// table too.
  static constexpr std::size_t kHugePage = std::size_t{1} << 21U;
  static void ask_for_huge_pages(void* memory, std::size_t bytes);

  std::size_t rows_ = 0;
  std::size_t width_ = 0;
  std::size_t stride_ = 0;
  std::vector<float, LineAllocator<float>> values_;
};

/// A trained (or read) embedding, aligned with one graph's vocabularies. Read-only once published.
struct EmbeddingTable {
  FloatTable entities;  ///< entity_count x dimension
  /// relation_count rows, or 2 x relation_count when `reciprocal`: row R + r is the translation
  /// used for ranking heads (a query (?, r, t) is asked as (t, r + R, ?)).
  FloatTable relations;
  bool reciprocal = false;

  [[nodiscard]] std::size_t dimension() const { return entities.width(); }
  /// SHA-256 over both tables: what determinism tests compare.
  [[nodiscard]] Digest digest() const;
};

}  // namespace kgaudit::models
