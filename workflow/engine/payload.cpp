#include "workflow/engine/payload.h"

#include <nlohmann/json.hpp>

#include "workflow/base/digest.h"

namespace huiyin {
namespace {

constexpr std::size_t mac_bytes = 12;

std::string eight_bytes(std::int64_t value) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        bytes[7 - i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF);
    return bytes;
}

std::int64_t from_eight_bytes(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int64_t>(value);
}

std::string mac_of(const Hmac& key, const std::string& words) { return key(words).substr(0, mac_bytes); }

// The bytes between the mark and the signature, if the signature is ours; `bound_to` is signed but not carried.
std::optional<std::string> opened(const std::vector<Hmac>& keys, std::string_view mark, std::string_view payload,
                                  const std::string& bound_to) {
    if (payload.size() > 60 || payload.substr(0, mark.size()) != mark) return std::nullopt;
    const auto bytes = from_base64url(payload.substr(mark.size()));
    if (!bytes || bytes->size() <= mac_bytes) return std::nullopt;
    const auto body = bytes->substr(0, bytes->size() - mac_bytes);
    const auto mac = bytes->substr(bytes->size() - mac_bytes);
    for (const auto& key : keys)
        if (equal_secrets(mac, mac_of(key, body + bound_to))) return body;
    return std::nullopt;
}

std::string closed(const Hmac& key, std::string_view mark, const std::string& body, const std::string& bound_to) {
    return std::string(mark) + to_base64url(body + mac_of(key, body + bound_to));
}

Command command(const char* name, Json fields) { return {name, {}, std::move(fields)}; }

}  // namespace

PayloadKeys::PayloadKeys(const std::vector<std::string>& secrets) {
    if (secrets.empty()) throw std::logic_error("payloads need a secret to be signed with");
    for (const auto& secret : secrets) {
        choice_keys_.emplace_back(derived_key(secret, "payload.choice"));
        staff_keys_.emplace_back(derived_key(secret, "payload.staff"));
    }
}

std::string PayloadKeys::for_choice(ConversationId conversation, PromptId prompt, int choice) const {
    const auto body = eight_bytes(prompt.value) + static_cast<char>(choice);
    return closed(choice_keys_.front(), "p1.", body, eight_bytes(conversation.value));
}

std::optional<PayloadKeys::Pressed> PayloadKeys::read_choice(ConversationId conversation,
                                                             std::string_view payload) const {
    const auto body = opened(choice_keys_, "p1.", payload, eight_bytes(conversation.value));
    if (!body || body->size() != 9) return std::nullopt;
    return Pressed{PromptId{from_eight_bytes(*body)}, static_cast<unsigned char>(body->back())};
}

std::string PayloadKeys::for_staff(TicketId ticket, std::string_view button) const {
    if (button.empty() || button.size() > 10) throw std::logic_error("a staff button is named by 1 to 10 bytes");
    return closed(staff_keys_.front(), "s1.", eight_bytes(ticket.value) + std::string(button), {});
}

std::optional<PayloadKeys::StaffPressed> PayloadKeys::read_staff(std::string_view payload) const {
    const auto body = opened(staff_keys_, "s1.", payload, {});
    if (!body || body->size() <= 8) return std::nullopt;
    return StaffPressed{TicketId{from_eight_bytes(*body)}, body->substr(8)};
}

std::optional<StaffButton> staff_button(std::string_view name) {
    if (name == "accept") return StaffButton{"accept", "受理", command("accept", Json::object())};
    if (name == "take") return StaffButton{"take", "我来处理", command("accept", Json::object())};
    if (name == "return") return StaffButton{"return", "接不了", command("return", {{"reason", "现在接不了"}})};
    if (name == "progress")
        return StaffButton{"progress", "在处理了", command("reply", {{"text", "师傅已经在处理了"}})};
    if (name == "resolve") return StaffButton{"resolve", "处理好了", command("resolve", {{"text", "现场已处理好"}})};
    if (name == "approve")
        return StaffButton{"approve", "同意方案", command("review", {{"decision", "approved"}, {"text", "同意"}})};
    return std::nullopt;
}

}  // namespace huiyin
