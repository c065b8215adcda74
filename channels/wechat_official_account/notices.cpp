#include "channels/wechat_official_account/notices.h"

#include <algorithm>

#include "channels/channel.h"
#include "channels/outgoing/unanswered.h"
#include "channels/wechat_official_account/reactions.h"
#include "workflow/base/log.h"

namespace huiyin::wechat {
namespace {

constexpr std::int64_t not_allowed = 43101, bad_value = 47003, bad_page = 41030, no_template = 40037,
                       bad_template = 40036;
constexpr const char* not_granted = "not_granted";
constexpr const char* not_known = "unknown";
constexpr auto name_holds = std::chrono::minutes{10};  // the platform shows a template message of one name once
constexpr std::size_t most_names = 1000;

std::string id_in(const ApiAnswer& answer) {
    const auto id = answer.json.find("msgid");
    if (id == answer.json.end()) return "0";
    return id->is_number_unsigned()  ? std::to_string(id->get<std::uint64_t>())
           : id->is_number_integer() ? std::to_string(id->get<std::int64_t>())
           : id->is_string()         ? id->get<std::string>()
                                     : "0";
}

// "argument invalid! data.thing2.value invalid": the key whose value breaks its rule; empty if it names none of ours.
std::string key_named(const std::string& errmsg, const Json& data) {
    for (const auto& [key, value] : data.items())
        if (errmsg.find("data." + key + ".") != std::string::npos || errmsg.find(key + " ") != std::string::npos)
            return key;
    return {};
}

// The form is of no use as it stands; the next may be.
bool is_of_the_form(std::int64_t code) {
    return code == not_allowed || code == bad_value || code == bad_page || code == no_template ||
           code == bad_template || code == 48001 || code == 45103 || code == 48008;
}

}  // namespace

const std::vector<NoticeForm>* Notices::forms_for(const OutboxItem& item) const {
    auto found = forms_.find(item.kind);
    if (found == forms_.end()) found = forms_.find("*");
    return found == forms_.end() || found->second.empty() ? nullptr : &found->second;
}

Result<std::string> Notices::send(const OutboxItem& item) {
    Problem problem{"channel.gone", "no notice of ours can reach this person", "no_notice"};
    const auto* forms = forms_for(item);
    if (!forms) return problem;
    for (const auto& form : *forms) {
        auto sent = send(form, item);
        if (sent) {
            forget(item.id);
            return sent;
        }
        problem = sent.problem();
        if (problem.code != "channel.gone" && problem.code != "channel.rejected") return problem;
        if (problem.detail == not_known) break;
        if (problem.detail != not_granted)
            log::warning("channel.notice_refused", {{"template", form.id}, {"code", problem.detail}});
    }
    forget(item.id);
    // Nothing is wrong with the message: it goes on by its next way.
    return Problem{"channel.gone", problem.text, problem.detail};
}

Result<std::string> Notices::send(const NoticeForm& form, const OutboxItem& item) {
    const auto data = notice_data(form, item);
    if (!data) return Problem{"channel.gone", "these words fill no notice", "no_value"};
    const bool is_same = is_known_again(form, item.id);
    if (!is_same && unanswered_.twice(item))
        return Problem{"channel.gone", "WeChat gave no answer twice: he may have seen the notice", not_known};
    // Taken before it goes: whoever dies in between says one less, never one that he did not allow.
    std::optional<int> left;
    if (form.subscription && grants_.take) left = grants_.take(item.address, form.id);
    if (form.subscription && !left) return Problem{"channel.gone", "he allowed no more of this notice", not_granted};
    Json body{{"touser", item.address}, {"template_id", form.id}, {"data", *data}};
    const auto url = notice_url(form, item);
    if (!url.empty()) body[form.subscription ? "page" : "url"] = url;
    // Known again for a while: a repeat after a lost answer is shown once.
    if (!form.subscription) body["client_msg_id"] = "h" + to_text(item.id);
    auto answer = post(form, body);
    if (answer && answer->errcode == bad_page && body.contains("page")) {
        body.erase("page");
        answer = post(form, body);
    }
    if (answer && answer->errcode == bad_value) {
        const auto key = key_named(answer->errmsg, body["data"]);
        auto value = key.empty() ? std::string{} : body["data"][key]["value"].get<std::string>();
        const auto half = fitting_value(key, cut_utf8(value, std::max<std::size_t>(value.size() / 2, 3)));
        if (half && *half != value) {
            body["data"][key]["value"] = *half;
            answer = post(form, body);
        }
    }
    if (left && grants_.add) {
        const bool arrived = answer ? answer->errcode == 0 : may_have_arrived(answer.problem().detail);
        if (answer && answer->errcode == not_allowed)
            grants_.add(item.address, form.id, -*left);  // he took them back, and we were not told
        else if (!arrived)
            grants_.add(item.address, form.id, 1);
    }
    if (!answer) {
        if (!is_same) note_lost(form, item.id, answer.problem().detail);
        return answer.problem();
    }
    if (answer->errcode == 0) return id_in(*answer);
    auto problem = account_.problem(*answer);
    if (is_of_the_form(answer->errcode)) problem.code = "channel.gone";
    return problem;
}

bool Notices::is_known_again(const NoticeForm& form, OutboxId id) const {
    const auto until = named_until_.find(id);
    return !form.subscription && until != named_until_.end() && clock_.now() < until->second;
}

void Notices::note_lost(const NoticeForm& form, OutboxId id, const std::string& detail) {
    unanswered_.note(id, detail);
    if (form.subscription || !may_have_arrived(detail)) return;
    if (named_until_.size() > most_names) named_until_.clear();
    named_until_[id] = clock_.now() + name_holds;
}

void Notices::forget(OutboxId id) {
    unanswered_.forget(id);
    named_until_.erase(id);
}

Result<ApiAnswer> Notices::post(const NoticeForm& form, const Json& body) {
    return account_.api().post(
        form.subscription ? "/cgi-bin/message/subscribe/bizsend" : "/cgi-bin/message/template/send", body);
}

Result<std::string> Notices::look() {
    std::size_t templates = 0;
    std::string wrong;
    std::optional<Json> known;
    for (const auto& entry : forms_)
        for (const auto& form : entry.second) {
            if (form.subscription) continue;  // the platform lists those elsewhere, for some accounts only
            ++templates;
            if (!known) {
                const auto answer = account_.good(account_.api().get("/cgi-bin/template/get_all_private_template"));
                if (!answer) return answer.problem();
                known = answer->json.value("template_list", Json::array());
            }
            const auto at = std::find_if(known->begin(), known->end(), [&](const Json& one) {
                return one.is_object() && one.value("template_id", std::string{}) == form.id;
            });
            const auto say = [&](const std::string& what) {
                wrong += (wrong.empty() ? "" : "; ") + ("templates." + entry.first) + ": " + what;
            };
            if (at == known->end()) {
                say("the account has no template " + form.id + ": copy the id from the platform's page");
                continue;
            }
            const auto content = at->value("content", std::string{});
            std::size_t keys = 0;
            for (std::size_t mark = 0; (mark = content.find(".DATA}}", mark)) != std::string::npos; ++mark) ++keys;
            for (const auto& [key, words] : form.data)
                if (content.find("{{" + key + ".DATA}}") == std::string::npos)
                    say("\"" + key + "\" is no key of the template " + form.id);
            if (keys > form.data.size()) say("the template " + form.id + " has more keys than \"data\"");
        }
    if (!wrong.empty()) return Problem{"channel.rejected", wrong, "templates"};
    return templates == 0 ? std::string{} : std::to_string(templates) + " templates fit";
}

}  // namespace huiyin::wechat
