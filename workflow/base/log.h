// Logs: one JSON object a line on standard error, an event name and fields; never a sentence, never a full phone
// number, name or message. Threads: any.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace huiyin::log {

struct Field {  // its text is lent: it lives as long as the call
    Field(std::string_view field_name, std::string_view v) : name(field_name), value(v) {}
    Field(std::string_view field_name, const char* v) : name(field_name), value(std::string_view(v)) {}
    Field(std::string_view field_name, const std::string& v) : name(field_name), value(std::string_view(v)) {}
    Field(std::string_view field_name, bool v) : name(field_name), value(v) {}
    Field(std::string_view field_name, double v) : name(field_name), value(v) {}
    template <class Integer>
    requires std::is_integral_v<Integer> Field(std::string_view field_name, Integer v)
        : name(field_name), value(static_cast<long long>(v)) {}
    std::string_view name;
    std::variant<std::string_view, long long, double, bool> value;
};
using Fields = std::initializer_list<Field>;

// event: "ticket.escalated". A line is cut at 4 KiB; control characters are escaped, so one event is one line. One for
// which there is no memory is left out: what went wrong is told where an exception is taken, and none may come of it.
void info(std::string_view event, Fields fields = {}) noexcept;
void warning(std::string_view event, Fields fields = {}) noexcept;
void error(std::string_view event, Fields fields = {}) noexcept;
void silence(bool quiet);  // tests and one-shot commands: nothing below error

}  // namespace huiyin::log
