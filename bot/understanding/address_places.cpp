#include "bot/understanding/address_places.h"

#include <algorithm>

#include "bot/understanding/numbers.h"
#include "bot/understanding/text.h"

namespace huiyin::addresses {
namespace {

bool in(char32_t point, std::u32string_view set) { return set.find(point) != std::u32string_view::npos; }

// What turns a number into a quantity: no room is followed by it.
bool quantity_follows(const std::u32string& text, std::size_t at) {
    // 301楼上漏水, 502楼道灯坏了: a room, and where from it
    if (text[at] == U'楼' && at + 1 < text.size() && in(text[at + 1], U"上下道梯")) return false;
    return at < text.size() &&
           (in(text[at], U"元块天年月个人户分米点次度吨平万千百%条张只台辆斤秒岁周楼层栋幢期届版倍") ||
            (text[at] == U'小' && at + 1 < text.size() && text[at + 1] == U'时') || (text[at] == U'钱'));
}

class Scanner {
public:
    explicit Scanner(const std::u32string& text) : text_(text) {}

    std::vector<Place> places() {
        std::vector<Place> found;
        for (std::size_t at = 0; at < text_.size();) {
            if (!begins(at)) {
                ++at;
                continue;
            }
            auto place = match(at);
            if (!place) {
                // Step over the whole number: its tail is no address.
                std::size_t next = at + 1;
                if (is_ascii_digit(text_[at]))
                    while (next < text_.size() && is_ascii_digit(text_[next])) ++next;
                at = next;
                continue;
            }
            place->begin = std::min(place->begin, at);
            at = std::max(place->end, at + 1);
            found.push_back(std::move(*place));
        }
        return found;
    }

private:
    bool begins(std::size_t at) const {
        const char32_t point = text_[at];
        const bool digit = is_ascii_digit(point), letter = is_ascii_letter(point);
        const bool han = !digit && !letter && ((digit_of(point) >= 0 && point != U'两') || point == U'十');
        if (!digit && !letter && !han && point != U'#') return false;
        if (at == 0) return true;
        const char32_t before = text_[at - 1];
        if (digit || letter) {
            if (is_ascii_digit(before) || (is_ascii_letter(before))) return false;
            if (digit && (before == U'.' || before == U'-' || before == U'$' || before == U'¥') && at > 1 &&
                is_ascii_digit(text_[at - 2]))
                return false;
            return before != U'¥' && before != U'$';
        }
        return !(digit_of(before) >= 0 || before == U'十' || before == U'百' || before == U'第' || before == U'千');
    }
    bool word(std::size_t at, std::u32string_view expected) const {
        return text_.compare(at, expected.size(), expected) == 0;
    }
    std::size_t spaces(std::size_t at) const {
        while (at < text_.size() && text_[at] == U' ') ++at;
        return at;
    }
    // Between the parts of one address.
    std::size_t joint(std::size_t at) const {
        std::size_t seen = 0;
        while (at < text_.size() && seen < 3 && in(text_[at], U" ,-的第/_.")) ++at, ++seen;
        return at;
    }
    char32_t point(std::size_t at) const { return at < text_.size() ? text_[at] : U'\0'; }

