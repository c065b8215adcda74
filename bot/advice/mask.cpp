#include "bot/advice/mask.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "bot/understanding/text.h"

namespace huiyin::advice {
namespace {

using View = std::u32string_view;

constexpr View surnames =
    U"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    U"汪田"
    U"任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧鲁葛聂齐向庞颜倪严牛温芦季"
    U"俞章"
    U"鲍施洪翟安柳祝岑莫柯梅盛涂卜童耿房路尤凌霍成殷管甘喻祁翁骆阮左裴池关詹舒游单车连项岳简";
// Those that begin few other words: a name is seen by them without a title.
constexpr View plain_surnames =
    U"王李张刘陈杨赵黄周吴徐孙胡朱郭罗梁宋郑韩唐冯董萧曹袁邓傅沈彭吕苏卢蒋蔡贾魏薛阎潘杜姜姚谭廖邹熊陆郝崔邱秦顾侯邵孟"
    U"尹黎"
    U"乔贺赖龚何林高谢许";
constexpr View titles[] = {U"先生", U"女士", U"小姐", U"师傅", U"阿姨", U"大爷", U"大妈", U"大叔", U"叔叔",
                           U"老师", U"经理", U"主任", U"主管", U"队长", U"班长", U"医生", U"警官", U"律师",
                           U"奶奶", U"爷爷", U"大哥", U"大姐", U"太太", U"老板", U"书记", U"局长", U"站长",
                           U"店长", U"保安", U"管家", U"阿婆", U"婆婆", U"伯伯", U"哥",   U"姐",   U"嫂",
                           U"叔",   U"姨",   U"总",   U"工",   U"某某", U"某"};
constexpr View before_name[] = {U"姓名", U"我叫", U"名叫", U"叫做", U"名字是", U"名字叫", U"联系人", U"户主", U"业主",
                                U"住户", U"租客", U"租户", U"房东", U"本人",   U"我是",   U"他叫",   U"她叫", U"收件人",
                                U"保安", U"保洁", U"管家", U"经理", U"主管",   U"师傅",   U"前台",   U"客服", U"邻居"};
// Written together with a surname, but no name.
constexpr View no_names[] = {U"陈旧",   U"周末", U"周一", U"周二", U"周三", U"周四", U"周五", U"周六", U"周日", U"周围",
                             U"周边",   U"周期", U"周到", U"张贴", U"胡乱", U"胡同", U"胡说", U"黄色", U"黄昏", U"黄水",
                             U"黄泥",   U"黄牌", U"孙子", U"孙女", U"杜绝", U"范围", U"顾客", U"陆续", U"赖账", U"赖着",
                             U"熊孩子", U"高层", U"高空", U"高温", U"高压", U"高峰", U"高低", U"高处", U"高速", U"林子",
                             U"林荫",   U"何时", U"何况", U"何必", U"谢谢", U"许多", U"许可", U"许久", U"高兴", U"高的",
                             U"白天",   U"高端", U"高音", U"高楼", U"梁上", U"张嘴", U"杨树", U"杨絮", U"柳絮", U"安全",
                             U"安装",   U"管道", U"路灯", U"车位"};
constexpr View plate_letters = U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领警学港澳";
constexpr View community_ends[] = {U"小区", U"花园", U"家园", U"花苑", U"雅苑", U"佳苑", U"名苑",
                                   U"嘉园", U"公寓", U"新村", U"新城", U"山庄", U"豪庭", U"华府",
                                   U"大厦", U"名邸", U"华庭", U"公馆", U"苑",   U"大院", U"里弄"};
constexpr View no_part_of_community = U"在住我是你们的他她这那到从整个全咱本该各每们家和跟了,.;:!? ";
constexpr View place_units[] = {U"号楼", U"号院", U"号房", U"号线", U"单元", U"栋", U"幢", U"座", U"室", U"弄", U"门牌",
                                U"楼",   U"层",   U"户",   U"期",   U"区",   U"组", U"村", U"号", U"房", U"梯"};
constexpr View roads[] = {U"大道", U"大街", U"胡同", U"路", U"街", U"巷", U"弄"};
constexpr View money_units[] = {U"块钱", U"元",  U"块",     U"毛", U"万",   U"千", U"百",   U"w",
                                U"k",    U"rmb", U"人民币", U"欧", U"yuan", U"刀", U"美元", U"港币"};

bool one_of(char32_t point, View set) { return set.find(point) != View::npos; }
bool is_number_word(char32_t point) { return digit_of(point) >= 0 || one_of(point, U"十百千万半几多廿拾佰仟.,点"); }

class Mask {
public:
    Mask(std::u32string points) : text_(std::move(points)), low_(text_), cover_(text_.size(), nullptr) {
        for (auto& point : low_)
            if (point >= U'A' && point <= U'Z') point += U'a' - U'A';
    }

