#include "authservice/worker.h"

namespace sallyport::authservice {

std::shared_ptr<telemetry::Counter> PushCount::make(telemetry::Metrics& metrics, Kind kind) {
  constexpr std::array<const char*, kinds> words{"sent",   "refused",      "approved",
                                                 "denied", "wrong_number", "expired"};
  return metrics.counter("sallyport_authservice_pushes_total", "Pushes by what came of them",
                         {{"outcome", words[kind]}});
}

WorkerCounters::WorkerCounters(telemetry::Metrics& metrics) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto why = to_string(static_cast<Why>(i));
    outcomes[i] =
        metrics.counter("sallyport_authservice_verifications_total", "Verifications by what came of them",
                        {{"outcome", std::string(why.empty() ? "accepted" : why)}});
  }
  for (std::size_t i = 0; i < pushes.size(); ++i)
    pushes[i] = PushCount::make(metrics, static_cast<PushCount::Kind>(i));
  constexpr auto codes = "sallyport_authservice_sent_codes_total";
  constexpr auto codes_help = "Codes by SMS, voice and e-mail that were asked for";
  codes_sent = metrics.counter(codes, codes_help, {{"outcome", "sent"}});
  codes_refused = metrics.counter(codes, codes_help, {{"outcome", "refused"}});
  malformed =
      metrics.counter("sallyport_authservice_malformed_total", "Requests that are not SOAP of this interface");
  unknown_certificates = metrics.counter("sallyport_authservice_unknown_certificates_total",
                                         "Requests under a certificate that no account names");
  reused_ids = metrics.counter("sallyport_authservice_reused_ids_total",
                               "Requests that re-used an idempotent id with another body");
}

Worker::Worker(net::Loop& loop, DatabaseThread& database, HashingThreads& hashing, delivery::Outbox& outbox,
               CallersPointer callers, telemetry::Log& log, telemetry::Metrics& metrics)
    : loop_(loop),
      database_(database),
      hashing_(hashing),
      outbox_(outbox),
      callers_(std::move(callers)),
      log_(log.make_logger()),
      counters_(metrics),
      back_(std::make_shared<net::Mailbox<net::Task>>(
          loop,
          DatabaseThread::queue_limit + DatabaseThread::batch_limit + HashingThreads::queue_limit + 16'384,
          [](std::vector<net::Task>& tasks) {
            for (auto& task : tasks) task();
          })) {}

const Caller* caller_of(Worker& worker, const net::HttpServerRequest& request) {
  const auto* certificate = request.client_certificate.get();
  const auto* caller = certificate == nullptr ? nullptr : worker.callers().find(*certificate);
  if (caller != nullptr) return caller;
  worker.counters().unknown_certificates->add();
  worker.log().log_rarely(
      telemetry::messages::client_certificate_refused, worker.now(),
      {{"peer", request.peer.to_string()},
       {"subject", certificate == nullptr ? std::string("none") : certificate->subject},
       {"fingerprint", certificate == nullptr ? std::string() : certificate->fingerprint_sha256}});
  return nullptr;
}

}  // namespace sallyport::authservice
