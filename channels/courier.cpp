#include "channels/courier.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "bot/in_public.h"
#include "channels/codec/image.h"
#include "channels/outgoing/rates.h"
#include "channels/window.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"
#include "workflow/base/time_text.h"
#include "workflow/engine/language.h"
#include "workflow/phrases/phrases.h"

namespace huiyin {
namespace {

constexpr std::size_t at_once = 16;
constexpr int looks_at_all = 4;                               // every fourth claim
constexpr auto look_again = std::chrono::milliseconds{1000};  // for what falls due by the system clock
constexpr int attempts_most = 30;                             // about a day of hourly tries, and never before a day
constexpr Milliseconds wait_most{86400000};                   // that a message waits for a platform or our settings
constexpr Milliseconds operators_wait{300000};                // while our settings are what is wrong
// A line before a whole group answers what was just written there; later it only disturbs. Advice in a danger helps
// longer.
constexpr Milliseconds public_line_most{300000}, public_advice_most{1800000};
constexpr Milliseconds danger_waits{300000};   // that a platform may hold a danger to life back
constexpr Milliseconds medium_wait{86400000};  // platforms keep what he sent for days
constexpr int busy_most = 8;                   // answers "later" to who fetches it

double chance() {
    thread_local std::mt19937 generator{std::random_device{}()};
    return std::uniform_real_distribution<double>{0, 1}(generator);
}

bool is_his_danger(const OutboxItem& item) { return item.priority == Priority::emergency && is_owed_to_resident(item); }

std::optional<Milliseconds> told_to_wait(const std::string& detail) {
    const auto at = detail.find("retry_after_ms=");
    if (at == std::string::npos) return std::nullopt;
    return Milliseconds{std::atoll(detail.c_str() + at + 15)};
}

}  // namespace

Milliseconds backoff(int attempts, double chance_in_hand) {
    static constexpr std::int64_t steps[] = {1000, 5000, 30000, 120000, 600000};
    const auto base = attempts <= 0 ? 0 : attempts <= 5 ? steps[attempts - 1] : 3600000;
    return Milliseconds{base + static_cast<std::int64_t>(static_cast<double>(base) * (chance_in_hand - 0.5) * 0.4)};
}

Courier::Courier(CourierParts parts) : parts_(std::move(parts)), thread_([this] { run(); }) {}
Courier::~Courier() { wake_ups_.close(); }
const ChannelId& Courier::id() const { return parts_.channel->id(); }
void Courier::wake() { wake_ups_.put(nullptr); }
CourierFigures Courier::figures() const {
    return {sent_, retried_, dead_, undeliverable_, unanswered_, rests_, rest_now_};
}
std::string rest_setting(const ChannelId& channel) { return "channel_rests:" + channel.value; }

void Courier::flush(std::chrono::steady_clock::time_point deadline) {
    auto done = std::make_shared<Queue<int>>();
    if (!wake_ups_.put(done)) return;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    done->take_up_to(1, std::max(left, std::chrono::milliseconds{0}));
}

void Courier::run() {
    bool stumbled = false, began = false;
    while (true) {
        std::vector<std::shared_ptr<Queue<int>>> waiting;
        try {
            if (!began)  // what a process before this one wrote is put right by the first answer
                parts_.store->read([&](Reading& reading) {
                    rests_since_ = rests_kept_ = reading.setting(rest_setting(id())).value_or("");
                });
            began = true;
            if (stumbled) release_own();
            stumbled = false;
            // Everything due is tried before those who wait hear that it was.
            while (deliver_due() > 0 && !wake_ups_.closed()) continue;
            for (auto& one : wake_ups_.take_up_to(1000, look_again))
                if (one) waiting.push_back(std::move(one));
            if (!waiting.empty())
                while (deliver_due() > 0 && !wake_ups_.closed()) continue;
        } catch (const std::exception& e) {
            log::error("courier.failed", {{"channel", id().value}, {"what", e.what()}});
            stumbled = true;
            for (auto& one : wake_ups_.take_up_to(1000, look_again))
                if (one) waiting.push_back(std::move(one));
        }
        for (auto& one : waiting) one->put(1);
        if (wake_ups_.closed()) return;
    }
}

// What was claimed when the store failed is nobody's: it would wait for the next start, and all of that person behind
// it.
void Courier::release_own() {
    parts_.store->run([&](Transaction& tx) { tx.release_claims(id()); });
}

std::size_t Courier::deliver_due() {
    const auto now = parts_.service->now(), system_now = parts_.system->now();
    rest_now_ = rest_.state(now, system_now);
    int room = rest_.room(at_once, now, system_now);
    if (room == 0) return deliver_emergency(now, system_now);
    if (full_ && !full_->lull.lasts(system_now)) full_.reset();
    if (full_) room = 1;  // the most urgent: perhaps there is room for that
    // Where few can be claimed of thousands that wait, as in one group, looking for more means looking at all of them.
    if (found_ > 0 && ++claims_ % looks_at_all != 0) room = std::min(room, static_cast<int>(found_));
    std::vector<OutboxItem> items;
    parts_.store->run([&](Transaction& tx) { items = tx.claim_outbox(id(), now, system_now, room); });
    found_ = items.size();
    std::size_t tried = 0;
    for (bool slow = false; tried < items.size() && !slow; ++tried) {
        if (rest_.room(1, parts_.service->now(), parts_.system->now()) == 0) break;  // it fell silent in between
        auto& item = items[tried];
        if (is_full_for(item)) break;  // and so for all behind it
        const auto start = std::chrono::steady_clock::now();
        item.kind == "fetch_media" ? fetch(std::move(item)) : deliver(std::move(item));
        slow = std::chrono::steady_clock::now() - start > parts_.slow_call;
    }
    put_back({std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(tried)),
              std::make_move_iterator(items.end())});
    return tried;
}