    void words(View word, const char* label) {
        if (word.size() < 2) return;
        std::u32string low(word);
        for (auto& point : low)
            if (point >= U'A' && point <= U'Z') point += U'a' - U'A';
        for (std::size_t at = 0; (at = low_.find(low, at)) != View::npos; at += low.size())
            cover(at, at + low.size(), label);
    }

    // Addresses of the net, and names of accounts: 微信abc_123, a@b.cn, https://…
    void accounts() {
        const auto in_token = [](char32_t point) {
            return is_ascii_letter(point) || is_ascii_digit(point) || one_of(point, U"@._:/\\-+#%&=?~");
        };
        for (std::size_t at = 0; at < low_.size();) {
            if (!in_token(low_[at])) {
                ++at;
                continue;
            }
            std::size_t end = at;
            while (end < low_.size() && in_token(low_[end])) ++end;
            const View token(low_.data() + at, end - at);
            bool digit = false, letter = false;
            for (const auto point : token) digit |= is_ascii_digit(point), letter |= is_ascii_letter(point);
            if (token.find(U'@') != View::npos)
                cover(at, end, "[邮箱]");
            else if (token.find(U"://") != View::npos || token.starts_with(U"www.") ||
                     token.find(U".com") != View::npos || token.find(U".cn") != View::npos)
                cover(at, end, "[网址]");
            else if (digit && letter && token.size() >= 5)
                cover(at, end, "[号码]");
            else if (letter && token.size() >= 4 && names_account(at))
                cover(at, end, "[账号]");
            at = end;
        }
    }

    void plates() {
        for (std::size_t at = 0; at + 1 < low_.size(); ++at) {
            if (!one_of(text_[at], plate_letters)) continue;
            std::size_t end = at + 1;
            while (end < low_.size() && low_[end] == U' ') ++end;
            if (end >= low_.size() || !is_ascii_letter(low_[end])) continue;
            std::size_t signs = 0;
            for (++end; end < low_.size(); ++end) {
                if (is_ascii_letter(low_[end]) || is_ascii_digit(low_[end]))
                    ++signs;
                else if (!one_of(low_[end], U" ·.-•・"))
                    break;
            }
            if (signs >= 4) cover(at, end, "[车牌]");
        }
    }

