#include "workflow/policy/jsonlogic.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

namespace huiyin {
namespace {

struct Thrown {  // an error that `try` may catch
    Json error;
};
struct OutOfLimits {};

[[noreturn]] void fail(const char* type) { throw Thrown{Json{{"type", type}}}; }

// A frame of what a rule can see. Iterators and `try` push two: their own (with the index) and the item.
struct Scope {
    const Json* data;
    const Scope* outer;
};

Json number(double value) {
    if (!std::isfinite(value)) fail("NaN");
    constexpr double exact = 9007199254740992.0;
    if (value == std::trunc(value) && std::abs(value) <= exact) return static_cast<std::int64_t>(value);
    return value;
}

std::optional<double> parse_number(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    if (text.empty()) return 0.0;
    if (text.front() == '+') text.remove_prefix(1);
    const char last = text.empty() ? '\0' : text.back();
    if (!((last >= '0' && last <= '9') || last == '.')) return std::nullopt;  // from_chars would take "inf" and "nan"
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> try_number(const Json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
    if (value.is_null()) return 0.0;
    if (value.is_string()) return parse_number(value.get_ref<const std::string&>());
    return std::nullopt;
}

double to_number(const Json& value) {
    const auto found = try_number(value);
    if (!found) fail("NaN");
    return *found;
}

std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_null()) return {};
    if (value.is_array()) {
        std::string joined;
        for (std::size_t i = 0; i < value.size(); ++i) joined += (i ? "," : "") + text_of(value[i]);
        return joined;
    }
    return to_text(value);
}

bool soft_equal(const Json& a, const Json& b) {
    if (a.is_string() && b.is_string()) return a == b;
    const auto left = try_number(a), right = try_number(b);
    // A fact that is not known is null, and null is simply not the text "agreed".
    if ((a.is_null() && b.is_string() && !right) || (b.is_null() && a.is_string() && !left)) return false;
    if (!left || !right) fail("NaN");
    return *left == *right;
}

bool strict_equal(const Json& a, const Json& b) {
    if (a.is_number() != b.is_number()) return false;
    return a == b;
}

bool less(const Json& a, const Json& b, bool or_equal) {
    if (a.is_string() && b.is_string()) return or_equal ? a <= b : a < b;
    const double left = to_number(a), right = to_number(b);
    return or_equal ? left <= right : left < right;
}

// Where each character of a UTF-8 text begins, and its end.
std::vector<std::size_t> character_starts(const std::string& text) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
    starts.push_back(text.size());
    return starts;
}

class Evaluator {
public:
    explicit Evaluator(const RuleLimits& limits) : depth_left_(limits.depth), steps_left_(limits.steps) {}

    Json run(const Json& rule, const Scope& scope);

private:
    using Operator = Json (Evaluator::*)(const Json& args, const Scope& scope);
    static const std::unordered_map<std::string, Operator>& operators();
    friend const std::vector<std::string>& huiyin::rule_operators();

    void spend(std::size_t steps) {
        steps_left_ -= static_cast<std::int64_t>(steps);
        if (steps_left_ < 0) throw OutOfLimits{};
    }
    void spend_on(const Json& value) {
        if (value.is_string())
            spend(1 + value.get_ref<const std::string&>().size() / 16);
        else if (value.is_structured()) {
            spend(1 + value.size());
            for (const auto& child : value)
                if (child.is_structured() || child.is_string()) spend_on(child);
        } else
            spend(1);
    }
    Json copy(const Json& value) { return spend_on(value), value; }

    // The arguments, each evaluated; a rule in place of a list may yield the list.
    Json values(const Json& args, const Scope& scope) {
        if (args.is_array()) {
            Json list = Json::array();
            for (const auto& arg : args) list.push_back(run(arg, scope));
            return list;
        }
        Json value = run(args, scope);
        if (value.is_array()) return value;
        return Json::array({std::move(value)});
    }
    static const Json& at(const Json& list, std::size_t index) {
        static const Json nothing;
        return index < list.size() ? list[index] : nothing;
    }
    // Operators that evaluate lazily need their arguments written as a list.
    static const Json& written_list(const Json& args, std::size_t at_least = 0) {
        if (!args.is_array() || args.size() < at_least) fail("Invalid Arguments");
        return args;
    }

    // What a path of keys leads to; nothing if a step is missing.
    static const Json* step_into(const Json* data, const std::string& key) {
        if (!data) return nullptr;
        if (data->is_object()) {
            const auto found = data->find(key);
            return found == data->end() ? nullptr : &*found;
        }
        if (data->is_array()) {
            std::size_t index = 0;
            const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
            if (error != std::errc{} || end != key.data() + key.size() || index >= data->size()) return nullptr;
            return &(*data)[index];
        }
        return nullptr;
    }
    static std::string key_text(const Json& key) { return text_of(key); }

