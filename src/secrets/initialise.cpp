#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/private_file.hpp"
#include "secrets/directory.hpp"

namespace assay::secrets {

namespace {

struct Secret {
  std::string_view part;
  std::string_view name;
  SensitiveText text;
};

SensitiveText random_key(Random& random) {
  Bytes32 bytes{};
  random.fill(bytes);
  SensitiveText key(to_base64url(bytes));
  sodium_memzero(bytes.data(), bytes.size());
  return key;
}

SensitiveText verifier_of(const SensitiveText& key) { return SensitiveText(to_hex(sha256(key.reveal()))); }

/// Who is granted what: the contract's section 1.
std::vector<Secret> make_secrets(Random& random) {
  const auto patients_host_key = random_key(random);
  const auto audit_host_key = random_key(random);
  const auto audit_gateway_key = random_key(random);
  const auto principal_key = SigningKey::generate(random);
  const SensitiveText principal_public(principal_key.verifying_key().to_string());
  return {{kGateway, "patients-host-key", patients_host_key},
          {kGateway, "principal-key", principal_key.seed()},
          {kGateway, "audit-gateway-key", audit_gateway_key},
          {kPatients, "audit-host-key", audit_host_key},
          {kPatients, "cursor-key", random_key(random)},
          {kPatients, "patients-host-key.verifier", verifier_of(patients_host_key)},
          {kPatients, "principal-key.pub", principal_public},
          {kAudit, "audit-host-key.verifier", verifier_of(audit_host_key)},
          {kAudit, "audit-gateway-key.verifier", verifier_of(audit_gateway_key)},
          {kAudit, "principal-key.pub", principal_public}};
}

[[noreturn]] void fail_to_make(const std::filesystem::path& path) {
  throw Refusal(fmt::format("{} can't be made: {}", path.string(), std::system_category().message(errno)));
}

void make_folder(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), S_IRWXU) != 0) fail_to_make(path);
}

/// What is being made, beside the place where it shall be; removed unless it has become that.
class Draft {
 public:
  explicit Draft(const std::filesystem::path& folder) : pattern_(folder.string() + ".new-XXXXXX") {
    if (::mkdtemp(pattern_.data()) == nullptr) fail_to_make(folder);
    path_ = pattern_;
  }
  ~Draft() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::string pattern_;
  std::filesystem::path path_;
};

void write_all(const std::filesystem::path& folder, const std::vector<Secret>& secrets) {
  for (const auto part : {kGateway, kPatients, kAudit}) make_folder(folder / part);
  for (const auto& secret : secrets) {
    write_private_file(folder / secret.part / secret.name, secret.text.reveal());
  }
  make_durable(folder);
}

}  // namespace

void initialise(const std::filesystem::path& folder, Random& random) {
  auto target = std::filesystem::absolute(folder).lexically_normal();
  // Without a slash at its end, so that the draft stands beside it and not in it.
  if (!target.has_filename()) target = target.parent_path();
  std::error_code error;
  if (std::filesystem::exists(target, error) && !std::filesystem::is_empty(target, error)) {
    throw Refusal(
        fmt::format("{} exists and is not empty, and nothing is overwritten; choose another folder", target.string()));
  }
  const Draft draft(target);
  write_all(draft.path(), make_secrets(random));
  if (::rename(draft.path().c_str(), target.c_str()) != 0) fail_to_make(target);
  make_durable(target.parent_path());
}

}  // namespace assay::secrets
