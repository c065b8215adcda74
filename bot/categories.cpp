#include "bot/categories.h"

#include <algorithm>
#include <map>
#include <set>

#include "bot/said.h"

namespace huiyin {
namespace {

constexpr int of_listed = 4, of_title = 2, of_about = 1;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// "工时费、配件费" -> 工时费, 配件费. Single characters say nothing.
std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> parts;
    std::string part;
    const auto take = [&] {
        if (characters(part) >= 2) parts.push_back(part);
        part.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto length = point_length(text, at);
        const auto sign = std::string_view(text).substr(at, length);
        static constexpr std::string_view between[] = {"、", "，", "。", "：", "；", "（", "）", "或", "和",
                                                       "的", " ",  ",",  ".",  ":",  ";",  "(",  ")",  "/"};
        if (std::find(std::begin(between), std::end(between), sign) != std::end(between))
            take();
        else
            part += sign;
        at += length;
    }
    take();
    return parts;
}

bool is_catch_all(const std::string& key) { return key == "other" || key.ends_with("_other"); }

}  // namespace

PackCategories::PackCategories(const Policy& policy) {
    const auto named = [](const std::string& kind, const std::string& category, const std::vector<std::string>& words,
                          const std::string& title, const std::string& about) {
        Named one{kind, category, {}};
        std::set<std::string> seen;
        const auto put = [&](const std::string& term, int weight) {
            if (seen.insert(term).second) one.terms.push_back({term, weight});
        };
        for (const auto& word : words) put(word, of_listed);
        // What a catch-all says of itself ("以上没有列出的") is about no matter.
        if (!is_catch_all(category)) {
            for (const auto& part : parts_of(title)) put(part, of_title);
            for (const auto& part : parts_of(about)) put(part, of_about);
        }
        std::stable_sort(one.terms.begin(), one.terms.end(),
                         [](const Term& a, const Term& b) { return a.words.size() > b.words.size(); });
        return one;
    };
    // Kinds that share their categories need not say twice what is known by which words.
    std::map<std::string, const Category*> told;
    for (const auto& kind : policy.kinds) {
        if (kind.unasked) continue;
        kinds_.push_back(named(kind.key, {}, kind.words, kind.title, {}));
        for (const auto& category : kind.categories) {
            const auto& said = *told.try_emplace(category.key, &category).first->second;
            categories_.push_back(named(kind.key, category.key, category.words.empty() ? said.words : category.words,
                                        category.title, category.about.empty() ? said.about : category.about));
        }
    }
}

int PackCategories::score(const Named& named, std::string_view text) {
    int sum = 0;
    std::vector<std::string_view> hit;
    for (const auto& term : named.terms) {
        if (text.find(term.words) == std::string_view::npos) continue;
        const bool inside_another = std::any_of(hit.begin(), hit.end(), [&](std::string_view longer) {
            return longer.find(term.words) != std::string_view::npos;
        });
        if (inside_another) continue;
        hit.push_back(term.words);
        sum += term.weight * static_cast<int>(characters(term.words));
    }
    return sum;
}

PackCategories::Found PackCategories::find(std::string_view text, std::string_view wanted) const {
    Found found;
    if (kinds_.empty()) return found;
    struct Scored {
        const Named* named;
        int own, with_kind;
    };
    std::vector<Scored> scored;
    const Named* best_kind = nullptr;
    int best_kind_score = 0;
    for (const auto& kind : kinds_) {
        if (!wanted.empty() && kind.kind != wanted) continue;
        const int of_kind = score(kind, text);
        if (of_kind > best_kind_score) best_kind = &kind, best_kind_score = of_kind;
        for (const auto& category : categories_)
            if (category.kind == kind.kind)
                if (const int own = score(category, text); own > 0) scored.push_back({&category, own, own + of_kind});
    }
    std::stable_sort(scored.begin(), scored.end(),
                     [](const Scored& a, const Scored& b) { return a.with_kind > b.with_kind; });
    if (scored.empty()) {
        if (best_kind) found.kind = best_kind->kind;
        return found;
    }
    const auto& best = scored.front();
    found.kind = best.named->kind;
    found.category = best.named->category;
    // The next one of another name: the same category of another kind is no doubt about the category.
    const auto next = std::find_if(scored.begin(), scored.end(),
                                   [&](const Scored& one) { return one.named->category != best.named->category; });
    found.sure = next == scored.end() || best.with_kind * 3 > next->with_kind * 4;
    for (const auto& one : scored)
        if (one.named->kind == found.kind) found.likely.push_back(one.named->category);
    return found;
}

}  // namespace huiyin
