// Notices that reach a follower when we may not write to him: template messages (模板消息) and, where he allowed them,
// subscription notifications (订阅通知). Which, and what stands in them, is the operator's choice.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "channels/outgoing/unanswered.h"
#include "channels/wechat_official_account/account.h"
#include "channels/wechat_official_account/notice_form.h"
#include "workflow/store/records.h"

namespace huiyin::wechat {

// How many subscription notifications somebody allowed, kept over restarts. He may allow more at any moment: each of
// these is one step, and none sets a count that was read before. Threads: the courier's.
struct Grants {
    // Takes one, and tells how many are left; nothing: there is none.
    std::function<std::optional<int>(const std::string& address, const std::string& template_id)> take;
    // So many more, or less; never below none.
    std::function<void(const std::string& address, const std::string& template_id, int more)> add;
};

// The value as the template's key wants it ("thing2": 20 signs at most, no line break …), shortened where it must be.
// Nothing: no value of these words can stand there.
std::optional<std::string> fitting_value(const std::string& key, const std::string& words);

// The values of a notice about this row; nothing if one cannot be filled.
std::optional<Json> notice_data(const NoticeForm& form, const OutboxItem& item);
std::string notice_url(const NoticeForm& form, const OutboxItem& item);

class Notices {
public:
    // `account`, `clock` (the system's) and what `grants` refers to must outlive it.
    Notices(Account& account, NoticeForms forms, Grants grants, const Clock& clock)
        : account_(account), forms_(std::move(forms)), grants_(std::move(grants)), clock_(clock) {}

    bool has_for(const OutboxItem& item) const { return forms_for(item) != nullptr; }
    // Sends the first that he can be sent; gives the platform's id. One whose answer was lost is shown once more at
    // most. Errors: as Channel::send(); channel.gone - none reaches him, or nobody knows whether one did.
    Result<std::string> send(const OutboxItem& item);
    // Compares the forms with the platform's. Errors: channel.rejected - a template that it does not have, or keys that
    // are not the template's; those of a call.
    Result<std::string> look();

private:
    const std::vector<NoticeForm>* forms_for(const OutboxItem& item) const;
    Result<std::string> send(const NoticeForm& form, const OutboxItem& item);
    Result<ApiAnswer> post(const NoticeForm& form, const Json& body);
    // Of a notice whose answer was lost: would the platform take this one for the same?
    bool is_known_again(const NoticeForm& form, OutboxId id) const;
    void note_lost(const NoticeForm& form, OutboxId id, const std::string& detail);
    void forget(OutboxId id);
    Account& account_;
    const NoticeForms forms_;
    const Grants grants_;
    const Clock& clock_;
    Unanswered unanswered_;
    std::map<OutboxId, TimePoint> named_until_;
};

}  // namespace huiyin::wechat