    // "单元", "门" before a room, "梯" before a room; the end behind it, or 0.
    std::size_t unit_mark(std::size_t at) const {
        at = spaces(at);
        if (word(at, U"单元")) return at + 2;
        if (point(at) == U'单' && digit_of(point(at + 1)) >= 0) return at + 1;
        if ((point(at) == U'门' || point(at) == U'梯') && room_at(at + 1, true)) return at + 1;
        if (word(at, U"unit")) return at + 4;
        return 0;
    }
    // A number that is followed by 单元 (or 门 and a room).
    std::optional<std::pair<SmallNumber, std::size_t>> unit_at(std::size_t at) const {
        if (word(at, U"unit") || word(at, U"Unit") || word(at, U"UNIT")) {
            const auto number = read_small_number(text_, spaces(at + 4), 2);
            if (number) return std::pair{*number, number->end};
        }
        const auto number = read_small_number(text_, at, 2);
        if (number && number->value > 0 && number->value <= 30)
            if (const auto end = unit_mark(number->end)) return std::pair{*number, end};
        if (point(at) == U'两')
            if (const auto end = unit_mark(at + 1)) return std::pair{SmallNumber{at + 1, "2", 2, true}, end};
        return std::nullopt;
    }
    struct Room {
        std::string digits;
        std::size_t end;
    };
    // 501, 1503室, 五零一, 15楼03, 幺零二; `loose`: also where no mark follows and a quantity might.
    std::optional<Room> room_at(std::size_t at, bool loose) const {
        at = spaces(at);
        if (word(at, U"room") || word(at, U"Room") || word(at, U"flat") || word(at, U"apt"))
            at = spaces(at + (word(at, U"apt") ? 3 : 4));
        const auto number = read_small_number(text_, at, 5);
        if (!number) return std::nullopt;
        std::size_t end = number->end;
        std::string digits = number->digits;
        const std::size_t size = digits.size();
        // 15楼03室, 5楼1号
        if (size <= 2 && (point(end) == U'楼' || point(end) == U'层') && number->value <= 60) {
            const auto door = read_small_number(text_, joint(end + 1), 4);
            if (!door) return std::nullopt;
            std::size_t door_end = door->end;
            const bool marked = in(point(door_end), U"室号户门房");
            if (door->digits.size() <= 2 && (marked || door->digits[0] == '0')) {
                std::string two = door->digits.size() == 1 ? "0" + door->digits : door->digits;
                return Room{number->digits + two, door_end + (marked ? 1 : 0)};
            }
            if (door->digits.size() >= 3)
                return Room{door->digits, door_end + (in(point(door_end), U"室户房") ? 1 : 0)};
            return std::nullopt;
        }
        const bool marked = in(point(end), U"室户房") || word(end, U"号房") || word(end, U"号室") || word(end, U"号");
        if (size < 3 && !(marked && size >= 1 && in(point(end), U"室户房"))) return std::nullopt;
        if (size > 4 && !marked) return std::nullopt;
        if (!marked && quantity_follows(text_, end)) return std::nullopt;
        if (!loose && !marked) return std::nullopt;
        // 501A
        if (is_ascii_letter(point(end)) && !is_ascii_letter(point(end + 1)) && !is_ascii_digit(point(end + 1))) {
            digits.push_back(static_cast<char>(text_[end] >= U'a' ? text_[end] - 32 : text_[end]));
            ++end;
        }
        if (word(end, U"号房") || word(end, U"号室")) {
            end += 2;
        } else if (in(point(end), U"室户号") || (point(end) == U'房' && !in(point(end + 1), U"子间屋顶东租客型产"))) {
            ++end;
        }
        return Room{digits, end};
    }

    void rest_of_address(Place& place, std::size_t at) const {
        place.end = at;
        std::size_t next = joint(at);
        if (const auto unit = unit_at(next)) {
            place.unit = unit->first.digits;
            place.end = unit->second;
            next = joint(place.end);
        } else if (const auto first = read_small_number(text_, next, 2);
                   first && first->value >= 1 && first->value <= 9 && first->digits.size() == 1 &&
                   in(point(first->end), U"-杠/之")) {
            // 3栋2-501
            if (const auto room = room_at(first->end + 1, true); room && room->digits.size() >= 3) {
                place.unit = first->digits;
                place.room = room->digits;
                place.end = room->end;
                return;
            }
        }
        if (point(next) == U'#') ++next;
        if (const auto room = room_at(next, true)) {
            place.room = room->digits;
            place.end = room->end;
            return;
        }
        // 3栋22楼
        if (const auto floor = read_small_number(text_, next, 2);
            floor && floor->value >= 1 && (point(floor->end) == U'楼' || point(floor->end) == U'层') &&
            !in(point(floor->end + 1), U"上下道梯栋顶")) {
            place.floor = std::to_string(floor->value);
            place.end = floor->end + 1;
        }
    }

