#include <gtest/gtest.h>

#include "base/test_vectors.hpp"
#include "secrets/operator_key.hpp"
#include "secrets/sealed_document.hpp"

namespace assay::secrets {
namespace {

TEST(SealedVector, IsOpenedByItsIdentityAndWrittenAgainByItsOperator) {
  const auto vector = parse_vectors(ASSAY_VECTORS, "sealed.json");
  const auto key = OperatorKey::parse(SensitiveText(text_of(vector, "operator")), {}).value();
  const auto identity = IdentityKey::parse(SensitiveText(text_of(vector, "identity"))).value();
  const auto document = parse_sealed_document(text_of(vector, "file"), identity.operator_key()).value();
  const auto secret = open_secret(document, text_of(vector, "secret"), identity).value();
  EXPECT_EQ(secret.newest().value.reveal(), text_of(vector, "value"));
  EXPECT_EQ(to_text(document, key), text_of(vector, "file"));
  EXPECT_EQ(key.to_text().reveal(), text_of(vector, "operator"));
  EXPECT_EQ(identity.to_text().reveal(), text_of(vector, "identity"));
}

}  // namespace
}  // namespace assay::secrets
