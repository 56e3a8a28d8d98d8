#include "patients/caller.hpp"

namespace assay::patients {

void append_framed(std::string& out, std::string_view text) {
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    out.push_back(static_cast<char>(std::uint64_t{text.size()} >> (shift - 8)));
  }
  out += text;
}

void append_caller(std::string& out, const http::Context& context) {
  if (context.principal) {
    append_framed(out, context.principal->kind);
    append_framed(out, context.principal->id);
  } else {
    append_framed(out, "host-key");
    append_framed(out, context.host_key);
  }
}

}  // namespace assay::patients