    const Json* dotted(const Json& key, const Scope& scope) {
        if (key.is_null() || (key.is_string() && key.get_ref<const std::string&>().empty())) return scope.data;
        const std::string path = key_text(key);
        const Json* here = scope.data;
        std::size_t from = 0;
        while (here) {
            const auto dot = path.find('.', from);
            here = step_into(here, path.substr(from, dot == std::string::npos ? dot : dot - from));
            if (dot == std::string::npos) break;
            from = dot + 1;
        }
        return here;
    }

    Json var(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        const Json* found = dotted(at(list, 0), scope);
        if (found && !found->is_null()) return copy(*found);
        return at(list, 1);
    }

    Json val(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        const Scope* here = &scope;
        std::size_t first = 0;
        if (!list.empty() && list[0].is_array()) {  // [[2], "key"]: two scopes out, whatever the sign
            const Json& levels = list[0];
            if (levels.size() != 1 || !levels[0].is_number()) fail("Invalid Arguments");
            first = 1;
            for (auto level = std::abs(levels[0].get<double>()); level >= 1 && here; --level) here = here->outer;
            if (!here) return nullptr;
        }
        // {"val": null} asks for everything, as {"var": null} does.
        if (first == 0 && list.size() == 1 && list[0].is_null()) return copy(*scope.data);
        const Json* found = here->data;
        for (std::size_t i = first; i < list.size() && found; ++i) found = step_into(found, key_text(list[i]));
        return found ? copy(*found) : Json{};
    }

    Json exists(const Json& args, const Scope& scope) {
        const Json* found = scope.data;
        for (const auto& key : values(args, scope)) found = step_into(found, key_text(key));
        return found != nullptr;
    }

    Json missing_keys(const Json& keys, const Scope& scope) {
        Json absent = Json::array();
        for (const auto& key : keys) {
            const Json* found = dotted(key, scope);
            if (!found || found->is_null() || *found == "") absent.push_back(key);
        }
        return absent;
    }
    Json missing(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        return missing_keys(at(list, 0).is_array() ? list[0] : list, scope);
    }
    Json missing_some(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        const Json& keys = at(list, 1);
        if (!keys.is_array()) fail("Invalid Arguments");
        Json absent = missing_keys(keys, scope);
        if (static_cast<double>(keys.size() - absent.size()) >= to_number(list[0])) return Json::array();
        return absent;
    }

    // Compares neighbours one by one and stops at the first pair that does not fit.
    template <class Fits>
    Json chain(const Json& args, const Scope& scope, Fits fits) {
        written_list(args, 2);
        Json before = run(args[0], scope);
        for (std::size_t i = 1; i < args.size(); ++i) {
            Json next = run(args[i], scope);
            if (!fits(before, next)) return false;
            before = std::move(next);
        }
        return true;
    }
    Json equal(const Json& args, const Scope& scope) { return chain(args, scope, soft_equal); }
    Json unequal(const Json& args, const Scope& scope) {
        return chain(args, scope, [](const Json& a, const Json& b) { return !soft_equal(a, b); });
    }
    Json same(const Json& args, const Scope& scope) { return chain(args, scope, strict_equal); }
    Json not_same(const Json& args, const Scope& scope) {
        return chain(args, scope, [](const Json& a, const Json& b) { return !strict_equal(a, b); });
    }
    Json below(const Json& args, const Scope& scope) {
        return chain(args, scope, [](const Json& a, const Json& b) { return less(a, b, false); });
    }
    Json at_most(const Json& args, const Scope& scope) {
        return chain(args, scope, [](const Json& a, const Json& b) { return less(a, b, true); });
    }
    Json above(const Json& args, const Scope& scope) {
        return chain(args, scope, [](const Json& a, const Json& b) { return less(b, a, false); });
    }
    Json at_least(const Json& args, const Scope& scope) {
        return chain(args, scope, [](const Json& a, const Json& b) { return less(b, a, true); });
    }

    // {"!": x} with a list that x yields means the list itself; {"!": [x]} means x.
    bool single_truth(const Json& args, const Scope& scope) {
        if (args.is_array()) return !args.empty() && is_truthy(run(args[0], scope));
        return is_truthy(run(args, scope));
    }
    Json negate(const Json& args, const Scope& scope) { return !single_truth(args, scope); }
    Json truth(const Json& args, const Scope& scope) { return single_truth(args, scope); }

