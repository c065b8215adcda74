// A unit of work as a whole: where a sealed value belongs, what is held back until its end, what the next one begins
// with.
#include "workflow/store/sql_store.h"

#include <algorithm>

#include "workflow/store/change_list.h"
#include "workflow/store/sql.h"
#include "workflow/store/sql_keeping.h"

namespace huiyin {
namespace {

// More than any unit passes on: the writer then commits before it begins anything else (writer.cpp), so nobody asks a
// connection that reads for a row that is about to go.
constexpr std::size_t rows_that_settle = 1000;

}  // namespace

SqlTransaction::SqlTransaction(Driver& driver, const StoreContext& context, RecentRows* recent)
    : driver_(driver), context_(context), recent_(recent) {}
SqlTransaction::~SqlTransaction() = default;

Keeping& SqlTransaction::keeping() {
    finish();  // it looks at the rows themselves
    if (!keeping_) keeping_ = std::make_unique<SqlKeeping>(*this);
    return *keeping_;
}
KeepingReading& SqlTransaction::kept() { return keeping(); }

// Which column of which row, so that a sealed value opens there only.
std::string SqlTransaction::place(const char* column, std::int64_t row, std::int64_t part) const {
    std::string text;
    text.reserve(80);
    text += column;
    for (const auto id : {context_.organisation, row, part}) {
        text += '/';
        text += std::to_string(id);
    }
    return text;
}
std::string SqlTransaction::place(const char* column, const std::string& row) const {
    return column + ("/" + std::to_string(context_.organisation)) + "/" + row;
}

ToSeal SqlTransaction::to_seal(const std::string& plain, std::string place) const {
    return {context_.vault, plain, std::move(place)};
}

void SqlTransaction::finish() {
    for (auto next = claimed_.begin(); next != claimed_.end(); next = claimed_.erase(next)) write(next->second);
    for (auto& [id, talk] : talks_) {
        if (!talk.to_write) continue;
        write(talk);
        talk.to_write = false;
    }
}

std::size_t SqlTransaction::pass_on() {
    if (!recent_) return 0;
    const auto rows = std::max({talks_.size(), people_.size(), cases_.size(), tickets_of_.size(), opened_.size(),
                                texts_.size() + fresh_texts_.size(), surveys_.size(), fresh_without_talk_.size(),
                                settings_.size(), numbers_.size()});
    for (auto& [id, held] : talks_) {
        std::optional<std::vector<Prompt>> open;
        if (const auto prompts = open_prompts_.find(id); prompts != open_prompts_.end())
            open = std::move(prompts->second);
        else if (auto* known = recent_->talks.find(id))
            open = std::move(known->open_prompts);
        recent_->addresses.put(held.conversation.channel.value + "\n" + held.conversation.address, id);
        std::optional<RecentRows::ClaimedKeys> claimed;
        if (const auto keys = claimed_keys_.find(id); keys != claimed_keys_.end())
            claimed = std::move(keys->second);
        else if (auto* known = recent_->talks.find(id))
            claimed = std::move(known->claimed);
        recent_->talks.put(id, {std::move(held.conversation), std::move(open), std::move(claimed)});
    }
    for (auto& [id, claimed] : claimed_keys_)
        if (!talks_.contains(id))
            if (auto* known = recent_->talks.find(id)) known->claimed = std::move(claimed);
    for (const auto& [channel, some] : without_talk_) recent_->any_without_talk[channel] = some;
    for (const auto& [key, at] : fresh_without_talk_) recent_->without_talk.put(key, at);
    for (auto& [id, one] : details_) recent_->details.put(id, std::move(one));
    for (auto& [id, prompts] : open_prompts_)
        if (!talks_.contains(id))
            if (auto* known = recent_->talks.find(id)) known->open_prompts = std::move(prompts);
    for (auto& [id, person] : people_) recent_->people.put(id, std::move(person));
    for (auto& [id, one] : cases_) recent_->cases.put(id, std::move(one));
    for (auto& [person, list] : tickets_of_) recent_->tickets_of.put(person, std::move(list));
    for (const auto& [person, ticket] : opened_)
        if (auto* list = recent_->tickets_of.find(person);
            list && std::find(list->tickets.begin(), list->tickets.end(), ticket) == list->tickets.end()) {
            list->tickets.insert(list->tickets.begin(), ticket);  // ids grow: the newest is the first
            if (static_cast<int>(list->tickets.size()) > list->limit) list->tickets.pop_back();
        }
    for (const auto& [person, ticket] : opened_) recent_->opened.put(person, ticket);
    for (auto& [series, number] : numbers_) recent_->numbers.put(series, number);
    for (auto& [key, value] : settings_) recent_->settings.put(key, std::move(value));
    for (auto& [person, asked] : surveys_) recent_->surveys.put(person, std::move(asked));
    for (auto& [id, words] : texts_) recent_->texts.put(id, std::move(words));
    for (auto& [id, fresh] : fresh_texts_) recent_->texts.put(id, std::move(fresh.words));
    if (gone_texts_.empty() && gone_people_.empty() && gone_talks_.empty()) return rows;
    forget_recent();
    return std::max(rows, rows_that_settle);
}

void SqlTransaction::forget(TextId id) {
    gone_texts_.push_back(id);
    texts_[id].clear();
    details_[id] = {};
    fresh_texts_.erase(id);
}

void SqlTransaction::forget(PersonId id) {
    gone_people_.push_back(id);
    people_.erase(id);
    tickets_of_.erase(id);
    surveys_.erase(id);
}

void SqlTransaction::forget(ConversationId id) {
    gone_talks_.push_back(id);
    talks_.erase(id);
    open_prompts_.erase(id);
    fresh_messages_.erase(id);
    claimed_keys_.erase(id);
}

void SqlTransaction::forget_recent() {
    for (const auto id : gone_texts_) {
        recent_->texts.erase(id);
        recent_->details.erase(id);
    }
    for (const auto id : gone_people_) {
        recent_->people.erase(id);
        recent_->tickets_of.erase(id);
        recent_->opened.erase(id);
        recent_->surveys.erase(id);
    }
    for (const auto id : gone_talks_) {
        if (const auto* known = recent_->talks.find(id))
            recent_->addresses.erase(known->conversation.channel.value + "\n" + known->conversation.address);
        recent_->talks.erase(id);
    }
}

}  // namespace huiyin
