#include "http/curl_library.hpp"

#include <curl/curl.h>
#include <malloc.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/error.hpp"

namespace assay::http {

namespace {

void wipe_and_free(void* memory) {
  if (memory == nullptr) return;
  sodium_memzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

/// The library's own realloc would leave the former content where it lay.
void* move_and_wipe(void* memory, std::size_t size) {
  void* moved = std::malloc(size);
  if (moved == nullptr || memory == nullptr) return moved;
  std::memcpy(moved, memory, std::min(size, ::malloc_usable_size(memory)));
  wipe_and_free(memory);
  return moved;
}

bool start() {
  return curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, wipe_and_free, move_and_wipe, ::strdup, std::calloc) ==
         CURLE_OK;
}

}  // namespace

void prepare_curl() {
  static const bool kStarted = start();
  if (!kStarted) throw Refusal("libcurl can't be started; install libcurl4 anew");
}

}  // namespace assay::http
