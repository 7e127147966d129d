#pragma once
// Shared by the files that turn requests into work for the database thread.
#include "authservice/soap_service.h"
#include "text/user_name.h"

namespace sallyport::authservice {

// A name that cannot be prepared is nobody's.
inline std::string prepared(const std::string& user_id) {
  auto name = text::prepare_user_name(user_id);
  return name ? std::move(name->prepared) : std::string();
}

inline std::optional<GivenCodes> given(const std::optional<vip::OtpAuthData>& codes) {
  return codes ? std::optional(GivenCodes{codes->otp, codes->otp2}) : std::nullopt;
}

inline Outcome unavailable() {
  return outcome(vip::status::internal_error, vip::detail::temporarily_unavailable, Why::database_unavailable);
}

// A word that tells the user nothing: what is asked for has no place in the schema.
inline Outcome badly_formed() { return outcome(vip::status::schema_validation_failed); }

template <class Run>
void SoapService::decide(ExchangePointer exchange, Run run) {
  auto mark = exchange->mark;
  worker_.in_database([mark, run = std::move(run)](
                          Session& session) { return once(session, mark, [&] { return run(session); }); },
                      [this, exchange = std::move(exchange)](store::DatabaseResult<Outcome> done) {
                        if (!done) return finish(*exchange, unavailable());
                        // It is on disk: now it may leave.
                        for (auto& delivery : done->deliveries) worker_.outbox().send(std::move(delivery));
                        finish(*exchange, *done);
                      });
}

template <class Run>
void SoapService::look_up(ExchangePointer exchange, Run run) {
  worker_.in_database(std::move(run), [this, exchange = std::move(exchange)](auto done) {
    if (!done) return finish(*exchange, unavailable());
    finish(*exchange, vip::AnyResponse(std::move(*done)));
  });
}

}  // namespace sallyport::authservice
