#include "bot/said.h"

#include <algorithm>

#include "bot/understanding/numbers.h"
#include "bot/understanding/text.h"

namespace huiyin {
namespace {

using Few = std::initializer_list<std::string_view>;

bool is_mark(std::string_view sign) {
    if (sign.size() == 1) return std::string_view(" ,.;!?:~\n\"'").find(sign) != std::string_view::npos;
    static constexpr std::string_view marks[] = {"，", "。", "、", "；", "！", "？", "：", "～", "…", "“", "”"};
    const auto row = static_cast<unsigned char>(sign.front());  // most characters are no marks by their first byte
    if (row != 0xe2 && row != 0xe3 && row != 0xef) return false;
    return std::find(std::begin(marks), std::end(marks), sign) != std::end(marks);
}

template <class List = Few>
bool is_any(std::string_view text, const List& words) {
    return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

// The longest of them that the text begins or ends with; empty: none.
template <class List = Few>
std::string_view beginning(std::string_view text, const List& words) {
    std::string_view found;
    for (const auto word : words)
        if (word.size() > found.size() && text.starts_with(word)) found = word;
    return found;
}
template <class List = Few>
std::string_view ending(std::string_view text, const List& words) {
    std::string_view found;
    for (const auto word : words)
        if (word.size() > found.size() && text.ends_with(word)) found = word;
    return found;
}

std::string without(std::string text, const Few& words) {
    for (const auto word : words)
        for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos;) text.erase(at, word.size());
    return text;
}

}  // namespace

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::size_t point_length(std::string_view text, std::size_t at) {
    std::size_t length = 1;
    while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xc0) == 0x80) ++length;
    return length;
}

std::size_t point_before(std::string_view text, std::size_t at) {
    do --at;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
    return at;
}

std::string plain(std::string_view words) {
    std::string out;
    for (std::size_t at = 0; at < words.size();) {
        const auto sign = words.substr(at, point_length(words, at));
        if (!is_mark(sign)) out += sign;
        at += sign.size();
    }
    return out;
}

std::string without_outer_marks(std::string_view text) {
    while (!text.empty() && is_mark(text.substr(0, point_length(text, 0)))) text.remove_prefix(point_length(text, 0));
    while (!text.empty()) {
        const auto last = point_before(text, text.size());
        if (!is_mark(text.substr(last))) break;
        text.remove_suffix(text.size() - last);
    }
    return std::string(text);
}

std::vector<std::string> told_parts(std::string_view text) {
    const auto is_figure = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    std::vector<std::string> found(1);
    for (std::size_t at = 0; at < text.size();) {
        const auto sign = text.substr(at, point_length(text, at));
        const bool figures = sign == "," && at > 0 && is_figure(at - 1) && is_figure(at + 1);
        if (!figures && is_any(sign, {",", "，", "。", ";", "；", "!", "！"}))
            found.emplace_back();
        else
            found.back() += sign;
        at += sign.size();
    }
    std::erase(found, std::string());
    return found;
}

std::vector<std::string> clauses(std::string_view text) {
    std::vector<std::string> found(1);
    for (std::size_t at = 0; at < text.size();) {
        const auto sign = text.substr(at, point_length(text, at));
        if (!is_mark(sign))
            found.back() += sign;
        else if (sign != " " && !found.back().empty())
            found.emplace_back();
        at += sign.size();
    }
    if (found.back().empty()) found.pop_back();
    return found;
}

bool is_denied(std::string_view text, std::size_t at) {
    static constexpr std::string_view denials[] = {"不",   "没",   "没有", "无",     "未",    "别",
                                                   "非",   "并非", "拒绝", "哪有",   "哪里",  "谁说",
                                                   "谁要", "谁想", "难道", "不等于", "用不着"};
    // What may stand between a denial and what it denies.
    static constexpr std::string_view between[] = {
        "要",   "想",   "能",   "会",   "是",   "有",   "去",   "再",   "被",   "给", "我",   "你们", "他们", "真",
        "真的", "全",   "完全", "全部", "都",   "太",   "很",   "怎么", "什么", "过", "曾",   "曾经", "可以", "打算",
        "应该", "算",   "属于", "选",   "办",   "进行", "说",   "愿意", "肯",   "敢", "需要", "用",   "必",   "准备",
        "考虑", "同意", "希望", "法院", "立刻", "马上", "这么", "这样", "向",   "得", "那种", "可能"};
    auto before = text.substr(0, at);
    int denied = 0;
    for (int fillers = 0; fillers < 5;) {
        if (const auto denial = ending(before, denials); !denial.empty()) {
            // "特别", "非常别…": a part of another word denies nothing.
            if (denial == "别" && !ending(before, {"特别", "分别", "区别", "个别", "级别", "类别"}).empty()) break;
            ++denied;
            before.remove_suffix(denial.size());
        } else if (const auto filler = ending(before, between); !filler.empty()) {
            ++fillers;
            before.remove_suffix(filler.size());
        } else {
            break;
        }
    }
    return denied % 2 == 1;
}