    std::optional<Place> match(std::size_t at) const {
        if (is_ascii_letter(text_[at])) return lettered(at);
        if (text_[at] == U'#') {
            const auto number = read_small_number(text_, at + 1, 2);
            if (!number || number->han) return std::nullopt;
            Place place;
            place.begin = at;
            place.building = number->digits;
            std::size_t end = number->end;
            if (point(end) == U'楼' || point(end) == U'栋') ++end;
            rest_of_address(place, end);
            return place;
        }
        const auto number = read_small_number(text_, at, 4);
        if (!number) return std::nullopt;
        Place place;
        place.begin = at;
        const std::size_t end = spaces(number->end);
        // 二十三栋 … a building
        if (number->digits.size() <= 3 && number->value >= 1 && number->value < 200) {
            if (const auto mark = building_mark(at, *number, end)) {
                place.building = std::to_string(number->value);
                rest_of_address(place, *mark);
                return place;
            }
            // 3-2-501, 三杠二杠五零一, 3/2/501, 3.2.501
            if (in(point(number->end), U"-杠/之_.") && number->digits.size() <= 2) {
                const auto second = read_small_number(text_, number->end + 1, 4);
                if (second && second->digits.size() == 1 && second->value >= 1 &&
                    point(second->end) == point(number->end)) {
                    const auto third = read_small_number(text_, second->end + 1, 4);
                    if (third && third->digits.size() >= 3 && !quantity_follows(text_, third->end) &&
                        point(third->end) != U'-') {
                        place.building = std::to_string(number->value);
                        place.unit = second->digits;
                        place.room = third->digits;
                        place.end = third->end + (in(point(third->end), U"室户") ? 1 : 0);
                        return place;
                    }
                }
                if (second && second->digits.size() >= 3 && second->digits.size() <= 4 && number->value <= 99 &&
                    in(point(number->end), U"-杠之") && !quantity_follows(text_, second->end) &&
                    number->digits[0] != '0' && second->digits[0] != '0' && point(second->end) != U'-' &&
                    !is_ascii_digit(point(second->end))) {
                    place.building = std::to_string(number->value);
                    place.room = second->digits;
                    place.end = second->end + (in(point(second->end), U"室户") ? 1 : 0);
                    return place;
                }
                // 14-2门口, 3-1的电梯: a door of a building, where a place of the house follows.
                if (second && second->digits.size() == 1 && second->value >= 1 && number->value <= 99 &&
                    in(point(number->end), U"-杠") && number->digits[0] != '0' && door_follows(second->end)) {
                    place.building = std::to_string(number->value);
                    place.unit = second->digits;
                    place.end = second->end;
                    return place;
                }
            }
        }
        // 2单元501
        if (const auto unit = unit_at(at)) {
            if (at > 0 && in(text_[at - 1], U"这那整每几各")) return std::nullopt;
            place.unit = unit->first.digits;
            place.end = unit->second;
            if (const auto room = room_at(joint(place.end), true)) {
                place.room = room->digits;
                place.end = room->end;
            }
            return place;
        }
        return bare_room(at, *number);
    }

    bool door_follows(std::size_t at) const {
        if (point(at) == U'的') ++at;
        for (const auto* place :
             {U"门口", U"门前", U"门禁", U"门厅", U"单元门", U"楼下", U"楼道", U"楼梯", U"楼上", U"电梯", U"大堂",
              U"对讲", U"业主", U"住户", U"一楼", U"顶楼", U"走廊", U"门铃", U"信箱"})
            if (word(at, place)) return true;
        return false;
    }

    // The end behind 栋, 号楼 …, or nothing.
    std::optional<std::size_t> building_mark(std::size_t at, const SmallNumber& number, std::size_t end) const {
        const char32_t mark = point(end);
        const bool counted = number.han && number.digits.size() == 1;  // 一栋, 三栋 may be a count
        if (mark == U'栋' || mark == U'幢') {
            std::size_t after = end + 1;
            if (point(after) == U'楼' && !in(point(after + 1), U"道上下梯顶")) {
                // 这三栋楼都停水: a count
                if (at > 0 && in(text_[at - 1], U"这那整共有全好几")) return std::nullopt;
                if (counted && (in(point(after + 1), U"都全的一人") || after + 1 >= text_.size())) return std::nullopt;
                ++after;
            }
            if (at > 0 && in(text_[at - 1], U"整几好每")) return std::nullopt;
            if (number.han && number.value == 1 && at > 0 && in(text_[at - 1], U"这那")) return std::nullopt;
            return after;
        }
        if (mark == U'座') {
            if (number.han && !unit_at(joint(end + 1)) && !room_at(joint(end + 1), true)) return std::nullopt;
            return end + 1;
        }
        if (word(end, U"号楼") || word(end, U"号栋") || word(end, U"号院")) return end + 2;
        if (word(end, U"#楼") || word(end, U"#栋")) return end + 2;
        if (mark == U'#') return end + 1;
        if (mark == U'号' || mark == U'楼') {
            const std::size_t next = joint(end + 1);
            if (const auto unit = unit_at(next)) return end + 1;
            if (mark == U'号') {
                if (const auto room = room_at(next, true); room && room->digits.size() >= 3 && next == spaces(end + 1))
                    return end + 1;
            }
            return std::nullopt;
        }
        // 3动2单元, 3东2单元: what voice input makes of 栋
        if (in(mark, U"动东洞冻懂董") && (unit_at(joint(end + 1)) || room_at(end + 1, true))) return end + 1;
        if (word(end, U"building") || word(end, U"Building")) return end + 8;
        return std::nullopt;
    }

