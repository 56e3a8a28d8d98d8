#include <gtest/gtest.h>

#include <chrono>

#include "base/principal.hpp"
#include "base/test_vectors.hpp"

namespace assay {
namespace {

TEST(PrincipalVector, IsSignedUnderTheSeed) {
  const auto vector = parse_vectors(ASSAY_VECTORS, "principal.json");
  const auto& claims = vector.at("claims");
  const auto key = SigningKey::parse(SensitiveText(to_base64url(bytes32_of(vector.at("seed"))))).value();
  const Principal principal{.kind = text_of(claims, "kind"),
                            .id = text_of(claims, "sub"),
                            .name = text_of(claims, "name"),
                            .on_behalf_of = text_of(claims, "on_behalf_of"),
                            .purpose_of_use = text_of(claims, "purpose_of_use"),
                            .scope = text_of(claims, "scope")};
  const Timestamp now{std::chrono::seconds(claims.at("iat").as_int64())};
  EXPECT_EQ(sign_principal(principal, text_of(claims, "operation_id"), now, key), text_of(vector, "token"));
  EXPECT_EQ(verify_principal(text_of(vector, "token"), now, key.verifying_key())->principal, principal);
}

}  // namespace
}  // namespace assay