bool says(std::string_view text, std::string_view words) {
    if (words.empty()) return false;
    for (std::size_t at = 0; (at = text.find(words, at)) != std::string_view::npos; at += words.size())
        if (!is_denied(text, at)) return true;
    return false;
}

bool says_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return says(text, word); });
}

bool denies(std::string_view text, std::string_view words) {
    return text.find(words) != std::string_view::npos && !says(text, words);
}

namespace {

// A title or words as they count: "已经照办了" is 照办.
std::string bare(std::string words) {
    words = plain(words);
    if (words.starts_with("已经")) words.erase(0, std::string_view("已经").size());
    if (words.ends_with("了")) words.erase(words.size() - std::string_view("了").size());
    return words;
}

// Words come to a bare title when what people say before and after it is taken away.
bool come_to(std::string_view words, const std::string& wanted) {
    static constexpr std::string_view leads[] = {"嗯",   "嗯嗯", "对",     "对的",   "是的", "好的", "好",   "那",
                                                 "那就", "我看", "我选",   "我说",   "我",   "我们", "这次", "现在",
                                                 "目前", "确实", "应该",   "就",     "就是", "都",   "已",   "已经",
                                                 "师傅", "谢谢", "我觉得", "他们",   "你们", "你好", "您好", "是",
                                                 "选择", "选",   "点",     "我认为", "企业", "他",   "商家", "终于"};
    static constexpr std::string_view tails[] = {"了",       "的",     "啦",     "呢",     "啊",   "呀",     "哦",
                                                 "哈",       "嘛",     "谢谢",   "谢谢你", "多谢", "谢谢您", "感谢",
                                                 "辛苦了",   "辛苦",   "师傅",   "您",     "你们", "这个",   "吧",
                                                 "非常感谢", "没问题", "麻烦了", "可以",   "喽",   "咯"};
    for (auto head = plain(words);;) {
        for (auto tail = head;;) {
            if (bare(tail) == wanted) return true;
            const auto end = ending(tail, tails);
            if (end.empty() || end.size() == tail.size()) break;
            tail.erase(tail.size() - end.size());
        }
        const auto lead = beginning(head, leads);
        if (lead.empty() || lead.size() == head.size()) return false;
        head.erase(0, lead.size());
    }
}

// A title that may be said in it at all: nearly never, and then nothing is to be taken apart.
std::string wanted_in(std::string_view text, std::string_view title) {
    constexpr std::size_t a_sentence = 120;  // bytes
    if (title.empty() || text.size() > a_sentence) return {};
    if (text.find('?') != std::string_view::npos || text.find("？") != std::string_view::npos) return {};
    auto wanted = bare(std::string(title));
    return plain(text).find(wanted) == std::string::npos ? std::string{} : wanted;
}

}  // namespace

bool says_only(std::string_view text, std::string_view title) {
    const auto wanted = wanted_in(text, title);
    return !wanted.empty() && come_to(text, wanted);
}

bool says_just(std::string_view text, std::string_view title) {
    const auto wanted = wanted_in(text, title);
    if (wanted.empty()) return false;
    if (come_to(text, wanted)) return true;
    // One clause is the title, and no other takes anything back.
    bool found = false;
    for (const auto& clause : clauses(text)) {
        if (come_to(clause, wanted))
            found = true;
        else if (is_doubted(clause) ||
                 contains_any(without(clause, {"没问题", "没意见", "不错", "没错", "不用谢"}),
                              {"不", "没", "未", "无", "但", "可是", "还", "才", "却", "又", "再", "另", "只"}))
            return false;
    }
    return found;
}

