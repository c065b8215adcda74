#include "workflow/policy/quick_rule.h"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

#include "workflow/policy/same_text.h"

namespace huiyin {
namespace {

enum class Op { literal, list, fact, given, event, equal, same, less, at_most, in, all, any, no };

// What a part of a rule comes to. `unsure`: the full evaluator has to say.
struct Value {
    enum class Is { null, boolean, number, text, texts, unsure } is = Is::null;
    double number = 0;  // of a boolean too: 0 or 1
    const std::string* text = nullptr;
    const std::vector<std::string>* texts = nullptr;
};

Value boolean(bool yes) { return {Value::Is::boolean, yes ? 1.0 : 0.0}; }
const Value unsure{Value::Is::unsure};

bool is_numeric(const Value& value) { return value.is <= Value::Is::number; }

// A text that no reading takes for a number: it begins with a small letter or is not ASCII at all.
bool is_word(const std::string& text) {
    const auto first = text.empty() ? '0' : text.front();
    return (first >= 'a' && first <= 'z') || (static_cast<unsigned char>(first) & 0x80) != 0;
}

Value of_fact(const Fact& fact) {
    if (const auto* yes = std::get_if<bool>(&fact)) return boolean(*yes);
    if (const auto* whole = std::get_if<std::int64_t>(&fact)) {
        constexpr std::int64_t exact = 9007199254740992;  // beyond, a double is not the number any more
        return *whole <= exact && *whole >= -exact ? Value{Value::Is::number, static_cast<double>(*whole)} : unsure;
    }
    if (const auto* number = std::get_if<double>(&fact)) return {Value::Is::number, *number};
    if (const auto* text = std::get_if<std::string>(&fact)) return {Value::Is::text, 0, text};
    return {Value::Is::texts, 0, nullptr, &std::get<std::vector<std::string>>(fact)};
}

Value soft_equal(const Value& a, const Value& b) {
    if (a.is == Value::Is::text && b.is == Value::Is::text) return boolean(is_same_text(*a.text, *b.text));
    if (is_numeric(a) && is_numeric(b)) return boolean(a.number == b.number);
    if (a.is == Value::Is::null && b.is == Value::Is::text && is_word(*b.text)) return boolean(false);
    if (b.is == Value::Is::null && a.is == Value::Is::text && is_word(*a.text)) return boolean(false);
    return unsure;
}

Value strict_equal(const Value& a, const Value& b) {
    if (a.is == Value::Is::unsure || b.is == Value::Is::unsure || a.is == Value::Is::texts || b.is == Value::Is::texts)
        return unsure;
    if (a.is != b.is) return boolean(false);
    return boolean(a.is == Value::Is::text ? is_same_text(*a.text, *b.text) : a.number == b.number);
}

Value less(const Value& a, const Value& b, bool or_equal) {
    if (a.is == Value::Is::text && b.is == Value::Is::text)
        return boolean(or_equal ? *a.text <= *b.text : *a.text < *b.text);
    if (is_numeric(a) && is_numeric(b)) return boolean(or_equal ? a.number <= b.number : a.number < b.number);
    return unsure;
}

// 1 true, 0 false, -1 not sure.
int truth(const Value& value) {
    switch (value.is) {
        case Value::Is::null:
            return 0;
        case Value::Is::boolean:
        case Value::Is::number:
            return value.number != 0 ? 1 : 0;
        case Value::Is::text:
            return value.text->empty() ? 0 : 1;
        case Value::Is::texts:
            return value.texts->empty() ? 0 : 1;
        case Value::Is::unsure:
            break;
    }
    return -1;
}

}  // namespace

// Where a name stood when it was first found: mostly it stands there in other facts, too. A guess, whichever thread
// made it; made once, for threads that write to one place wait for each other.
struct FirstPlace {
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    std::atomic<std::uint32_t> place{none};
    FirstPlace() = default;
    FirstPlace(const FirstPlace& other) : place(other.place.load(std::memory_order_relaxed)) {}
    FirstPlace& operator=(const FirstPlace& other) {
        place.store(other.place.load(std::memory_order_relaxed), std::memory_order_relaxed);
        return *this;
    }
};

struct QuickRule::Node {
    Op op = Op::literal;
    Value value;                    // literal
    std::string text;               // of a literal; the name of a fact or field
    std::uint32_t mark = 0;         // of that name
    mutable FirstPlace first = {};  // and of where it was found
    std::vector<Node> parts;        // of an operator, a list
    bool negated = false;           // equal, same: the other way round
    bool with_word = false;         // equal: of what has a name, with a word
    void settle() {                 // once it lies where it stays: a literal's value points into it
        if (value.is == Value::Is::text) value.text = &text;
        mark = FactName::mark_of(text);
        for (auto& part : parts) part.settle();
        with_word =
            op == Op::equal && parts[0].has_name() && parts[1].value.is == Value::Is::text && is_word(parts[1].text);
    }
    bool has_name() const { return op == Op::fact || op == Op::given || op == Op::event; }
};

namespace {

using Node = QuickRule::Node;

bool make(const Json& logic, Node& node);

bool make_all(const Json& list, std::vector<Node>& parts) {
    for (const auto& item : list) {
        parts.emplace_back();
        if (!make(item, parts.back())) return false;
    }
    return true;
}

bool make_name(const Json& words, Node& node) {
    if (!words.is_string()) return false;
    const auto& name = words.get_ref<const std::string&>();
    const auto dot = name.find('.');
    node.op = Op::fact;
    node.text = name;
    if (dot != std::string::npos) {
        const auto where = name.substr(0, dot);
        node.text = name.substr(dot + 1);
        if (where != "given" && where != "event") return false;
        node.op = where == "given" ? Op::given : Op::event;
    }
    return !node.text.empty() && node.text.find('.') == std::string::npos && name != "given" && name != "event";
}

bool make_pair(Op op, const Json& args, Node& node, bool turned = false) {
    node.op = op;
    if (!args.is_array() || args.size() != 2 || !make_all(args, node.parts)) return false;
    if (turned) std::swap(node.parts[0], node.parts[1]);
    return std::none_of(node.parts.begin(), node.parts.end(), [&](const Node& part) {
        return part.op == Op::all || part.op == Op::any || (part.op == Op::list && op != Op::in);
    });
}

bool make_in(const Json& args, Node& node) {
    if (!make_pair(Op::in, args, node)) return false;
    if (node.parts[0].op == Op::list || node.parts[1].op == Op::literal) return false;
    return node.parts[1].op != Op::list || std::all_of(node.parts[1].parts.begin(), node.parts[1].parts.end(),
                                                       [](const Node& item) { return item.op == Op::literal; });
}

bool make_operator(const std::string& name, const Json& args, Node& node) {
    if (name == "var") return make_name(args.is_array() && args.size() == 1 ? args[0] : args, node);
    if (name == "==" || name == "!=") {
        node.negated = name == "!=";
        return make_pair(Op::equal, args, node);
    }
    if (name == "===" || name == "!==") {
        node.negated = name == "!==";
        return make_pair(Op::same, args, node);
    }
    if (name == "<") return make_pair(Op::less, args, node);
    if (name == "<=") return make_pair(Op::at_most, args, node);
    if (name == ">") return make_pair(Op::less, args, node, true);
    if (name == ">=") return make_pair(Op::at_most, args, node, true);
    if (name == "in") return make_in(args, node);
    if (name == "and" || name == "or") {
        node.op = name == "and" ? Op::all : Op::any;
        return args.is_array() && !args.empty() && make_all(args, node.parts) &&
               std::none_of(node.parts.begin(), node.parts.end(), [](const Node& part) { return part.op == Op::list; });
    }
    if (name == "!" || name == "!!") {
        node.op = Op::no;
        node.negated = name == "!!";
        const Json list = args.is_array() ? args : Json::array({args});
        return list.size() == 1 && make_all(list, node.parts) && node.parts[0].op != Op::list;
    }
    return false;
}

bool make(const Json& logic, Node& node) {
    if (logic.is_object()) return logic.size() == 1 && make_operator(logic.begin().key(), logic.begin().value(), node);
    if (logic.is_array()) {
        node.op = Op::list;
        return make_all(logic, node.parts);
    }
    if (logic.is_string()) {
        node.text = logic.get<std::string>();
        node.value.is = Value::Is::text;
    } else if (logic.is_boolean()) {
        node.value = boolean(logic.get<bool>());
    } else if (logic.is_number()) {
        node.value = {Value::Is::number, logic.get<double>()};
    }
    return true;
}

struct Look {
    const Facts& facts;
    const Facts& given;
    const Facts& event;
};

const Fact* named(const Node& node, const Look& look) {
    const auto& facts = node.op == Op::fact ? look.facts : node.op == Op::given ? look.given : look.event;
    const auto first = node.first.place.load(std::memory_order_relaxed);
    if (first < facts.size() && is_same_text((facts.begin() + first)->first, node.text))
        return &(facts.begin() + first)->second;
    const auto found = facts.find(FactName(node.text, node.mark));
    if (found == facts.end()) return nullptr;
    if (first == FirstPlace::none)
        node.first.place.store(static_cast<std::uint32_t>(found - facts.begin()), std::memory_order_relaxed);
    return &found->second;
}

Value run(const Node& node, const Look& look);

// Most rules compare a name with a word: soft_equal() for when the name is that of a text, or of nothing.
std::optional<bool> is_word_named(const Node& node, const Look& look) {
    const auto* fact = named(node.parts[0], look);
    if (!fact) return false;
    const auto* text = std::get_if<std::string>(fact);
    return text ? std::optional(is_same_text(*text, node.parts[1].text)) : std::nullopt;
}

Value run_in(const Node& node, const Look& look) {
    const auto wanted = run(node.parts[0], look);
    if (wanted.is == Value::Is::unsure || wanted.is == Value::Is::texts) return unsure;
    if (node.parts[1].op == Op::list) {
        for (const auto& item : node.parts[1].parts)
            if (strict_equal(item.value, wanted).number != 0) return boolean(true);
        return boolean(false);
    }
    const auto where = run(node.parts[1], look);
    if (where.is == Value::Is::text && wanted.is == Value::Is::text)
        return boolean(where.text->find(*wanted.text) != std::string::npos);
    if (where.is == Value::Is::texts) {
        if (wanted.is != Value::Is::text) return boolean(false);
        return boolean(std::find(where.texts->begin(), where.texts->end(), *wanted.text) != where.texts->end());
    }
    return where.is == Value::Is::unsure || where.is == Value::Is::text ? unsure : boolean(false);
}

Value run(const Node& node, const Look& look) {
    const auto turned = [&](const Value& value) {
        return value.is == Value::Is::unsure || !node.negated ? value : boolean(value.number == 0);
    };
    switch (node.op) {
        case Op::literal:
            return node.value;
        case Op::fact:
        case Op::given:
        case Op::event: {
            const auto* fact = named(node, look);
            return fact ? of_fact(*fact) : Value{};
        }
        case Op::equal:
            if (node.with_word)
                if (const auto yes = is_word_named(node, look)) return turned(boolean(*yes));
            return turned(soft_equal(run(node.parts[0], look), run(node.parts[1], look)));
        case Op::same:
            return turned(strict_equal(run(node.parts[0], look), run(node.parts[1], look)));
        case Op::less:
            return less(run(node.parts[0], look), run(node.parts[1], look), false);
        case Op::at_most:
            return less(run(node.parts[0], look), run(node.parts[1], look), true);
        case Op::in:
            return run_in(node, look);
        case Op::all:
        case Op::any:
            for (const auto& part : node.parts) {
                const int now = truth(run(part, look));
                if (now < 0) return unsure;
                if ((now == 1) == (node.op == Op::any)) return boolean(now == 1);
            }
            return boolean(node.op == Op::all);
        case Op::no: {
            const int now = truth(run(node.parts[0], look));
            return now < 0 ? unsure : boolean((now == 1) == node.negated);
        }
        case Op::list:
            break;
    }
    return unsure;
}

}  // namespace

namespace {

std::uint64_t names_in(const Node& node) {
    auto names = node.op == Op::fact ? bit_of(FactName(node.text, node.mark)) : 0;
    for (const auto& part : node.parts) names |= names_in(part);
    return names;
}

}  // namespace

QuickRule::QuickRule(std::unique_ptr<const Node> root) : root_(std::move(root)), names_(names_in(*root_)) {}
QuickRule::~QuickRule() = default;

std::shared_ptr<const QuickRule> QuickRule::made_of(const Json& logic) {
    auto root = std::make_unique<Node>();
    if (!make(logic, *root) || root->op == Op::list) return nullptr;
    root->settle();
    return std::make_shared<const QuickRule>(std::move(root));
}

std::optional<bool> QuickRule::holds(const Facts& facts, const Facts& given, const Facts& event) const {
    const int now = truth(run(*root_, {facts, given, event}));
    return now < 0 ? std::nullopt : std::optional(now == 1);
}

}  // namespace huiyin