    Json both(const Json& args, const Scope& scope) {
        Json last = false;
        for (const auto& arg : written_list(args))
            if (last = run(arg, scope); !is_truthy(last)) break;
        return last;
    }
    Json either(const Json& args, const Scope& scope) {
        Json last = false;
        for (const auto& arg : written_list(args))
            if (last = run(arg, scope); is_truthy(last)) break;
        return last;
    }
    Json choose(const Json& args, const Scope& scope) {
        written_list(args);
        std::size_t i = 0;
        for (; i + 1 < args.size(); i += 2) {
            if (is_truthy(run(args[i], scope))) return run(args[i + 1], scope);
        }
        return i < args.size() ? run(args[i], scope) : Json{};
    }
    Json first_known(const Json& args, const Scope& scope) {
        if (!args.is_array()) {
            for (auto& value : values(args, scope))
                if (!value.is_null()) return value;
            return nullptr;
        }
        for (const auto& arg : args)
            if (Json value = run(arg, scope); !value.is_null()) return value;
        return nullptr;
    }

    Json plus(const Json& args, const Scope& scope) {
        double sum = 0;
        for (const auto& value : values(args, scope)) sum += to_number(value);
        return number(sum);
    }
    Json times(const Json& args, const Scope& scope) {
        double product = 1;
        for (const auto& value : values(args, scope)) product *= to_number(value);
        return number(product);
    }
    Json minus(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        if (list.empty()) fail("Invalid Arguments");
        double left = to_number(list[0]);
        if (list.size() == 1) return number(left == 0 ? 0 : -left);
        for (std::size_t i = 1; i < list.size(); ++i) left -= to_number(list[i]);
        return number(left);
    }
    Json divide(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        if (list.empty()) fail("Invalid Arguments");
        double left = to_number(list[0]);
        if (list.size() == 1) return number(1 / left);
        for (std::size_t i = 1; i < list.size(); ++i) left /= to_number(list[i]);
        return number(left);
    }
    Json modulo(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        if (list.size() < 2) fail("Invalid Arguments");
        double left = to_number(list[0]);
        for (std::size_t i = 1; i < list.size(); ++i) left = std::fmod(left, to_number(list[i]));
        return number(left);
    }
    template <class Better>
    Json extreme(const Json& args, const Scope& scope, Better better) {
        const Json list = values(args, scope);
        if (list.empty()) fail("Invalid Arguments");
        double best = to_number(list[0]);
        for (const auto& value : list)
            if (const double next = to_number(value); better(next, best)) best = next;
        return number(best);
    }
    Json maximum(const Json& args, const Scope& scope) { return extreme(args, scope, std::greater<>{}); }
    Json minimum(const Json& args, const Scope& scope) { return extreme(args, scope, std::less<>{}); }

    Json cat(const Json& args, const Scope& scope) {
        std::string joined;
        for (const auto& value : values(args, scope)) joined += text_of(value);
        spend(joined.size() / 16);
        return joined;
    }
    Json substr(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        const std::string text = text_of(at(list, 0));
        const auto starts = character_starts(text);
        const double length = static_cast<double>(starts.size() - 1);
        const auto clamp = [length](double position) { return std::min(std::max(position, 0.0), length); };
        double from = std::trunc(to_number(at(list, 1)));
        from = clamp(from < 0 ? length + from : from);
        double until = length;
        if (list.size() > 2) {
            const double count = std::trunc(to_number(list[2]));
            until = clamp(count < 0 ? length + count : from + count);
        }
        if (until <= from) return "";
        const auto begin = starts[static_cast<std::size_t>(from)];
        return text.substr(begin, starts[static_cast<std::size_t>(until)] - begin);
    }
    Json in(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        const Json& wanted = at(list, 0);
        const Json& where = at(list, 1);
        if (where.is_string()) return where.get_ref<const std::string&>().find(text_of(wanted)) != std::string::npos;
        if (!where.is_array()) return false;
        spend(where.size());
        return std::any_of(where.begin(), where.end(), [&](const Json& item) { return strict_equal(item, wanted); });
    }