bool gives_up(std::string_view text) {
    if (!contains_any(text, {"算", "不", "取消", "自己"})) return false;
    const auto all = clauses(text);
    const auto is_one = [](const std::string& clause) {
        static constexpr std::string_view ways[] = {
            "算了",     "不报了",       "不投诉了",   "不申诉了",   "不举报了",  "不弄了",     "不办了",
            "不登记了", "不说了",       "不反映了",   "不用登记了", "取消登记",  "不想投诉了", "不想申诉了",
            "不想报了", "算了吧",       "不要了",     "我自己弄",   "我自己来",  "自己弄",     "我自己解决",
            "自己解决", "我自己想办法", "不麻烦你们", "不麻烦了",   "不劳烦你们"};
        std::string_view rest = clause;  // "算了算了我自己弄"
        while (rest.size() > std::string_view("算了").size() && rest.starts_with("算了"))
            rest.remove_prefix(std::string_view("算了").size());
        for (const auto way : ways)
            if (says_just(clause, way) || says_just(rest, way)) return true;
        return false;
    };
    const auto is_polite = [](const std::string& clause) {
        return is_any(clause, {"好", "好的", "好吧", "嗯", "哦", "谢谢", "谢谢了", "谢谢您", "那", "麻烦了", "行"});
    };
    return std::any_of(all.begin(), all.end(), is_one) &&
           std::all_of(all.begin(), all.end(),
                       [&](const std::string& clause) { return is_polite(clause) || is_one(clause); });
}

namespace {

std::string without_harmless_denials(std::string_view text) {
    return without(std::string(text),
                   {"没问题", "没意见", "没错", "不错", "没再", "没有再", "没漏", "没什么", "没别的"});
}

bool has_doubt(const std::string& bare) {
    return contains_any(bare, {"谁说", "谁讲", "哪里修", "哪里好", "哪里解",   "哪里弄", "哪儿",   "哪有", "才怪",
                               "要是", "如果", "假如",   "的话",   "除非",     "吗",     "?",      "？",   "总说",
                               "老说", "说是", "号称",   "不是",   "不算",     "不能说", "等修",   "等真", "等你",
                               "等好", "等他", "算是",   "不见得", "怎么可能", "做梦",   "凭什么", "还不", "就算",
                               "再说", "骗",   "假的",   "不一定", "何时"});
}

}  // namespace

bool is_doubted(std::string_view text) {
    const auto bare = without_harmless_denials(text);
    return has_doubt(bare) || contains_any(bare, {"没", "未"});
}

bool doubts_mending(std::string_view text) {
    const auto bare = without_harmless_denials(text);
    if (has_doubt(bare)) return true;
    if (!contains_any(bare, {"没", "未"})) return false;
    const auto all = clauses(bare);
    return std::any_of(all.begin(), all.end(), [](const std::string& clause) {
        const auto at = std::min(clause.find("没"), clause.find("未"));
        if (at == std::string::npos) return false;
        // Behind a "but" any denial counts; "修好了没" asks.
        if (contains_any(clause, {"还没", "还未", "但", "可是", "不过", "只是", "就是", "没门", "没人来"}) ||
            !ending(clause, {"没", "没有", "未"}).empty())
            return true;
        return contains_any(std::string_view(clause).substr(at),
                            {"好", "修", "解决", "弄", "处理", "办", "同意", "接受", "换", "来", "完", "动", "行"});
    });
}

namespace {

// "有没有", "是不是" in a question, and the defect that is asked about: no denial.
std::string without_choices(std::string text) {
    text = without(std::move(text), {"不良", "不合格", "是否", "能否"});
    for (std::size_t at = 0; at < text.size();) {
        const auto length = point_length(text, at);
        const auto sign = std::string_view(text).substr(at, length);
        if ((sign == "不" || sign == "没") && at > 0) {
            const auto before = point_before(text, at);
            const auto verb = text.substr(before, at - before);
            if (text.compare(at + length, verb.size(), verb) == 0) {
                text.erase(at, length + verb.size());
                continue;
            }
        }
        at += length;
    }
    return text;
}

bool is_denial(std::string_view sign) { return is_any(sign, {"不", "没", "无", "未", "非", "别", "否"}); }

int denials_in(std::string_view text) {
    int count = 0;
    for (std::size_t at = 0; at < text.size(); at += point_length(text, at))
        count += is_denial(text.substr(at, point_length(text, at)));
    return count;
}

// What is asked about: 影响 of "影响使用性能吗", 投诉 of "向企业投诉过吗".
struct Asked {
    std::string words;               // the question, plain
    std::vector<std::string> verbs;  // two characters each
    bool denied = false;             // "不用再还给贵司,对吗": a no may mean either
    bool whose = false;              // "是您本人的号码吗"