// A danger to life does not wait for the end of a rest, only for its shortest; of several the one that was tried least.
std::size_t Courier::deliver_emergency(TimePoint now, TimePoint system_now) {
    if (looked_.lasts(system_now)) return 0;
    looked_ = {system_now, system_now + Rest::shortest};
    std::optional<OutboxItem> next;
    parts_.store->run([&](Transaction& tx) {
        next.reset();
        std::vector<OutboxItem> others;
        bool more = true;
        while (more) {  // they come before all others, so what is claimed in vain is little
            const auto page = tx.claim_outbox(id(), now, system_now, static_cast<int>(at_once));
            more = page.size() == at_once;
            for (const auto& item : page) {
                const bool danger = item.priority == Priority::emergency;
                if (!danger) more = false;
                if (danger && (!next || item.attempts < next->attempts)) {
                    if (next) others.push_back(std::move(*next));
                    next = item;
                } else {
                    others.push_back(item);
                }
            }
        }
        for (auto& item : others) {
            item.state = OutboxState::waiting;
            tx.save(item);
        }
    });
    if (!next) return 0;
    deliver(std::move(*next));
    return 1;
}

// A look of a card or a picture to be fetched has limits of its own.
bool Courier::is_full_for(const OutboxItem& item) const {
    return full_ && item.priority >= full_->from && item.kind != "fetch_media" && item.kind != "card_update";
}

// What was claimed and not tried is owed as it was.
void Courier::put_back(const std::vector<OutboxItem>& items) {
    if (items.empty()) return;
    parts_.store->run([&](Transaction& tx) {
        for (auto item : items) {
            item.state = OutboxState::waiting;
            tx.save(item);
        }
    });
}