    std::optional<Place> lettered(std::size_t at) const {
        Place place;
        place.begin = at;
        for (const auto* label : {U"building", U"block", U"bldg", U"tower"}) {
            const std::u32string_view name = label;
            if (!label_at(at, name)) continue;
            const std::size_t next = spaces(at + name.size());
            if (const auto number = read_small_number(text_, next, 2)) {
                place.building = number->digits;
                rest_of_address(place, number->end);
                return place;
            }
            if (is_ascii_letter(point(next)) && !is_ascii_letter(point(next + 1))) {
                place.building = upper(text_[next]);
                rest_of_address(place, next + 1);
                return place;
            }
            return std::nullopt;
        }
        for (const auto* label : {U"unit", U"room", U"flat", U"apt"}) {
            const std::u32string_view name = label;
            if (!label_at(at, name)) continue;
            const auto number = read_small_number(text_, spaces(at + name.size()), 4);
            if (!number) return std::nullopt;
            if (name == U"unit" && number->digits.size() <= 2) {
                place.unit = number->digits;
                place.end = number->end;
                if (const auto room = room_at(joint(place.end), true)) place.room = room->digits, place.end = room->end;
            } else {
                place.room = number->digits;
                place.end = number->end;
            }
            return place;
        }
        if (is_ascii_letter(point(at + 1))) return std::nullopt;
        std::string name = upper(text_[at]);
        std::size_t end = spaces(at + 1);
        if (is_ascii_digit(point(at + 1))) {  // A3栋, but never B2车库
            const auto number = read_small_number(text_, at + 1, 2);
            if (!number || !(in(point(number->end), U"栋幢座") || word(number->end, U"号楼"))) return std::nullopt;
            name += number->digits;
            end = number->end;
        }
        if (in(point(end), U"座栋幢")) {
            std::size_t after = end + 1;
            if (point(after) == U'楼' && !in(point(after + 1), U"道上下梯顶")) ++after;
            place.building = name;
            rest_of_address(place, after);
            return place;
        }
        if (word(end, U"号楼")) {
            place.building = name;
            rest_of_address(place, end + 2);
            return place;
        }
        if (point(end) == U'-' || point(end) == U'#') {
            const auto room = read_small_number(text_, end + 1, 4);
            if (room && room->digits.size() >= 3 && !quantity_follows(text_, room->end)) {
                place.building = name;
                place.room = room->digits;
                place.end = room->end + (in(point(room->end), U"室户") ? 1 : 0);
                return place;
            }
        }
        return std::nullopt;
    }
    bool label_at(std::size_t at, std::u32string_view name) const {
        bool same = at + name.size() < text_.size();
        for (std::size_t index = 0; same && index < name.size(); ++index)
            same = (text_[at + index] | 0x20) == name[index];
        return same;
    }
    static std::string upper(char32_t letter) { return {static_cast<char>(letter >= U'a' ? letter - 32 : letter)}; }

    std::optional<Place> bare_room(std::size_t at, const SmallNumber& number) const {
        if (number.digits.size() < 3) return std::nullopt;
        const std::u32string_view before = std::u32string_view(text_).substr(0, at);
        for (const auto* other : {U"楼上", U"楼下", U"隔壁", U"对门", U"邻居", U"楼上的", U"把", U"隔壁的", U"对面"})
            if (before.ends_with(other)) return std::nullopt;
        bool named = false;
        for (const auto* cue : {U"房号", U"房间号", U"门牌号", U"门牌", U"室号", U"房间"}) {
            const auto found = before.rfind(cue);
            if (found != before.npos && before.size() - found <= 14) named = true;
        }
        for (const auto* cue : {U"我家是", U"我住", U"住在", U"我家", U"我是", U"家住", U"住的是", U"我们家", U"室是",
                                U"我在", U"应该是", U"改成", U"改为"})
            if (before.ends_with(cue)) named = true;
        if (named) {
            if (const auto room = room_at(at, true)) {
                Place place;
                place.begin = at;
                place.room = room->digits;
                place.end = room->end;
                return place;
            }
            return std::nullopt;
        }
        const std::size_t end = number.end;
        const bool marked = word(end, U"号房") || word(end, U"号室") || point(end) == U'室' || point(end) == U'户' ||
                            (point(end) == U'房' && !in(point(end + 1), U"子间屋顶东租客型产"));
        if (!marked || point(end) == U'户') return std::nullopt;
        const auto room = room_at(at, true);
        if (!room) return std::nullopt;
        Place place;
        place.begin = at;
        place.room = room->digits;
        place.end = room->end;
        return place;
    }

    const std::u32string& text_;
};

}  // namespace

std::vector<Place> places_in(const std::u32string& text) { return Scanner{text}.places(); }

}  // namespace huiyin::addresses
