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
        return one;
    }();
    return *made;
}

void write(spdlog::level::level_enum level, const char* name, std::string_view event, Fields fields) {
    if (!logger().should_log(level)) return;
    nlohmann::ordered_json line{
        {"at", to_rfc3339(SystemClock{}.now())}, {"level", name}, {"event", event.substr(0, 200)}};
    for (const auto& field : fields)
        std::visit(
            [&](const auto& value) {
                if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
                    line[std::string(field.name)] = value.substr(0, 1000);
                else
                    line[std::string(field.name)] = value;
            },
            field.value);
    const auto dump = [](const nlohmann::ordered_json& json) {
        return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    };
    auto text = dump(line);
    if (text.size() > 4096) text = dump({{"at", line["at"]}, {"level", name}, {"event", line["event"]}, {"cut", true}});
    logger().log(level, "{}", text);
}

}  // namespace

void info(std::string_view event, Fields fields) { write(spdlog::level::info, "info", event, fields); }
void warning(std::string_view event, Fields fields) { write(spdlog::level::warn, "warning", event, fields); }
void error(std::string_view event, Fields fields) { write(spdlog::level::err, "error", event, fields); }
void silence(bool quiet) { logger().set_level(quiet ? spdlog::level::err : spdlog::level::info); }

}  // namespace huiyin::log
