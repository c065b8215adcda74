#include "bot/understanding/meaning.h"

#include <array>

namespace huiyin {
namespace {

constexpr std::array<std::string_view, 52> meaning_names = {"fill_slot",
                                                            "correct_slot",
                                                            "deny_matter",
                                                            "another_matter",
                                                            "edit_number",
                                                            "menu_number",
                                                            "yes",
                                                            "no",
                                                            "vague_yes",
                                                            "indifferent",
                                                            "agree_proposal",
                                                            "refuse_proposal",
                                                            "partial_consent",
                                                            "fixed_yes",
                                                            "fixed_partly",
                                                            "fixed_no",
                                                            "rating",
                                                            "rating_correction",
                                                            "cancel",
                                                            "pause",
                                                            "resume",
                                                            "back",
                                                            "skip",
                                                            "help",
                                                            "repeat_please",
                                                            "restart",
                                                            "hand_over",
                                                            "progress",
                                                            "urge",
                                                            "withdraw",
                                                            "reopen",
                                                            "me_too",
                                                            "separate_case",
                                                            "add_evidence",
                                                            "escalate_wish",
                                                            "why_so_long",
                                                            "promise_wish",
                                                            "stop_surveys",
                                                            "threat_external",
                                                            "threat_staff",
                                                            "others_data",
                                                            "confidential",
                                                            "proxy",
                                                            "visitor",
                                                            "greet",
                                                            "thanks",
                                                            "farewell",
                                                            "robot_question",
                                                            "bot_complaint",
                                                            "abuse",
                                                            "praise",
                                                            "suggestion"};
constexpr std::array<std::string_view, 4> later_names = {"question", "emotion", "nonsense", "injection"};
constexpr std::array<std::string_view, message_kinds> kind_names = {
    "complaint", "demand",         "consultation", "suggestion", "praise",
    "chitchat",  "progress_query", "handoff",      "cancel",     "rating"};
constexpr std::array<std::string_view, 9> emergency_names = {
    "lift", "gas", "fire", "electricity", "falling_object", "water_on_wires", "injury", "violence", "self_harm"};
static_assert(static_cast<std::size_t>(MeaningKind::suggestion) + 1 == meaning_names.size());
static_assert(static_cast<std::size_t>(MeaningKind::injection) + 1 == meaning_names.size() + later_names.size());

}  // namespace

std::string_view to_text(MeaningKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return index < meaning_names.size() ? meaning_names[index] : later_names[index - meaning_names.size()];
}
std::string_view to_text(MessageKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }
std::optional<MessageKind> message_kind(std::string_view text) {
    for (std::size_t index = 0; index < kind_names.size(); ++index)
        if (kind_names[index] == text) return static_cast<MessageKind>(index);
    return std::nullopt;
}
std::string_view to_text(Emergency emergency) { return emergency_names[static_cast<std::size_t>(emergency)]; }
std::optional<Emergency> emergency_named(std::string_view text) {
    for (std::size_t index = 0; index < emergency_names.size(); ++index)
        if (emergency_names[index] == text) return static_cast<Emergency>(index);
    return std::nullopt;
}
std::string_view to_text(Severity level) { return level == Severity::general ? "general" : "major"; }

}  // namespace huiyin
