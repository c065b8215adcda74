#include "workflow/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "workflow/base/json_text.h"
#include "workflow/base/time_text.h"

namespace huiyin::log {
namespace {

spdlog::logger& logger() {
    static auto made = [] {
        auto one = std::make_shared<spdlog::logger>("huiyin", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        one->set_pattern("%v");
        one->flush_on(spdlog::level::info);
        one->set_error_handler([](const std::string&) {});  // else it puts a sentence of its own among the lines
        return one;
    }();
    return *made;
}

JsonWriter begun(const char* level, std::string_view event) {
    JsonWriter line;
    line.begin('{').key("at").text(to_rfc3339(SystemClock{}.now()));
    line.key("level").text(level).key("event").text(event.substr(0, 200));
    return line;
}

// Without a tree: to take one down asks for memory, too, and there an exception ends the process.
std::string line_of(const char* level, std::string_view event, Fields fields) {
    auto line = begun(level, event);
    for (const auto& field : fields) {
        line.key(field.name);
        if (const auto* text = std::get_if<std::string_view>(&field.value))
            line.text(text->substr(0, 1000));
        else if (const auto* number = std::get_if<long long>(&field.value))
            line.number(*number);
        else if (const auto* yes = std::get_if<bool>(&field.value))
            line.boolean(*yes);
        else
            line.json(std::get<double>(field.value));
    }
    auto text = line.end('}').done();
    if (text.size() > 4096) text = begun(level, event).key("cut").boolean(true).end('}').done();
    return text;
}

void write(spdlog::level::level_enum level, const char* name, std::string_view event, Fields fields) noexcept {
    try {
        if (logger().should_log(level)) logger().log(level, "{}", line_of(name, event, fields));
    } catch (const std::exception&) {
        return;  // log.h says why
    }
}

}  // namespace

void info(std::string_view event, Fields fields) noexcept { write(spdlog::level::info, "info", event, fields); }
void warning(std::string_view event, Fields fields) noexcept { write(spdlog::level::warn, "warning", event, fields); }
void error(std::string_view event, Fields fields) noexcept { write(spdlog::level::err, "error", event, fields); }
void silence(bool quiet) { logger().set_level(quiet ? spdlog::level::err : spdlog::level::info); }

}  // namespace huiyin::log
