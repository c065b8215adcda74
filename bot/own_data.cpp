#include "bot/own_data.h"

#include <array>
#include <regex>

namespace huiyin {
namespace {

using What = OwnDataWish::What;

constexpr std::size_t a_wish = 160;  // bytes: whoever says more tells of something

// Without what only makes it polite, and without marks and blanks.
std::string bare(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t skipped = 0;
        for (const std::string_view mark :
             {"，", "。", "！", "？", "、", "：", "；", "～", "“",  "”",  "「", "」", "　",
              " ",  ",",  ".",  "!",  "?",  ":",  ";",  "~",  "\n", "\r", "\t", "'",  "\""})
            if (text.substr(at).starts_with(mark)) skipped = mark.size();
        if (skipped == 0) {
            const char c = text[at];
            plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            skipped = 1;
        }
        at += skipped;
    }
    return plain;
}

// What only makes it polite, at its beginning and at its end. One after the other, so that no repetition costs more.
std::string_view without_courtesies(std::string_view plain) {
    static constexpr std::string_view before[] = {"你好", "您好", "请问", "请",   "麻烦", "劳驾",   "能不能",
                                                  "可以", "能",   "帮我", "给我", "替我", "我想要", "我要",
                                                  "我想", "想要", "想",   "要",   "把",   "将",     "please"};
    static constexpr std::string_view after[] = {"一下", "下",   "吧", "呢",   "吗", "嗎",     "啊",    "了",
                                                 "谢谢", "謝謝", "好", "可以", "行", "please", "thanks"};
    for (bool again = true; again;) {
        again = false;
        for (const auto word : before)
            if (plain.starts_with(word)) plain.remove_prefix(word.size()), again = true;
        for (const auto word : after)
            if (plain.ends_with(word)) plain.remove_suffix(word.size()), again = true;
    }
    return plain;
}

// Few messages are looked at more closely.
bool may_speak_of_data(std::string_view text) {
    static constexpr std::string_view cues[] = {
        "信息",  "资料",  "資料",     "資訊",     "数据",        "账号",    "账户",   "帳號",       "记录",
        "隐私",  "更正",  "改正",     "纠正",     "修改",        "更改",    "改我的", "改一下我的", "删",
        "刪",    "注销",  "我的什么", "我什么",   "我啥",        "我哪些",  "data",   "DATA",       "Data",
        "delet", "Delet", "account",  "about me", "information", "orrect ", "of me"};
    for (const auto cue : cues)
        if (text.find(cue) != std::string_view::npos) return true;
    return false;
}

struct Saying {
    What what;
    std::regex how;
};

// Bytes are compared: a character in brackets would be read as its bytes, so alternatives stand in groups.
const std::array<Saying, 5>& sayings() {
    static const std::string mine =
        "我(?:的)?(?:所有|全部)?(?:的)?(?:个人|個人)?(?:信息|资料|資料|数据|資訊|账号|账户|帳號|记录|隐私)";
    static const auto any = [](const std::string& how) { return std::regex(how, std::regex::optimize); };
    static const std::array<Saying, 5> all{
        Saying{What::take_along,
               any("(?:导出|汇出|匯出|下载|下載|复制|拷贝)(?:一份|一下)?" + mine + "|" + mine +
                   "(?:导出|汇出|匯出|下载|下載)(?:一份|出来)?|exportmydata|downloadmydata|acopyofmydata|sendmemydata|"
                   "iwantacopyofmydata")},
        Saying{What::erase, any("(?:都|全部|全)?(?:删除|刪除|删掉|刪掉|删了|清除|清空|抹掉|注销|註銷)(?:一下|掉)?" +
                                mine + "|" + mine +
                                "(?:都|全部|全)?(?:给我)?(?:删除|刪除|删掉|刪掉|删了|删|清除|清空|抹掉|注销|註銷)|"
                                "(?:delete|erase|remove)(?:all)?(?:of)?my(?:personal)?(?:data|information|account)|"
                                "deletemyaccount")},
        Saying{What::keep, any("不(?:用|要|想)?(?:删|刪)(?:除)?|(?:取消|撤回|撤销)(?:删除|刪除)(?:申请|申請)?|"
                               "keepmydata|dontdelete(?:it|mydata)?|cancelthedeletion")},
        Saying{What::see,
               any("(?:看|查|查看|看看|查一下|看一下|查询)?" + mine +
                   "|(?:你们|你們|您们|物业|你|您)?(?:都)?(?:存|留|保存|有|掌握|收集|记|知道)(?:着|了)?(?:我)?(?:的)?"
                   "(?:哪些|什么|什麼|啥)(?:个人|個人)?(?:的)?(?:信息|资料|資料|数据)|"
                   "(?:你们|你們|您们|物业|你|您)(?:都)?(?:存|留|保存|有|掌握|收集|记)(?:着|了)?我(?:的)?(?:哪些|什么|"
                   "什麼|啥)|"
                   "(?:showme)?mydata|what(?:data|information)?doyou(?:have|hold|keep|know|store)(?:about|on|of)me")},
        Saying{What::correct,
               any("(?:更正|改正|修改|更改|改|纠正)(?:一下)?(?:" + mine +
                   "|我(?:的)?(?:名字|姓名|称呼|电话|电话号码|手机|手机号|手机号码|联系方式))?|correctmydata")}};
    return all;
}

// "更正 称呼王女士", "更正：电话13800001111", "correct name Ms Wang": what is to be right stands behind the word.
std::optional<OwnDataWish> correction_in(const std::string& plain, const std::string& text) {
    static const std::regex how(
        "(?:更正|改正)(?:一下)?(?:我的|我)?(?:个人信息|信息|资料|資料)?(?:把)?"
        "(?:(?:名字|姓名|称呼|稱呼)(?:改成|改为|改為|应该是|應該是|是|为|為|叫)?(.{2,40}?)|"
        "(?:电话|電話|手机|手機)(?:号码|號碼|号|號)?(?:改成|改为|改為|应该是|應該是|是|为|為)?(\\+?[0-9-]{7,20}))",
        std::regex::optimize);
    static const std::regex in_english(
        "\\s*(?:please\\s+)?correct\\s+(?:my\\s+)?(?:name(?:\\s+to|\\s+is|:)?\\s+(\\S.{0,38}[^\\s.!])|"
        "(?:phone|mobile)(?:\\s+number)?(?:\\s+to|\\s+is|:)?\\s+(\\+?[0-9][0-9 -]{5,18}[0-9]))[\\s.!]*",
        std::regex::optimize | std::regex::icase);
    std::smatch found;
    if (!std::regex_match(plain, found, how) && !std::regex_match(text, found, in_english)) return std::nullopt;
    return OwnDataWish{.what = What::correct, .name = found[1].str(), .phone = found[2].str()};
}

}  // namespace

std::optional<OwnDataWish> own_data_wish(std::string_view text, bool in_hand) {
    if (text.empty() || text.size() > a_wish || !may_speak_of_data(text)) return std::nullopt;
    const auto whole = bare(text);
    const std::string plain(without_courtesies(whole));
    if (auto correction = in_hand ? std::nullopt : correction_in(plain, std::string(text))) return correction;
    for (const auto& [what, how] : sayings())
        if (!(in_hand && what == What::correct) && std::regex_match(plain, how))
            return OwnDataWish{.what = what, .name = {}, .phone = {}};
    return std::nullopt;
}

}  // namespace huiyin