void Courier::judge(const Problem* problem) {
    const auto now = parts_.service->now(), system_now = parts_.system->now();
    const auto before = rest_.state(now, system_now);
    if (!problem || is_answer(*problem)) rest_.answered();
    if (problem && is_silence(*problem)) {
        ++unanswered_;
        rest_.failed(now, system_now, chance());
    }
    const auto after = rest_.state(now, system_now);
    rest_now_ = after;
    if (before != Rest::State::resting && after == Rest::State::resting) {
        ++rests_;
        log::warning("courier.rests", {{"channel", id().value}, {"why", problem->detail}});
    }
    if (rest_.resting() != rests_since_.empty()) return;
    if (problem && !rest_.resting() && !is_answer(*problem)) return;  // it rested before this process did
    rests_since_ = rest_.resting() ? to_rfc3339(system_now) : std::string{};
    if (rests_since_.empty()) log::info("courier.goes_on", {{"channel", id().value}});
}

// The first unit after a call says what came of it: nothing may fail between the platform and the row.
void Courier::settle(const std::function<void(Transaction&)>& outcome) {
    parts_.store->run([&](Transaction& tx) {
        outcome(tx);
        if (rests_kept_ != rests_since_) tx.set_setting(rest_setting(id()), rests_since_);
    });
    rests_kept_ = rests_since_;
}

void Courier::note(const OutboxItem& item) {
    settle([&](Transaction& tx) {
        tx.save(item);
        // A servicer has the session now: the bot keeps quiet.
        if (item.kind != "hand_over" || item.state != OutboxState::sent || item.reference != "servicer") return;
        auto conversation = tx.conversation(item.conversation);
        if (!conversation || conversation->state != "waiting") return;
        conversation->state = "person";
        conversation->state_since = item.sent_at.value_or(conversation->state_since);
        tx.save(*conversation);
    });
}

// Nothing for whoever was disabled since: what is owed to staff is the house's.
std::string Courier::address_here(const Staff& staff) const {
    if (staff.disabled) return {};
    if (const auto at = staff.addresses.find(id().value); at != staff.addresses.end()) return at->second;
    const auto* traits = parts_.speaker->traits(id());
    return traits && traits->login_is_address ? staff.login : std::string{};
}

void Courier::deliver(OutboxItem item) {
    if (item.staff) {
        const auto directory = parts_.directory->get();
        const auto* staff = directory->staff(item.staff);
        item.address = staff ? address_here(*staff) : std::string{};
        if (item.address.empty()) {
            item.error_code = "no_address";
            item.error_text = staff && staff->disabled ? "this member of staff is disabled"
                                                       : "this member of staff has no address on this channel";
            return give_up(std::move(item), OutboxState::undeliverable);
        }
    }
    if (item.kind == public_kind) {
        const auto most = item.priority == Priority::emergency ? public_advice_most : public_line_most;
        if (parts_.service->now() - item.created_at > most) {
            item.error_code = "too_late";
            item.error_text = "nobody in the group waits for this line any more";
            return give_up(std::move(item), OutboxState::undeliverable);
        }
        if (item.address.empty()) item.address = group_in(item.reference);
    }
    if (goes_once_more_as_text(item)) {
        parts_.store->run(
            [&](Transaction& tx) { reopen_noted(tx, item, parts_.service->now(), parts_.system->now()); });
        return;
    }
    if (item.error_code.rfind(not_arrived, 0) == 0) return give_up(std::move(item), OutboxState::undeliverable);
    if (item.conversation && item.kind != "hand_over" && is_windowed(parts_.channel->capabilities()))
        return deliver_letter(std::move(item));
    ++item.attempts;
    const auto attempted = attempt(item);
    if (attempted.end == OutboxState::undeliverable || attempted.end == OutboxState::dead)
        return give_up(std::move(item), attempted.end);
    note(item);
}

bool Courier::is_young(const OutboxItem& item) const { return parts_.service->now() - item.created_at < wait_most; }

