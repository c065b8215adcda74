#include "bot/understanding/acts.h"

#include <algorithm>

#include "bot/understanding/act_parts.h"
#include "bot/understanding/act_phrases.h"
#include "bot/understanding/numbers.h"

namespace huiyin {
namespace acts {

// Without marks; a space is kept between Latin words.
std::u32string bare(std::u32string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char32_t point = text[at];
        if (is_mark(point) && point != U'\'') {
            if (!out.empty() && is_ascii_letter(out.back()) && at + 1 < text.size() && is_ascii_letter(text[at + 1]))
                out.push_back(U' ');
            continue;
        }
        if (point == U'\'' && !(at > 0 && is_ascii_letter(text[at - 1]))) continue;
        if (point == 0xFE0F || point == 0x200D) continue;
        out.push_back(point);
    }
    return out;
}

std::vector<Clause> clauses_of(std::u32string_view low) {
    std::vector<Clause> clauses;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= low.size(); ++at) {
        const bool stop =
            at == low.size() || is_stop(low[at]) || (low[at] == U' ' && at > 0 && !is_ascii_letter(low[at - 1]));
        if (!stop) continue;
        if (at < low.size() && in(low[at], U".:") && at > 0 && at + 1 < low.size() && is_ascii_digit(low[at - 1]) &&
            is_ascii_digit(low[at + 1]))
            continue;
        if (at > begin) clauses.push_back({low.substr(begin, at - begin), begin, at});
        begin = at + 1;
    }
    return clauses;
}

