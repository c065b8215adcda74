#include "bot/answers.h"

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/phrases/writing.h"

namespace huiyin {

Result<Answers> Answers::from_file(const std::string& path) {
    auto json = read_json_file(path);
    if (!json) return json.problem();
    std::vector<Finding> findings;
    Reader read(*json, "", findings);
    Answers answers;
    if (const auto* list = read.list_or_none("answers")) {
        for (std::size_t i = 0; i < list->size(); ++i) {
            Reader one((*list)[i], "/answers/" + std::to_string(i), findings);
            Item item;
            item.answered.key = one.text("key");
            item.answered.words = {one.text("answer"), one.text("source")};
            for (const auto language : languages) {
                const std::string name(language);
                if (language == house_language || !one.has(name)) continue;
                auto other = one.child(name);
                item.answered.written[name] = {other.text("answer"), other.text("source")};
                other.finish();
            }
            if (const auto* groups = one.list_or_none("ask"))
                for (const auto& group : *groups) {
                    std::vector<std::string> words;
                    if (group.is_string())
                        words.push_back(group.get<std::string>());
                    else if (group.is_array())
                        for (const auto& word : group)
                            if (word.is_string()) words.push_back(word.get<std::string>());
                    if (words.empty())
                        one.wrong("ask", "a group without words: write a text or a list of texts");
                    else
                        item.ask.push_back(std::move(words));
                }
            if (item.ask.empty()) one.wrong("ask", "nothing to recognise the question by: write a list of words");
            one.finish();
            answers.items_.push_back(std::move(item));
        }
    }
    read.finish();
    if (findings.empty()) return answers;
    std::string text;
    for (const auto& finding : findings)
        text += (text.empty() ? "" : "; ") + path + " " + finding.pointer + ": " + finding.text;
    return Problem{"answers.unreadable", text, {}};
}

Answered::Words Answered::in(const std::string& language) const {
    if (const auto found = written.find(language); found != written.end()) return found->second;
    return {in_writing_of(language, words.answer), in_writing_of(language, words.source)};
}

std::vector<Answered> Answers::all() const {
    std::vector<Answered> list;
    for (const auto& item : items_) list.push_back(item.answered);
    return list;
}

const Answered* Answers::find(const std::string& said) const {
    std::string text = said;
    for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    // The longest set of words that all occur wins: "装修时间" before "时间".
    const Answered* best = nullptr;
    std::size_t best_length = 0;
    for (const auto& item : items_)
        for (const auto& words : item.ask) {
            std::size_t length = 0;
            bool all = true;
            for (const auto& word : words) {
                all = all && text.find(word) != std::string::npos;
                length += word.size();
            }
            if (all && length > best_length) best = &item.answered, best_length = length;
        }
    return best;
}

}  // namespace huiyin