Courier::Attempt Courier::attempt(OutboxItem& item) {
    Attempt attempted;
    const auto receipt = parts_.channel->send(item);
    judge(receipt ? nullptr : &receipt.problem());
    if (receipt) {
        item.state = attempted.end = OutboxState::sent;
        item.sent_at = parts_.service->now();
        item.error_code.clear();
        item.error_text.clear();
        if (!receipt->reference.empty()) item.reference = receipt->reference;
        attempted.messages = receipt->messages;
        ++sent_;
        log::info("outbox.sent",
                  {{"channel", id().value}, {"item", item.id.value}, {"kind", item.kind}, {"attempts", item.attempts}});
        return attempted;
    }
    const auto& problem = receipt.problem();
    item.error_code = problem.detail.substr(0, problem.detail.find(' '));
    if (item.error_code.empty()) item.error_code = problem.code;
    item.error_text = problem.text;
    log::warning("outbox.not_sent", {{"channel", id().value},
                                     {"item", item.id.value},
                                     {"kind", item.kind},
                                     {"code", problem.code},
                                     {"platform", item.error_code},
                                     {"attempts", item.attempts}});
    attempted.used_up = problem.code == "channel.closed";
    attempted.taken = problem.code == "channel.taken";
    if (problem.code == "channel.gone" || attempted.used_up || attempted.taken) {
        attempted.end = OutboxState::undeliverable;
    } else if (problem.code == "channel.rejected" || (item.attempts >= attempts_most && !is_young(item))) {
        attempted.end = OutboxState::dead;
    } else if (const auto told = told_to_wait(problem.detail); told && *told > danger_waits && is_his_danger(item)) {
        attempted.end = OutboxState::undeliverable;  // it goes on by the next way, or somebody calls
    } else {
        const auto system_now = parts_.system->now();
        auto wait = told.value_or(backoff(item.attempts, chance()));
        if (const auto all = whole_channel_waits(problem.detail))
            full_ = Full{item.priority, {system_now, system_now + std::max(*all, Milliseconds{100})}};
        // It is no fault of this message's: it is tried again as soon as the platform is, a danger to life sooner.
        if (!told && rest_.resting() && is_silence(problem)) wait = std::min(wait, Rest::longest);
        if (!told && item.priority == Priority::emergency) wait = std::min(wait, Rest::shortest);
        if (item.attempts >= attempts_most) wait = std::max(wait, Rest::shortest);
        if (problem.code == "channel.alarm") wait = std::max(wait, operators_wait);
        wait = std::max(wait, Milliseconds{100});  // whoever says "at once" is not asked in a loop
        item.next_attempt_at = parts_.service->now() + wait;
        item.next_attempt_system = system_now + wait;
        ++retried_;
    }
    item.state = attempted.end;
    return attempted;
}

void Courier::deliver_letter(OutboxItem item) {
    const auto& can = parts_.channel->capabilities();
    const auto now = parts_.service->now();
    const auto system_now = parts_.system->now();
    Letter letter;
    parts_.store->run([&](Transaction& tx) { letter = make_letter(tx, item, *parts_.channel, can, now, system_now); });
    if (letter.fate == Letter::Fate::hold || letter.fate == Letter::Fate::follow) return;
    if (letter.fate == Letter::Fate::closed) {
        item.error_code = "window_closed";
        item.error_text = "the platform lets us speak only a while after the resident did";
        item.state = OutboxState::undeliverable;
        return give_up(item, OutboxState::undeliverable, [&](Transaction& tx) {
            settle_letter(tx, item, letter.with, 0, false, can, now, system_now);  // each of them finds its own way
        });
    }
    const auto attempted = attempt(letter.lead);
    letter.lead.said = item.said;  // its own words again: what went with it has rows of its own
    const auto later = parts_.service->now();
    const auto system_later = parts_.system->now();
    const auto outcome = [&](Transaction& tx) {
        settle_letter(tx, letter.lead, letter.with, attempted.messages, attempted.used_up, can, later, system_later);
        // The platform knows better who has the talk: the bot keeps quiet.
        auto conversation = attempted.taken ? tx.conversation(letter.lead.conversation) : std::nullopt;
        if (!conversation || conversation->state == "person") return;
        conversation->state = "person";
        conversation->state_since = later;
        tx.save(*conversation);
    };
    if (attempted.end == OutboxState::undeliverable || attempted.end == OutboxState::dead)
        return give_up(letter.lead, attempted.end, outcome);
    settle(outcome);
}