    void places() {
        // 3栋, 二单元, B座, 五零一室, 22楼; and what is joined to them: 3-2-501, 3栋2单元501.
        for (std::size_t at = 0; at < low_.size(); ++at) {
            if (!begins_number(at)) continue;
            std::size_t end = at;
            while (end < low_.size() && (digit_of(low_[end]) >= 0 || one_of(low_[end], U"十百廿") ||
                                         (is_ascii_letter(low_[end]) && end - at < 4)))
                ++end;
            std::size_t unit = end;
            while (unit < low_.size() && low_[unit] == U' ') ++unit;
            for (const auto name : place_units)
                if (starts(unit, name)) {
                    if (!one_of(name.back(), U"楼层户期区组村号房梯") || has_digit(at, end)) {
                        cover(at, unit + name.size(), "[地址]");
                        numbers_after(unit + name.size());
                    }
                    break;
                }
        }
        for (std::size_t at = 0; at + 2 < low_.size(); ++at) {  // 3-2-501, 12#1503
            if (digit_of(low_[at]) < 0 || (at > 0 && digit_of(low_[at - 1]) >= 0)) continue;
            std::size_t end = at, parts = 0;
            while (end < low_.size()) {
                const auto begin = end;
                while (end < low_.size() && digit_of(low_[end]) >= 0) ++end;
                if (end == begin || end - begin > 4) break;
                ++parts;
                if (end + 1 >= low_.size() || !one_of(low_[end], U"-#—–_/杠") || digit_of(low_[end + 1]) < 0) break;
                ++end;
            }
            if (parts >= 2 && end - at >= 4) cover(at, end, "[地址]");
        }
        for (std::size_t at = 1; at < low_.size(); ++at)  // 人民路18号: the road goes with its number
            for (const auto road : roads)
                if (starts(at, road) && at + road.size() < low_.size() &&
                    (cover_[at + road.size()] || digit_of(low_[at + road.size()]) >= 0)) {
                    std::size_t begin = at;
                    while (begin > 0 && at - begin < 6 && is_han(low_[begin - 1]) &&
                           !one_of(low_[begin - 1], no_part_of_community))
                        --begin;
                    if (begin < at) cover(begin, at + road.size(), "[地址]");
                }
        for (std::size_t at = 2; at < low_.size(); ++at)
            for (const auto name : community_ends)
                if (starts(at, name)) {
                    std::size_t begin = at;
                    while (begin > 0 && at - begin < 6 && is_han(low_[begin - 1]) &&
                           !one_of(low_[begin - 1], no_part_of_community))
                        --begin;
                    if (at - begin >= 2) cover(begin, at + name.size(), "[地址]");
                    break;
                }
        for (const View word :
             {U"room", U"building", U"unit", U"flat", U"apartment", U"apt", U"block", U"tower", U"floor"})
            for (std::size_t at = 0; (at = low_.find(word, at)) != View::npos; at += word.size()) {
                if (at > 0 && is_ascii_letter(low_[at - 1])) continue;
                std::size_t end = at + word.size();
                while (end < low_.size() && one_of(low_[end], U" .:#")) ++end;
                std::size_t stop = end;
                while (stop < low_.size() &&
                       (is_ascii_digit(low_[stop]) || is_ascii_letter(low_[stop]) || low_[stop] == U'-'))
                    ++stop;
                if (stop > end && (has_digit(end, stop) || stop - end == 1)) cover(at, stop, "[地址]");
            }
    }

    void money() {
        for (std::size_t at = 0; at < low_.size(); ++at) {
            if (one_of(low_[at], U"¥￥$€") && at + 1 < low_.size()) {
                std::size_t end = at + 1;
                while (end < low_.size() && (is_number_word(low_[end]) || low_[end] == U' ')) ++end;
                if (end > at + 1) cover(at, end, "[金额]");
                continue;
            }
            if (digit_of(low_[at]) < 0 && !one_of(low_[at], U"十百千万")) continue;
            if (at > 0 && is_number_word(low_[at - 1])) continue;
            std::size_t end = at;
            while (end < low_.size() && is_number_word(low_[end])) ++end;
            // 一百, 两千: the number's own last sign is its unit.
            const bool round = end - at >= 2 && one_of(low_[end - 1], U"百千万多");
            std::size_t unit = end;
            while (unit < low_.size() && low_[unit] == U' ') ++unit;
            std::size_t stop = 0;
            for (const auto name : money_units)
                if (starts(unit, name)) {
                    // 一块地板 is no money.
                    if (name == U"块" && end - at == 1 && !is_ascii_digit(low_[at]) && !starts(unit + 1, U"钱")) break;
                    if (is_ascii_letter(name.back()) && unit + name.size() < low_.size() &&
                        is_ascii_letter(low_[unit + name.size()]))
                        continue;
                    stop = unit + name.size();
                    break;
                }
            if (stop == 0 && !round) continue;
            if (stop == 0) stop = end;
            while (stop < low_.size() && (is_number_word(low_[stop]) || one_of(low_[stop], U"元块毛角分钱"))) ++stop;
            cover(at, stop, "[金额]");
        }
    }

    // Rows of figures, written together or apart, in figures or in words.
    void figures() {
        for (std::size_t at = 0; at < low_.size();) {
            if (digit_of(low_[at]) < 0) {
                ++at;
                continue;
            }
            std::size_t end = at, count = 0, last = at, run = 0, longest = 0;
            while (end < low_.size()) {
                if (digit_of(low_[end]) >= 0) {
                    last = ++end;
                    ++count;
                    longest = std::max(longest, ++run);
                    continue;
                }
                run = 0;
                std::size_t gap = 0;
                while (end + gap < low_.size() && gap < 3 && digit_of(low_[end + gap]) < 0 && is_gap(low_[end + gap]))
                    ++gap;
                if (gap == 0 || end + gap >= low_.size() || digit_of(low_[end + gap]) < 0) break;
                end += gap;
            }
            if (last < low_.size() && (low_[last] == U'x') && count >= 14) ++last;
            if (longest >= 3 || count >= 7)
                cover(at, last,
                      count == 11 || count == 7 || count == 8 || count == 10 || count == 12 ? "[电话]"
                      : count == 15 || count == 17 || count == 18                           ? "[证件]"
                      : count >= 13                                                         ? "[卡号]"
                                                                                            : "[号码]");
            at = last;
        }
    }

