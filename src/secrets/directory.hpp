#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/sensitive.hpp"
#include "base/signature.hpp"
#include "secrets/grants.hpp"

namespace assay::secrets {

/// The most that a secret may have, in bytes.
inline constexpr std::size_t kLargestSecret = 64U << 10U;

/// A folder that holds one secret a file, each of mode 0600 or less.
class Directory {
 public:
  /// Throws Refusal when the folder can't be read or others may read it.
  explicit Directory(std::filesystem::path folder);

  /// A secret by name, without a trailing newline. Throws Refusal with a sentence that names the file when it
  /// is missing, empty, larger than 64 KiB, or readable by others.
  SensitiveText get(std::string_view name) const;

  bool has(std::string_view name) const;
  /// Puts a secret in the place of the one of that name, if any; durable on return. Throws Refusal when it can't be
  /// written.
  void put(std::string_view name, const SensitiveText& secret) const;

  SigningKey signing_key(std::string_view name) const;

 private:
  std::filesystem::path folder_;
};

/// Makes `folder`/{gateway,patients,audit} with just the secrets that the contract grants each, durably. All or
/// nothing; throws Refusal when the folder exists and isn't empty, or can't be made.
void initialise(const std::filesystem::path& folder, Random& random);

}  // namespace assay::secrets
