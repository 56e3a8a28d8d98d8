#include <fmt/format.h>
#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"
#include "http/https_call.hpp"

namespace assay::http {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;

/// One that vouches for itself, for that name.
Certificate certificate_of(EVP_PKEY* key, const std::string& name) {
  constexpr long kHour = 3'600;
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour);
  X509_set_pubkey(certificate.get(), key);
  auto* subject = X509_get_subject_name(certificate.get());
  const std::string common_name = "test";
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name.c_str()),
                             -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str()));
  X509_add_ext(certificate.get(), names.get(), -1);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

/// Answers one connection over TLS, if the client goes on with it.
class TlsServer {
 public:
  explicit TlsServer(const std::string& name)
      : key_(EVP_EC_gen("P-256")), certificate_(certificate_of(key_.get(), name)) {
    SSL_CTX_use_certificate(tls_.native_handle(), certificate_.get());
    SSL_CTX_use_PrivateKey(tls_.native_handle(), key_.get());
    thread_ = std::thread([this] { answer(); });
  }
  ~TlsServer() { thread_.join(); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const { return fmt::format("https://127.0.0.1:{}/", acceptor_.local_endpoint().port()); }

  void write_certificate(const std::filesystem::path& file) const {
    const std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
    PEM_write_X509(out.get(), certificate_.get());
  }

 private:
  void answer() {
    boost::asio::ssl::stream<tcp::socket> stream(acceptor_.accept(), tls_);
    boost::system::error_code error;
    stream.handshake(boost::asio::ssl::stream_base::server, error);
    if (error) return;
    std::string request;
    boost::asio::read_until(stream, boost::asio::dynamic_buffer(request), "\r\n\r\n", error);
    boost::asio::write(stream, boost::asio::buffer(kOk), error);
  }

  boost::asio::io_context context_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
  tcp::acceptor acceptor_{context_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  Key key_;
  Certificate certificate_;
  std::thread thread_;
};

class HttpsCallTls : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path ca_file_ = folder_.path() / "ca.pem";
};

TEST_F(HttpsCallTls, TrustsTheAuthoritiesOfItsFile) {
  const TlsServer server("IP:127.0.0.1");
  server.write_certificate(ca_file_);
  const auto key_log = folder_.path() / "keys";
  ::setenv("SSLKEYLOGFILE", key_log.c_str(), 1);
  EXPECT_EQ(call({.url = server.url()}, {.ca_file = ca_file_}).body.reveal(), "ok");
  ::unsetenv("SSLKEYLOGFILE");
  std::ifstream keys(key_log);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(keys), {}), "");
}

TEST_F(HttpsCallTls, RefusesAServerThatNobodyVouchesFor) {
  const TlsServer server("IP:127.0.0.1");
  EXPECT_THAT([&] { call({.url = server.url()}, {}); }, ThrowsMessage<Refusal>(HasSubstr("the system vouches for")));
}

TEST_F(HttpsCallTls, RefusesTheCertificateOfAnotherHost) {
  const TlsServer server("DNS:other.example");
  server.write_certificate(ca_file_);
  EXPECT_THAT([&] { call({.url = server.url()}, {.ca_file = ca_file_}); },
              ThrowsMessage<Refusal>(HasSubstr(ca_file_.string())));
}

TEST_F(HttpsCallTls, NamesACaFileThatCantBeRead) {
  const TlsServer server("IP:127.0.0.1");
  EXPECT_THAT([&] { call({.url = server.url()}, {.ca_file = ca_file_}); },
              ThrowsMessage<Refusal>(HasSubstr("ca.pem can't be read")));
}

}  // namespace
}  // namespace assay::http
