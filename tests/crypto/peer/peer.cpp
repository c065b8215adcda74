// Speaks for our envelope to an independent implementation: one JSON request a line in, one JSON answer a line out.
//   {"do":"seal","token","aes_key","receiver","timestamp","nonce","message"}            -> {"encrypt","signature"}
//   {"do":"open","token","aes_key","receiver","timestamp","nonce","encrypt","signature"} -> {"message"} or {"refused"}
//   {"do":"sign","secret","id","timestamp","body"}                                       -> {"signature"}
//   {"do":"check","secret","id","timestamp","body","signature"}                          -> {"fits"} or {"refused"}
//   {"do":"feishu_seal","encrypt_key","timestamp","nonce","message"}                     -> {"encrypt","signature"}
//   {"do":"feishu_open","encrypt_key","encrypt"}                                         -> {"message"}: base64, or
//                                                                                           {"refused"}
#include <iostream>
#include <nlohmann/json.hpp>

#include "channels/codec/envelope.h"
#include "channels/codec/feishu_seal.h"
#include "channels/codec/webhook_signature.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"

namespace {

// A webhook, signed or checked at the very moment it names.
huiyin::Json webhook_answer(const huiyin::Json& request) {
    using namespace huiyin;
    const auto field = [&](const char* name) { return request.at(name).get<std::string>(); };
    const std::vector<std::string> keys{webhook::read_secret(field("secret")).value()};
    if (field("do") == "sign")
        return {{"signature", webhook::signatures(keys, field("id"), field("timestamp"), field("body"))}};
    const auto checked = webhook::check(keys, {field("id"), field("timestamp"), field("signature")}, field("body"),
                                        from_ms(std::stoll(field("timestamp")) * 1000), std::chrono::seconds{300});
    return checked ? Json{{"fits", true}} : Json{{"refused", checked.problem().code}};
}

// The signature is over the body that the platform sends.
huiyin::Json feishu_answer(const huiyin::Json& request) {
    using namespace huiyin;
    const auto field = [&](const char* name) { return request.at(name).get<std::string>(); };
    if (field("do") == "feishu_seal") {
        const auto encrypt = feishu::seal(field("encrypt_key"), field("message"));
        const auto body = to_text(Json{{"encrypt", encrypt}});
        return {{"encrypt", encrypt},
                {"signature", feishu::signature(field("timestamp"), field("nonce"), field("encrypt_key"), body)}};
    }
    const auto opened = feishu::open(field("encrypt_key"), field("encrypt"));
    // With another key chance may leave bytes that look padded: they are no text.
    return opened ? Json{{"message", to_base64(*opened)}} : Json{{"refused", opened.problem().code}};
}

}  // namespace

int main() {
    using namespace huiyin;
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        const auto request = parse_json(line).value();
        const auto field = [&](const char* name) { return request.at(name).get<std::string>(); };
        if (request.contains("secret")) {
            std::cout << to_text(webhook_answer(request)) << '\n';
            continue;
        }
        if (request.contains("encrypt_key")) {
            std::cout << to_text(feishu_answer(request)) << '\n';
            continue;
        }
        const Envelope envelope({field("token")}, {read_aes_key(field("aes_key")).value()}, field("receiver"));
        Json answer;
        if (field("do") == "seal") {
            const auto sealed = envelope.seal(field("message"), field("timestamp"), field("nonce"), {});
            answer = {{"encrypt", sealed.encrypt}, {"signature", sealed.signature}};
        } else {
            const auto opened = envelope.open(field("signature"), field("timestamp"), field("nonce"), field("encrypt"));
            answer = opened ? Json{{"message", opened->message}} : Json{{"refused", opened.problem().code}};
        }
        std::cout << to_text(answer) << '\n';
    }
    return 0;
}
