// What a resident asks about his own data: shown or put right at once, the rest taken down for staff.
#include "bot/desk_work.h"
#include "bot/wording.h"
#include "workflow/privacy/rights.h"

namespace huiyin {

namespace {

bool waits(const PrivacyRequest& request) { return request.state == "waiting"; }

}  // namespace

void FrontDesk::Work::own_data(const OwnData& asked) {
    using What = OwnDataWish::What;
    if (!parts.rights) return call_person({"wished", here()});
    const auto& zone = pack().policy->calendar.zone();
    const auto told = [&](std::string_view key, const PhraseValues& values = {}) {
        say({.text = text(key, values), .choices = {}, .kind = "talk", .ticket = {}, .more = {}});
    };
    const auto when = [&](TimePoint at) { return moment_in(language_of(conversation), at, now, zone); };
    const auto& wish = asked.wish;
    if (wish.what == What::see) {
        const auto tickets = tx.tickets_of(person.id, 100).size();
        return told("talk.own_data", {{"name", person.name},
                                      {"phone", phone_masked(person.phone)},
                                      {"tickets", tickets == 0 ? std::string() : std::to_string(tickets)}});
    }
    if (wish.what == What::keep) {
        for (const auto& request : tx.keeping().privacy_requests_of(person.id))
            if (request.kind == "erase" && waits(request) && parts.rights->withdraw(tx, request.id, person.id, now))
                return told("talk.own_data_kept");
        return told("talk.own_data_nothing_asked");
    }
    if (wish.what == What::correct && wish.name.empty() && wish.phone.empty()) return told("talk.own_data_correct_how");
    if (wish.what == What::correct) {
        Correction right;
        if (!wish.name.empty()) right.name = wish.name;
        if (!wish.phone.empty()) right.phone = wish.phone;
        const auto put_right = with_engine([&] {
            return parts.rights->correct(
                tx, person.id, right, {.engine = parts.engine, .by = resident(person.id), .now = now, .held = held()});
        });
        if (!put_right) return told("talk.own_data_correct_how");
        person = *put_right;
        own.reset();
        return told("talk.own_data_corrected",
                    {{"name", wish.name.empty() ? std::string() : person.name},
                     {"phone", wish.phone.empty() ? std::string() : phone_masked(person.phone)}});
    }
    const std::string kind = wish.what == What::erase ? "erase" : "export";
    const auto request = parts.rights->ask(
        tx, {.person = person.id, .conversation = conversation.id, .kind = kind, .words = asked.words, .noted_by = {}},
        now);
    if (request)
        return told(wish.what == What::erase ? "talk.own_data_erase" : "talk.own_data_export",
                    {{"when", when(request->due_at)}});
    for (const auto& other : tx.keeping().privacy_requests_of(person.id))
        if (other.kind == kind && other.state != "done" && other.state != "refused" && other.state != "withdrawn")
            return told("talk.own_data_taken", {{"when", when(other.due_at)}});
    call_person({"wished", here()});
}

}  // namespace huiyin
