#include "app/secret_value.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "app/hidden_input.hpp"
#include "app/input_file.hpp"
#include "base/error.hpp"
#include "secrets/directory.hpp"

namespace assay::app {

namespace {

SensitiveText without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return SensitiveText(std::move(text));
}

SensitiveText read(const std::string& name, const std::string& file) {
  if (!file.empty()) return without_newline(read_input_file(file));
  if (::isatty(STDIN_FILENO) != 0) return ask_twice(fmt::format("New value of {}", name));
  return without_newline(read_standard_input());
}

}  // namespace

SensitiveText ask_twice(const std::string& prompt) {
  auto typed = ask_hidden(prompt);
  if (ask_hidden("Once more").reveal() != typed.reveal()) {
    throw Refusal("the two are not the same; nothing was changed");
  }
  return typed;
}

SensitiveText read_secret_value(const std::string& name, const std::string& file) {
  auto value = read(name, file);
  // What no part could read must not take the place of what it can.
  if (value.empty() || value.reveal() == "\n") throw Refusal("the value is empty; nothing was changed");
  if (value.reveal().size() > secrets::kLargestSecret) {
    throw Refusal(fmt::format("the value is larger than the {} KiB that a secret may have; nothing was changed",
                              secrets::kLargestSecret >> 10U));
  }
  return value;
}

}  // namespace assay::app
