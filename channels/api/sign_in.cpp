// Signing in by a platform that knows our staff: off to its page, and back with who it is.
#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

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
constexpr int at_once_most = 4;            // of one address; more are asked to come again
constexpr const char* state_life = "600";  // seconds
constexpr const char* link_life = "15";    // after it was used: a browser may open it twice

// How many of each address wait for the platform's answer: one address takes nobody's place. Threads: any.
class AtOnce {
public:
    bool enter(const std::string& address) {
        std::lock_guard lock(mutex_);
        auto& count = waiting_[address];
        if (count >= at_once_most) return false;
        ++count;
        return true;
    }
    void leave(const std::string& address) {
        std::lock_guard lock(mutex_);
        if (const auto at = waiting_.find(address); at != waiting_.end() && --at->second <= 0) waiting_.erase(at);
    }

private:
    std::mutex mutex_;
    std::map<std::string, int> waiting_;
};

// A place among those of an address, left once: by leave(), else when nobody has it any more.
class Place {
public:
    Place(std::shared_ptr<AtOnce> at_once, std::string address)
        : at_once_(std::move(at_once)), address_(std::move(address)) {}
    ~Place() { leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool enter() { return entered_ = at_once_->enter(address_); }
    void leave() {
        if (std::exchange(entered_, false)) at_once_->leave(address_);
    }

private:
    const std::shared_ptr<AtOnce> at_once_;
    const std::string address_;
    bool entered_ = false;
};

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
std::string cookie(const ApiParts& parts, const std::string& value, const std::string& seconds) {
    return cookie_name(parts) + "=" + value + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + seconds +
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
    const auto state = way->sign_in->new_state();
    const bool inside = request.header("User-Agent").value_or("").find("wxwork") != std::string_view::npos;
    auto answer = led_to(way->sign_in->address(inside, back_to(parts, request, way->channel), state));
    answer.with("Set-Cookie", cookie(parts, state + "." + own_path(request.query("next").value_or("")), state_life));
    responder.answer(std::move(answer));
}

const Staff* staff_of(const ApiParts& parts, const Directory& directory, const ChannelId& channel,
                      const std::string& userid) {
    const auto* traits = parts.speaker->traits(channel);
    return staff_signing_in(directory, channel, traits && traits->login_is_address, userid);
}

void back(const std::shared_ptr<const ApiParts>& parts, const std::shared_ptr<AtOnce>& at_once, http::Request& request,
          http::Responder& responder) {
    const auto* way = way_of(*parts, request.segment("channel"));
    if (!way) return responder.answer(http::Answer::empty(404));
    const std::string state(request.query("state").value_or("")), code(request.query("code").value_or(""));
    const std::string sent(request.cookie(cookie_name(*parts)).value_or(""));
    const auto dot = sent.find('.');
    if (dot == std::string::npos || !equal_secrets(sent.substr(0, dot), state) || !way->sign_in->is_ours(state)) {
        log::warning("sign_in.foreign_state", {{"channel", way->channel.value}, {"address", request.address()}});
        return responder.answer(refused("again"));
    }
    const auto next = own_path(std::string_view(sent).substr(dot + 1));
    const auto& address = request.address();
    const auto place = std::make_shared<Place>(at_once, address);
    if (parts->access->failed_too_often(address) || !place->enter()) return responder.answer(refused("busy"));
    const auto parked = std::make_shared<http::Parked>(responder.park());
    parked->otherwise(12s, refused("busy"));
    way->sign_in->ask(code, state, [=, channel = way->channel](const Result<std::string>& userid) {
        place->leave();
        try {
            if (!userid) {
                const auto& why = userid.problem().code;
                if (why == "sign_in.again" || why == "sign_in.refused") parts->access->note_failure(address);
                return void(parked->answer(refused(why.substr(8))));
            }
            const auto directory = parts->directory->get();
            const auto* staff = staff_of(*parts, *directory, channel, *userid);
            if (!staff) {
                log::warning("sign_in.unknown", {{"channel", channel.value}});
                parts->access->note_failure(address);
                return void(parked->answer(refused("refused")));
            }
            // The platform's word stands for the password, not for the second factor.
            const auto opened = parts->access->sign_in_by_platform(*staff);
            const auto* session = std::get_if<Access::Issued>(&opened);
            auto answer = led_to(session ? next : next + "#/sign-in/code");
            answer.with("Set-Cookie", session ? parts->access->cookie(session->token)
                                              : parts->access->half_cookie(std::get<Access::CodeWanted>(opened).token));
            answer.with("Set-Cookie", cookie(*parts, state + "." + next, link_life));
            parked->answer(std::move(answer));
        } catch (const std::exception& e) {
            log::error("sign_in.failed", {{"what", e.what()}});
            parked->answer(refused("busy"));
        }
    });
}

}  // namespace

void forget_sign_in(const ApiParts& parts, StaffId staff, http::Answer& answer) {
    if (parts.sign_in_ways.empty()) return;
    const auto directory = parts.directory->get();
    for (const auto& way : parts.sign_in_ways)
        way.sign_in->forget([&](const std::string& userid) {
            const auto* his = staff_of(parts, *directory, way.channel, userid);
            return !his || his->id == staff;
        });
    answer.with("Set-Cookie", cookie(parts, "", "0"));
}

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
        [parts, at_once = std::make_shared<AtOnce>()](http::Request& request, http::Responder& responder) {
            back(parts, at_once, request, responder);
        },
        anyone("Back from WeCom, with a code."));
}

}  // namespace huiyin::api
