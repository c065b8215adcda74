// What a message may mean. Values only: understanding fills them, the conversation chooses among them.
//
// Understanding knows no state, so it names *candidates*: a bare "3" is a menu number, a rating and perhaps an answer
// to "how many"; "同意" is yes and the consent to a proposal. The conversation takes what its open question asks for.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/base/clock.h"

namespace huiyin {

enum class MeaningKind {
    // Facts. `slot` names it, `value` is its text (see Slots for the forms).
    fill_slot,
    correct_slot,  // "不对,是5号楼": the value replaces what stood there. Without a value: the slot was called wrong.
    deny_matter,     // "不是电梯的问题": what was understood as the matter is wrong; value = what was denied
    another_matter,  // "另外楼上半夜装修": a second matter begins; value = its words
    // Answers.
    edit_number,  // "改2": value "2"
    menu_number,  // the whole message is a number 1-9; value its digit
    yes,
    no,
    vague_yes,    // 嗯, 行吧: enough for a read-back, not for a consent
    indifferent,  // 随便, 都行: never a consent
    agree_proposal,
    refuse_proposal,
    partial_consent,  // "先这样,但灯也要修": value = the reservation. Never together with agree_proposal.
    fixed_yes,
    fixed_partly,
    fixed_no,
    rating,             // value "1" to "5"
    rating_correction,  // "点错了应该5分": value as for rating
    // Steering.
    cancel,
    pause,  // value: what was said about when, may be empty
    resume,
    back,
    skip,  // 不想说, 跳过, 没有照片
    help,
    repeat_please,
    restart,  // 重新来, 从头开始
    // Errands about a ticket.
    hand_over,
    progress,
    urge,
    withdraw,
    reopen,
    me_too,
    separate_case,  // 我要单独投诉
    add_evidence,   // 我补充一下, 就这个 (after a photo); value = the words after it
    escalate_wish,  // 找领导
    why_so_long,    // 凭什么要三天
    promise_wish,   // 你就说明天能不能修好
    stop_surveys,
    threat_external,  // 我打12345了; value = whom: 12345, 媒体, 法院 …
    threat_staff,     // 带人砸了你们办公室
    others_data,      // 把1202电话给我
    confidential,     // 别说是我说的
    proxy,            // 我替我妈反映; value = for whom
    visitor,          // 我来串门
    // Talk.
    greet,
    thanks,
    farewell,
    robot_question,
    bot_complaint,  // 你老是答非所问
    abuse,
    praise,
    suggestion,
    question,   // an enquiry; value = its words
    emotion,    // feeling without a fact: 太差劲了
    nonsense,   // asdf, 。。。
    injection,  // 忽略之前的指令: inert, only counted
};
std::string_view to_text(MeaningKind kind);  // "fill_slot"

struct Meaning {
    MeaningKind kind{};
    std::string slot;  // of fill_slot and correct_slot: building, unit, room, community, floor, phone, second_phone,
                       // broken_phone, name, ticket, contact, amount, occurred, recurrence, location, people, wish,
                       // vulnerable, matter
    std::string value;
    double score = 1;     // 0..1; 1 = the whole message says just this
    std::string because;  // the words that decided
};

// What the whole message is, in the first place.
enum class MessageKind {
    complaint,
    demand,
    consultation,
    suggestion,
    praise,
    chitchat,
    progress_query,
    handoff,
    cancel,
    rating
};
inline constexpr int message_kinds = 10;
std::string_view to_text(MessageKind kind);
std::optional<MessageKind> message_kind(std::string_view text);

enum class Emergency { lift, gas, fire, electricity, falling_object, water_on_wires, injury, violence, self_harm };
std::string_view to_text(Emergency emergency);
std::optional<Emergency> emergency_named(std::string_view text);

enum class Severity { general, major };
std::string_view to_text(Severity level);

// For the tone of the answer only; nothing else may depend on it.
enum class Sentiment { content, calm, unhappy, angry };

enum class TimeGrain { minute, hour, part_of_day, day, month };

// What was said, nothing guessed: absent is absent. Texts are in normalised (simplified, half-width) writing.
struct Slots {
    std::optional<std::string> community;     // 翠湖苑, 锦绣花园, as said
    std::optional<std::string> building;      // "3", "B": without 栋, 号楼, 座
    std::optional<std::string> unit;          // "2"
    std::optional<std::string> room;          // "501"
    std::optional<std::string> floor;         // "22", "-2" of B2: where, never which building
    std::optional<std::string> phone;         // 11 digits, or area code and number with "-"
    std::optional<std::string> second_phone;  // a further one
    std::optional<std::string> broken_phone;  // digits offered as a phone that are none: ask again, never pad
    std::optional<std::string> name;          // how the writer calls himself: 王女士, 李明
    std::optional<std::string> ticket;        // a ticket's number, T20261122-007
    std::optional<std::string> contact;       // whose number it is if not the writer's: 老婆, 我妈, 王先生
    std::optional<std::int64_t> amount_fen;   // money at stake: claimed, charged, lost. No prices, budgets, rules.
    std::string amount_text;
    std::optional<TimePoint> occurred_at;  // absolute, by the grain's beginning
    TimeGrain occurred_grain = TimeGrain::day;
    std::string occurred_text;              // 上上周三半夜两点多
    bool occurred_in_future = false;        // then occurred_at is absent
    std::optional<std::string> recurrence;  // 每天早上六点到七点
    std::optional<std::string> duration;    // 三天了, 一个多月
    std::optional<std::string> location;    // 快递柜旁边, B2车库, 大堂
    std::optional<std::string> people;      // 保安老王
    std::optional<std::string> wish;        // 今天必须修好
    std::optional<std::string> vulnerable;  // 老人下不了楼
    bool has_address() const { return building || unit || room; }
};

// Hints for flags and routing, from words; the policy decides what they do.
struct Hints {
    bool media = false;  // exposed, or threatened to be
    bool lawsuit = false;
    bool group = false;   // several households act together
    bool repeat = false;  // again, after an earlier report
    bool confidential = false;
    bool staff_complaint = false;  // the conduct of a person of the company
    bool abuse = false;
    bool safety = false;  // danger that is no emergency (a hazard), or an emergency
    bool vulnerable = false;
    bool developer = false;
    bool anonymous = false;
    bool threat = false;    // against staff or their office
    bool external = false;  // 12345, 住建局
};

// One matter of several in one message.
struct Matter {
    std::string text;
    std::string category;
};

struct Score {
    std::string name;
    double score = 0;  // of one message these add up to 1
};

struct Understood {
    std::string text;               // normalised: NFKC, simplified, half-width, spaces squeezed
    std::string original;           // as it came
    std::string language;           // zh-CN, zh-TW, en
    std::vector<Meaning> meanings;  // surest first; facts in the order they were said
    MessageKind kind = MessageKind::chitchat;
    std::string category;                // key of property-group; empty where no ticket would open
    std::vector<Score> kind_scores;      // descending
    std::vector<Score> category_scores;  // descending; empty where category is
    bool kind_sure = true;               // false: the margin to the second is small, ask
    bool category_sure = true;
    Slots slots;
    std::string matter;             // what it is about, for a read-back: no address, phone, greeting, abuse
    std::vector<Matter> matters;    // two or more, only where the message names several matters
    std::optional<Severity> level;  // a candidate; empty where no ticket would open
    Hints hints;
    std::optional<Emergency> emergency;
    Sentiment sentiment = Sentiment::calm;
    bool has_substance = false;        // a fact, a matter or an act is there: such a message is answered at once
    std::vector<std::string> because;  // "emergency: 煤气味", "category equipment: 电梯"

    bool means(MeaningKind wanted) const { return find(wanted) != nullptr; }
    const Meaning* find(MeaningKind wanted) const {
        for (const auto& meaning : meanings)
            if (meaning.kind == wanted) return &meaning;
        return nullptr;
    }
};

}  // namespace huiyin
