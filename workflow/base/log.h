// Logs: one JSON object a line on standard error, an event name and fields; never a sentence, never a full phone
// number, name or message. Threads: any.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace huiyin::log {

struct Field {
    Field(std::string_view field_name, std::string_view v) : name(field_name), value(std::string(v)) {}
    Field(std::string_view field_name, const char* v) : name(field_name), value(std::string(v)) {}
    Field(std::string_view field_name, const std::string& v) : name(field_name), value(v) {}
    Field(std::string_view field_name, bool v) : name(field_name), value(v) {}
    Field(std::string_view field_name, double v) : name(field_name), value(v) {}
    template <class Integer>
    requires std::is_integral_v<Integer> Field(std::string_view field_name, Integer v)
        : name(field_name), value(static_cast<long long>(v)) {}
    std::string_view name;
    std::variant<std::string, long long, double, bool> value;
};
using Fields = std::initializer_list<Field>;

// event: "ticket.escalated". A line is cut at 4 KiB; control characters are escaped, so one event is one line.
void info(std::string_view event, Fields fields = {});
void warning(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});
void silence(bool quiet);  // tests and one-shot commands: nothing below error

}  // namespace huiyin::log