    // The list an iterator walks; a missing one is empty. The rule for the items is args[1].
    Json walked(const Json& args, const Scope& scope) {
        written_list(args, 2);
        if (args[0].is_null()) fail("Invalid Arguments");
        Json list = run(args[0], scope);
        if (list.is_null()) return Json::array();
        if (!list.is_array()) fail("Invalid Arguments");
        return list;
    }
    template <class Do>
    void each(const Json& list, const Json& rule, const Scope& scope, Do act) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Json place{{"index", i}};
            const Scope around{&place, &scope};
            if (!act(list[i], run(rule, Scope{&list[i], &around}))) return;
        }
    }
    Json map(const Json& args, const Scope& scope) {
        const Json list = walked(args, scope);
        if (args[1].is_null()) fail("Invalid Arguments");
        Json out = Json::array();
        each(list, args[1], scope, [&](const Json&, Json value) { return out.push_back(std::move(value)), true; });
        return out;
    }
    Json filter(const Json& args, const Scope& scope) {
        const Json list = walked(args, scope);
        if (args[1].is_null()) fail("Invalid Arguments");
        Json out = Json::array();
        each(list, args[1], scope, [&](const Json& item, const Json& value) {
            if (is_truthy(value)) out.push_back(item);
            return true;
        });
        return out;
    }
    Json reduce(const Json& args, const Scope& scope) {
        const Json list = walked(args, scope);
        Json total = args.size() > 2 ? run(args[2], scope) : Json{};
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i == 0 && args.size() == 2) {  // no start value: the first item is it
                total = list[0];
                continue;
            }
            const Json place{{"index", i}};
            const Scope around{&place, &scope};
            const Json frame{{"current", list[i]}, {"accumulator", copy(total)}};
            total = run(args[1], Scope{&frame, &around});
        }
        return total;
    }
    // `all` and its kin ask about a list that must be there.
    Json asked(const Json& args, const Scope& scope) {
        written_list(args, 2);
        Json list = run(args[0], scope);
        if (!list.is_array()) fail("Invalid Arguments");
        return list;
    }
    Json all(const Json& args, const Scope& scope) {
        const Json list = asked(args, scope);
        bool every = !list.empty();
        each(list, args[1], scope, [&](const Json&, const Json& value) { return every = is_truthy(value); });
        return every;
    }
    bool any(const Json& args, const Scope& scope) {
        const Json list = asked(args, scope);
        bool found = false;
        each(list, args[1], scope, [&](const Json&, const Json& value) { return !(found = is_truthy(value)); });
        return found;
    }
    Json some(const Json& args, const Scope& scope) { return any(args, scope); }
    Json none(const Json& args, const Scope& scope) { return !any(args, scope); }
    Json merge(const Json& args, const Scope& scope) {
        Json out = Json::array();
        for (auto& value : values(args, scope)) {
            if (!value.is_array())
                out.push_back(std::move(value));
            else
                for (auto& item : value) out.push_back(std::move(item));
        }
        spend(out.size());
        return out;
    }

    Json raise(const Json& args, const Scope& scope) {
        const Json list = values(args, scope);
        const Json& what = at(list, 0);
        throw Thrown{what.is_object() ? what : Json{{"type", text_of(what)}}};
    }
    Json attempt(const Json& args, const Scope& scope) {
        const Json only = args.is_array() ? Json{} : Json::array({args});
        const Json& tries = args.is_array() ? args : only;
        if (tries.empty()) fail("Invalid Arguments");
        const Json outside = Json::object();
        Json error;
        for (std::size_t i = 0; i < tries.size(); ++i) {
            const Scope around{&outside, &scope};
            const Scope after{&error, &around};  // what a later try sees of the one that failed
            try {
                return run(tries[i], i == 0 ? scope : after);
            } catch (const Thrown& thrown) {
                error = thrown.error;
            }
        }
        throw Thrown{error};
    }
    Json preserve(const Json& args, const Scope&) { return copy(args); }
    Json log(const Json& args, const Scope& scope) { return at(values(args, scope), 0); }

    int depth_left_;
    std::int64_t steps_left_;
};

const std::unordered_map<std::string, Evaluator::Operator>& Evaluator::operators() {
    using E = Evaluator;
    static const std::unordered_map<std::string, Operator> table{{"var", &E::var},
                                                                 {"val", &E::val},
                                                                 {"exists", &E::exists},
                                                                 {"missing", &E::missing},
                                                                 {"missing_some", &E::missing_some},
                                                                 {"==", &E::equal},
                                                                 {"!=", &E::unequal},
                                                                 {"===", &E::same},
                                                                 {"!==", &E::not_same},
                                                                 {"<", &E::below},
                                                                 {"<=", &E::at_most},
                                                                 {">", &E::above},
                                                                 {">=", &E::at_least},
                                                                 {"!", &E::negate},
                                                                 {"!!", &E::truth},
                                                                 {"and", &E::both},
                                                                 {"or", &E::either},
                                                                 {"if", &E::choose},
                                                                 {"?:", &E::choose},
                                                                 {"??", &E::first_known},
                                                                 {"+", &E::plus},
                                                                 {"-", &E::minus},
                                                                 {"*", &E::times},
                                                                 {"/", &E::divide},
                                                                 {"%", &E::modulo},
                                                                 {"max", &E::maximum},
                                                                 {"min", &E::minimum},
                                                                 {"cat", &E::cat},
                                                                 {"substr", &E::substr},
                                                                 {"in", &E::in},
                                                                 {"map", &E::map},
                                                                 {"filter", &E::filter},
                                                                 {"reduce", &E::reduce},
                                                                 {"all", &E::all},
                                                                 {"some", &E::some},
                                                                 {"none", &E::none},
                                                                 {"merge", &E::merge},
                                                                 {"throw", &E::raise},
                                                                 {"try", &E::attempt},
                                                                 {"preserve", &E::preserve},
                                                                 {"log", &E::log}};
    return table;
}

