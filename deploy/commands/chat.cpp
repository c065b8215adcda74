#include "deploy/commands/chat.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "bot/front_desk.h"
#include "deploy/commands/common.h"
#include "deploy/service/service.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/policy/span.h"

namespace huiyin {
namespace {

struct Asked {
    std::string policy = "property-group", share;
};

// Buttons cannot be tapped here: they are shown with a number, and "#2" taps the second of the last message that had
// any.
struct Screen {
    std::vector<Choice> choices;
    std::int64_t seen = 0;
    void show(const Message& message) {
        seen = std::max(seen, message.id);
        if (message.from == Speaker::resident) return;
        std::cout << (message.from == Speaker::staff ? "员工: " : "回音: ") << message.said.text << '\n';
        if (!message.said.choices.empty()) choices = message.said.choices;
        for (std::size_t i = 0; i < message.said.choices.size(); ++i)
            std::cout << "      [#" << i + 1 << " " << message.said.choices[i].title << "]\n";
    }
};

// "#2" is 2; anything else is said to the bot.
std::optional<std::size_t> button_of(const std::string& line) {
    if (line.size() < 2 || line.size() > 4 || line[0] != '#' || line[1] == '0' ||
        line.find_first_not_of("0123456789", 1) != std::string::npos)
        return std::nullopt;
    return std::stoul(line.substr(1));
}

void chat(const Asked& asked) {
    log::silence(true);
    const auto share = find_share(asked.share);
    if (!share) commands::refuse(share.problem().text);
    const auto policy = std::filesystem::absolute(commands::pack_file(asked.policy, *share + "/templates")).string();
    if (!std::filesystem::is_regular_file(policy))
        commands::refuse(
            "no such pack \"" + asked.policy +
            "\": --policy: write its file, or the id of one that came with the program, like property-group");
    auto pattern = (std::filesystem::temp_directory_path() / "huiyin-chat-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
        commands::refuse("cannot make a folder: " + pattern + ": is there room, and may this user write there?");
    struct Sweep {
        std::string path;
        ~Sweep() {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
    } sweep{pattern};
    std::filesystem::create_directories(pattern + "/media");
    const Json json{{"store", "sqlite:huiyin.db"},
                    {"media", "media"},
                    {"policy", policy},
                    {"directory", "templates/demo/directory.json"},
                    {"answers", "templates/demo/answers.json"},
                    {"secret", random_hex(32)},
                    {"data_key", random_hex(32)},
                    {"channels", Json::array({{{"id", "web"}, {"type", "webchat"}}})}};
    auto config = config_from(json, pattern + "/huiyin.json", *share);
    if (!config) commands::refuse(config.problem().text);
    const SystemClock system;
    auto started = Service::start(
        {.config = std::move(*config), .share = *share, .manual_clock = system.now(), .demo = false, .door = false});
    if (!started) commands::refuse(started.problem().text);
    auto& service = **started;

    const bool terminal = isatty(STDIN_FILENO);
    if (terminal) std::cout << "直接打字说话；#1 点第一个按钮；/advance 26 hours 把钟往前拨；/quit 结束。\n";
    Screen screen;
    ConversationId conversation;
    int count = 0;
    const auto hear = [&](Arrived arrived) {
        arrived.channel = ChannelId{"web"};
        arrived.address = "terminal";
        arrived.key = std::to_string(++count);
        const auto now = service.now();
        const auto understood =
            arrived.text.empty() ? Understood{} : service.understanding().understand(arrived.text, now, {});
        Result<Heardback> heard = Problem{};
        service.store().run([&](Transaction& tx) {
            heard = service.desk().hear(tx, arrived, understood, now, system.now() + std::chrono::seconds{10} * count);
        });
        if (!heard) {
            std::cout << "（" << heard.problem().text << "）\n";
            return;
        }
        conversation = heard->conversation;
        for (const auto& message : heard->said) screen.show(message);
    };
    Arrived entered;
    entered.kind = HeardKind::entered;
    hear(std::move(entered));
    for (std::string line; (terminal ? std::cout << "您: " << std::flush : std::cout), std::getline(std::cin, line);) {
        if (line == "/quit") break;
        if (line.empty()) continue;
        if (!terminal) std::cout << "您: " << line << '\n';
        Arrived arrived;
        if (line.starts_with("/advance ")) {
            const auto span = parse_span(line.substr(9));
            if (!span) {
                std::cout << "（" << span.problem().text << "）\n";
                continue;
            }
            const Calendar always(Zone{}, WeekHours{});
            const auto working = span->unit == SpanUnit::working_days || span->unit == SpanUnit::working_hours ||
                                 span->unit == SpanUnit::working_minutes;
            service.move_clock(working ? service.now() + std::chrono::hours{24} * span->count
                                       : always.add(service.now(), *span, FirstDay::not_counted).due);
            std::cout << "（现在是 " << to_rfc3339(service.now()) << "）\n";
        } else if (line[0] == '/') {
            std::cout << "（没有 " << line << " 这个命令：/advance 26 hours 把钟往前拨，/quit 结束）\n";
            continue;
        } else if (const auto button = button_of(line)) {
            if (*button > screen.choices.size()) {
                std::cout << "（没有第 " << *button << " 个按钮：现在有 " << screen.choices.size() << " 个）\n";
                continue;
            }
            arrived.kind = HeardKind::choice;
            arrived.choice = screen.choices[*button - 1].payload;
            hear(std::move(arrived));
        } else {
            arrived.text = line;
            hear(std::move(arrived));
        }
        // What was pushed meanwhile: reminders, answers of staff.
        if (conversation)
            service.store().read([&](Reading& reading) {
                for (const auto& message : reading.messages(conversation, screen.seen, 100)) screen.show(message);
            });
    }
    service.stop();
}

}  // namespace

void add_chat_command(CLI::App& app) {
    auto asked = std::make_shared<Asked>();
    auto* chatting =
        app.add_subcommand("chat", "the same conversation in a terminal, with the demo community; no network");
    chatting->add_option("--policy", asked->policy, "pack file, or the id of a pack that came with the program")
        ->capture_default_str();
    chatting->add_option("--share", asked->share, "folder that holds templates/");
    chatting->footer(
        "Write as a resident does. #1 taps the first button of the last message that had any; /advance 26 hours moves "
        "the\n"
        "clock forward (minutes, hours, days, weeks); /quit, or the end of the input, ends it.");
    chatting->callback([asked] { chat(*asked); });
}

}  // namespace huiyin