    explicit Asked(std::string_view question) : words(without_choices(plain(question))) {
        std::string_view rest = words;
        denied = denials_in(rest) > 0;
        whose = rest.find("本人") != std::string_view::npos;
        const auto take = [&](std::size_t from) {
            if (from >= rest.size()) return;
            const auto second = from + point_length(rest, from);
            if (second < rest.size()) verbs.emplace_back(rest.substr(from, second + point_length(rest, second) - from));
        };
        for (const std::string_view past : {"过吗", "了吗", "完吗"})
            if (const auto at = rest.find(past); at != std::string_view::npos && at > 0)
                if (const auto last = point_before(rest, at); last > 0) take(point_before(rest, last));
        static constexpr std::string_view leads[] = {"请问", "您", "你",   "贵司", "是", "会", "能",
                                                     "有",   "已", "已经", "还",   "这", "它", "产品"};
        for (auto lead = beginning(rest, leads); !lead.empty(); lead = beginning(rest, leads))
            rest.remove_prefix(lead.size());
        take(0);
    }
};

// Nothing behind the word that was asked about but what the question has too: "影响使用", not "影响外观".
bool is_of_question(std::string_view tail, const Asked& asked, std::string_view harmless) {
    for (std::size_t at = 0; at < tail.size(); at += point_length(tail, at)) {
        const auto sign = tail.substr(at, point_length(tail, at));
        if (asked.words.find(sign) == std::string::npos && harmless.find(sign) == std::string_view::npos) return false;
    }
    return true;
}

// A word of the question itself, denied or not: "不影响", "没投诉过", "不是我的".
std::optional<bool> by_question(std::string_view text, const Asked& asked) {
    const int denials = denials_in(text);
    for (const auto& verb : asked.verbs) {
        const auto at = text.find(verb);
        if (at == std::string_view::npos) continue;
        constexpr std::string_view harmless = "了的过啊很挺大较较比太常正我们得到完";
        if (!is_of_question(text.substr(at + verb.size()), asked, harmless)) return std::nullopt;
        const bool denied = is_denied(text, at);
        return denied == (denials % 2 == 1) ? std::optional(!denied) : std::nullopt;
    }
    if (!asked.whose) return std::nullopt;
    bool is = true;
    if (const auto lead = beginning(text, {"是", "不是", "并不是", "也不是", "又不是"}); !lead.empty())
        is = lead == "是", text.remove_prefix(lead.size());
    const auto own = beginning(text, {"我", "我的", "我本人", "我自己", "本人", "自己", "我们", "本单位", "我单位"});
    constexpr std::string_view things = "的号码手机账户卡名下宽带电话单位公司本人自己办了";
    if (own.empty() || !is_of_question(text.substr(own.size()), asked, things)) return std::nullopt;
    return is;
}

// Where the question holds a denial, "不用还了" agrees with it: nothing but a right or wrong is clear.
std::optional<bool> of_denied_question(std::string_view text) {
    if (is_any(text, {"对", "对的", "对对", "是", "是的", "是是", "没错", "嗯", "嗯嗯", "ok", "OK", "同意", "没问题"}))
        return true;
    if (is_any(text, {"不对", "不是", "不是的", "不是不是", "不对不对", "不同意"})) return false;
    for (const std::string_view lead : {"对的", "是的", "没错"})
        if (text.starts_with(lead)) return true;
    for (const std::string_view lead : {"不对", "不是的"})
        if (text.starts_with(lead)) return false;
    return std::nullopt;
}

std::optional<bool> of_clause(std::string_view said, const Asked& asked) {
    auto text = plain(said);
    for (const std::string_view end : {"啊", "呀", "呢", "哦", "哈", "嘛", "啦", "喔", "噢", "哎", "的呀"})
        while (text.size() > end.size() && text.ends_with(end)) text.erase(text.size() - end.size());
    if (is_any(text, {"不是不是", "没有没有", "不要不要"})) return false;
    // "是不是", "有没有": a question, or a shrug; "要是影响": a condition.
    if (contains_any(text, {"是不是",   "有没有", "会不会", "要不要", "能不能", "可不可以", "行不行", "对不对",
                            "影不影响", "不一定", "不好说", "说不好", "说不准", "不清楚",   "不知道", "不确定",
                            "未必",     "无所谓", "随便",   "也许",   "可能吧", "不记得",   "看情况", "都行",
                            "不晓得",   "不明白", "没听懂", "要是",   "如果",   "的话",     "假如",   "对不起"}) ||
        said.ends_with("吗"))
        return std::nullopt;
    if (asked.denied) return of_denied_question(text);
    static constexpr std::string_view yes[] = {
        "对",   "是",       "是的",       "嗯",       "好",       "行",      "可以", "有",   "会",   "要",
        "没错", "不错",     "当然",       "没问题",   "没意见",   "肯定",    "同意", "确实", "对的", "对对",
        "ok",   "OK",       "yes",        "Yes",      "y",        "Y",       "能",   "有的", "会的", "要的",
        "是是", "嗯嗯",     "成",         "中",       "必须的",   "好的",    "行的", "必须", "需要", "当然是",
        "愿意", "不是不行", "不是不可以", "不是没有", "不是不会", "不是不要"};
    static constexpr std::string_view no[] = {
        "不",     "不是", "没有",     "没",       "无",       "否",       "不用",   "不用了", "不要",
        "不要了", "不行", "还没",     "还没有",   "不是的",   "没有的",   "不会",   "不需要", "不对",
        "no",     "No",   "n",        "N",        "不必",     "不必了",   "不能",   "不可以", "不同意",
        "不不",   "没没", "没有没有", "不是不是", "不用不用", "不要不要", "不不不", "没得",   "木有",
        "没了",   "不了", "没有了",   "没有过",   "没过",     "不愿意"};
    static constexpr std::string_view adverbs[] = {"从来", "从", "都", "也", "真", "真的", "根本", "完全", "我",
                                                   "我们", "他", "嗯", "哦", "那", "其实", "当然", "肯定", "确实"};
    for (std::string_view rest = text; !rest.empty();) {
        if (is_any(rest, yes)) return true;
        if (is_any(rest, no)) return false;
        const auto lead = beginning(rest, adverbs);
        if (lead.empty()) break;
        rest.remove_prefix(lead.size());
    }
    // Words that have a denial in them and deny nothing.
    const auto bare = without(text, {"非常",   "不停地", "不停",     "不断", "不仅",   "不但",   "不光",  "不只",
                                     "不管",   "无论",   "没完没了", "非得", "非要",   "特别",   "分别",  "无时无刻",
                                     "不得了", "了不得", "不久",     "不过", "差不多", "忍不住", "受不了"});
    if (contains_any(bare, {"影响不大", "问题不大", "关系不大"})) return false;
    if (const auto answer = by_question(bare, asked)) return answer;
    // A clear word leads, and nothing behind it says the other.
    const auto led = [&](std::string_view lead, bool answer) -> std::optional<bool> {
        const auto rest = of_clause(std::string_view(text).substr(lead.size()), asked);
        return rest && *rest != answer ? std::nullopt : std::optional(answer);
    };
    if (const auto lead = beginning(
            text, {"是的", "对的", "对对", "嗯嗯", "有的", "会的", "要的", "没错", "不错", "没问题", "没意见"});
        !lead.empty())
        return led(lead, true);
    if (const auto lead = beginning(text, {"不是的", "不用了", "不要了", "不用谢"}); !lead.empty())
        return led(lead, false);
    return std::nullopt;
}

}  // namespace