Json Evaluator::run(const Json& rule, const Scope& scope) {
    spend(1);
    if (depth_left_ == 0) throw OutOfLimits{};
    struct Deeper {
        int& left;
        explicit Deeper(int& depth) : left(depth) { --left; }
        ~Deeper() { ++left; }
    } deeper{depth_left_};
    if (rule.is_array()) {
        Json list = Json::array();
        for (const auto& item : rule) list.push_back(run(item, scope));
        return list;
    }
    if (!rule.is_object() || rule.size() != 1) return copy(rule);  // an object of another size is data
    const auto found = operators().find(rule.begin().key());
    if (found == operators().end()) fail("Unknown Operator");
    return (this->*found->second)(rule.begin().value(), scope);
}

void collect(const Json& rule, RuleUse& use) {
    if (rule.is_array()) {
        for (const auto& item : rule) collect(item, use);
        return;
    }
    if (!rule.is_object() || rule.size() != 1) return;
    const std::string& name = rule.begin().key();
    const Json& args = rule.begin().value();
    const auto& known = rule_operators();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        use.unknown_operators.push_back(name);
        return;
    }
    if (name == "preserve") return;
    const auto add = [&](const Json& key) {
        if (key.is_string() && !key.get_ref<const std::string&>().empty()) use.facts.push_back(key.get<std::string>());
    };
    if (name == "var") add(args.is_array() ? (args.empty() ? args : args[0]) : args);
    if (name == "val" || name == "exists") {
        std::string path;
        if (args.is_string())
            path = args.get<std::string>();
        else if (args.is_array())
            for (const auto& key : args)
                if (key.is_string()) path += (path.empty() ? "" : ".") + key.get<std::string>();
        add(path);
    }
    if (name == "missing") {
        if (!args.is_array())
            add(args);
        else
            for (const auto& key : args) add(key);
    }
    if (name == "missing_some" && args.is_array() && args.size() > 1 && args[1].is_array())
        for (const auto& key : args[1]) add(key);
    static const std::vector<std::string> iterators{"map", "filter", "reduce", "all", "some", "none"};
    if (std::find(iterators.begin(), iterators.end(), name) != iterators.end() && args.is_array()) {
        if (!args.empty()) collect(args[0], use);  // the rest looks at the items
        RuleUse inner;
        for (std::size_t i = 1; i < args.size(); ++i) collect(args[i], inner);
        use.unknown_operators.insert(use.unknown_operators.end(), inner.unknown_operators.begin(),
                                     inner.unknown_operators.end());
        return;
    }
    collect(args, use);
}

}  // namespace

const std::vector<std::string>& rule_operators() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const auto& [name, unused] : Evaluator::operators()) list.push_back(name);
        std::sort(list.begin(), list.end());
        return list;
    }();
    return names;
}

bool is_truthy(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number()) return value.get<double>() != 0;
    if (value.is_string()) return !value.get_ref<const std::string&>().empty();
    if (value.is_array()) return !value.empty();
    return value.is_object();
}

Result<Json> evaluate(const Json& rule, const Json& data, const RuleLimits& limits) {
    try {
        return Evaluator{limits}.run(rule, Scope{&data, nullptr});
    } catch (const Thrown& thrown) {
        const Json& type = thrown.error.contains("type") ? thrown.error["type"] : thrown.error;
        return Problem{"rule.failed", type.is_string() ? type.get<std::string>() : to_text(type),
                       to_text(thrown.error)};
    } catch (const OutOfLimits&) {
        return Problem{"rule.too_long", "Too Long", "the rule runs deeper or longer than a rule may"};
    }
}

RuleUse rule_use(const Json& rule) {
    RuleUse use;
    collect(rule, use);
    return use;
}

}  // namespace huiyin