// A picture a resident sent: the bytes are with the platform for some days only.
void Courier::fetch(OutboxItem item) {
    ++item.attempts;
    const AttachmentId attachment_id = item.said.image;
    InboundMedia media;
    if (const auto wish = parse_json(item.said.text)) {
        media.media_id = wish->value("media_id", std::string{});
        media.url = wish->value("url", std::string{});
        media.media_type = wish->value("media_type", std::string{});
    }
    auto bytes = parts_.channel->fetch_media(media);
    judge(bytes ? nullptr : &bytes.problem());
    const bool alarm = !bytes && bytes.problem().code == "channel.alarm";
    const bool busy = !bytes && bytes.problem().code == "channel.busy";
    const bool silent = !bytes && is_silence(bytes.problem());
    const auto age = std::chrono::duration_cast<Milliseconds>(parts_.service->now() - item.created_at);
    std::string why;
    if (bytes) {
        const auto kind = image_kind(*bytes);
        std::optional<Attachment> attachment;
        parts_.store->read([&](Reading& reading) { attachment = reading.attachment(attachment_id); });
        if (!attachment) return give_up(std::move(item), OutboxState::dead);
        if (attachment->kind == "image" && !kind) {
            why = "talk.media_not_image";
        } else {
            const auto hash = parts_.store->saved_media(*bytes);
            item.state = OutboxState::sent;
            item.sent_at = parts_.service->now();
            settle([&](Transaction& tx) {
                // Read again: it may have come to a ticket while the bytes were on their way.
                auto arrived = tx.attachment(attachment_id);
                if (!arrived) {  // it was erased meanwhile
                    auto gone = item;
                    gone.state = OutboxState::dead;
                    gone.sent_at.reset();
                    return tx.save(gone);
                }
                arrived->bytes = static_cast<std::int64_t>(bytes->size());
                arrived->sha256 = hash;
                if (kind) arrived->media_type = kind->media_type;
                if (arrived->name.empty()) arrived->name = kind ? "照片." + kind->extension : arrived->kind;
                tx.save(*arrived);
                tx.save(item);
            });
            return;
        }
    } else if (alarm || silent ? age < medium_wait : busy && item.attempts < busy_most) {
        const auto told = told_to_wait(bytes.problem().detail);
        auto wait = told.value_or(backoff(item.attempts, chance()));
        // What our own settings prevent is no attempt of the picture's, nor is a platform that says nothing: it waits
        // until somebody has mended them, or as long again as it has waited.
        if (alarm || silent) --item.attempts;
        if (alarm) wait = std::max(wait, operators_wait);
        if (silent && !told)
            wait = std::clamp(age, Milliseconds{1000}, rest_.resting() ? Rest::longest : Milliseconds{3600000});
        log::warning("outbox.not_sent", {{"channel", id().value},
                                         {"item", item.id.value},
                                         {"kind", item.kind},
                                         {"code", bytes.problem().code},
                                         {"attempts", item.attempts}});
        item.state = OutboxState::waiting;
        item.error_code = bytes.problem().detail;
        item.error_text = bytes.problem().text;
        item.next_attempt_at = parts_.service->now() + wait;
        item.next_attempt_system = parts_.system->now() + wait;
        ++retried_;
        return note(item);
    } else {
        why = bytes.problem().code == "media.too_large" ? "talk.media_too_large" : "talk.media_failed";
    }
    // The customer hears that the picture did not come, in the talk it was sent in.
    item.state = OutboxState::dead;
    item.error_code = why;
    item.error_text = bytes ? "not a picture" : bytes.problem().text;
    ++dead_;
    const auto now = parts_.service->now();
    settle([&](Transaction& tx) {
        tx.save(item);
        if (auto conversation = tx.conversation(item.conversation)) {
            Said said;
            said.text = parts_.phrases->in(language_of(*conversation)).render(why);
            Saying how;
            how.key = "media:" + attachment_id.value;
            parts_.speaker->say(tx, *conversation, said, {}, how, now);
        }
    });
}

}  // namespace huiyin
