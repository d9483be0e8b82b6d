#pragma once

namespace kgaudit {

/// Whether this build runs under the address or the thread sanitizer, which need far more memory
/// than the code itself and keep what it gives back. GCC and clang say so in different ways.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace kgaudit
