#include "http/https_call.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sodium.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <memory>
#include <new>

#include "base/error.hpp"
#include "http/curl_library.hpp"

namespace assay::http {

namespace {

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

/// The body of an answer as it comes.
struct Received {
  std::size_t limit = 0;
  std::string body = {};
  bool too_large = false;

  /// A text that grows by itself leaves its former content behind.
  void append(std::string_view part) {
    if (body.size() + part.size() > body.capacity()) {
      std::string larger;
      larger.reserve(std::max(2 * body.capacity(), body.size() + part.size()));
      larger.append(body);
      sodium_memzero(body.data(), body.size());
      body.swap(larger);
    }
    body.append(part);
  }
};

/// Called by libcurl, through which nothing may be thrown.
std::size_t receive(const char* data, std::size_t /*one*/, std::size_t size, void* to) noexcept {
  auto& received = *static_cast<Received*>(to);
  received.too_large = size > received.limit - received.body.size();
  if (received.too_large) return 0;
  try {
    received.append({data, size});
  } catch (const std::bad_alloc&) {
    return 0;
  }
  return size;
}

/// Called by libcurl while it sends, receives or waits; anything but 0 ends the call.
int look_on(void* is_given_up, curl_off_t /*to_come*/, curl_off_t /*came*/, curl_off_t /*to_go*/,
            curl_off_t /*went*/) noexcept {
  return (*static_cast<const std::function<bool()>*>(is_given_up))() ? 1 : 0;
}

/// OpenSSL wipes what it deciphered; and no session keys go to the file that SSLKEYLOGFILE names.
CURLcode prepare_tls(CURL* /*handle*/, void* context, void* /*unused*/) {
  SSL_CTX_set_options(static_cast<SSL_CTX*>(context), SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_keylog_callback(static_cast<SSL_CTX*>(context), nullptr);
  return CURLE_OK;
}

HeaderList header_list(const HttpsRequest& request) {
  HeaderList list;
  for (const auto& header : request.headers) {
    const auto value = header.value.reveal();
    if (std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      throw Refusal(
          fmt::format("what was to be sent to {} in the header {} holds a line break or another control "
                      "character; look at the file that it comes from",
                      origin_of(request.url), header.name));
    }
    std::string line;
    line.reserve(header.name.size() + 2 + value.size());
    line.append(header.name).append(": ").append(value);
    auto* longer = curl_slist_append(list.get(), line.c_str());
    sodium_memzero(line.data(), line.size());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

void bound(CURL* handle, const HttpsSettings& settings) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, prepare_tls);
  if (settings.is_given_up) {
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look_on);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &settings.is_given_up);
  }
  if (settings.ca_file.empty()) return;
  curl_easy_setopt(handle, CURLOPT_CAINFO, settings.ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
}

void address(CURL* handle, const HttpsRequest& request, const HeaderList& headers) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  if (request.body || !request.plain_body.empty()) {
    const auto body = request.body ? request.body->reveal() : request.plain_body;
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

[[noreturn]] void give_up(CURLcode code, const Received& received, const std::string& url,
                          const HttpsSettings& settings) {
  const auto origin = origin_of(url);
  if (received.too_large) {
    throw AnswerTooLarge(
        fmt::format("the answer of {} is larger than the {} KiB that are taken", origin, settings.answer_bytes >> 10U));
  }
  if (code == CURLE_SSL_CACERT_BADFILE) {
    throw Refusal(fmt::format("the CA file {} can't be read; name a PEM file of the authorities that vouch for {}",
                              settings.ca_file.string(), origin));
  }
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    throw Refusal(
        fmt::format("the certificate of {} isn't one of that host that {} vouches for; name the CA file of "
                    "its authority",
                    origin, settings.ca_file.empty() ? "the system" : settings.ca_file.string()));
  }
  throw Unavailable(fmt::format("{} can't be reached: {}", origin, curl_easy_strerror(code)));
}

std::optional<std::chrono::seconds> retry_after(CURL* handle) {
  curl_off_t seconds = 0;
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
  if (seconds <= 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

HttpsCaller::HttpsCaller() : handle_(nullptr, curl_easy_cleanup) {
  prepare_curl();
  handle_.reset(curl_easy_init());
  if (!handle_) throw std::bad_alloc();
}

HttpsAnswer HttpsCaller::call(const HttpsRequest& request, const HttpsSettings& settings) {
  static_cast<void>(origin_of(request.url));
  auto* const handle = handle_.get();
  curl_easy_reset(handle);  // of what the last call set; the connection stays
  const auto headers = header_list(request);
  Received received{.limit = settings.answer_bytes};
  bound(handle, settings);
  address(handle, request, headers);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &received);
  const auto code = curl_easy_perform(handle);
  SensitiveText body(std::move(received.body));
  if (code != CURLE_OK) give_up(code, received, request.url, settings);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return {.status = static_cast<int>(status), .body = std::move(body), .retry_after = retry_after(handle)};
}

HttpsAnswer call(const HttpsRequest& request, const HttpsSettings& settings) {
  return HttpsCaller().call(request, settings);
}

std::string origin_of(std::string_view url) {
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed || parsed->encoded_host().empty() || (parsed->scheme() != "https" && parsed->scheme() != "http")) {
    throw Refusal(
        "the address of who is to be called is no URL such as https://vault.example:8200; mend it in the "
        "configuration");
  }
  if (parsed->has_userinfo()) {
    throw Refusal(fmt::format("the address of {} holds a user's name or password; take it out of the configuration",
                              std::string_view(parsed->encoded_host_and_port())));
  }
  const auto host = parsed->encoded_host_and_port();
  return fmt::format("{}://{}", std::string_view(parsed->scheme()), std::string_view(host));
}

std::string without_default_port(std::string url) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kPort = ":443";
  const auto host_end = url.starts_with(kScheme) ? url.find('/', kScheme.size()) : std::string::npos;
  if (host_end == std::string::npos || !std::string_view(url).substr(0, host_end).ends_with(kPort)) return url;
  return url.erase(host_end - kPort.size(), kPort.size());
}

}  // namespace assay::http
