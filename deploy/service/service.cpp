#include "deploy/service/service.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "bot/communities.h"
#include "bot/front_desk.h"
#include "channels/advice/advisor.h"
#include "channels/advice/house.h"
#include "channels/api/api.h"
#include "channels/api/directory_import.h"
#include "channels/api/second_factor.h"
#include "channels/api/staff_streams.h"
#include "channels/api/ticket_import.h"
#include "channels/courier.h"
#include "channels/edge/http_client.h"
#include "channels/edge/http_server.h"
#include "channels/intake.h"
#include "channels/streams.h"
#include "channels/webchat/webchat.h"
#include "channels/wechat_official_account/followers.h"
#include "channels/wechat_official_account/web_sign_in.h"
#include "channels/wecom/member_reader.h"
#include "channels/wecom/sign_in.h"
#include "channels/wecom_kf/puller.h"
#include "deploy/service/channels.h"
#include "deploy/service/control.h"
#include "deploy/service/first_directory.h"
#include "deploy/service/metrics.h"
#include "deploy/service/notices.h"
#include "deploy/service/rules.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/engine/engine.h"
#include "workflow/engine/figure_thread.h"
#include "workflow/engine/report_run.h"
#include "workflow/engine/timer.h"
#include "workflow/engine/versions.h"
#include "workflow/privacy/keeping_thread.h"
#include "workflow/privacy/rights.h"
#include "workflow/store/address.h"
#include "workflow/store/backup.h"
#include "workflow/store/postgres_store.h"
#include "workflow/store/store.h"

namespace huiyin {
namespace {

constexpr auto couriers_most = std::chrono::seconds{10};
constexpr auto chores_again = std::chrono::seconds{1};

std::vector<ChannelId> ids_of(const std::vector<std::string>& names) {
    std::vector<ChannelId> ids;
    for (const auto& name : names) ids.push_back(ChannelId{name});
    return ids;
}

}  // namespace

namespace {
constexpr std::size_t long_work_most = 8;  // reports that wait; the next is told to come again
}

struct Service::State {
    // of_process: among those that serve the store; 0: it is alone
    explicit State(int of_process) : number(of_process), ids(of_process) {}
    ServiceOptions options;
    const int number;
    SystemClock system;
    std::unique_ptr<ManualClock> manual;
    IdMaker ids;
    std::unique_ptr<Store> store;
    std::unique_ptr<DirectoryHolder> directory;
    std::unique_ptr<Policies> policies;
    std::unique_ptr<Phrases> phrases;
    Answers answers;
    std::unique_ptr<Understanding> understanding;
    std::unique_ptr<PayloadKeys> keys;
    std::unique_ptr<SpeakerDesk> speaker;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<ReportRun> reports;
    std::unique_ptr<Rights> rights;
    std::unique_ptr<FrontDesk> desk;
    std::unique_ptr<StaffDesk> staff_desk;
    std::unique_ptr<http::Client> client;
    std::vector<std::unique_ptr<Channel>> channels;
    std::vector<CustomerService*> pulled;  // of the channels
    std::vector<WecomApp> apps;
    std::vector<MonthOfChannel> months;
    std::vector<std::unique_ptr<wecom::SignIn>> sign_ins;
    std::vector<SignInWay> sign_in_ways;
    std::vector<std::unique_ptr<wecom::MemberReader>> member_readers;
    std::unique_ptr<advice::Advisor> advisor;  // only with an endpoint
    std::unique_ptr<RateLimit> limit;
    std::unique_ptr<Access> access;
    std::unique_ptr<SecondFactors> second_factors;
    Duties duties;
    std::unique_ptr<Streams> streams;
    std::unique_ptr<StaffStreams> staff_streams;
    std::vector<std::unique_ptr<Courier>> couriers;
    std::vector<std::unique_ptr<kf::Puller>> pullers;
    std::unique_ptr<Timer> timer;
    std::unique_ptr<FigureThread> figures;
    std::unique_ptr<KeepingThread> keeping;
    Queue<Task<void()>> chores;
    std::atomic<bool> directory_due{false};  // what we hold is older than what is stored
    std::jthread chores_thread;
    Queue<std::function<void()>> long_work;  // reports: seconds each, so they are kept off the workers
    std::jthread long_work_thread;
    std::atomic<bool> stopping{false};
    bool restored = false;  // this is the first start on a restored store
    std::unique_ptr<http::Server> server;
    std::unique_ptr<Control> control;
    ApiParts api_parts;  // what the commands that ask through it share with the routes
    bool stopped = false;
    std::mutex news_mutex;  // the writer tells of commits while parts come and go
    bool news_wanted = false;

