#include "deploy/service/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

#include "channels/advice/advisor.h"
#include "channels/courier.h"
#include "channels/edge/http_server.h"
#include "channels/streams.h"
#include "channels/wecom_kf/puller.h"
#include "deploy/service/channels.h"
#include "workflow/privacy/keeping_run.h"
#include "workflow/store/store.h"

namespace huiyin {
namespace {

// The last one that ended; none: at 0, and nothing went. Figures are shown also while the store cannot be read.
KeepingReport last_night(Store& store) {
    std::vector<KeepingReport> nights;
    try {
        store.read([&](Reading& reading) { nights = keeping_reports(reading); });
    } catch (const std::exception&) {
        return {};
    }
    const auto last = std::find_if(nights.begin(), nights.end(), [](const auto& one) { return to_ms(one.ended) > 0; });
    return last == nights.end() ? KeepingReport{} : *last;
}

}  // namespace

std::string metrics_text(Store& store, const http::Server* server,
                         const std::vector<std::unique_ptr<Courier>>& couriers, const Streams& streams,
                         const std::vector<std::unique_ptr<kf::Puller>>& pullers, const advice::Advisor* advisor,
                         const std::vector<MonthOfChannel>& months) {
    // The parts count for themselves; the library says it in the form that scrapers read.
    prometheus::Registry registry;
    const auto gauge = [&](const char* name, const char* help, double value, const prometheus::Labels& labels = {}) {
        prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels).Set(value);
    };
    gauge("huiyin_store_writable", "1 while the store can be written", store.writable() ? 1 : 0);
    gauge("huiyin_store_waiting_units", "units of work that wait for a commit", static_cast<double>(store.waiting()));
    {
        const auto night = last_night(store);
        gauge("huiyin_retention_ended_seconds", "when the last run ended that lets old data go, by the service clock",
              static_cast<double>(to_ms(night.ended)) / 1000);
        auto& gone = prometheus::BuildGauge()
                         .Name("huiyin_retention_rows")
                         .Help("rows that went in that run, by class")
                         .Register(registry);
        for (const auto& name : gone_classes()) {
            const auto rows = night.gone.find(name);
            gone.Add({{"class", name}}).Set(rows == night.gone.end() ? 0 : static_cast<double>(rows->second));
        }
    }
    gauge("huiyin_event_streams", "pages that wait for news", static_cast<double>(streams.count()));
    if (server) {
        const auto figures = server->figures();
        gauge("huiyin_http_connections", "open connections", static_cast<double>(figures.connections_now));
        gauge("huiyin_http_parked", "requests that wait for a commit", static_cast<double>(figures.parked_now));
        const auto counter = [&](const char* name, const char* help, std::uint64_t value,
                                 const prometheus::Labels& labels = {}) {
            prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels).Increment(
                static_cast<double>(value));
        };
        counter("huiyin_http_requests_total", "complete requests", figures.requests);
        auto& answers =
            prometheus::BuildCounter().Name("huiyin_http_answers_total").Help("answers by class").Register(registry);
        answers.Add({{"class", "2xx"}}).Increment(static_cast<double>(figures.answers_2xx));
        answers.Add({{"class", "3xx"}}).Increment(static_cast<double>(figures.answers_3xx));
        answers.Add({{"class", "4xx"}}).Increment(static_cast<double>(figures.answers_4xx));
        answers.Add({{"class", "5xx"}}).Increment(static_cast<double>(figures.answers_5xx));
        counter("huiyin_http_refused_total", "requests refused at the door", figures.refused_requests);
        counter("huiyin_http_timed_out_total", "heads, bodies and answers that took too long", figures.timed_out);
    }
    if (advisor) {
        const auto figures = advisor->figures();
        auto& outcomes = prometheus::BuildCounter()
                             .Name("huiyin_advice_total")
                             .Help("unclear messages: asked of the endpoint, helped by it, left as they were")
                             .Register(registry);
        outcomes.Add({{"outcome", "asked"}}).Increment(static_cast<double>(figures.asked));
        outcomes.Add({{"outcome", "helped"}}).Increment(static_cast<double>(figures.helped));
        outcomes.Add({{"outcome", "unchanged"}}).Increment(static_cast<double>(figures.no_help));
        auto& refused = prometheus::BuildCounter()
                            .Name("huiyin_advice_refused_total")
                            .Help("not asked, or an answer that was not taken, by reason")
                            .Register(registry);
        for (const auto& [reason, count] : figures.refused)
            refused.Add({{"reason", reason}}).Increment(static_cast<double>(count));
        gauge("huiyin_advice_breaker", "0 closed, 1 half open, 2 open", static_cast<double>(figures.breaker));
    }
    auto& sent = prometheus::BuildCounter()
                     .Name("huiyin_outbox_total")
                     .Help("outbox items by channel and what came of them")
                     .Register(registry);
    for (const auto& courier : couriers) {
        const auto figures = courier->figures();
        sent.Add({{"channel", courier->id().value}, {"outcome", "sent"}}).Increment(static_cast<double>(figures.sent));
        sent.Add({{"channel", courier->id().value}, {"outcome", "retried"}})
            .Increment(static_cast<double>(figures.retried));
        sent.Add({{"channel", courier->id().value}, {"outcome", "dead"}}).Increment(static_cast<double>(figures.dead));
        sent.Add({{"channel", courier->id().value}, {"outcome", "undeliverable"}})
            .Increment(static_cast<double>(figures.undeliverable));
    }
    auto& unanswered = prometheus::BuildCounter()
                           .Name("huiyin_channel_unanswered_total")
                           .Help("calls to a platform that it gave no answer to, by channel")
                           .Register(registry);
    auto& resting = prometheus::BuildGauge()
                        .Name("huiyin_channel_resting")
                        .Help("0 sends, 1 tries one message, 2 is left alone for a while: its platform gives no answer")
                        .Register(registry);
    for (const auto& courier : couriers) {
        const auto figures = courier->figures();
        const prometheus::Labels labels{{"channel", courier->id().value}};
        unanswered.Add(labels).Increment(static_cast<double>(figures.unanswered));
        resting.Add(labels).Set(static_cast<double>(figures.rest));
    }
    auto& month_calls = prometheus::BuildGauge()
                            .Name("huiyin_channel_month_calls")
                            .Help("calls of this calendar month to a platform that sells them by the month, by channel")
                            .Register(registry);
    auto& month_most = prometheus::BuildGauge()
                           .Name("huiyin_channel_month_calls_most")
                           .Help("how many of them the organisation has, as the configuration says")
                           .Register(registry);
    for (const auto& one : months) {
        const prometheus::Labels labels{{"channel", one.id.value}};
        month_calls.Add(labels).Set(static_cast<double>(one.ledger.look().calls));
        month_most.Add(labels).Set(one.ledger.most);
    }
    auto& pulled = prometheus::BuildCounter()
                       .Name("huiyin_pulled_total")
                       .Help("items fetched from customer service accounts by channel and what came of them")
                       .Register(registry);
    auto& troubles = prometheus::BuildCounter()
                         .Name("huiyin_pull_failures_total")
                         .Help("pages that could not be fetched or saved, and are fetched again")
                         .Register(registry);
    for (const auto& puller : pullers) {
        const auto figures = puller->figures();
        const auto& channel = puller->service().id().value;
        const auto count = [&](const char* outcome, std::uint64_t value) {
            pulled.Add({{"channel", channel}, {"outcome", outcome}}).Increment(static_cast<double>(value));
        };
        count("message", figures.messages);
        count("event", figures.events);
        count("repeated", figures.repeated);
        count("unreadable", figures.unreadable);
        count("given_up", figures.given_up);
        troubles.Add({{"channel", channel}}).Increment(static_cast<double>(figures.failures));
    }
    return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace huiyin