namespace {

// "5分", "给5星,师傅很好": the number of the rating at the head of a clause, or 0.
int rating_in(std::u32string_view clause) {
    static constexpr std::u32string_view heads[] = {
        U"我给",   U"我打",   U"给",   U"打",   U"评",       U"我评",   U"给个",     U"打个",
        U"给你们", U"给师傅", U"给你", U"就给", U"只能给",   U"最多",   U"应该",     U"应该是",
        U"是",     U"改成",   U"改为", U"想给", U"本来想给", U"想打",   U"我想给",   U"我要给",
        U"要给",   U"必须给", U"给他", U"给您", U"应该给",   U"应该打", U"我应该给", U"应是"};
    std::size_t at = 0;
    for (const auto head : heads)
        if (clause.starts_with(head) && head.size() > at) at = head.size();
    const auto number = read_small_number(clause, at, 1);
    int value = 0;
    std::size_t end = 0;
    if (number) {
        value = number->value, end = number->end;
    } else if (at < clause.size() && clause[at] == U'两') {
        value = 2, end = at + 1;
    } else {
        return 0;
    }
    if (value < 1 || value > 5) return 0;
    const auto rest = clause.substr(end);
    if (rest.starts_with(U"分钟") || rest.starts_with(U"分之") || rest.starts_with(U"分店")) return 0;
    if (rest.starts_with(U"分") || rest.starts_with(U"星") || rest.starts_with(U"颗星") || rest.starts_with(U"个星"))
        return rest.size() <= 6 ? value : 0;
    if (clause.size() == end && at > 0) return value;
    return 0;
}

// The message as a whole: a phrase of the table, a bare number, "改2".
void find_whole(Said& said, const ActPhrases& phrases) {
    auto& found = said.found;
    const auto& low = said.low;
    const auto& whole = said.whole;
    bool& whole_act = said.whole_act;
    if (whole.size() <= 24) {
        int strips = 0;
        if (const auto* acts = phrases.match(whole, strips)) {
            for (const auto& act : *acts) found.add(act.kind, strips == 0 ? 1.0 : 0.95, low, act.value);
            whole_act = true;
        } else if (low.size() > 0 && whole.empty()) {
            if (low.find(U'?') != low.npos) found.add(Kind::repeat_please, 0.9, low), whole_act = true;
        }
    }
    // A bare number: a menu's, a rating's.
    {
        std::u32string number = whole;
        if (number.size() == 3 && number[0] == U'第' && (number[2] == U'个' || number[2] == U'项'))
            number = number.substr(1, 1);
        if (number.size() == 2 && number[0] == U'选') number.erase(0, 1);
        if (number.size() == 1 && digit_of(number[0]) >= 1) {
            const int value = digit_of(number[0]);
            found.add(Kind::menu_number, 1.0, low, std::to_string(value));
            if (value <= 5) found.add(Kind::rating, 0.5, low, std::to_string(value));
            whole_act = true;
        }
        // A: or "1 2": several choices are the conversation's business.
    }
    // 改2, 第2项错了, 2改成…, 修改第三条
    {
        std::u32string_view text = whole;
        std::size_t at = std::u32string_view::npos;
        for (const auto* head : {U"修改第", U"改第", U"修改一下", U"改一下第", U"改一下", U"修改", U"更改", U"我要改",
                                 U"要改", U"改下", U"改", U"edit ", U"change ", U"第"})
            if (text.starts_with(head)) {
                at = std::u32string_view(head).size();
                const auto number = read_small_number(text, at, 1);
                if (number && number->value >= 1) {
                    const auto rest = text.substr(number->end);
                    const bool ordinal = std::u32string_view(head) == U"第";
                    const bool item = rest.starts_with(U"个") || rest.starts_with(U"项") || rest.starts_with(U"条") ||
                                      rest.starts_with(U"点");
                    const bool wrong = has(rest, U"错") || has(rest, U"不对") || has(rest, U"改");
                    const bool unit = !item && !rest.empty() && in(rest[0], U"栋号单楼座幢#元块分星天次");
                    if (!unit && (ordinal ? item && wrong : rest.size() <= 24)) {
                        found.add(Kind::edit_number, rest.size() <= 2 ? 1.0 : 0.9, low, std::to_string(number->value));
                        whole_act = whole_act || rest.size() <= 2;
                    }
                }
                break;
            }
        if (!found.has(Kind::edit_number) && !text.empty() && digit_of(text[0]) >= 1 && text.size() >= 3 &&
            text.size() <= 20 && digit_of(text[1]) < 0) {
            const auto rest = text.substr(1);
            for (const auto* wrong : {U"错了", U"不对", U"改成", U"改为", U"要改", U"写错", U"改一下", U"有误", U"改"})
                if (rest.starts_with(wrong)) found.add(Kind::edit_number, 0.95, low, std::to_string(digit_of(text[0])));
        }
    }
}

// Clause by clause: a phrase counts for less where other words stand beside it.
void find_clauses(Said& said, const ActPhrases& phrases) {
    auto& found = said.found;
    const auto& low = said.low;
    const auto& hits = said.hits;
    const auto& clauses = said.clauses;
    const bool substance = said.substance;
    bool& whole_act = said.whole_act;
    if (!whole_act || clauses.size() > 1) {
        for (std::size_t index = 0; index < clauses.size(); ++index) {
            const auto& clause = clauses[index];
            if (const int value = rating_in(clause.words); value > 0 && (index == 0 || clauses.size() <= 3)) {
                const bool alone = clauses.size() == 1;
                found.add(Kind::rating, alone ? 0.95 : 0.85, clause.words, std::to_string(value));
            }
            const std::u32string words = bare(clause.words);
            if (words.empty() || words.size() > 18) continue;
            int strips = 0;
            const auto* acts = phrases.match(words, strips);
            if (!acts) continue;
            const bool first = index == 0, last = index + 1 == clauses.size();
            for (const auto& act : *acts) {
                switch (act.kind) {
                    case Kind::fixed_yes:
                    case Kind::fixed_no:
                    case Kind::fixed_partly:
                        if (words.size() >= 2 && words != U"没有" && words != U"没用" && words != U"还没" &&
                            !(words == U"好了" && !first))
                            found.add(act.kind, 0.8, clause.words);
                        break;
                    case Kind::greet:
                        if (first && words.size() > 1) found.add(act.kind, 0.6, clause.words);
                        break;
                    case Kind::thanks:
                        if (last || first) found.add(act.kind, 0.5, clause.words);
                        break;
                    case Kind::hand_over:
                        if (words.size() >= 3 && (last || first)) found.add(act.kind, 0.9, clause.words);
                        break;
                    case Kind::yes:
                    case Kind::agree_proposal:
                    case Kind::no:
                    case Kind::refuse_proposal:
                        if (first) found.add(act.kind, 0.7, clause.words);
                        break;
                    case Kind::withdraw:
                        if (words.size() >= 3 && (!hits.has(Word::fault) || last))
                            found.add(act.kind, 0.85, clause.words);
                        break;
                    case Kind::cancel:
                        if (!substance) found.add(act.kind, words.size() >= 4 ? 0.9 : 0.75, clause.words);
                        break;
                    case Kind::pause:
                        if (!substance && words.size() >= 3) found.add(act.kind, 0.85, clause.words);
                        break;
                    case Kind::progress:
                        if (last && words.size() >= 3) found.add(act.kind, 0.75, clause.words);
                        break;
                    case Kind::urge:
                        if (last && words.size() >= 2) found.add(act.kind, 0.6, clause.words);
                        break;
                    case Kind::rating:
                        if (first && words.size() >= 3 && !substance && clauses.size() <= 3)
                            found.add(act.kind, 0.7, clause.words, act.value);
                        break;
                    case Kind::me_too:
                    case Kind::separate_case:
                    case Kind::escalate_wish:
                    case Kind::stop_surveys:
                    case Kind::visitor:
                    case Kind::robot_question:
                    case Kind::bot_complaint:
                    case Kind::reopen:
                    case Kind::resume:
                    case Kind::restart:
                    case Kind::repeat_please:
                        if (words.size() >= 3 && (first || last)) found.add(act.kind, 0.8, clause.words);
                        break;
                    case Kind::add_evidence:
                        if (first) {
                            std::u32string_view rest =
                                clause.end < low.size() ? low.substr(clause.end + 1) : std::u32string_view{};
                            found.add(act.kind, 0.8, clause.words, to_utf8(rest));
                        }
                        break;
                    default:
                        break;
                }
            }
        }
    }
}

}  // namespace
}  // namespace acts

struct Acts::Table {
    ActPhrases phrases;
};

Acts::Acts() : table_(std::make_unique<const Table>()) {}
Acts::~Acts() = default;

std::vector<Meaning> Acts::find(const Written& written, const Hits& hits, const FoundFacts& facts) const {
    using namespace acts;
    Said said{hits, facts, Letters{written.low}, bare(written.low), clauses_of(written.low), false, false, {}};
    said.substance = facts.slots.has_address() || facts.slots.phone || facts.slots.location || hits.has(Word::fault);
    find_whole(said, table_->phrases);
    find_clauses(said, table_->phrases);
    find_errands(said);
    find_answers(said);
    find_people(said);
    find_matters(said);
    find_steering(said);
    find_english(said);
    return said.found.take();
}

}  // namespace huiyin
