// Signing in by a platform that knows our staff: off to its page, and back with who it is.
#include <algorithm>

#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/staff_desk.h"
#include "channels/wecom/sign_in.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"

namespace huiyin::api {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t path_most = 120;

const SignInWay* way_of(const ApiParts& parts, std::string_view channel) {
    for (const auto& way : parts.sign_in_ways)
        if (way.channel.value == channel) return &way;
    return nullptr;
}

// Where he wanted to go: a path of the console's, and nothing else.
std::string own_path(std::string_view path) {
    const bool plain = path.substr(0, 9) == "/console/" && path.size() <= path_most &&
                       path.find("//") == std::string_view::npos &&
                       std::all_of(path.begin(), path.end(),
                                   [](unsigned char c) { return std::isalnum(c) || c == '/' || c == '-' || c == '_'; });
    return plain ? std::string(path) : std::string("/console/");
}

// The proof that whoever comes back is the browser that was sent: lax, for it comes from another site.
std::string cookie_name(const ApiParts& parts) {
    return parts.public_url.starts_with("https://") ? "__Host-huiyin_sign_in" : "huiyin_sign_in";
}
std::string cookie(const ApiParts& parts, const std::string& value) {
    return cookie_name(parts) + "=" + value + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=600" +
           (parts.public_url.starts_with("https://") ? "; Secure" : "");
}

std::string back_to(const ApiParts& parts, const http::Request& request, const ChannelId& channel) {
    const auto host = request.header("Host");
    const auto origin = !parts.public_url.empty() ? parts.public_url
                        : host                    ? "http://" + std::string(*host)
                                                  : std::string{};
    return origin + "/api/v1/sessions/wecom/" + channel.value + "/back";
}

http::Answer led_to(const std::string& address) {
    auto answer = http::Answer::empty(302);
    answer.with("Location", address).with("Cache-Control", "no-store");
    return answer;
}
http::Answer refused(const std::string& why) { return led_to("/console/#/sign-in/" + why); }

void begin(const ApiParts& parts, http::Request& request, http::Responder& responder) {
    const auto* way = way_of(parts, request.segment("channel"));
    if (!way) return responder.answer(http::Answer::empty(404));
    const auto state = random_hex(16);
    const bool inside = request.header("User-Agent").value_or("").find("wxwork") != std::string_view::npos;
    auto answer = led_to(way->sign_in->address(inside, back_to(parts, request, way->channel), state));
    answer.with("Set-Cookie", cookie(parts, state + "." + own_path(request.query("next").value_or(""))));
    responder.answer(std::move(answer));
}

void back(const std::shared_ptr<const ApiParts>& parts, http::Request& request, http::Responder& responder) {
    const auto* way = way_of(*parts, request.segment("channel"));
    if (!way) return responder.answer(http::Answer::empty(404));
    const std::string state(request.query("state").value_or("")), code(request.query("code").value_or(""));
    const std::string sent(request.cookie(cookie_name(*parts)).value_or(""));
    const auto dot = sent.find('.');
    if (state.size() != 32 || dot == std::string::npos || !equal_secrets(sent.substr(0, dot), state)) {
        log::warning("sign_in.foreign_state", {{"channel", way->channel.value}, {"address", request.address()}});
        return responder.answer(refused("again"));
    }
    const auto next = own_path(std::string_view(sent).substr(dot + 1));
    const auto parked = std::make_shared<http::Parked>(responder.park());
    parked->otherwise(12s, refused("busy"));
    way->sign_in->ask(code, state, [parts, parked, next, channel = way->channel](Result<std::string> userid) {
        if (!userid) return void(parked->answer(refused(userid.problem().code.substr(8))));
        const auto directory = parts->directory->get();
        const auto* traits = parts->speaker->traits(channel);
        const auto* staff = staff_at(*directory, channel, traits && traits->login_is_address, {*userid});
        if (!staff) {
            log::warning("sign_in.unknown", {{"channel", channel.value}});
            return void(parked->answer(refused("refused")));
        }
        try {
            const auto session = parts->access->sign_in_by_platform(*staff);
            auto answer = led_to(next);
            answer.with("Set-Cookie", parts->access->cookie(session.token));
            parked->answer(std::move(answer));
        } catch (const std::exception& e) {
            log::error("sign_in.failed", {{"what", e.what()}});
            parked->answer(refused("busy"));
        }
    });
}

}  // namespace

void add_sign_in_routes(http::RouteTable& routes, const Shared& parts) {
    const auto anyone = [](const char* about) {
        return std::map<std::string, std::string>{{"who", "anyone"}, {"about", about}};
    };
    routes.add(
        "GET", "/api/v1/sessions/ways", {},
        [parts](http::Request&, http::Responder& responder) {
            Json items = Json::array();
            for (const auto& way : parts->sign_in_ways)
                items.push_back({{"id", way.channel.value},
                                 {"kind", "wecom"},
                                 {"url", "/api/v1/sessions/wecom/" + way.channel.value + "/begin"}});
            responder.answer(json_answer(200, {{"items", std::move(items)}, {"next_cursor", Json()}}));
        },
        anyone("Beside a password: by which platforms staff may sign in."));
    routes.add(
        "GET", "/api/v1/sessions/wecom/{channel}/begin", {},
        [parts](http::Request& request, http::Responder& responder) { begin(*parts, request, responder); },
        anyone("Off to WeCom, to sign in there."));
    routes.add(
        "GET", "/api/v1/sessions/wecom/{channel}/back", {},
        [parts](http::Request& request, http::Responder& responder) { back(parts, request, responder); },
        anyone("Back from WeCom, with a code."));
}

}  // namespace huiyin::api
