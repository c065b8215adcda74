#include "workflow/store/news.h"

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"

namespace huiyin {
namespace {

constexpr std::size_t news_most = 7500;  // bytes; the server takes 8,000

}  // namespace

std::string to_news(const Touched& touched) {
    if (touched.conversations.empty() && touched.tickets.empty() && touched.channels.empty() && !touched.reminders &&
        !touched.directory)
        return {};
    JsonWriter words;
    words.begin('{').key("conversations").begin('[');
    for (const auto id : touched.conversations) words.number(id.value);
    words.end(']').key("tickets").begin('[');
    for (const auto id : touched.tickets) words.number(id.value);
    words.end(']').key("channels").begin('[');
    for (const auto& id : touched.channels) words.text(id.value);
    words.end(']').key("reminders").boolean(touched.reminders).key("directory").boolean(touched.directory).end('}');
    auto line = words.done();
    if (line.size() <= news_most) return line;
    auto fewer = touched;
    fewer.conversations.clear();
    fewer.tickets.clear();  // pages look by themselves every now and then
    return to_news(fewer);
}

Touched from_news(const std::string& words) {
    Touched touched;
    const auto read = parse_json(words);
    if (!read) throw std::runtime_error("store: no news: " + read.problem().text);
    const auto& json = *read;
    for (const auto& id : json.at("conversations"))
        touched.conversations.insert(ConversationId{id.get<std::int64_t>()});
    // A process of an older version tells nothing of tickets.
    if (const auto tickets = json.find("tickets"); tickets != json.end())
        for (const auto& id : *tickets) touched.tickets.insert(TicketId{id.get<std::int64_t>()});
    for (const auto& id : json.at("channels")) touched.channels.insert(ChannelId{id.get<std::string>()});
    touched.reminders = json.at("reminders").get<bool>();
    touched.directory = json.at("directory").get<bool>();
    return touched;
}

}  // namespace huiyin
