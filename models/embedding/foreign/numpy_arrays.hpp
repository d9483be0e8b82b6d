#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "models/embedding/foreign/tensor.hpp"
#include "models/embedding/pickle/pickle.hpp"

namespace kgaudit::models {

[[nodiscard]] inline bool begins_like_npy(std::string_view head) {
  return head.starts_with("\x93NUMPY");
}

/// What stands before the numbers of a .npy file.
struct NpyHead {
  static constexpr std::size_t kLongest = 65'548;
  TensorView array;       ///< without its numbers
  std::size_t bytes = 0;  ///< up to the first number
};
/// From the beginning of a .npy file, kLongest bytes of it at most. Throws as parse_npy.
[[nodiscard]] NpyHead parse_npy_head(std::string_view bytes, std::string_view place);

/// A .npy file in memory, versions 1 to 3, as a view of its numbers. Throws InputError (unreadable)
/// at `place` for a broken header, numbers that are cut off, and arrays of Python objects or
/// records. Source: numpy.lib.format.
[[nodiscard]] TensorView parse_npy(std::string_view bytes, std::string_view place);

/// A numpy array in a pickle, of protocol 0 to 5, as a view of the pickle's bytes (a copy where
/// Python 2 text had to be decoded). Nothing if the value is no array of numbers. Throws InputError
/// (unreadable) at `place` if it is one that is cut off.
[[nodiscard]] std::optional<TensorView> numpy_array(const PickleValue& value,
                                                    std::string_view place);

/// A name in a pickle: a text, a number as its digits, or a text that numpy holds. Nothing for
/// other values.
[[nodiscard]] std::optional<std::string> pickled_name(const PickleValue& value);

}  // namespace kgaudit::models
