#include "channels/dingtalk/reactions.h"

#include <algorithm>

namespace huiyin::dingtalk {
namespace {

constexpr std::int64_t words_from = 1'000'000'000;  // beyond every number of DingTalk's

enum class Part { whole, front, end };
struct Word {
    Part part;
    std::string_view name;
    Reaction reaction;
    const char* text;
};

// The first that fits counts.
const std::vector<Word>& words() {
    using enum Reaction;
    static const std::vector<Word> table{
        {Part::whole, "punish", retry, "DingTalk shut our address out for some minutes: too many calls"},
        {Part::whole, "InvalidAuthentication", renew_token, "the access token is not valid"},
        {Part::whole, "invalidClientIdOrSecret", configuration,
         "the app's key or secret is wrong: compare \"app_key\" and \"app_secret\" with its page"},
        {Part::whole, "invalidParameter.msgParam.tooLong", wrong, "the message is too long"},
        {Part::front, "invalidParameter.robotCode", configuration,
         "the robot is not known: compare \"robot_code\" with the app's page"},
        {Part::whole, "robot.oto.notExist", configuration, "the app has no robot for single talks: publish it"},
        {Part::whole, "chatbotId.notAllow.sendOTO", configuration, "the robot may not write to single people"},
        {Part::whole, "send.forbidden", configuration, "the robot may not send: look at the app's page"},
        {Part::front, "invalidParameter.", wrong, "a field of this message is wrong"},
        {Part::whole, "staffId.notExisted", unreachable, "the person has left"},
        {Part::whole, "send.too.fast", retry, "too many messages"},
        {Part::whole, "send.byToken.tooFast", retry, "too many messages"},
        {Part::whole, "too.many.people", retry, "too many messages"},
        {Part::front, "contain.", wrong, "the words are refused"},
        {Part::whole, "bot.stopped", unreachable, "the robot is stopped there"},
        {Part::whole, "group.disbanded", unreachable, "the group is no more"},
        {Part::whole, "session.expired", unreachable, "the time to answer in this talk is over"},
        {Part::whole, "session.notExisted", unreachable, "the time to answer in this talk is over"},
        {Part::whole, "unknown.send.result", wrong,
         "DingTalk does not know whether it sent the message: look into the talk before sending it again"},
        {Part::whole, "system.error", retry, "DingTalk is busy"},
        {Part::whole, "systemBusy", retry, "DingTalk is busy"},
        {Part::end, "QpsLimitForAppkeyAndApi", retry, "too many calls in this second"},
        {Part::end, "QpsLimitForApi", retry, "too many calls in this second"},
        {Part::end, "QpmLimitForAppkeyAndApi", wait_minute, "too many calls in this minute"},
        {Part::end, "ApiCountLimitForOrg", configuration,
         "the month's calls are used up: buy more on the page of the organisation"},
        {Part::end, "AccessTokenPermissionDenied", configuration,
         "the app lacks a permission: add the one named here on its page"},
        {Part::whole, "Forbidden.AccessDenied.IpNotInWhiteList", configuration,
         "our address is not among those the app may be called from: add it"},
        {Part::whole, "param.cardAlreadyExist", wrong, "this card was sent before"},
        {Part::whole, "param.templateNotExist", wrong, "no such card template: compare \"card_template\""},
        {Part::whole, "param.templateUnpublished", wrong, "the card template is not published"},
        {Part::whole, "param.openSpaceIdInvalid", wrong, "the card cannot go there"},
        {Part::whole, "param.openDeliverModelError", wrong, "the card cannot go that way"},
        {Part::whole, "param.userIdNotExist", unreachable, "the person has left"},
        {Part::whole, "param.contentUnsafe", wrong, "the words are refused"},
        {Part::whole, "param.cardNotExist", wrong, "there is no such card"},
    };
    return table;
}

bool fits(const Word& word, std::string_view name) {
    switch (word.part) {
        case Part::whole:
            return name == word.name;
        case Part::front:
            return name.substr(0, word.name.size()) == word.name;
        case Part::end:
            return name.size() >= word.name.size() && name.substr(name.size() - word.name.size()) == word.name;
    }
    return false;
}

Reactions made() {
    using enum Reaction;
    Reactions table{
        {-1, -1, retry, "DingTalk is busy"},
        {40014, 40014, renew_token, "the access token is not valid"},
        {40001, 40001, renew_token, "the access token is not valid"},
        {42001, 42001, renew_token, "the access token is past its time"},
        {41001, 41001, wrong, "the access token is missing"},
        {33012, 33012, unreachable, "no such person"},
        {34016, 34016, wrong, "the message is too long"},
        {50002, 50002, unreachable, "the person is outside the app's range"},
        {50004, 50004, unreachable, "the department is outside the app's range"},
        {60011, 60011, configuration, "the app lacks a permission: add the one named here on its page"},
        {60020, 60020, configuration, "our address is not among those the app may be called from: add it"},
        {90018, 90018, retry, "too many calls in this second"},
        {90002, 90002, retry, "DingTalk is busy"},
        {90020, 90020, configuration, "the month's calls are used up: buy more on the page of the organisation"},
        // The group robot's.
        {40035, 40035, wrong, "a field of this message is missing"},
        {43004, 43004, wrong, "the message has another content type"},
        {400013, 400013, configuration, "the group is no more: take this robot out of the configuration"},
        {400101, 400101, configuration, "the robot is gone or its address is wrong: copy webhook_url anew"},
        {400106, 400106, configuration, "the robot is gone or its address is wrong: copy webhook_url anew"},
        {300001, 300001, configuration, "the robot is gone or its address is wrong: copy webhook_url anew"},
        {300005, 300005, configuration, "the robot is gone or its address is wrong: copy webhook_url anew"},
        {400102, 400102, configuration, "the robot is stopped: start it on its page"},
        {400105, 400105, wrong, "the robot does not take this kind of message"},
        {410100, 410100, retry, "too many messages: the robot is muted for ten minutes"},
        {130101, 130101, retry, "too many messages: the robot is muted for ten minutes"},
        {430101, 430104, wrong, "the words are refused"},
        {310000, 310000, configuration,
         "the robot refuses the message: of its time set this machine's clock; of its sign, its keyword or our address "
         "compare \"secret\" and the robot's page"},
    };
    for (std::size_t i = 0; i < words().size(); ++i) {
        const auto number = words_from + static_cast<std::int64_t>(i);
        table.push_back({number, number, words()[i].reaction, words()[i].text});
    }
    return table;
}

bool is_word(std::int64_t code, std::string_view name) {
    const auto at = code - words_from;
    return at >= 0 && at < static_cast<std::int64_t>(words().size()) &&
           words()[static_cast<std::size_t>(at)].name == name;
}

}  // namespace

std::int64_t number_of(std::string_view name) {
    const auto at = std::find_if(words().begin(), words().end(), [&](const Word& word) { return fits(word, name); });
    return words_from + (at == words().end() ? 999'999 : at - words().begin());
}

const ApiDialect& dialect() {
    static const ApiDialect speaks{.code = "code",
                                   .text = "message",
                                   .token_header = "x-acs-dingtalk-access-token",
                                   .token_prefix = "",
                                   .refuses_by_status = true,
                                   .number = number_of};
    return speaks;
}

const Reactions& reactions() {
    static const Reactions table = made();
    return table;
}

ApiAnswer settled(ApiAnswer answer) {
    if (answer.errcode == 0) {
        if (const auto at = answer.json.find("errcode"); at != answer.json.end() && at->is_number_integer()) {
            answer.errcode = at->get<std::int64_t>();
            if (const auto text = answer.json.find("errmsg"); text != answer.json.end() && text->is_string())
                answer.errmsg = text->get<std::string>().substr(0, 200);
        }
    }
    if (answer.errcode == 88)
        for (const auto* name : {"sub_code", "subCode"})
            if (const auto at = answer.json.find(name); at != answer.json.end()) {
                if (at->is_number_integer()) answer.errcode = at->get<std::int64_t>();
                if (at->is_string()) answer.errcode = std::atoll(at->get<std::string>().c_str());
            }
    if (answer.json.contains("punish") && answer.errcode != 130101) {
        answer.name = "punish";
        answer.errcode = number_of(answer.name);
    }
    return answer;
}

bool is_about_words(std::int64_t code) {
    return (code >= 430101 && code <= 430104) || is_word(code, "contain.") || is_word(code, "param.contentUnsafe");
}
bool is_about_card(std::int64_t code) {
    return is_word(code, "param.templateNotExist") || is_word(code, "param.templateUnpublished") ||
           is_word(code, "param.openSpaceIdInvalid") || is_word(code, "param.openDeliverModelError");
}
bool is_too_long(std::int64_t code) { return code == 34016 || is_word(code, "invalidParameter.msgParam.tooLong"); }
bool is_known_card(std::int64_t code) { return is_word(code, "param.cardAlreadyExist"); }
bool is_lost_card(std::int64_t code) { return is_word(code, "param.cardNotExist"); }
bool is_too_fast(std::int64_t code) {
    return code == 90018 || is_word(code, "send.too.fast") || is_word(code, "send.byToken.tooFast") ||
           is_word(code, "too.many.people") || is_word(code, "QpsLimitForAppkeyAndApi") ||
           is_word(code, "QpsLimitForApi");
}
bool is_ban(std::int64_t code) { return is_word(code, "punish"); }
bool is_muted(std::int64_t code) { return code == 410100 || code == 130101; }

}  // namespace huiyin::dingtalk
