// Which kind and category of the policy a matter is, and the one question where that is not clear.
#include <algorithm>
#include <set>

#include "bot/flows/filing.h"
#include "bot/said.h"

namespace huiyin {

void take_kind(const Turn& t, Draft& draft) {
    const auto& meant = t.meant;
    if (meant.category.empty()) return;
    if (!draft.category.empty() && (draft.category_sure || !meant.category_sure)) return;
    draft.kind = meant.kind == MessageKind::complaint ? "complaint" : "demand";
    draft.category = meant.category;
    draft.category_sure =
        meant.category_sure || meant.kind == MessageKind::praise || meant.kind == MessageKind::suggestion;
    if (meant.kind == MessageKind::praise) draft.flags.insert("praise");
    if (meant.kind == MessageKind::suggestion) draft.flags.insert("suggestion");
    // The policy may not know this category under this kind: then the kind's last one, "other", takes it.
    const auto* kind = t.world.policy->kind(draft.kind);
    if (kind && !t.world.policy->category(draft.kind, draft.category)) {
        for (const auto& other : t.world.policy->kinds)
            if (t.world.policy->category(other.key, draft.category)) {
                draft.kind = other.key;
                return;
            }
        if (!kind->categories.empty()) draft.category = kind->categories.back().key;
    }
}

namespace {

// Kinds that somebody may file under; never empty in a pack that was loaded.
const Kind& first_kind(const Policy& policy) {
    for (const auto& kind : policy.kinds)
        if (!kind.unasked) return kind;
    return policy.kinds.front();
}

// One thing that the question offers: "kind/category", and its title.
struct Offer {
    std::string value, title;
};

std::string value_of(const Kind& kind, const Category& category) { return kind.key + "/" + category.key; }

constexpr std::size_t most_offers = 9;  // a number of one figure answers

std::vector<Offer> all_of(const Policy& policy, const Kind& of, bool only) {
    std::vector<Offer> offers;
    std::set<std::string> seen;
    const auto put = [&](const Kind& kind) {
        for (const auto& category : kind.categories)
            if (seen.insert(category.key).second) offers.push_back({value_of(kind, category), category.title});
    };
    put(of);
    for (const auto& kind : policy.kinds)
        if (!only && !kind.unasked && kind.key != of.key) put(kind);
    return offers;
}

// Too many to read out: those that the words speak of, else the groups they stand in ("合同：…"), else the kinds.
std::vector<Offer> few_of(const Policy& policy, const Kind& of, const std::vector<std::string>& likely, bool only) {
    std::vector<Offer> offers;
    const auto* last = of.categories.empty() ? nullptr : &of.categories.back();
    for (const auto& key : likely)
        if (const auto* category = policy.category(of.key, key); category && offers.size() < 4)
            offers.push_back({value_of(of, *category), category->title});
    if (offers.size() >= 2) {
        if (last) offers.push_back({value_of(of, *last), last->title});
        return offers;
    }
    offers.clear();
    const auto kinds = [&] {
        for (const auto& kind : policy.kinds)
            if (!kind.unasked && !kind.categories.empty())
                offers.push_back({value_of(kind, kind.categories.back()), kind.title});
        return offers;
    };
    if (!only &&
        std::count_if(policy.kinds.begin(), policy.kinds.end(), [](const Kind& kind) { return !kind.unasked; }) > 1)
        return kinds();
    static constexpr std::string_view colon = "：";
    for (const auto& category : of.categories) {
        const auto end = category.title.find(colon);
        const auto group = category.title.substr(0, end);
        // The group's last one takes what is none of the others.
        if (!offers.empty() && offers.back().title == group)
            offers.back().value = value_of(of, category);
        else
            offers.push_back({value_of(of, category), group});
    }
    if (offers.size() <= most_offers) return offers;
    offers.clear();
    return kinds();
}

// As he reads it: the category, the kind, or the group of categories that it stands for.
std::string shown(const Turn& t, const Offer& offer) {
    const auto slash = offer.value.find('/');
    const auto kind = offer.value.substr(0, slash), key = offer.value.substr(slash + 1);
    const auto* of = t.world.policy->kind(kind);
    if (of && of->title == offer.title) return t.name("kind", kind, of->title);
    const auto* category = t.world.policy->category(kind, key);
    const auto title = category ? t.name("category", key, category->title) : offer.title;
    if (category && category->title == offer.title) return title;
    for (const std::string_view colon : {"：", ": "})
        if (const auto end = title.find(colon); end != std::string::npos) return title.substr(0, end);
    return t.in_english() ? title : offer.title;
}

}  // namespace

void take_offer(Draft& draft, const std::string& value) {
    const auto slash = value.find('/');
    if (slash != std::string::npos) draft.kind = value.substr(0, slash), draft.kind_sure = true;
    draft.category = slash == std::string::npos ? value : value.substr(slash + 1);
    draft.category_sure = true;
}

namespace {

// The model was not taught this pack's trade: what it takes for praise counts only where the words say so themselves,
// and nothing beside them blames ("年费收得真漂亮", "建议你们把乱扣的钱退给我").
bool blames(const Turn& t) {
    if (t.meant.sentiment == Sentiment::angry || t.means(MeaningKind::abuse) || t.means(MeaningKind::emotion))
        return true;
    for (const char* word : {"投诉", "举报", "申诉", "乱", "多扣", "多收", "少了", "坏", "差", "骗",
                             "赔",   "退",   "拖",   "错", "不",   "没",   "漏",   "裂", "慢", "贵"})
        if (t.meant.text.find(word) != std::string::npos) return true;
    return false;
}

bool praises(const Turn& t) {
    return t.meant.kind == MessageKind::praise && !blames(t) &&
           says_any(t.meant.text, {"表扬", "点赞", "感谢", "谢谢", "夸", "好评", "锦旗", "称赞", "点个赞", "表示满意"});
}

bool suggests(const Turn& t) {
    return t.meant.kind == MessageKind::suggestion && !blames(t) &&
           says_any(t.meant.text, {"建议", "希望", "提个意见", "提意见", "能不能", "最好", "可以考虑"});
}

}  // namespace

void take_pack_kind(const Turn& t, Draft& draft) {
    const auto& policy = *t.world.policy;
    if (praises(t)) draft.flags.insert("praise");
    if (suggests(t)) draft.flags.insert("suggestion");
    if (blames(t) && !t.meant.matter.empty()) draft.flags.erase("praise"), draft.flags.erase("suggestion");
    if (draft.category_sure) return;
    std::string said;
    for (const auto& words : draft.words) said += words + "\n";
    said += t.meant.text;
    if (!draft.kind_sure && suggests(t) && policy.kind("suggestion")) draft.kind = "suggestion", draft.kind_sure = true;
    const auto found = t.world.pack->categories.find(said, draft.kind_sure ? draft.kind : std::string{});
    if (!found.kind.empty())
        draft.kind = found.kind;
    else if (!policy.kind(draft.kind))
        draft.kind = first_kind(policy).key;
    if (!found.category.empty()) {
        draft.category = found.category;
        draft.category_sure = found.sure;
    } else if (const auto* kind = policy.kind(draft.kind); kind && kind->categories.size() == 1) {
        draft.category = kind->categories.front().key;
        draft.category_sure = true;
    } else if (!policy.category(draft.kind, draft.category)) {
        draft.category.clear();
    }
}

bool ask_pack_category(Turn& t, Draft& draft) {
    if (draft.category_sure) return false;
    take_pack_kind(t, draft);
    if (draft.category_sure) return false;
    const auto& policy = *t.world.policy;
    const auto& kind = policy.kind(draft.kind) ? *policy.kind(draft.kind) : first_kind(policy);
    draft.kind = kind.key;
    if (draft.flags.contains("praise")) {  // of no field: nobody is asked which
        if (draft.category.empty() && !kind.categories.empty()) draft.category = kind.categories.back().key;
        draft.category_sure = true;
        return false;
    }
    std::string said;
    for (const auto& words : draft.words) said += words + "\n";
    const auto found = t.world.pack->categories.find(said, draft.kind_sure ? draft.kind : std::string{});
    const bool kind_known = draft.kind_sure || !found.kind.empty();
    auto offers = all_of(policy, kind, kind_known);
    if (offers.size() > most_offers) offers = few_of(policy, kind, found.likely, kind_known);
    // Asked once: without an answer the likelier one stands, else the last, and staff may change it.
    draft.category_sure = true;
    if (draft.category.empty() && !kind.categories.empty()) draft.category = kind.categories.back().key;
    if (offers.size() < 2) return false;
    auto& reply = t.ask({.kind = "category", .key = "talk.ask_category"});
    for (const auto& offer : offers) {
        const auto slash = offer.value.find('/');
        t.choice(reply, shortened(shown(t, offer), 19),
                 {{"talk", "category"},
                  {"draft", draft.id},
                  {"kind", offer.value.substr(0, slash)},
                  {"category", offer.value.substr(slash + 1)}});
        t.talk.question.options.push_back(offer.value);
        if (t.talk.question.options.size() == most_offers) break;
    }
    return true;
}

bool ask_category(Turn& t, Draft& draft) {
    // Worth a turn only where the whole matter was told in one or two messages.
    if (draft.category_sure || draft.category.empty() || draft.words.size() > 2) return false;
    draft.category_sure = true;  // asked once: without an answer the likelier one stands, and staff may change it
    std::vector<std::string> likely;
    for (const auto& score : t.meant.category_scores) {
        if (t.world.policy->category(draft.kind, score.name)) likely.push_back(score.name);
        if (likely.size() == 2) break;
    }
    if (likely.size() < 2) return false;
    auto& reply = t.ask({.kind = "category", .key = "talk.ask_category"});
    for (const auto& key : likely) {
        t.choice(reply, t.name("category", key, t.world.policy->category(draft.kind, key)->title),
                 {{"talk", "category"}, {"draft", draft.id}, {"kind", draft.kind}, {"category", key}});
        t.talk.question.options.push_back(key);
    }
    return true;
}

// A smell nobody has named might be gas: asked before anything else, for then every minute counts.
bool smells_unnamed(const Turn& t) {
    return contains_any(t.meant.text,
                        {"怪味", "异味", "刺鼻", "不知道什么味", "一股味", "strange smell", "weird smell",
                         "funny smell", "odd smell", "unknown smell", "smells strange", "smells weird"}) &&
           !contains_any(t.meant.text, {"gas",  "rubbish", "trash", "garbage", "drain", "toilet", "paint", "smoke",
                                        "cook", "煤气",    "燃气",  "天然气",  "垃圾",  "下水",   "厕所",  "油漆",
                                        "装修", "油烟",    "香烟",  "尿",      "霉",    "狗",     "猫"});
}

void ask_smell(Turn& t, const Draft& draft) {
    auto& reply = t.ask({.kind = "smell", .key = "talk.ask_smell"});
    for (const char* kind : {"gas", "other", "unsure"})
        t.choice(reply, t.text(std::string("talk.choice.smell_") + kind),
                 {{"talk", "smell"}, {"draft", draft.id}, {"smell", kind}});
}

}  // namespace huiyin
