#include "channels/intake.h"

#include <atomic>

#include "channels/advice/advisor.h"
#include "channels/hearing.h"
#include "channels/window.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

http::Answer to_answer(const HttpAnswer& answer) {
    return http::Answer::bytes(answer.status, answer.content_type, answer.body);
}

class Intake {
public:
    explicit Intake(IntakeParts parts) : parts_(std::move(parts)), hearing_({.desk = parts_.desk, .ids = parts_.ids}) {}

    void get(http::Request& request, http::Responder& responder) {
        const auto* channel = find(request);
        if (!channel) return responder.answer(http::Answer::empty(404));
        const auto callback = callback_of(request);
        const auto answer = channel->verify(callback);
        if (!answer) return refuse(responder, *channel, answer.problem());
        responder.answer(to_answer(*answer));
    }

    void post(http::Request& request, http::Responder& responder) {
        auto* channel = find(request);
        if (!channel) return responder.answer(http::Answer::empty(404));
        auto callback = std::make_shared<const Callback>(callback_of(request));
        auto messages = channel->read(*callback);
        if (!messages) return refuse(responder, *channel, messages.problem());
        if (messages->empty()) return responder.answer(to_answer(channel->passive(*callback, {}, {})));
        if (is_doorbell(messages->front())) return ring(*channel, callback, messages->front(), responder);
        // The platform repeats what is not answered with 200: nothing is lost while nothing can be saved.
        if (!parts_.store->writable()) return responder.answer(http::Answer::empty(500));

        auto work = std::make_shared<Work>();
        work->channel = channel;
        work->callback = callback;
        const auto now = parts_.service->now();
        const auto system_now = parts_.system->now();
        const auto& zone = parts_.policies->standard()->calendar.zone();
        const auto& can = channel->capabilities();
        for (auto& message : *messages) {
            // Where residents write too, the directory says who is staff.
            if (can.to_staff && can.to_residents && parts_.staff && !message.address.empty() && !message.staff)
                message.staff = parts_.staff->knows(message);
            work->understood.push_back(message.text.empty() || message.staff
                                           ? Understood{}
                                           : parts_.understanding->understand(message.text, now, zone));
            work->too_fast.push_back(
                message.staff || message.kind != InboundKind::text
                    ? 0
                    : parts_.limit->take(message.channel.value + "\n" + message.address, system_now));
            work->messages.push_back(std::move(message));
        }
        work->parked = responder.park();
        // What is not saved by then is not acknowledged: the platform brings it again, and it is known if it was saved
        // meanwhile.
        work->parked.otherwise(patience_for(*work), http::Answer::empty(500));
        if (!parts_.advisor) return take(work);
        std::vector<advice::Spoken> spoken;
        for (std::size_t i = 0; i < work->messages.size(); ++i) {
            const auto& message = work->messages[i];
            if (message.address.empty() || message.staff) continue;
            // What came too fast is kept and answered together later: nobody is asked about it.
            const bool told = message.kind == InboundKind::text && !message.text.empty() && work->too_fast[i] == 0;
            spoken.push_back({.channel = message.channel.value,
                              .address = message.address,
                              .key = message.key,
                              .understood = told ? &work->understood[i] : nullptr});
        }
        parts_.advisor->advise(spoken, [this, work] { take(work); });
    }

private:
    static bool is_doorbell(const InboundMessage& message) {
        return message.kind == InboundKind::event && message.text == "kf_msg_or_event";
    }

    // There is news to be fetched: noted for whoever fetches it, and no more. An account of nobody's is no fault of the
    // platform's: it need not ring again.
    void ring(const Channel& at, const std::shared_ptr<const Callback>& callback, const InboundMessage& doorbell,
              http::Responder& responder) {
        const auto bare = at.passive(*callback, {}, {});
        auto parked = std::make_shared<http::Parked>(responder.park());
        parked->otherwise(parts_.patience, http::Answer::empty(500));
        const bool owned = parts_.ring && parts_.ring(at.id(), doorbell, [parked, bare](bool noted) {
            parked->answer(noted ? to_answer(bare) : http::Answer::empty(500));
        });
        if (owned) return;
        log::warning("hook.nobodys_account", {{"channel", at.id().value}, {"account", doorbell.label}});
        parked->answer(to_answer(bare));
    }

    // The messages of one delivery on their way to their answer.
    struct Work {
        const Channel* channel = nullptr;
        std::shared_ptr<const Callback> callback;
        std::vector<InboundMessage> messages;
        std::vector<Understood> understood;
        std::vector<int> too_fast;  // seconds
        std::vector<Heardback> answers;
        std::string told_staff;
        http::Parked parked;
    };

    std::chrono::milliseconds patience_for(const Work& work) const {
        const auto& can = work.channel->capabilities();
        const bool press = work.messages.front().kind == InboundKind::choice;
        return std::min<std::chrono::milliseconds>(parts_.patience, press ? can.press_within : can.answer_within);
    }

    static std::vector<Said> said_of(const Work& work) {
        std::vector<Said> said;
        for (const auto& answer : work.answers)
            for (const auto& message : answer.said) said.push_back(message.said);
        return said;
    }
    Spot spot_of_code(const InboundMessage& message) const {
        if (message.kind != InboundKind::entered || message.label.empty() || !parts_.directory) return {};
        return spot_of(*parts_.directory->get(), message.label);
    }
    // Can the answer to the callback itself carry all that is said? What it cannot goes out through the outbox, and so
    // does what is meant for him where others would read the answer.
    static bool fits(const Work& work) {
        return work.messages.front().group.empty() && work.channel->capabilities().passive_reply &&
               work.channel->passive_fits(said_of(work));
    }