    void names() {
        for (std::size_t at = 0; at < text_.size(); ++at) {
            if (!one_of(text_[at], surnames)) continue;
            // 王女士, 李建国师傅
            for (std::size_t given = 0; given <= 2; ++given) {
                if (!han(at + 1, given)) break;
                const auto title = title_at(at + 1 + given);
                const bool plain = one_of(text_[at], plain_surnames);
                if (title > 0 && !is_no_name(at) && (plain || (given == 0 && title > 1))) {
                    cover(at, at + 1 + given, "[姓名]");
                    break;
                }
            }
            // 老王, 小李, 阿强: a nickname before a surname
            if (at > 0 && one_of(text_[at - 1], U"老小阿") && one_of(text_[at], plain_surnames) && !is_no_name(at) &&
                !(text_[at - 1] == U'小' && one_of(text_[at], U"高林")))
                cover(at - 1, at + 1, "[姓名]");
            if (!one_of(text_[at], plain_surnames) || is_no_name(at)) continue;
            const bool called = follows_name_cue(at);
            const bool begins =
                at == 0 || !is_han(text_[at - 1]) || one_of(text_[at - 1], U"和跟找是叫让给被同向问与由");
            for (std::size_t given = 2; given >= 1; --given)
                if (han(at + 1, given) &&
                    ((called && given == 2 && ends_name(at + 3)) || (called && ends_name(at + 1 + given)) ||
                     (begins && ends_name(at + 1 + given)))) {
                    cover(at, at + 1 + given, "[姓名]");
                    break;
                }
        }
        for (std::size_t at = 0; (at = low_.find(U"姓", at)) != View::npos; ++at)  // 我姓诸葛, 免贵姓区
            if (at + 1 < text_.size() && is_han(text_[at + 1]) && text_[at + 1] != U'名')
                cover(at + 1, std::min(at + 2, text_.size()), "[姓名]");
        for (const View cue : {U"my name is ", U"i am ", U"i'm ", U"this is ", U"call me ", U"mr ", U"mr. ", U"mrs ",
                               U"mrs. ", U"ms ", U"ms. ", U"miss "})
            for (std::size_t at = 0; (at = low_.find(cue, at)) != View::npos; at += cue.size()) {
                if (at > 0 && is_ascii_letter(low_[at - 1])) continue;
                const bool sure = cue[0] == U'm' || cue[0] == U'c';
                std::size_t end = at + cue.size(), last = end;
                for (int count = 0; count < 3; ++count) {
                    std::size_t stop = end;
                    while (stop < text_.size() && (is_ascii_letter(text_[stop]) || text_[stop] == U'-')) ++stop;
                    const bool capital = end < text_.size() && text_[end] >= U'A' && text_[end] <= U'Z';
                    if (stop == end || !(capital || (sure && count == 0))) break;
                    last = stop;
                    end = stop;
                    while (end < text_.size() && text_[end] == U' ') ++end;
                }
                if (last > at + cue.size()) cover(at + cue.size(), last, "[姓名]");
            }
    }

