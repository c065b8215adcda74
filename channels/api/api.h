// /api/v1: what staff and other programs do. Every query carries the asker's units; a foreign ticket is an unknown one.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "bot/front_desk.h"
#include "channels/api/access.h"
#include "channels/edge/route_table.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/report_run.h"
#include "workflow/privacy/periods.h"
#include "workflow/store/store.h"

namespace huiyin {

namespace wecom {
class SignIn;
}

class SecondFactors;
class StaffStreams;
class Rights;

struct SignInWay {  // beside a password
    ChannelId channel;
    wecom::SignIn* sign_in = nullptr;
};

struct MonthOfCalls {
    std::string channel, month;
    std::int64_t calls = 0;
    int most = 0;
};

struct ApiParts {  // all pointers must outlive the routes
    Store* store = nullptr;
    Engine* engine = nullptr;
    const ReportRun* reports = nullptr;
    StaffStreams* news = nullptr;
    FrontDesk* desk = nullptr;
    Access* access = nullptr;
    SecondFactors* second_factors = nullptr;
    const SpeakerDesk* speaker = nullptr;
    const Policies* policies = nullptr;
    const DirectoryHolder* directory = nullptr;
    const Phrases* phrases = nullptr;
    IdMaker* ids = nullptr;
    const Clock* service = nullptr;
    const Clock* system = nullptr;
    std::size_t body_bytes = 1 << 20, media_bytes = 10 << 20;
    // The clock set by hand: moves it to a moment, does what fell due, waits for the couriers. Null with the system
    // clock.
    std::function<void(TimePoint)> move_clock;
    // Work that takes seconds, done beside the workers one after the other; false: too much waits already.
    std::function<bool(std::function<void()>)> later;
    std::function<bool()> stopping = {};  // such work gives up then
    bool demo = false;                    // the demo page may move the clock and look around without signing in
    std::vector<SignInWay> sign_in_ways = {};
    std::vector<ChannelId> companies = {};                   // the channels whose readings add and disable staff
    std::string public_url = {};                             // of links; empty: the Host that was asked for
    std::function<std::vector<std::string>()> resting = {};  // channels whose platform gives no answer
    std::function<std::vector<MonthOfCalls>()> months = {};  // of the channels whose platform sells calls by the month
    const Rights* rights = nullptr;
    KeepingPeriods periods = {};
    std::function<void()> wake_keeping = {};  // something was decided that may go now
    std::function<std::string()> metrics;
    std::vector<std::string> metrics_tokens;  // any of them; none: this machine only
    std::string pages;                        // folder of the built pages; empty: none
    std::string first_chat;                   // where "/" leads
};

void add_api_routes(http::RouteTable& routes, const ApiParts& parts);

}  // namespace huiyin
