// What is kept of one person, gathered for himself: everything that he said, was told or is known by, and nothing of
// what staff wrote to each other or of anybody else.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/privacy/rights.h"
#include "workflow/privacy/said_by.h"

namespace huiyin {
namespace {

constexpr int tickets_most = 10'000, messages_at_once = 500;

class Gathering {
public:
    Gathering(Reading& reading, const Directory& directory, const Zone& zone)
        : reading_(reading), directory_(directory), zone_(zone) {}

    Json person(const Person& person) const {
        return {{"name", person.name},
                {"phone", person.phone},
                {"phone_confirmed", person.phone_confirmed},
                {"known_since", at(person.created_at)},
                {"notice_version", person.notice_version},
                {"surveys_stopped", person.surveys_stopped}};
    }

    Json talk(const Conversation& talk, bool whole) const {
        Json json{{"channel", talk.channel.value},
                  {"address", talk.address},
                  {"unit", unit(talk.unit)},
                  {"known_since", at(talk.created_at)},
                  {"last_heard_at", at(talk.last_inbound_at)},
                  {"messages", Json::array()},
                  {"attachments", Json::array()}};
        if (!whole) return json;
        for (std::int64_t last = 0;;) {
            const auto some = reading_.messages(talk.id, last, messages_at_once);
            for (const auto& message : some) {
                const char* from = message.from == Speaker::resident ? "resident"
                                   : message.from == Speaker::staff  ? "staff"
                                                                     : "bot";
                json["messages"].push_back({{"at", at(message.at)}, {"from", from}, {"text", message.said.text}});
            }
            if (some.empty()) break;
            last = some.back().id;
        }
        for (const auto& each : reading_.kept().unfiled_attachments(talk.id))
            json["attachments"].push_back(attachment(each));
        return json;
    }

    Json ticket(const Ticket& ticket, TimePoint now) const {
        const auto details = reading_.details(ticket.details);
        Json json{{"number", ticket.number},
                  {"opened_at", at(ticket.opened_at)},
                  {"closed_at", ticket.closed_at ? Json(at(*ticket.closed_at)) : Json()},
                  {"phase", to_text(ticket.phase)},
                  {"kind", ticket.kind},
                  {"category", ticket.category},
                  {"unit", unit(ticket.unit)},
                  {"summary", details.summary},
                  {"description", details.description},
                  {"address", details.label},
                  {"location", details.location},
                  {"occurred", details.occurred_text},
                  {"people", details.people},
                  {"wish", details.wish},
                  {"contact", {{"name", details.contact_name}, {"phone", details.contact_phone}}},
                  {"words", Json::array()},
                  {"attachments", Json::array()},
                  {"held_until", Json()}};
        if (ticket.rating) json["rating"] = {{"score", ticket.rating->score}, {"at", at(ticket.rating->at)}};
        const auto said = said_in(reading_, ticket.id);
        if (const auto own = said.find(ticket.customer); own != said.end()) json["words"] = words_of(own->second);
        for (const auto& each : reading_.attachments_of(ticket.id)) {
            const bool of_another = std::any_of(said.begin(), said.end(), [&](const auto& one) {
                return one.first != ticket.customer && one.second.pictures.contains(each.id);
            });
            if (!of_another) json["attachments"].push_back(attachment(each));
        }
        for (const auto& hold : reading_.kept().holds_of(ticket.id))
            if (hold.in_force(now)) json["held_until"] = at(hold.until);
        return json;
    }

    // What he said and sent in the matter of somebody else.
    Json joined(const Joined& joined) const {
        Json json{{"number", joined.ticket.number}, {"words", words_of(joined.said)}, {"attachments", Json::array()}};
        for (const auto& id : joined.said.pictures)
            if (const auto each = reading_.attachment(id)) json["attachments"].push_back(attachment(*each));
        return json;
    }

    // The answer names what stays.
    Json request(const PrivacyRequest& request, bool whole) const {
        return {{"kind", request.kind},
                {"state", request.state},
                {"asked_at", at(request.asked_at)},
                {"due_at", at(request.due_at)},
                {"wish", request.wish},
                {"answer", whole ? request.answer : std::string()}};
    }

    std::string at(TimePoint moment) const { return to_rfc3339(moment, zone_); }

private:
    Json unit(UnitId id) const {
        const auto* unit = directory_.unit(id);
        return unit ? Json(unit->name) : Json();
    }
    Json attachment(const Attachment& each) const {
        return {{"at", at(each.created_at)}, {"kind", each.kind},     {"name", each.name},
                {"bytes", each.bytes},       {"sha256", each.sha256}, {"media_type", each.media_type}};
    }
    Json words_of(const SaidBy& said) const {
        Json words = Json::array();
        for (const auto& one : said.words)
            if (const auto text = reading_.text(one.text); !text.empty())
                words.push_back({{"at", at(one.at)}, {"text", text}});
        return words;
    }
    Reading& reading_;
    const Directory& directory_;
    const Zone& zone_;
};

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_null()) return {};
    if (value.is_boolean()) return value.get<bool>() ? "是" : "否";
    return to_text(value);
}

