#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.hpp"
#include "base/error.hpp"
#include "base/principal.hpp"
#include "base/wiped_text.hpp"
#include "telemetry/span.hpp"
#include "telemetry/trace_context.hpp"

namespace assay::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

std::string_view to_string(Method method);

/// The header fields of a message in their order (RFC 9110 section 5), in one buffer. Names compare
/// without regard to case.
class Headers {
 public:
  /// Appends a field.
  void add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// The first field of that name. The view lives until the headers change.
  std::optional<std::string_view> find(std::string_view name) const;
  /// How many fields have that name.
  std::size_t count(std::string_view name) const;

  std::size_t size() const { return fields_.size(); }
  /// Name and value of the field at `index`, as they were added.
  std::pair<std::string_view, std::string_view> at(std::size_t index) const;

 private:
  struct Field {
    std::uint32_t name_offset;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  WipedText text_;  ///< keys come in it
  std::vector<Field> fields_;
};

/// What the program itself knows of a request; nothing of it is read from the message.
struct Context {
  telemetry::TraceContext trace;
  /// Where spans of what is done for this request begin.
  telemetry::SpanPlace span;
  std::optional<Principal> principal;
  /// The name of the host key that let the request in; empty inside one process.
  std::string host_key;
  /// Whether the peer is on this machine (a loopback address or a Unix socket).
  bool from_loopback = false;
  /// The peer's address as text, for allow-lists and limits; empty on a Unix socket.
  std::string peer_address;
};

struct Request {
  Method method = Method::kGet;
  /// The request target in origin form as sent: path and query (RFC 9112 section 3.2.1).
  std::string target;
  Headers headers;
  std::string body;
  Context context;
  /// Set by the router: the values of the pattern's `{…}` in their order, percent-decoded. A value that can't be
  /// decoded comes as sent, so that whoever reads it refuses it in its own order.
  std::vector<std::string> path_parameters;

  std::string_view path() const;
  /// Without the question mark; empty when there is none.
  std::string_view query() const;
  /// The first value of that name in the query, percent-decoded; `+` is a space. A value that can't be
  /// decoded comes as sent.
  std::optional<std::string> query_parameter(std::string_view name) const;
  /// All names and values of the query, decoded likewise, in their order; nothing when one of them can't be decoded.
  std::optional<std::vector<std::pair<std::string, std::string>>> query_parameters() const;
};

/// What the access log says of how a request was served, beside what the answer tells; never sent.
struct Served {
  std::string_view route;  ///< the pattern, from the outermost router that had one
  std::string principal;   ///< the name of whom it was served to, where the part finds that out
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  Served served = {};
};

/// A service is a function: the server puts one on a socket, a caller in the same process calls it
/// directly, and a client of another process has the same type.
using Handler = std::function<Awaitable<Response>(Request)>;

/// An answer with a body of that media type.
Response respond(int status, std::string body, std::string_view content_type = "application/json; charset=utf-8");

/// Decodes percent-escapes; nothing when an escape is malformed or stands for NUL, or the result is no valid UTF-8.
std::optional<std::string> percent_decode(std::string_view text);

/// Escapes everything but unreserved characters (RFC 3986 section 2.3).
std::string percent_encode(std::string_view text);

}  // namespace assay::http