    const Clock& service_clock() const { return manual ? static_cast<const Clock&>(*manual) : system; }

    std::optional<Problem> load_templates();
    std::optional<Problem> open_store_and_directory();
    std::optional<Problem> open_channels();
    void wire();
    void wire_company(const Config& config);
    void tell(const Touched& touched);
    void do_chores();
    void follow_directory();
    void take_rules(const Rules& rules);
    void follow_changed_rules();
    Result<Done> reload_rules();
    http::RouteTable routes();
    NoticeParts notices() { return {engine.get(), directory.get(), phrases.get(), service_clock().now()}; }
    bool ring(const ChannelId& hook, const InboundMessage& doorbell, std::function<void(bool)> noted);
    void move_clock(TimePoint to);
    void stop();
};

std::optional<Problem> Service::State::load_templates() {
    const auto& config = options.config;
    const auto templates = options.share + "/templates";
    auto texts = Phrases::load(templates + "/phrases/zh-CN.json");
    if (!texts) return texts.problem();
    phrases = std::make_unique<Phrases>(std::move(*texts));
    // Before anything is opened: a wrong pack leaves nothing behind.
    const auto rules = load_rules(config.policy, {}, options.share, *phrases);
    if (!rules) return rules.problem();
    policies = std::make_unique<Policies>(rules->standard);
    // Nor does a wrong directory where there is no store yet.
    if (config.store.starts_with("sqlite:") && !std::filesystem::exists(config.store.substr(7)))
        if (const auto content = first_directory(config, ids, system.now()); !content) return content.problem();
    if (!config.answers.empty()) {
        auto loaded = Answers::from_file(config.answers);
        if (!loaded) return loaded.problem();
        answers = std::move(*loaded);
    }
    const auto model = find_model(options.share);
    if (!model) return model.problem();
    auto reader =
        builtin_understanding(*model, names_of_communities([this] { return directory ? directory->get() : nullptr; }));
    if (!reader) return reader.problem();
    understanding = std::move(*reader);
    return std::nullopt;
}

std::optional<Problem> Service::State::open_store_and_directory() {
    const auto& config = options.config;
    StoreOptions wish;
    wish.url = config.store;
    wish.media = config.media;
    wish.data_key = config.data_keys.front();
    wish.older_keys.assign(config.data_keys.begin() + 1, config.data_keys.end());
    wish.node = number;
    auto opened = open_store(wish, ids);
    if (!opened) return opened.problem();
    store = std::move(*opened);
    if (const auto held = hold_back_after_restore(*store)) {
        restored = true;
        log::warning("store.restored", {{"held_back", std::to_string(*held)}});
    }
    store->on_commit([this](const Touched& touched) { tell(touched); });

    std::optional<std::string> clock;
    store->read([&](Reading& reading) { clock = reading.setting("manual_clock"); });
    if (options.manual_clock) {
        auto start = *options.manual_clock;
        // A clock set by hand goes on where it stood: nothing that happened may lie in its future.
        if (clock)
            if (const auto stood = parse_rfc3339(*clock); stood && *stood > start) start = *stood;
        manual = std::make_unique<ManualClock>(start);
    }
    auto known = directory_of(*store, config, ids, system.now());
    if (!known) return known.problem();
    directory = std::make_unique<DirectoryHolder>(*known);
    if (auto rules = load_rules(config.policy, packs_of_units(**known), options.share, *phrases); !rules)
        return rules.problem();
    else
        take_rules(*rules);
    // What a process that died had in hand is owed again.
    store->run([](Transaction& tx) { tx.release_claims(); });
    return std::nullopt;
}

std::optional<Problem> Service::State::open_channels() {
    client = std::make_unique<http::Client>(http::ClientOptions{.trusted_origins = trusted_origins(options.config)});
    auto made = make_channels(
        options.config, [this](const http::Call& wish) { return client->send(wish); },
        [this](const AttachmentId& id) -> Result<OutgoingFile> {
            std::optional<Attachment> attachment;
            store->read([&](Reading& reading) { attachment = reading.attachment(id); });
            if (!attachment || attachment->sha256.empty()) return Problem{"media.missing", "no such picture", {}};
            const auto path = store->media_path(attachment->sha256);
            if (!path) return path.problem();
            auto file = http::File::open(*path);
            if (!file) return file.problem();
            return OutgoingFile{
                .name = attachment->name, .media_type = attachment->media_type, .bytes = file->read_all(20 << 20)};
        },
        [this](const ChannelId& id) {
            return keep_in_store(*store, id, [this](Transaction& tx, const ChannelId& endpoint, bool disabled) {
                tell_of_endpoint(tx, notices(), endpoint, disabled);
            });
        },
        system, [this](const ChannelId& id) { return wechat::grants_in(*store, id); },
        is_postgres(options.config.store) ? ShelfOf([this](const std::string& name) { return shelf_in(*store, name); })
                                          : ShelfOf{},
        [this](const ChannelId& id) { return talks_in(*store, id); },
        [this](const ChannelConfig& channel) {
            return month_in(*store, channel, system,
                            [this, id = channel.id, most = channel.month_calls](
                                Transaction& tx, const MonthCalls& month, int hundredths) {
                                tell_of_month(tx, notices(), id, most, month, hundredths);
                            });
        });
    if (!made) return made.problem();
    channels = std::move(made->all);
    for (auto& channel : channels) channel->shared_among([this] { return store->processes(); });
    pulled = std::move(made->pulled);
    apps = std::move(made->apps);
    months = std::move(made->months);
    // Where this process alone has the store, whoever had a lease is gone; else it ends by itself within a minute.
    store->run([&](Transaction& tx) {
        for (const auto* service : pulled) {
            if (number == 0) kf::drop_lease(tx, service->id());
            // Its cursor is as old as the backup: what comes again was handled, and is only kept and told.
            if (restored) kf::begin_anew(tx, service->id(), system.now());
        }
    });
    return std::nullopt;
}

void Service::State::wire() {
    const auto& config = options.config;
    keys = std::make_unique<PayloadKeys>(config.secrets);
    speaker = std::make_unique<SpeakerDesk>(ids, system, *keys, traits_of(config));
    const EngineParts engine_parts{.policies = policies.get(),
                                   .directory = directory.get(),
                                   .phrases = phrases.get(),
                                   .speaker = speaker.get(),
                                   .keys = keys.get(),
                                   .ids = &ids,
                                   .system = &system,
                                   .staff_channels = ids_of(config.notify_staff),
                                   .public_url = config.public_url};
    engine = std::make_unique<Engine>(engine_parts);
    reports = std::make_unique<ReportRun>(engine_parts);
    rights = std::make_unique<Rights>(RightsParts{.store = store.get(),
                                                  .policies = policies.get(),
                                                  .directory = directory.get(),
                                                  .phrases = phrases.get(),
                                                  .speaker = speaker.get(),
                                                  .ids = &ids,
                                                  .system = &system,
                                                  .erased_list = config.media + "/erased"});
    desk = std::make_unique<FrontDesk>(FrontDeskParts{.engine = engine.get(),
                                                      .speaker = speaker.get(),
                                                      .policies = policies.get(),
                                                      .directory = directory.get(),
                                                      .phrases = phrases.get(),
                                                      .answers = &answers,
                                                      .understanding = understanding.get(),
                                                      .ids = &ids,
                                                      .system = &system,
                                                      .rights = rights.get()});
    staff_desk = std::make_unique<StaffDesk>(StaffDeskParts{.engine = engine.get(),
                                                            .speaker = speaker.get(),
                                                            .directory = directory.get(),
                                                            .phrases = phrases.get(),
                                                            .keys = keys.get(),
                                                            .ids = &ids,
                                                            .system = &system,
                                                            .members_changed = [this](const ChannelId& channel) {
                                                                for (auto& reader : member_readers)
                                                                    if (reader->channel() == channel) reader->wake();
                                                            }});
    if (const auto& endpoint = config.endpoint)
        advisor = std::make_unique<advice::Advisor>(
            advice::AdvisorParts{.endpoint = {.url = endpoint.url,
                                              .key = endpoint.key,
                                              .model = endpoint.model,
                                              .time = std::chrono::milliseconds{endpoint.timeout_ms}},
                                 .choices = [this] { return advice::choices_of(*policies->standard()); },
                                 .names =
                                     [this](const std::string& channel, const std::string& address) {
                                         auto names = advice::names_of(*directory->get());
                                         for (auto& his : advice::names_known(*store, channel, address))
                                             names.push_back(std::move(his));
                                         return names;
                                     },
                                 .awaits_answer =
                                     [this](const std::string& channel, const std::string& address) {
                                         return advice::awaits_answer(*store, channel, address);
                                     }});
    limit = std::make_unique<RateLimit>(config.messages_per_minute_per_user);
    const SignInRules rules{.second_factor_for_administrators = config.second_factor_for_administrators};
    access = std::make_unique<Access>(*store, *directory, system, config.public_url, rules);
    second_factors = std::make_unique<SecondFactors>(*store, system, rules);
    streams = std::make_unique<Streams>(*store);
    staff_streams = std::make_unique<StaffStreams>(*store, *engine, *directory, system);
    add_engine_duties(duties, *engine);
    reports->add_duties(duties);
    desk->add_duties(duties);
    follow_changed_rules();
    store->run([&](Transaction& tx) { engine->plan_duties(tx, service_clock().now()); });
    for (auto& channel : channels)
        couriers.push_back(std::make_unique<Courier>(CourierParts{.store = store.get(),
                                                                  .channel = channel.get(),
                                                                  .engine = engine.get(),
                                                                  .directory = directory.get(),
                                                                  .speaker = speaker.get(),
                                                                  .phrases = phrases.get(),
                                                                  .service = &service_clock(),
                                                                  .system = &system,
                                                                  .ids = &ids,
                                                                  .fallback = ids_of(config.notify_fallback)}));
    timer = std::make_unique<Timer>(*store, duties, service_clock(), system);
    rights->erase_again(service_clock().now());
    if (options.door) {
        figures = std::make_unique<FigureThread>(*store, engine_parts, service_clock(), system, number);
        keeping = std::make_unique<KeepingThread>(
            KeepingThreadParts{.store = store.get(),
                               .periods = config.retention,
                               .wishes = [this](TimePoint now) { return rights->pieces(now); },
                               .zone = [this] { return policies->standard()->calendar.zone(); },
                               .service = &service_clock(),
                               .system = &system,
                               .number = number});
    }
    if (options.door) wire_company(config);
    if (options.door)
        for (auto* service : pulled)
            pullers.push_back(
                std::make_unique<kf::Puller>(kf::PullerParts{.store = store.get(),
                                                             .service = service,
                                                             .desk = {.channel = service->id(),
                                                                      .desk = desk.get(),
                                                                      .engine = engine.get(),
                                                                      .speaker = speaker.get(),
                                                                      .directory = directory.get(),
                                                                      .phrases = phrases.get(),
                                                                      .ids = &ids,
                                                                      .to_servicers = service->to_servicers()},
                                                             .understanding = understanding.get(),
                                                             .advisor = advisor.get(),
                                                             .policies = policies.get(),
                                                             .limit = limit.get(),
                                                             .clock = &service_clock(),
                                                             .system = &system}));
    long_work_thread = std::jthread([this] {
        while (const auto work = long_work.take()) (*work)();
    });
    chores_thread = std::jthread([this] { do_chores(); });
}

// What the company's own apps tell of its people: who they are, and who signs in.
void Service::State::wire_company(const Config& config) {
    const Caller call = [this](const http::Call& wish) { return client->send(wish); };
    for (const auto& app : apps) {
        if (app.sign_in) {
            sign_ins.push_back(std::make_unique<wecom::SignIn>(
                wecom::SignInSettings{.corp_id = app.corp_id,
                                      .agent_id = app.agent_id,
                                      .api_base = app.api_base,
                                      .access = app.access,
                                      .key = derived_key(config.secrets.back(), "wecom sign-in")},
                call, system));
            sign_in_ways.push_back({app.id, sign_ins.back().get()});
        }
        if (app.members.empty()) continue;
        member_readers.push_back(
            std::make_unique<wecom::MemberReader>(wecom::MemberReaderParts{.store = store.get(),
                                                                           .ids = &ids,
                                                                           .system = &system,
                                                                           .channel = app.id,
                                                                           .api_base = app.api_base,
                                                                           .access = app.access,
                                                                           .call = call,
                                                                           .rules = app.members}));
    }
}

// A holiday file or the pack changed while nobody ran: reminders are only an index, so they are made anew from the
// events.
void Service::State::follow_changed_rules() {
    const auto hash = rules_hash(options.config.policy, packs_of_units(*directory->get()), options.share);
    std::optional<std::string> before;
    store->read([&](Reading& reading) { before = reading.setting("rules_hash"); });
    if (before == hash) return;
    if (before) {
        log::info("deadlines.recomputed", {{"policy", policies->standard()->id}});
        recompute_all(*store, *engine, service_clock());
        forget_unpinned_versions(*store, *policies);
    }
    store->run([&](Transaction& tx) { tx.set_setting("rules_hash", hash); });
}

// Kept first: what is in force is what a restart would find, also for a ticket that is opened a moment later.
void Service::State::take_rules(const Rules& rules) {
    std::vector<std::shared_ptr<const Policy>> all;
    store->run([&](Transaction& tx) { all = keep_versions(tx, all_of(rules)); });
    policies->put_in_force(all.front(), {all.begin() + 1, all.end()});
    store->read(
        [&](Reading& reading) { take_kept_versions(reading, *policies, *phrases, options.share + "/templates"); });
}

Result<Done> Service::State::reload_rules() {
    const auto rules = load_rules(options.config.policy, packs_of_units(*directory->get()), options.share, *phrases);
    if (!rules) {
        log::warning("policy.kept", {{"policy", policies->standard()->id}, {"version", policies->standard()->version}});
        return rules.problem();
    }
    take_rules(*rules);
    store->run([&](Transaction& tx) { engine->plan_duties(tx, service_clock().now()); });  // those of a newer version
    follow_changed_rules();
    timer->wake();
    const auto standard = policies->standard();
    log::info("policy.in_force", {{"policy", standard->id}, {"version", standard->version}});
    return Done{};
}

void Service::State::move_clock(TimePoint to) {
    const auto text = to_rfc3339(to, {}, Precision::milliseconds);
    store->run([&](Transaction& tx) { tx.set_setting("manual_clock", text); });
    manual->set(to);
    timer->run_now();
    if (keeping) keeping->wake();
    const auto deadline = std::chrono::steady_clock::now() + couriers_most;
    for (auto& puller : pullers) puller->flush(deadline);
    for (auto& courier : couriers) courier->flush(deadline);
}

// A doorbell may come to any hook of the company; the account says whose it is.
bool Service::State::ring(const ChannelId& hook, const InboundMessage& doorbell, std::function<void(bool)> noted) {
    const auto company_of = [&](const ChannelId& id) {
        for (const auto& channel : options.config.channels)
            if (channel.id == id.value) return channel.corp_id;
        return std::string{};
    };
    for (auto& puller : pullers) {
        const auto& service = puller->service();
        if (service.account() != doorbell.label || company_of(service.id()) != company_of(hook)) continue;
        puller->ring(doorbell.reply_reference, system.now(), std::move(noted));
        return true;
    }
    return false;
}

http::RouteTable Service::State::routes() {
    const auto& config = options.config;
    http::RouteTable table;
    std::map<std::string, Channel*> called_back;
    for (auto& channel : channels) called_back.emplace(channel->id().value, channel.get());
    for (const auto& channel : config.channels)
        if (channel.type.ends_with("_robot")) called_back.erase(channel.id);
    add_hook_routes(table,
                    {.store = store.get(),
                     .desk = desk.get(),
                     .staff = staff_desk.get(),
                     .understanding = understanding.get(),
                     .advisor = advisor.get(),
                     .policies = policies.get(),
                     .phrases = phrases.get(),
                     .speaker = speaker.get(),
                     .directory = directory.get(),
                     .ids = &ids,
                     .limit = limit.get(),
                     .service = &service_clock(),
                     .system = &system,
                     .channels = std::move(called_back),
                     .ring = [this](const ChannelId& hook, const InboundMessage& doorbell,
                                    std::function<void(bool)> noted) { return ring(hook, doorbell, std::move(noted)); },
                     .told = wechat::hear_of_follower});
    std::vector<std::string> chats;
    for (const auto& channel : config.channels)
        if (channel.type == "webchat") chats.push_back(channel.id);
    const auto pages = options.share + "/pages";
    add_webchat_routes(table, {.store = store.get(),
                               .desk = desk.get(),
                               .understanding = understanding.get(),
                               .advisor = advisor.get(),
                               .policies = policies.get(),
                               .directory = directory.get(),
                               .streams = streams.get(),
                               .limit = limit.get(),
                               .service = &service_clock(),
                               .system = &system,
                               .token_key = derived_key(config.secrets.back(), "chat token"),
                               .page = pages + "/chat/index.html",
                               .secure_cookie = config.is_https(),
                               .body_bytes = config.body_bytes,
                               .media_bytes = config.media_bytes,
                               .channels = chats});
    for (const auto& channel : config.channels) {
        if (!channel.can_oauth) continue;
        wechat::add_web_sign_in_routes(table, {.store = store.get(),
                                               .ids = &ids,
                                               .limit = limit.get(),
                                               .service = &service_clock(),
                                               .system = &system,
                                               .call = [this](const http::Call& wish) { return client->send(wish); },
                                               .account = ChannelId{channel.id},
                                               .app_id = channel.app_id,
                                               .app_secret = channel.app_secret,
                                               .api_base = channel.api_base,
                                               .public_url = config.public_url,
                                               .token_key = derived_key(config.secrets.back(), "chat token"),
                                               .secure_cookie = config.is_https(),
                                               .chats = chats});
    }
    ApiParts api{
        .store = store.get(),
        .engine = engine.get(),
        .reports = reports.get(),
        .news = staff_streams.get(),
        .desk = desk.get(),
        .access = access.get(),
        .second_factors = second_factors.get(),
        .speaker = speaker.get(),
        .policies = policies.get(),
        .directory = directory.get(),
        .phrases = phrases.get(),
        .ids = &ids,
        .service = &service_clock(),
        .system = &system,
        .body_bytes = config.body_bytes,
        .media_bytes = config.media_bytes,
        .move_clock = {},
        .later =
            [this](std::function<void()> work) {
                return long_work.size() < long_work_most && long_work.put(std::move(work));
            },
        .stopping = [this] { return stopping.load(); },
        .demo = options.demo,
        .sign_in_ways = sign_in_ways,
        .companies = companies_of(config),
        .public_url = config.public_url,
        .resting =
            [this] {
                std::vector<std::string> resting;
                for (const auto& courier : couriers)
                    if (courier->figures().rest != Rest::State::open) resting.push_back(courier->id().value);
                return resting;
            },
        .months =
            [this] {
                std::vector<MonthOfCalls> all;
                for (const auto& one : months) {
                    const auto month = one.ledger.look();
                    all.push_back({one.id.value, month.month, month.calls, one.ledger.most});
                }
                return all;
            },
        .rights = rights.get(),
        .periods = config.retention,
        .wake_keeping =
            [this] {
                if (keeping) keeping->wake();
            },
        .metrics =
            [this] { return metrics_text(*store, server.get(), couriers, *streams, pullers, advisor.get(), months); },
        .metrics_tokens = config.metrics_tokens,
        .pages = pages,
        .first_chat = chats.empty() ? std::string{} : "/chat/" + chats.front()};
    if (manual) api.move_clock = [this](TimePoint to) { move_clock(to); };
    add_api_routes(table, api);
    api_parts = api;
    return table;
}

// Called on the writer's thread after a commit: hands the news on and does nothing else. Who may do what is the first
// of them: what is lost of the others is asked for again, or comes with the next.
void Service::State::tell(const Touched& touched) {
    if (touched.directory) directory_due = true;
    std::lock_guard lock(news_mutex);
    if (!news_wanted) return;
    if (touched.directory) chores.put([this] { follow_directory(); });
    for (auto& courier : couriers)
        if (touched.channels.contains(courier->id())) courier->wake();
    if (touched.reminders && timer) timer->wake();
    if (streams)
        for (const auto& conversation : touched.conversations) streams->news(conversation);
    if (staff_streams) staff_streams->news(touched);
}

// What is wished for, and in its pauses the directory as long as it is due, for access and routing go by it: reading it
// may have failed, and there may have been no memory to wish for it.
void Service::State::do_chores() {
    while (!chores.closed() || chores.size() > 0) try {
            if (auto chore = chores.take(chores_again))
                (*chore)();
            else
                follow_directory();
        } catch (const std::exception& e) {
            log::error("chore.failed", {{"what", e.what()}});
        }
}

// Not due before it is read: what changes meanwhile is read once more.
void Service::State::follow_directory() {
    if (!directory_due.exchange(false)) return;
    try {
        std::shared_ptr<const Directory> fresh;
        store->read([&](Reading& reading) { fresh = reading.directory(); });
        directory->set(std::move(fresh));
    } catch (const std::exception&) {
        directory_due = true;
        throw;
    }
}

void Service::State::stop() {
    if (stopped) return;
    stopped = true;
    stopping = true;
    long_work.close();
    if (control) control->stop();
    if (server) server->stop();
    {
        std::lock_guard lock(news_mutex);
        news_wanted = false;
    }
    if (advisor) advisor->stop();  // what waits for an answer goes on without
    timer.reset();
    figures.reset();
    keeping.reset();
    if (client) client->stop();  // a slow platform must not hold us; what was not sent waits in the outbox
    sign_ins.clear();
    for (auto& reader : member_readers) reader->stop();  // what waits to be saved may still wake one
    pullers.clear();
    couriers.clear();
    chores.close();
    if (chores_thread.joinable()) chores_thread.join();
    if (long_work_thread.joinable()) long_work_thread.join();
    streams.reset();
    staff_streams.reset();
    if (store) store->stop();
}

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}
Service::~Service() { stop(); }
void Service::stop() { state_->stop(); }
int Service::port() const { return state_->server ? state_->server->port() : 0; }
std::string Service::address() const {
    const auto& host = state_->options.config.host;
    return "http://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port());
}
Store& Service::store() { return *state_->store; }
Engine& Service::engine() { return *state_->engine; }
FrontDesk& Service::desk() { return *state_->desk; }
const Understanding& Service::understanding() const { return *state_->understanding; }
void Service::move_clock(TimePoint to) { state_->move_clock(to); }
Result<Done> Service::reload_rules() { return state_->reload_rules(); }
std::shared_ptr<const Policy> Service::policy() const { return state_->policies->standard(); }
TimePoint Service::now() const { return state_->service_clock().now(); }

