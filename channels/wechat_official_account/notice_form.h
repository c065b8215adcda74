// What the operator writes about notices: which template tells what.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace huiyin::wechat {

struct NoticeForm {
    bool subscription = false;  // else a template message
    std::string id;             // of the template
    // The template's key and what stands there: {{number}}, {{title}}, {{text}}, {{kind}}, {{time}}, and words.
    std::vector<std::pair<std::string, std::string>> data;
    std::string url;  // where a tap leads, may hold {{number}}; empty: into the talk
};
// By kind of a row of the outbox, "*" for all others; in the order they are tried.
using NoticeForms = std::map<std::string, std::vector<NoticeForm>>;

// Does this key of a template begin with a word that the platform has a rule for?
bool is_known_key(const std::string& key);

}  // namespace huiyin::wechat
