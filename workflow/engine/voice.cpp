// What is owed after a decision becomes rows: messages and prompts to residents, pushes to staff.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "workflow/base/log.h"
#include "workflow/engine/language.h"
#include "workflow/engine/push.h"
#include "workflow/engine/wording.h"
#include "workflow/engine/work.h"
#include "workflow/phrases/writing.h"

namespace huiyin {
namespace {

bool is_about_deadline(const Owed& owed) { return owed.event.rfind("deadline.", 0) == 0; }

Priority staff_priority(const Owed& owed) { return is_about_deadline(owed) ? Priority::deadline : Priority::progress; }

// Words that people wrote go to staff devices without numbers in them.
Facts without_numbers_in(Facts given) {
    for (auto& each : given)
        if (auto* text = std::get_if<std::string>(&each.second); text && is_words(each.first))
            *text = numbers_masked(*text);
    return given;
}

// What a question's choices are called and what they do.
struct Answer {
    std::string phrase;
    Json action;
    std::string title = {};  // the pack's own word for it
    int score = 0;
};
std::vector<Answer> answers_to(const std::string& question, const Policy& policy) {
    if (question == "consent") {
        std::vector<Answer> answers;
        for (const auto& answer : policy.proposals.answers)
            answers.push_back({"customer.choice." + answer, {{"command", "consent"}, {"answer", answer}}});
        return answers;
    }
    if (question == "fixed")
        return {{"customer.choice.fixed_yes", {{"command", "confirm"}, {"fixed", "yes"}}},
                {"customer.choice.fixed_partly", {{"command", "confirm"}, {"fixed", "partly"}}},
                {"customer.choice.fixed_no", {{"command", "confirm"}, {"fixed", "no"}}}};
    static const std::array<const char*, 5> faces{"customer.choice.score_1", "customer.choice.score_2",
                                                  "customer.choice.score_3", "customer.choice.score_4",
                                                  "customer.choice.score_5"};
    std::vector<Answer> answers;
    for (const auto& answer : policy.surveys.answers)
        answers.push_back({{}, {{"command", "rate"}, {"score", answer.score}}, answer.title, answer.score});
    if (!answers.empty()) return answers;
    for (int score = 1; score <= std::min(policy.surveys.scale, 5); ++score)
        answers.push_back({faces.at(static_cast<std::size_t>(score - 1)), {{"command", "rate"}, {"score", score}}});
    return answers;
}

// Does it say by when? Any of the times that a text may name.
bool names_time(const std::string& said, const PhraseSource& values) {
    static constexpr std::array<std::string_view, 5> times{"until", "result_time", "accept_time", "finish_by", "limit"};
    return std::any_of(times.begin(), times.end(), [&](std::string_view name) {
        const auto* time = values.find(name);
        return time && !time->empty() && said.find(*time) != std::string::npos;
    });
}

// What those hear of it who joined: news of the matter, in words of their own where the customer's speak of what he
// said or decided. Empty: the same words; nothing: not theirs to hear.
std::optional<std::string> phrase_for_supporters(std::string_view phrase, Phase phase) {
    const auto is_any = [&](std::initializer_list<std::string_view> keys) {
        return std::find(keys.begin(), keys.end(), phrase) != keys.end();
    };
    if (is_any({"customer.accepted", "customer.assigned", "customer.escalated", "customer.escalated_accepted",
                "customer.resumed", "customer.exempt", "customer.reopened", "customer.relayed", "customer.moved_up",
                "customer.transferred", "customer.harm_stopped"}))
        return std::string();
    // A reason or a result was written for the customer, and may speak of him.
    if (phrase == "customer.result") return "customer.joined_result";
    if (phrase == "customer.paused") return "customer.joined_paused";
    if (phrase == "customer.extended") return "customer.joined_extended";
    if (phrase == "customer.rejected" || phrase == "customer.terminated") return "customer.joined_ended";
    if (phase == Phase::merged) return std::nullopt;  // they go along, and are told so there
    if (phrase == "customer.withdrawn") return "customer.joined_withdrawn";
    if (is_end(phase)) return "customer.joined_closed";
    if (is_any({"customer.overdue", "customer.answer_late", "customer.still_open"})) return "customer.joined_late";
    if (is_any({"customer.not_fixed", "customer.partly_fixed", "customer.low_score"})) return "customer.joined_again";
    return std::nullopt;
}

}  // namespace

const TicketValues& Engine::Work::known(TimePoint at, const std::string& language) {
    const auto wanted = language == house_language ? std::string() : language;
    if (!known_ || known_->at() != at || known_->language() != wanted)
        known_.emplace(tx, parts, ticket, around, at, deadlines_at(at), told, wanted);
    return *known_;
}

const PhraseValues no_values;
const PlainValues nothing_given(no_values);

std::string Engine::Work::words(const std::string& key, const PhraseSource& values, const std::string& language) const {
    return phrase_words(parts, around, ticket, key, values, language);
}

void Engine::Work::give(const Owed& owed, int ordinal) {
    const auto& name = owed.effect.name;
    const auto key = "t" + to_text(ticket.id) + ":" + std::to_string(owed.sequence) + ":" + std::to_string(ordinal);
    if (name == "tell") return tell(owed, key);
    if (name == "notify") return notify(owed, is_about_deadline(owed) ? "deadline" : "task", staff_priority(owed), key);
    if (name == "page") return notify(owed, "emergency", Priority::emergency, key);
    if (name == "task") {
        if (!owed.effect.field("phrase").empty()) notify(owed, "task", staff_priority(owed), key);
        return;
    }
    if (name.rfind("ask_", 0) == 0) return ask(owed, name.substr(4), key);
    log::error("engine.unknown_effect", {{"effect", name}, {"ticket", ticket.number}});
}

// The caller's own object for the conversation he holds, else the row, read into `room`.
Conversation* Engine::Work::open_conversation(ConversationId id, Conversation& room) {
    if (held.conversation && held.conversation->id == id) return held.conversation;
    auto row = tx.conversation(id);
    if (!row) return nullptr;
    room = std::move(*row);
    return &room;
}

void Engine::Work::tell_person(PersonId person, ConversationId first, const InLanguage& text, const Saying& saying) {
    const auto where = where_to_speak(tx, person, first);
    Conversation room;
    auto* conversation = where ? open_conversation(*where, room) : nullptr;
    if (!conversation) return;
    auto how = saying;
    how.how = conversation == held.conversation ? held.how : How::push;
    // A passive reply has the key that the door finds it by, should the answer not reach the platform.
    how.key = how.how == How::passive ? std::string() : saying.key + ":" + to_text(person);
    Said said;
    said.text = text(language_of(*conversation));
    said.ticket = ticket.id;
    said.ticket_number = ticket.number;
    parts.speaker->say(tx, *conversation, std::move(said), {}, how, owed_at_);
}

// Why the pack does not take a matter, and who does, as he reads it.
void Engine::Work::put_admission(GivenTo& given, const Facts& facts, const std::string& language) const {
    if (language.empty() || language == house_language) return;
    const auto named = [&](const char* what, const std::string& key, const std::string& title) {
        return name_in(parts, around.policy, language, what, key, title);
    };
    const auto fact_of = [&](const char* name) {
        const auto found = facts.find(name);
        const auto* text = found == facts.end() ? nullptr : std::get_if<std::string>(&found->second);
        return text ? *text : std::string{};
    };
    for (const auto& test : around.policy->admission.tests) {
        if (!test.reason.empty() && test.reason == fact_of("admission_reason"))
            given.put("admission_reason", named("reason", test.name, test.reason));
        if (!test.advice.empty() && test.advice == fact_of("admission_advice"))
            given.put("admission_advice", named("advice", test.name, test.advice));
        for (std::size_t i = 0; i < test.bodies.size(); ++i) {
            const auto& body = test.bodies[i];
            if (body.name != fact_of("admission_body") || body.contact != fact_of("admission_contact")) continue;
            const auto key = test.name + "." + std::to_string(i + 1);
            given.put("admission_body", named("body", key, body.name));
            if (!body.contact.empty()) given.put("admission_contact", named("contact", key, body.contact));
        }
    }
}

// Where the pack wants a definite time at every pause, whoever waits for us hears one.
std::string Engine::Work::words_with_time(const std::string& phrase, const Owed& owed, const std::string& language) {
    const bool waits = around.policy->talk.states_time && !is_end(ticket.phase) && !ticket.resolved_at &&
                       ticket.asked.empty() && ticket.flags.count("emergency") == 0;
    const auto& values = known(owed.at, language);
    GivenTo given(values, owed.given);
    put_admission(given, owed.given, language);
    auto said = words(phrase, given, language);
    if (!waits || names_time(said, given)) return said;
    const bool result = !values["result_time"].empty();
    if (result || !values["accept_time"].empty())
        said += "\n" + words(result ? "customer.next.result" : "customer.next.accept", given, language);
    return said;
}

void Engine::Work::tell(const Owed& owed, const std::string& key) {
    const bool opened = owed.event == "ticket.opened";
    auto phrase = owed.effect.field("phrase");
    // Who would harm himself is spoken with, and hears of no ticket in between.
    if (phrase == "customer.filed" && ticket.emergency == "self_harm" && around.context.has_chat) return;
    // Who praises or suggests is thanked, and waits for no result; unless the pack answers suggestions as a kind.
    if (phrase == "customer.filed" && ticket.kind != "suggestion" &&
        (ticket.flags.count("praise") != 0 || ticket.flags.count("suggestion") != 0))
        phrase = "customer.filed_thanks";
    const auto text = [&](const std::string& language) { return words_with_time(phrase, owed, language); };
    Saying saying;
    saying.kind = is_about_deadline(owed) ? "deadline" : "progress";
    saying.priority = is_about_deadline(owed) ? Priority::deadline : Priority::progress;
    if (owed.event == "emergency.kept_alive") {
        saying.kind = "emergency";
        saying.priority = Priority::emergency;
    }
    saying.ticket = ticket.id;
    saying.key = key;
    owed_at_ = owed.at;
    // Where the pack gives the result to people with a name only, who stays without one is told no more of it.
    const bool over = is_end(ticket.phase) || ticket.resolved_at;
    if (ticket.anonymous && over && around.policy->identity.result_to == "identified") {
        log::info("engine.result_kept", {{"ticket", ticket.number}});
    } else if (around.context.has_chat) {
        tell_person(ticket.customer, ticket.conversation, text, saying);
    } else if (!opened) {
        // Nobody hears a push he has no channel for: the acceptor tells him by telephone.
        auto by_phone = owed;
        by_phone.effect.fields = {{"phrase", "staff.tell_by_phone"}, {"role", "acceptor"}};
        by_phone.given["text"] = cut_to(text({}), 120);
        notify(by_phone, "task", Priority::progress, key + ":call");
    }
    if (!ticket.supporters.empty()) tell_supporters(owed, saying);
}

void Engine::Work::tell_supporters(const Owed& owed, const Saying& saying) {
    const auto phrase = owed.effect.field("phrase");
    const auto own = phrase_for_supporters(phrase, ticket.phase);
    if (!own) return;
    const auto text = [&](const std::string& language) {
        return words_with_time(own->empty() ? phrase : *own, owed, language);
    };
    owed_at_ = owed.at;
    for (const auto supporter : ticket.supporters) tell_person(supporter, {}, text, saying);
}

void Engine::Work::welcome(PersonId supporter, ConversationId conversation) {
    Saying saying;
    saying.kind = "progress";
    saying.ticket = ticket.id;
    saying.key = "t" + to_text(ticket.id) + ":joined";
    owed_at_ = now;
    Owed joined;
    joined.at = now;
    const auto text = [&](const std::string& language) { return words_with_time("customer.joined", joined, language); };
    tell_person(supporter, conversation, text, saying);
}

void Engine::Work::ask(const Owed& owed, const std::string& question, const std::string& key) {
    if (ticket.asked != question) return;                     // what followed in the same moment has outrun it
    if (question == "fixed" && !ticket.supporters.empty()) {  // asked of the customer alone; they say if it is not
        Saying news;
        news.kind = "progress";
        news.ticket = ticket.id;
        news.key = key + ":joined";
        const auto text = [&](const std::string& language) {
            return words("customer.joined_resolved", GivenTo(known(owed.at, language), owed.given), language);
        };
        owed_at_ = owed.at;
        for (const auto supporter : ticket.supporters) tell_person(supporter, {}, text, news);
    }
    const auto where = where_to_speak(tx, ticket.customer, ticket.conversation);
    Conversation room;
    auto* conversation = where ? open_conversation(*where, room) : nullptr;
    if (!conversation) return log::error("engine.nobody_to_ask", {{"ticket", ticket.number}, {"question", question}});
    auto phrase = owed.effect.field("phrase");
    if (phrase.empty()) phrase = "customer.ask_" + question;
    const auto language = language_of(*conversation);
    std::vector<ChoiceAction> choices;
    for (auto& answer : answers_to(question, *around.policy))
        choices.push_back({answer.title.empty()
                               ? words(answer.phrase, nothing_given, language)
                               : in_writing_of(language, name_in(parts, around.policy, language, "answer",
                                                                 std::to_string(answer.score), answer.title)),
                           std::move(answer.action)});
    Said said;
    said.text = words(phrase, GivenTo(known(owed.at, language), owed.given), language);
    said.ticket = ticket.id;
    said.ticket_number = ticket.number;
    Saying saying;
    saying.kind = question;
    saying.priority = question == "rating" ? Priority::survey : Priority::consent;
    saying.ticket = ticket.id;
    saying.how = conversation == held.conversation ? held.how : How::push;
    if (saying.how == How::push) saying.key = key;
    saying.more = {{"number", ticket.number}, {"round", ticket.rounds}};
    parts.speaker->say(tx, *conversation, std::move(said), choices, saying, owed.at);
}

std::vector<const Staff*> Engine::Work::recipients(const std::string& word, const std::string& unit) const {
    const auto& directory = *around.directory;
    const auto* assignee = directory.staff(ticket.assignee);
    const bool to_assignee = (word == "assignee" || word == "owner") && assignee && !assignee->disabled;
    if (to_assignee) return {assignee};
    std::string role = word;
    UnitId start = ticket.unit;
    if (word == "assignee" || word == "owner" || word == "office") {
        role = ticket.owner_role;
        start = ticket.owner_unit ? ticket.owner_unit : ticket.unit;
    } else if (word == "acceptor") {
        role = around.policy->accept_role;
    } else if (word == "handler") {
        const auto facts = facts_of(ticket, *around.policy, around.context, now);
        const auto* route = handler_route(*around.policy, facts);
        role = route ? route->role : ticket.owner_role;
    }
    auto holders = free_holders(ticket, *around.policy, directory, role, start);
    if (holders.empty() &&
        ticket.recused.empty())  // nobody here or above: the place is not known yet, so all below hear of it
        for (const auto& each : directory.staff())
            if (!each.disabled && directory.is_within(each.unit, start) &&
                std::find(each.roles.begin(), each.roles.end(), role) != each.roles.end())
                holders.push_back(&each);
    if (unit == "own")
        holders.erase(std::remove_if(holders.begin(), holders.end(),
                                     [&](const Staff* staff) { return staff->unit != ticket.unit; }),
                      holders.end());
    return holders;
}

// What this person could do by one tap now; at most three, the likeliest first.
std::vector<Choice> Engine::Work::buttons_for(const Staff& staff) const {
    const auto actor = huiyin::acting_as(ticket, huiyin::staff(staff.id), around);
    const auto commands = huiyin::allowed(ticket, actor, *around.policy, around.context, now);
    const auto may = [&](const char* command) {
        return std::any_of(commands.begin(), commands.end(),
                           [&](const AllowedCommand& each) { return each.command == command; });
    };
    const bool mine = ticket.assignee == staff.id || std::find(actor.begin(), actor.end(), "owner") != actor.end();
    std::vector<std::string> names;
    if (may("accept")) names.push_back(ticket.flags.count("emergency") ? "take" : "accept");
    if (may("review")) names.push_back("approve");
    if (mine && ticket.phase != Phase::open && !may("accept")) {
        if (may("reply")) names.push_back("progress");
        if (may("resolve")) names.push_back("resolve");
        if (may("return")) names.push_back("return");
    }
    std::vector<Choice> buttons;
    for (const auto& name : names)
        if (const auto button = staff_button(name); button && buttons.size() < 3)
            buttons.push_back({button->title, parts.keys->for_staff(ticket.id, name)});
    return buttons;
}

void Engine::Work::notify(const Owed& owed, const std::string& kind, Priority priority, const std::string& key) {
    if (parts.staff_channels.empty()) return;  // they look at the console
    const auto phrase = owed.effect.field("phrase");
    const auto who = recipients(owed.effect.field("role"), owed.effect.field("unit"));
    if (who.empty()) {
        log::error("engine.nobody_holds_role", {{"role", owed.effect.field("role")}, {"ticket", ticket.number}});
        return;
    }
    const auto& values = known(owed.at);
    Said said;
    said.text = words(phrase, GivenTo(values, without_numbers_in(owed.given)));
    said.ticket = ticket.id;
    said.ticket_number = ticket.number;
    Card card;
    card.title = values["short_place"] + " " + values["short_matter"];
    card.text = said.text;
    if (!parts.public_url.empty()) card.url = parts.public_url + "/console/tickets/" + ticket.number;
    said.card = card;
    const Push push{std::move(said), kind, priority, owed.at, key, ticket.id, ticket.number};
    bool group_told = false;
    for (const auto* staff : who) {
        if (!told_.insert({staff->id, phrase + ":" + std::to_string(owed.sequence)}).second) continue;
        auto to_him = push;
        to_him.key += ":" + to_text(staff->id);
        push_to_staff(tx, parts, *staff, to_him, [&] { return buttons_for(*staff); });
        group_told = true;
    }
    if (group_told) huiyin::push_to_groups(tx, parts, push);
}

// A card whose buttons have done their work says what happened, on everybody's phone.
void Engine::Work::update_cards(const std::vector<Event>& events) {
    static const std::array<std::string, 8> closing{"ticket.accepted", "ticket.assigned",  "ticket.returned",
                                                    "ticket.resolved", "ticket.reviewed",  "ticket.withdrawn",
                                                    "ticket.merged",   "ticket.terminated"};
    const auto done = std::find_if(events.begin(), events.end(), [](const Event& event) {
        return std::find(closing.begin(), closing.end(), event.type) != closing.end();
    });
    if (done == events.end()) return;
    const auto* staff = done->by.kind == PartyKind::staff ? around.directory->staff(StaffId{done->by.id}) : nullptr;
    GivenTo values(known(now), {});
    values.put("by", staff ? staff->name : std::string());
    const auto text = parts.phrases->render("staff.card." + done->type.substr(done->type.find('.') + 1), values);
    for (const auto& row : tx.outbox_of(ticket.id)) {
        if (!row.staff || row.said.choices.empty() || row.reference.empty() || row.kind == "card_update") continue;
        // Once: the platform takes one update of a card.
        auto item = push_row(
            parts, row.channel,
            {row.said, "card_update", Priority::progress, now, "card:" + to_text(row.id), ticket.id, ticket.number});
        item.staff = row.staff;
        item.address = row.address;
        item.said.choices.clear();
        item.said.text = text;
        item.reference = row.reference;
        tx.add(item);
    }
}

}  // namespace huiyin