    std::optional<std::string> result() const {
        std::string out;
        std::size_t digits = 0;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            if (cover_[at]) {
                digits = 0;
                if (at == 0 || cover_[at - 1] != cover_[at]) out += cover_[at];
                continue;
            }
            // Whatever the rules above forgot: no message leaves with four figures in a row, or with an address of
            // mail.
            digits = is_ascii_digit(text_[at]) ? digits + 1 : 0;
            if (digits >= 4 || text_[at] == U'@') return std::nullopt;
            out += to_utf8(View(text_.data() + at, 1));
        }
        return out;
    }

private:
    void cover(std::size_t begin, std::size_t end, const char* label) {
        for (std::size_t at = begin; at < end && at < cover_.size(); ++at)
            if (!cover_[at]) cover_[at] = label;
    }
    bool starts(std::size_t at, View word) const {
        return at <= low_.size() && View(low_).substr(at, word.size()) == word;
    }
    bool ends(std::size_t at, View word) const { return at >= word.size() && starts(at - word.size(), word); }
    bool has_digit(std::size_t begin, std::size_t end) const {
        for (; begin < end; ++begin)
            if (digit_of(low_[begin]) >= 0 || low_[begin] == U'十') return true;
        return false;
    }
    bool begins_number(std::size_t at) const {
        if (cover_[at]) return false;
        const auto point = low_[at];
        if (at > 0 && (digit_of(low_[at - 1]) >= 0 || is_ascii_letter(low_[at - 1]))) return false;
        return digit_of(point) >= 0 || point == U'十' || is_ascii_letter(point) || one_of(point, U"甲乙丙丁东南西北");
    }
    // 501 of 2单元501, and the same in words.
    void numbers_after(std::size_t at) {
        std::size_t begin = at;
        while (begin < low_.size() && begin - at < 2 && one_of(low_[begin], U" ,-的")) ++begin;
        std::size_t end = begin;
        while (end < low_.size() && end - begin < 5 &&
               (digit_of(low_[end]) >= 0 || (end > begin && is_ascii_letter(low_[end]))))
            ++end;
        if (end - begin >= 2) cover(at, end, "[地址]");
    }
    bool han(std::size_t at, std::size_t count) const {
        if (at + count > text_.size()) return false;
        return std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(at),
                           text_.begin() + static_cast<std::ptrdiff_t>(at + count),
                           [](char32_t point) { return is_han(point); });
    }
    std::size_t title_at(std::size_t at) const {  // its length; 0: none
        const auto* found =
            std::find_if(std::begin(titles), std::end(titles), [&](View title) { return starts(at, title); });
        return found == std::end(titles) ? 0 : found->size();
    }
    bool is_no_name(std::size_t at) const {
        return std::any_of(std::begin(no_names), std::end(no_names), [&](View word) { return starts(at, word); });
    }
    bool follows_name_cue(std::size_t at) const {
        while (at > 0 && one_of(text_[at - 1], U":是叫 ,")) --at;
        return std::any_of(std::begin(before_name), std::end(before_name), [&](View cue) {
            return ends(at, cue) ||
                   (cue.size() > 1 && one_of(cue.back(), U"叫是") && ends(at, cue.substr(0, cue.size() - 1)));
        });
    }
    // After a name comes a stop, or a word that seldom stands inside of one.
    bool ends_name(std::size_t at) const {
        return at >= text_.size() || !is_han(text_[at]) || cover_[at] ||
               one_of(text_[at],
                      U"把说在的家住电打要拿来去总又不没给被跟和，是也就都今昨前上我你他她你们收发骂推态这那天每");
    }
    bool names_account(std::size_t at) const {
        while (at > 0 && one_of(text_[at - 1], U": 是号叫")) --at;
        return ends(at, U"微信") || ends(at, U"qq") || ends(at, U"抖音") || ends(at, U"支付宝") ||
               ends(at, U"wechat") || ends(at, U"账") || ends(at, U"id");
    }
    static bool is_gap(char32_t point) {
        return !is_han(point) && !is_ascii_letter(point) && point != U':' && point != U'[' && point != U']';
    }

    std::u32string text_, low_;
    std::vector<const char*> cover_;
};

}  // namespace

std::optional<std::string> masked(const Understood& understood, const std::vector<std::string>& names) {
    Mask mask(to_points(understood.text));
    for (const auto& name : names) mask.words(to_points(name), "[姓名]");
    const auto& slots = understood.slots;
    if (slots.name) mask.words(to_points(*slots.name), "[姓名]");
    if (slots.community) mask.words(to_points(*slots.community), "[地址]");
    if (slots.ticket) mask.words(to_points(*slots.ticket), "[工单]");
    for (const auto& phone : {slots.phone, slots.second_phone, slots.broken_phone})
        if (phone) mask.words(to_points(*phone), "[电话]");
    if (!slots.amount_text.empty()) mask.words(to_points(slots.amount_text), "[金额]");
    mask.accounts();
    mask.plates();
    mask.places();
    mask.money();
    mask.figures();
    mask.names();
    return mask.result();
}

}  // namespace huiyin::advice