std::optional<bool> yes_or_no(std::string_view text, std::string_view question) {
    const auto all = clauses(text);
    const bool asks = text.ends_with("?") || text.ends_with("？");
    const Asked asked(question);
    std::optional<bool> answer;
    bool breathes = false;  // "嗯,不影响": the first of it is no answer yet
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (asks && i + 1 == all.size()) break;
        const auto said = of_clause(all[i], asked);
        if (!said) continue;
        if (answer && *said != *answer && !breathes) return std::nullopt;
        answer = said;
        breathes = is_any(all[i], {"嗯", "嗯嗯", "好", "好的"});
    }
    return answer;
}

std::optional<int> line_number(std::string_view text) {
    auto words = to_points(plain(text));
    const auto strip = [&](std::u32string_view lead) {
        if (words.size() > lead.size() && std::u32string_view(words).starts_with(lead)) words.erase(0, lead.size());
    };
    for (const std::u32string_view lead : {U"那", U"我", U"请", U"帮我", U"要", U"想", U"把"}) strip(lead);
    for (const std::u32string_view lead : {U"修改", U"更改", U"改一下", U"改下", U"改", U"选"}) strip(lead);
    strip(U"第");
    const auto number = read_small_number(words, 0, 2);
    if (!number || number->value < 1 || number->value > 99) return std::nullopt;
    const auto rest = std::u32string_view(words).substr(number->end);
    for (const std::u32string_view tail :
         {U"",         U"项",       U"条",       U"个",       U"行",     U"改",     U"项改",   U"条改",
          U"要改",     U"项要改",   U"条要改",   U"不对",     U"项不对", U"条不对", U"错了",   U"项错了",
          U"条错了",   U"改一下",   U"项改一下", U"条改一下", U"有误",   U"项有误", U"条有误", U"写错了",
          U"项写错了", U"条写错了", U"吧",       U"项吧",     U"条吧",   U"个不对", U"个错了"})
        if (rest == tail) return number->value;
    return std::nullopt;
}

}  // namespace huiyin