Result<std::unique_ptr<Service>> Service::start(ServiceOptions options) {
    int number = 0;
    if (is_postgres(options.config.store)) {
        const auto free = free_number(options.config.store);
        if (!free) return free.problem();
        number = *free;
    }
    auto state = std::make_unique<State>(number);
    state->options = std::move(options);
    auto& s = *state;
    const auto& config = s.options.config;
    if (auto problem = s.load_templates()) return *problem;
    if (auto problem = s.open_store_and_directory()) return *problem;
    if (auto problem = s.open_channels()) {
        s.store->stop();
        return *problem;
    }
    s.wire();
    {
        std::lock_guard lock(s.news_mutex);
        s.news_wanted = true;
    }
    if (!s.options.door) return std::unique_ptr<Service>(new Service(std::move(state)));
    http::ServerOptions door;
    door.host = config.host;
    door.port = config.port;
    door.workers = config.workers;
    door.trusted_proxies = config.trusted_proxies;
    if (config.listens_on_loopback()) {
        // Whatever comes from this machine comes from a proxy or from ourselves: one address is no sign of one client.
        door.connections_per_address = 0;
        door.connects_per_second_per_address = 0;
    }
    s.server = std::make_unique<http::Server>(door, s.routes());
    if (auto started = s.server->start(); !started) {
        s.stop();
        return started.problem();
    }
    for (auto& reader : s.member_readers) reader->start();
    s.control = std::make_unique<Control>(
        config.store, *s.store, *s.access, *s.directory, s.ids, s.system,
        LinkPlace{config.address_of_links(s.server->port()), config.public_url.empty()}, companies_of(config),
        [&s](const Json& wish) {
            return wish.value("kind", "") == "tickets" ? api::ticket_import_command(wish, s.api_parts)
                                                       : api::import_command(wish, s.api_parts);
        });
    log::info("service.started", {{"port", s.server->port()},
                                  {"policy", s.policies->standard()->id},
                                  {"channels", config.channels.size()},
                                  {"manual_clock", s.manual != nullptr}});
    return std::unique_ptr<Service>(new Service(std::move(state)));
}

}  // namespace huiyin
