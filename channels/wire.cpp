#include "channels/wire.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

namespace huiyin {

std::optional<std::int64_t> read_id(std::string_view text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || id < 0) return std::nullopt;
    return id;
}

Json message_json(const Message& message, const Zone& zone, const std::string& attachments) {
    static constexpr const char* names[] = {"bot", "staff", "resident"};
    Json json{{"id", std::to_string(message.id)},
              {"at", to_rfc3339(message.at, zone)},
              {"from", names[static_cast<int>(message.from)]}};
    const auto& said = message.said;
    if (!said.text.empty()) json["text"] = said.text;
    if (!said.choices.empty()) {
        // An array from the first: the library's null becomes one in two steps, and without memory for the second its
        // destructor would fall over.
        auto& choices = json["choices"] = Json::array();
        for (const auto& choice : said.choices)
            choices.push_back({{"title", choice.title}, {"payload", choice.payload}});
    }
    if (said.card) json["card"] = {{"title", said.card->title}, {"text", said.card->text}, {"url", said.card->url}};
    if (!said.image.value.empty()) json["image"] = {{"url", attachments + said.image.value}};
    if (!said.ticket_number.empty()) json["ticket"] = said.ticket_number;
    if (!said.kind.empty()) json["kind"] = said.kind;
    if (!said.key.empty()) json["key"] = said.key;
    return json;
}

int status_of(const Problem& problem) {
    const auto& code = problem.code;
    const auto ends = [&](std::string_view tail) {
        return code.size() >= tail.size() && code.compare(code.size() - tail.size(), tail.size(), tail) == 0;
    };
    if (ends(".not_found") || ends(".missing") || code == "report.unknown") return 404;
    if (code == "ticket.stale") return 412;
    if (ends(".wrong_role") || ends(".own_ticket") || code == "access.forbidden" ||
        code == "access.second_factor_wanted")
        return 403;
    if (ends(".not_allowed") || ends(".taken") || ends(".not_taken") || ends(".conflict") ||
        code == "clock.backwards" || code == "idempotency.other_body")
        return 409;
    if (ends(".bad_field") || ends(".bad_fields")) return 422;
    if (code == "access.no_session" || code == "access.wrong_code") return 401;
    if (ends(".too_many")) return 429;
    if (code == "json.too_large" || ends(".too_large")) return 413;
    if (ends(".unsupported")) return 415;
    if (code == "store.not_writable" || code == "api.busy") return 503;
    if (code == "api.failed") return 500;
    return 400;
}

http::Answer problem_answer(const Problem& problem) {
    const int status = status_of(problem);
    Json body{{"type", "about:blank"},
              {"title", std::string(http::status_title(status))},
              {"status", status},
              {"code", problem.code},
              {"detail", problem.text}};
    if (!problem.clause.empty()) body["clause"] = problem.clause;
    auto answer = http::Answer::bytes(status, "application/problem+json", to_text(body));
    if (status == 503) answer.with("Retry-After", "2");
    return answer;
}

}  // namespace huiyin
