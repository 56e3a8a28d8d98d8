#pragma once

#include <sodium.h>

#include <cstddef>
#include <memory>
#include <string>

namespace assay {

/// Overwrites what it gives back.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class Other>
  explicit WipingAllocator(const WipingAllocator<Other>& /*other*/) {}

  T* allocate(std::size_t size) { return std::allocator<T>().allocate(size); }
  void deallocate(T* place, std::size_t size) {
    sodium_memzero(place, size * sizeof(T));
    std::allocator<T>().deallocate(place, size);
  }

  bool operator==(const WipingAllocator& /*other*/) const = default;
};

/// A text that may hold a secret among other things, for a while: nothing of it stays in memory that was given back,
/// but of one so short that it lies in the object itself.
using WipedText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

}  // namespace assay