    // Any thread; returns before it is saved.
    void take(const std::shared_ptr<Work>& work) {
        const auto now = parts_.service->now();
        const auto system_now = parts_.system->now();
        parts_.store->submit(
            [this, work, now, system_now](Transaction& tx) {
                work->answers.clear();
                work->told_staff.clear();
                for (std::size_t i = 0; i < work->messages.size(); ++i) {
                    const auto& message = work->messages[i];
                    work->answers.emplace_back();
                    if (message.address.empty()) {
                        Hearing::keep_unreadable(tx, message, now, system_now);
                        continue;
                    }
                    if (parts_.told && message.kind == InboundKind::event && parts_.told(tx, message, now, system_now))
                        continue;
                    const bool whole = message.opens == InboundMessage::Opens::window;
                    const auto before = whole ? std::nullopt : tx.conversation_at(message.channel, message.address);
                    if (message.staff)
                        work->told_staff = parts_.staff->hear(tx, message, now, system_now);
                    else
                        work->answers.back() = hearing_.hear(tx, message, work->understood[i], work->too_fast[i],
                                                             spot_of_code(message), now, system_now);
                    const auto& answer = work->answers.back();
                    if (!whole && answer.conversation && !answer.repeated)
                        keep_opening(tx, work->channel->capabilities(), message, before, answer.conversation, now);
                }
                // Here and not after it: the same delivery again may stand right behind, and must find the courier has
                // it; and what the answer cannot carry must not be lost with us between two commits.
                if (work->parked.late() || !fits(*work))
                    Hearing::push_instead(tx, Hearing::said_in(work->answers), now, system_now);
            },
            [this, work](Outcome outcome, const std::exception_ptr& problem) {
                const auto& channel = *work->channel;
                if (outcome == Outcome::undone) {
                    log_failure(channel, problem);
                    work->parked.answer(http::Answer::empty(500));
                    return;
                }
                const bool passive = fits(*work);
                auto said = passive ? said_of(*work) : std::vector<Said>{};
                // Beside the row that says it: whoever tapped sees it at once.
                if (channel.capabilities().toasts && !work->told_staff.empty()) {
                    said.emplace_back();
                    said.back().text = work->told_staff;
                }
                const bool taken =
                    work->parked.answer(to_answer(channel.passive(*work->callback, work->messages.front(), said)));
                if (passive && !taken) push_instead(work->answers);
            });
    }

    Channel* find(const http::Request& request) const {
        const auto at = parts_.channels.find(std::string(request.segment("channel")));
        return at == parts_.channels.end() ? nullptr : at->second;
    }

    Callback callback_of(const http::Request& request) const {
        Callback callback;
        callback.method = request.method();
        for (const auto& [name, value] : request.query()) callback.query.emplace(name, value);
        for (const auto& [name, value] : request.headers()) {
            std::string lower(name);
            for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            callback.headers.emplace(std::move(lower), value);
        }
        callback.body = request.body();
        callback.received_at = parts_.system->now();
        return callback;
    }

    // One and the same answer for every reason: whoever probes learns nothing.
    static void refuse(http::Responder& responder, const Channel& channel, const Problem& problem) {
        log::warning("hook.refused",
                     {{"channel", channel.id().value}, {"code", problem.code}, {"reason", problem.detail}});
        responder.answer(http::Answer::empty(problem.code == "channel.forbidden_xml" ? 400 : 403));
    }

    static void log_failure(const Channel& channel, const std::exception_ptr& problem) {
        try {
            if (problem) std::rethrow_exception(problem);
        } catch (const std::exception& e) {
            log::error("hook.not_saved", {{"channel", channel.id().value}, {"what", e.what()}});
        } catch (...) {
            log::error("hook.not_saved", {{"channel", channel.id().value}});
        }
    }

    // For what its own unit could not know: a patience that ended after it.
    void push_instead(const std::vector<Heardback>& answers) {
        const auto now = parts_.service->now();
        const auto system_now = parts_.system->now();
        parts_.store->submit([messages = Hearing::said_in(answers), now,
                              system_now](Transaction& tx) { Hearing::push_instead(tx, messages, now, system_now); },
                             [](Outcome outcome, const std::exception_ptr&) {
                                 if (outcome == Outcome::undone) log::error("hook.reply_not_queued");
                             });
    }

    IntakeParts parts_;
    Hearing hearing_;
};

}  // namespace

void add_hook_routes(http::RouteTable& routes, IntakeParts parts) {
    auto intake = std::make_shared<Intake>(std::move(parts));
    const std::map<std::string, std::string> tags{{"who", "platform"}};
    routes.add(
        "GET", "/hooks/{channel}", {.bytes = http::hook_body_bytes},
        [intake](http::Request& q, http::Responder& a) { intake->get(q, a); }, tags);
    routes.add(
        "POST", "/hooks/{channel}", {.bytes = http::hook_body_bytes},
        [intake](http::Request& q, http::Responder& a) { intake->post(q, a); }, tags);
}

}  // namespace huiyin
