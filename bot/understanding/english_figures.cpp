#include "bot/understanding/english_figures.h"

#include <algorithm>

#include "bot/understanding/text.h"

namespace huiyin {
namespace {

constexpr std::u32string_view figures[] = {U"no gas leak",
                                           U"not a gas leak",
                                           U"no leak of gas",
                                           U"there is no gas",
                                           U"no gas smell",
                                           U"no smell of gas",
                                           U"there is no fire",
                                           U"there's no fire",
                                           U"not a fire",
                                           U"no fire here",
                                           U"no smoke",
                                           U"no danger",
                                           U"fire that",
                                           U"fire him",
                                           U"fire her",
                                           U"fire the guard",
                                           U"fire this",
                                           U"fire them",
                                           U"should be fired",
                                           U"be fired",
                                           U"got fired",
                                           U"was fired",
                                           U"shocking",
                                           U"prices are falling",
                                           U"falling prices",
                                           U"price is falling",
                                           U"falling asleep",
                                           U"fell asleep",
                                           U"fell in love",
                                           U"falling in love",
                                           U"falling behind",
                                           U"paint is falling off",
                                           U"smoke from barbecue",
                                           U"smoke from the barbecue",
                                           U"smoke from a barbecue",
                                           U"barbecue smoke",
                                           U"bbq smoke",
                                           U"smoke from the bbq",
                                           U"cigarette smoke",
                                           U"smokes in",
                                           U"smokes on",
                                           U"is smoking a cigarette",
                                           U"are smoking cigarettes",
                                           U"knife sharpening",
                                           U"sharpen my knife",
                                           U"kitchen knife set",
                                           U"fight for my rights",
                                           U"fight for our rights",
                                           U"dying to",
                                           U"dying of boredom",
                                           U"killing me with",
                                           U"you are killing me",
                                           U"kill time",
                                           U"dead battery",
                                           U"burning question",
                                           U"burning money",
                                           U"fire sale",
                                           U"under fire"};
constexpr std::u32string_view nobody_in_it[] = {U"nobody inside",    U"nobody is inside", U"no one inside",
                                                U"no one is inside", U"nobody in it",     U"no people inside",
                                                U"it is empty",      U"it's empty"};

bool blank_out(std::u32string& text, std::u32string_view words) {
    bool found = false;
    for (auto at = text.find(words); at != std::u32string::npos; at = text.find(words, at + words.size())) {
        const auto end = at + words.size();
        if ((at > 0 && is_ascii_letter(text[at - 1])) || (end < text.size() && is_ascii_letter(text[end]))) continue;
        std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), words.size(), U' ');
        found = true;
    }
    return found;
}

}  // namespace

std::optional<std::u32string> without_figures(std::u32string_view low) {
    if (std::any_of(low.begin(), low.end(), is_han)) return std::nullopt;
    std::u32string text(low);
    bool found = false;
    for (const auto words : figures) found = blank_out(text, words) || found;
    // A lift that stands still, and nobody in it.
    bool empty = false;
    for (const auto words : nobody_in_it) empty = blank_out(text, words) || empty;
    if (empty)
        for (const std::u32string_view words : {U"stuck", U"trapped", U"stopped"})
            found = blank_out(text, words) || found;
    return found ? std::optional(std::move(text)) : std::nullopt;
}

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string small_letters(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

}  // namespace

std::string tidy_english(const std::string& matter) {
    std::string text;
    for (std::size_t at = 0; at < matter.size(); ++at) {
        text += matter[at];
        if (matter[at] == ',' && at + 1 < matter.size() && is_letter(matter[at + 1])) text += ' ';
    }
    for (bool cut = true; cut;) {
        cut = false;
        const auto low = small_letters(text);
        for (const std::string_view head :
             {"hi there", "hello there", "hi", "hello", "hey", "good morning", "good afternoon", "good evening",
              "excuse me", "dear sir", "sorry to bother you"}) {
            if (!low.starts_with(head) || low.size() <= head.size() || is_letter(low[head.size()])) continue;
            auto from = head.size();
            while (from < text.size() &&
                   (text[from] == ',' || text[from] == ' ' || text[from] == '.' || text[from] == '!'))
                ++from;
            text.erase(0, from);
            cut = true;
            break;
        }
    }
    auto low = small_letters(text);
    if (const auto comma = low.find_first_of(",.!");
        comma != std::string::npos && low.find("please", comma) != std::string::npos)
        low.resize(comma);  // "…, please help me"
    for (const std::string_view nothing :
         {"i want to report something", "i want to report a problem", "i would like to report something",
          "i'd like to report something", "i'd like to report a problem", "i want to complain",
          "i want to make a complaint", "i have a complaint", "i have a problem", "there is a problem",
          "there's a problem", "something is wrong", "i need help", "i need your help", "can you help me",
          "can you help", "report a problem", "i want to file a complaint"})
        if (low == nothing) return {};
    return text;
}

}  // namespace huiyin
