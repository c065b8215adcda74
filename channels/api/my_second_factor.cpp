// /api/v1/me/second-factor: everybody's own authenticator, set up, changed and switched off by himself.
#include "channels/api/guard.h"
#include "channels/api/routes.h"
#include "channels/api/second_factor.h"
#include "channels/codec/one_time_code.h"
#include "channels/codec/qr_picture.h"
#include "workflow/base/digest.h"

namespace huiyin::api {
namespace {

constexpr std::size_t letters_together = 4;  // of a secret that is typed

// What was typed wrong is told where it was typed.
http::Answer refusal(const Problem& problem) {
    if (problem.code == "second_factor.password") return findings_answer({{"/password", problem.text}});
    if (problem.code == "second_factor.code") return findings_answer({{"/code", problem.text}});
    auto answer = problem_answer(problem);
    if (answer.status == 429) answer.with("Retry-After", "900");
    return answer;
}

http::Answer state(Asked& asked) {
    const auto found = asked.parts.second_factors->state_of(asked.who.staff);
    const auto& zone = asked.parts.policies->standard()->calendar.zone();
    return json_answer(200, {{"on", found.on},
                             {"required", found.required},
                             {"since", found.on ? Json(to_rfc3339(found.since, zone)) : Json()},
                             {"recovery_codes_left", found.recovery_codes}});
}

std::string in_groups(const std::string& secret) {
    std::string text;
    for (std::size_t at = 0; at < secret.size(); at += letters_together)
        text += (at == 0 ? "" : " ") + secret.substr(at, letters_together);
    return text;
}

Json offered_json(const std::string& organisation, const std::string& login, const std::string& seed) {
    const auto address = one_time::address(organisation, login, seed);
    const auto picture = QrPicture::of(address);
    Json json{{"secret", in_groups(one_time::to_base32(seed))}, {"address", address}};
    // Too long a name for a picture: the secret is typed.
    json["picture"] = picture ? Json("data:image/svg+xml;base64," + to_base64(picture->svg())) : Json();
    return json;
}

http::Answer offer(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const SecondFactors::Given given{read.text_or("password", ""), read.text_or("code", ""), asked.request.address()};
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    const auto seed = asked.parts.second_factors->offer(asked.who, given);
    if (!seed) return refusal(seed.problem());
    const auto directory = asked.parts.directory->get();
    return json_answer(201, offered_json(directory->organisation().name, asked.who.staff.login, *seed));
}

http::Answer with_codes(const Result<std::vector<std::string>>& codes) {
    if (!codes) return refusal(codes.problem());
    Json shown = Json::array();
    for (const auto& code : *codes)
        shown.push_back(code.substr(0, code.size() / 2) + "-" + code.substr(code.size() / 2));
    return json_answer(200, {{"on", true}, {"recovery_codes", std::move(shown)}});
}

http::Answer change(Asked& asked) {
    std::vector<Finding> findings;
    Reader read(asked.body, "", findings);
    const auto command = read.one_of("command", {"switch_on", "switch_off", "new_recovery_codes"});
    const SecondFactors::Given given{command == "switch_off" ? read.text_or("password", "") : std::string{},
                                     read.text("code"), asked.request.address()};
    read.finish();
    if (!findings.empty()) return findings_answer(findings);
    auto& mine = *asked.parts.second_factors;
    if (command == "switch_on") return with_codes(mine.switch_on(asked.who, given));
    if (command == "new_recovery_codes") return with_codes(mine.new_recovery_codes(asked.who, given));
    const auto off = mine.switch_off(asked.who, given);
    return off ? json_answer(200, {{"on", false}}) : refusal(off.problem());
}

}  // namespace

void add_second_factor_routes(http::RouteTable& routes, const Shared& parts) {
    const auto path = "/api/v1/me/second-factor";
    add(routes, parts, {"GET", path, "Whether mine is on, and how many recovery codes are left.", Body::none, {}, true},
        state);
    add(routes, parts,
        {"POST",
         path,
         "Shows a new seed: {password}, and {code} where one is on. It is on when a code of it was typed.",
         Body::json,
         {},
         true},
        offer);
    add(routes, parts,
        {"POST",
         std::string(path) + "/commands",
         "switch_on {code}: gives ten recovery codes, once. new_recovery_codes {code}. switch_off {password, code}.",
         Body::json,
         {},
         true},
        change);
}

}  // namespace huiyin::api
