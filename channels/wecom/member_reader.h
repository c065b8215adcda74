// Reads the company's members now and then, and writes into the directory what that changes.
#pragma once
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "channels/outgoing/token_cache.h"
#include "channels/wecom/members.h"
#include "workflow/base/queue.h"
#include "workflow/store/store.h"

namespace huiyin::wecom {

struct MemberReaderParts {  // all pointers must outlive it
    Store* store = nullptr;
    IdMaker* ids = nullptr;
    const Clock* system = nullptr;
    ChannelId channel;
    std::string api_base;
    std::shared_ptr<TokenCache> access;
    Caller call;
    std::vector<DepartmentRule> rules;
    std::chrono::milliseconds every{6 * 3600 * 1000};
    std::chrono::milliseconds again{5 * 60 * 1000};  // after a reading that failed
};

// The setting that keeps what earlier readings found.
std::string members_setting(const ChannelId& channel);
// Somebody of ours disables him, in the same unit of work: no reading enables him again.
void keep_disabled(Transaction& tx, const ChannelId& channel, StaffId staff);

// Threads: its own; read() on any, one at a time; wake() by any.
class MemberReader {
public:
    explicit MemberReader(MemberReaderParts parts) : parts_(std::move(parts)) {}
    ~MemberReader() { stop(); }
    MemberReader(const MemberReader&) = delete;
    MemberReader& operator=(const MemberReader&) = delete;

    // Reads once, and saves. Errors: as the API's; members.refused - the reading is not believed.
    Result<MemberChanges> read();
    void start();  // reads at once, and goes on
    void stop();   // lets the reading in hand end
    void wake() { wake_ups_.put(1); }
    const ChannelId& channel() const { return parts_.channel; }

private:
    void run();
    const MemberReaderParts parts_;
    Queue<int> wake_ups_;
    std::jthread thread_;
};

}  // namespace huiyin::wecom
