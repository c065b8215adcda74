#include "channels/wecom_kf/sessions.h"

#include <algorithm>

#include "channels/wecom_kf/reactions.h"

namespace huiyin::kf {
namespace {

constexpr int accounts_most = 5000;
constexpr int accounts_at_once = 100;

enum State : std::int64_t { in_pool = 2, with_servicer = 3, over = 4 };

}  // namespace

// An answer without a code, or the problem that the code is.
Result<ApiAnswer> Sessions::accepted(Result<ApiAnswer> answer) const {
    if (answer && answer->errcode) return refusal_of(channel_, *answer, clock_.now());
    return answer;
}

Result<std::int64_t> Sessions::state_of(const std::string& customer) {
    auto answer = accepted(
        api_.post("/cgi-bin/kf/service_state/get", {{"open_kfid", open_kfid_}, {"external_userid", customer}}));
    if (!answer) return answer.problem();
    const auto state = answer->json.find("service_state");
    if (state == answer->json.end() || !state->is_number_integer())
        return Problem{"channel.busy", "WeCom's answer has no service_state", "unreadable"};
    return state->get<std::int64_t>();
}

Problem Sessions::why_refused(const std::string& customer) {
    const auto state = state_of(customer);
    if (!state) return state.problem();
    const auto detail = "95018 state=" + std::to_string(*state);
    if (*state == with_servicer) return {"channel.taken", "a servicer has the session", detail};
    if (*state == in_pool) return {"channel.gone", "the session waits for a servicer", detail};
    return {"channel.closed", "the session is over: he has to write first", detail};
}

// Those who receive at this moment.
Result<std::vector<std::string>> Sessions::servicers() {
    auto answer = accepted(api_.get("/cgi-bin/kf/servicer/list?open_kfid=" + url_encoded(open_kfid_)));
    if (!answer) return answer.problem();
    std::vector<std::string> ready;
    const auto list = answer->json.find("servicer_list");
    if (list == answer->json.end() || !list->is_array()) return ready;
    for (const auto& one : *list)
        if (one.is_object() && one.value("status", 1) == 0)
            if (auto userid = one.value("userid", std::string{}); !userid.empty()) ready.push_back(std::move(userid));
    return ready;
}

Result<Receipt> Sessions::hand_over(const std::string& customer, bool ends) {
    std::vector<std::string> takers;
    if (!ends) {
        auto ready = servicers();
        if (!ready) return ready.problem();
        takers = std::move(*ready);
        // In turn: whoever is first in the list does not get all.
        if (!takers.empty())
            std::rotate(takers.begin(), takers.begin() + static_cast<std::ptrdiff_t>(handed_over_++ % takers.size()),
                        takers.end());
    }
    takers.emplace_back();  // nobody by name: the pool, or the end
    for (const auto& servicer : takers) {
        Json body{{"open_kfid", open_kfid_}, {"external_userid", customer}};
        body["service_state"] = ends ? over : servicer.empty() ? in_pool : with_servicer;
        if (!servicer.empty()) body["servicer_userid"] = servicer;
        auto answer = api_.post("/cgi-bin/kf/service_state/trans", body);
        if (!answer) return answer.problem();
        Receipt receipt;
        receipt.messages = 0;
        receipt.reference = ends ? "nobody" : servicer.empty() ? "pool" : "servicer";
        if (answer->errcode == 0) return receipt;
        constexpr int no_servicer = 95014, does_not_receive = 95019, no_such_change = 95016;
        if (answer->errcode == no_servicer || answer->errcode == does_not_receive) continue;
        if (answer->errcode != no_such_change) return refusal_of(channel_, *answer, clock_.now());
        // It stands there already, or cannot be changed: then the console has him all the same.
        const auto state = state_of(customer);
        if (!state) return state.problem();
        if (ends != (*state == over)) return refusal_of(channel_, *answer, clock_.now());
        if (!ends && *state != in_pool && *state != with_servicer) return refusal_of(channel_, *answer, clock_.now());
        receipt.reference = *state == with_servicer ? "servicer" : *state == in_pool ? "pool" : "nobody";
        return receipt;
    }
    return Problem{"channel.rejected", "nobody takes the session", "95014"};
}

Result<std::string> Sessions::check(bool to_servicers) {
    for (int offset = 0; offset < accounts_most; offset += accounts_at_once) {
        auto answer =
            accepted(api_.post("/cgi-bin/kf/account/list", {{"offset", offset}, {"limit", accounts_at_once}}));
        if (!answer) return answer.problem();
        const auto list = answer->json.find("account_list");
        if (list == answer->json.end() || !list->is_array()) break;
        for (const auto& one : *list) {
            if (!one.is_object() || one.value("open_kfid", std::string{}) != open_kfid_) continue;
            const auto name = one.value("name", std::string{});
            if (!one.value("manage_privilege", true))
                return Problem{"channel.alarm",
                               "this app may not manage the account \"" + name +
                                   "\": hand it to the app on the customer service's API page",
                               "95017"};
            const std::string seen = "WeCom answers, and \"" + name + "\" is given to this app";
            if (!to_servicers) return seen;
            auto ready = servicers();
            if (!ready) return ready.problem();
            if (ready->empty())
                return Problem{"channel.alarm",
                               "\"handover\" is \"servicers\", and the account has no servicer who receives: add some "
                               "on its page, or write \"console\"",
                               "95014"};
            return seen + ", with " + std::to_string(ready->size()) + " servicers who receive";
        }
        if (list->size() < static_cast<std::size_t>(accounts_at_once)) break;
    }
    return Problem{
        "channel.alarm",
        "no customer service account \"" + open_kfid_ +
            "\" is given to this app: compare \"open_kfid\" (its capitals count) with the account's page, and "
            "hand the account to the app on the customer service's API page",
        "95004"};
}

}  // namespace huiyin::kf
