#include "bot/advice/answer.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

namespace huiyin::advice {
namespace {

constexpr std::size_t content_bytes = 2048;
constexpr int deepest = 16;

Problem refused(const char* code, const char* detail) { return {code, "the endpoint's answer is not taken", detail}; }

// The text that was written, out of what every such endpoint wraps around it.
Result<std::string> content_of(std::string_view body) {
    if (body.size() > answer_bytes) return refused("advice.too_large", "body");
    const auto json = parse_json(body, {.bytes = answer_bytes, .depth = deepest});
    if (!json || !json->is_object()) return refused("advice.unreadable", "body");
    const auto choices = json->find("choices");
    if (choices == json->end() || !choices->is_array()) return refused("advice.unreadable", "choices");
    if (choices->empty()) return refused("advice.no_answer", "no choice");
    if (choices->size() > 1) return refused("advice.unreadable", "more than one choice");
    const auto& choice = choices->front();
    if (!choice.is_object()) return refused("advice.unreadable", "choice");
    if (const auto end = choice.find("finish_reason"); end != choice.end() && !end->is_null() && *end != "stop")
        return refused("advice.no_answer", "cut off");
    const auto message = choice.find("message");
    if (message == choice.end() || !message->is_object()) return refused("advice.unreadable", "message");
    if (const auto no = message->find("refusal"); no != message->end() && !no->is_null())
        return refused("advice.no_answer", "refusal");
    for (const char* other : {"tool_calls", "function_call"})
        if (const auto call = message->find(other); call != message->end() && !call->is_null() && !call->empty())
            return refused("advice.no_answer", other);
    const auto content = message->find("content");
    if (content == message->end() || content->is_null()) return refused("advice.no_answer", "no content");
    if (!content->is_string()) return refused("advice.unreadable", "content");
    return content->get<std::string>();
}

std::optional<MessageKind> kind_named(const std::string& name) {
    const auto* found =
        std::find_if(std::begin(kinds), std::end(kinds), [&](MessageKind kind) { return to_text(kind) == name; });
    if (found == std::end(kinds)) return std::nullopt;
    return *found;
}

std::optional<MeaningKind> act_named(const std::string& name) {
    const auto* found =
        std::find_if(std::begin(acts), std::end(acts), [&](MeaningKind act) { return to_text(act) == name; });
    if (found == std::end(acts)) return std::nullopt;
    return *found;
}

}  // namespace

Result<Advice> read_answer(std::string_view body, const Choices& choices) {
    const auto content = content_of(body);
    if (!content) return content.problem();
    if (content->size() > content_bytes) return refused("advice.too_large", "content");
    const auto json = parse_json(*content, {.bytes = content_bytes, .depth = 4});
    if (!json) return refused("advice.unreadable", "content");
    if (!json->is_object() || json->size() != 3) return refused("advice.off_list", "fields");
    const auto kind = json->find("kind"), category = json->find("category"), list = json->find("acts");
    if (kind == json->end() || category == json->end() || list == json->end())
        return refused("advice.off_list", "fields");
    if (!kind->is_string() || !category->is_string() || !list->is_array() || list->size() > std::size(acts))
        return refused("advice.off_list", "types");
    Advice advice;
    const auto named = kind_named(kind->get<std::string>());
    if (!named) return refused("advice.off_list", "kind");
    advice.kind = *named;
    advice.category = category->get<std::string>();
    if (advice.category == "none") {
        advice.category.clear();
    } else {
        const auto keys = choices.keys();
        if (std::find(keys.begin(), keys.end(), advice.category) == keys.end())
            return refused("advice.off_list", "category");
    }
    for (const auto& one : *list) {
        if (!one.is_string()) return refused("advice.off_list", "types");
        const auto act = act_named(one.get<std::string>());
        if (!act || std::find(advice.acts.begin(), advice.acts.end(), *act) != advice.acts.end())
            return refused("advice.off_list", "acts");
        advice.acts.push_back(*act);
    }
    return advice;
}

}  // namespace huiyin::advice
