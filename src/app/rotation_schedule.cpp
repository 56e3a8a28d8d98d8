#include "app/rotation_schedule.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "app/operator_secrets.hpp"
#include "app/secrets_place.hpp"
#include "base/async.hpp"
#include "base/error.hpp"
#include "secrets/rotation.hpp"

namespace assay::app {

namespace {

constexpr std::chrono::hours kInterval{1};

SensitiveText have_no_passphrase() {
  throw Refusal("the operator's key has a passphrase; run assay secrets rotate-due where an operator can give it");
}

}  // namespace

void RotationSchedule::start() {
  if (configuration_.number("secrets.rotate_every") == 0) return;
  if (!are_secrets_in_folder(configuration_)) {
    foundation_.log.warning(
        "serve rotates no keys in a vault: let a timer of the operator's run assay secrets rotate-due");
    return;
  }
  boost::asio::co_spawn(foundation_.threads.context(0), run(), boost::asio::detached);
}

Awaitable<void> RotationSchedule::run() {
  Timer timer(co_await boost::asio::this_coro::executor);
  while (true) {
    try {
      co_await thread_.run([this] {
        rotate_due();
        return true;
      });
    } catch (const std::exception& error) {
      foundation_.log.warning("keys could not be rotated by schedule", {{"reason", std::string_view(error.what())}});
    }
    timer.expires_after(kInterval);
    co_await timer.async_wait(use_awaitable);
  }
}

void RotationSchedule::rotate_due() {
  const std::chrono::days age(configuration_.number("secrets.rotate_every"));
  OperatorSecrets secrets(configuration_, have_no_passphrase, foundation_.clock);
  for (const auto& name : secrets::find_due(*secrets.open_for_reading(), age, foundation_.clock)) {
    secrets::rotate(secrets.open_for_change(), {.name = name, .changed_by = kScheduleAuthor}, foundation_.random,
                    foundation_.clock);
    foundation_.log.info("a key was rotated by schedule", {{"name", std::string_view(name)}});
  }
}

}  // namespace assay::app