// What people read for a field; one that is not here is not printed.
const std::vector<std::pair<const char*, const char*>>& titles() {
    static const std::vector<std::pair<const char*, const char*>> all{{"name", "姓名"},
                                                                      {"phone", "电话"},
                                                                      {"phone_confirmed", "电话已核实"},
                                                                      {"known_since", "从何时起"},
                                                                      {"channel", "渠道"},
                                                                      {"address", "地址"},
                                                                      {"unit", "单位"},
                                                                      {"last_heard_at", "最后一次来信"},
                                                                      {"number", "工单号"},
                                                                      {"opened_at", "登记时间"},
                                                                      {"closed_at", "结案时间"},
                                                                      {"summary", "事情"},
                                                                      {"description", "经过"},
                                                                      {"location", "位置"},
                                                                      {"occurred", "发生时间"},
                                                                      {"people", "涉及的人"},
                                                                      {"wish", "诉求"},
                                                                      {"held_until", "因争议保留到"},
                                                                      {"kind", "类型"},
                                                                      {"state", "状态"},
                                                                      {"asked_at", "提出时间"},
                                                                      {"due_at", "最晚答复"},
                                                                      {"answer", "答复"}};
    return all;
}

std::string fields_of(const Json& object) {
    std::string rows;
    for (const auto& [key, title] : titles())
        if (const auto found = object.find(key); found != object.end())
            if (const auto text = text_of(*found); !text.empty())
                rows += "<tr><th>" + std::string(title) + "</th><td>" + escaped(text) + "</td></tr>";
    return "<table>" + rows + "</table>";
}

std::string said_of(const Json& lines) {
    std::string rows;
    for (const auto& line : lines) {
        const auto from = line.value("from", std::string("resident"));
        rows += "<tr><td>" + escaped(line.at("at").get<std::string>()) + "</td><td>" +
                (from == "resident" ? "您"
                 : from == "staff"  ? "工作人员"
                                    : "助手") +
                "</td><td>" + escaped(line.at("text").get<std::string>()) + "</td></tr>";
    }
    return rows.empty() ? "" : "<table>" + rows + "</table>";
}

std::string files_of(const Json& files) {
    std::string rows;
    for (const auto& file : files)
        rows += "<tr><td>" + escaped(file.at("at").get<std::string>()) + "</td><td>" +
                escaped(file.at("name").get<std::string>()) + "</td><td>" +
                std::to_string(file.at("bytes").get<std::int64_t>()) + " 字节</td></tr>";
    return rows.empty() ? "" : "<h4>图片和文件</h4><table>" + rows + "</table>";
}

}  // namespace

Json Rights::held_of(Reading& reading, PersonId id, TimePoint now, const Shows& shows) const {
    const auto directory = parts_.directory->get();
    const Gathering gather(reading, *directory, parts_.policies->standard()->calendar.zone());
    Json held{{"format", "huiyin-personal-data/1"}, {"made_at", gather.at(now)}, {"person", Json::object()},
              {"channels", Json::array()},          {"tickets", Json::array()},  {"joined", Json::array()},
              {"requests", Json::array()}};
    if (const auto person = reading.person(id)) held["person"] = gather.person(*person);
    std::set<ConversationId> told_in;  // what is not shown
    bool hides = false;
    for (const auto& ticket : reading.tickets_of(id, tickets_most)) {
        if (!shows || shows(ticket)) {
            held["tickets"].push_back(gather.ticket(ticket, now));
            continue;
        }
        hides = true;
        told_in.insert(ticket.conversation);
    }
    for (const auto& talk : reading.conversations_of(id))
        held["channels"].push_back(gather.talk(talk, !told_in.contains(talk.id)));
    for (const auto& joined : joined_by(reading, id))
        if (!shows || shows(joined.ticket)) held["joined"].push_back(gather.joined(joined));
    for (const auto& request : reading.kept().privacy_requests_of(id))
        held["requests"].push_back(gather.request(request, !hides));
    return held;
}

std::string Rights::page_of(const Json& held) {
    std::string page =
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta "
        "charset=\"utf-8\"><title>我的信息</title><style>body{font:16px/1.6 "
        "sans-serif;max-width:50em;margin:1em auto;padding:0 "
        "1em}table{border-collapse:collapse;width:100%}th,td{border:1px "
        "solid "
        "#999;padding:.3em;text-align:left;vertical-align:top}th{width:9em}</style></head><body><h1>我的信息</h1><p>" +
        escaped(held.at("made_at").get<std::string>()) + "</p><h2>本人</h2>" + fields_of(held.at("person"));
    for (const auto& ticket : held.at("tickets")) {
        const auto& contact = ticket.at("contact");
        page += "<h2>工单 " + escaped(ticket.at("number").get<std::string>()) + "</h2>" + fields_of(ticket) +
                "<h4>联系人</h4>" + fields_of(contact) + said_of(ticket.at("words")) +
                files_of(ticket.at("attachments"));
    }
    for (const auto& joined : held.at("joined"))
        page += "<h2>您附议的工单 " + escaped(joined.at("number").get<std::string>()) + "</h2>" +
                said_of(joined.at("words")) + files_of(joined.at("attachments"));
    for (const auto& talk : held.at("channels"))
        page += "<h2>对话</h2>" + fields_of(talk) + said_of(talk.at("messages")) + files_of(talk.at("attachments"));
    if (!held.at("requests").empty()) page += "<h2>关于个人信息的申请</h2>";
    for (const auto& request : held.at("requests")) page += fields_of(request);
    if (held.contains("note")) page += "<p>" + escaped(held.at("note").get<std::string>()) + "</p>";
    return page + "</body></html>\n";
}

}  // namespace huiyin
