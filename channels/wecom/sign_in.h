// Staff sign in to the console with the WeCom they have: inside its client without being asked, in a desktop browser by
// scanning a code.
//
// The browser is sent to WeCom with a `state` that is signed by us and also stands in a cookie of its own; it comes
// back with a code, which the app's secret turns into a userid. Source: WeCom developer pages 91023, 95833, 98152.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "channels/codec/signed_state.h"
#include "channels/outgoing/json_api.h"
#include "workflow/base/queue.h"

namespace huiyin::wecom {

struct SignInSettings {
    std::string corp_id;
    std::int64_t agent_id = 0;
    std::string api_base = "https://qyapi.weixin.qq.com";
    std::shared_ptr<TokenCache> access;
    std::string key = {};  // a secret of all processes, so that any takes a browser back; empty: this one alone does
};

// Threads: any; WeCom is asked on a thread of its own, one after the other.
class SignIn {
public:
    // `clock`: the system clock; it and what `call` refers to must outlive it.
    SignIn(SignInSettings settings, Caller call, const Clock& clock);
    ~SignIn();  // lets the call in hand end
    SignIn(const SignIn&) = delete;
    SignIn& operator=(const SignIn&) = delete;

    // A new state, good for ten minutes.
    std::string new_state() const { return states_.fresh(clock_.now()); }
    bool is_ours(const std::string& state) const { return states_.is_ours(state, clock_.now()); }
    // Where the browser goes. `inside`: WeCom's own client. `back`: our address, absolute. `state`: letters and digits.
    std::string address(bool inside, const std::string& back, const std::string& state) const;

    // Who came back with this code. `told` is called once and without a lock: at once where WeCom is not asked - no
    // state of ours, no code, too many wait, the service stops -, else on another thread. The same code with the same
    // state is answered the same for fifteen seconds: browsers open links twice, and WeCom takes a code once. Errors:
    // sign_in.again - no state of ours; the code was used or is too old; sign_in.refused - no member of the company;
    // sign_in.busy - no answer, or too many wait; sign_in.alarm - our settings, the operator is told in the log.
    void ask(const std::string& code, const std::string& state, const std::function<void(Result<std::string>)>& told);
    // He signed out: whatever he came with opens nothing any more. `is_his` is asked about userids, under a lock.
    void forget(const std::function<bool(const std::string& userid)>& is_his);

private:
    std::optional<std::string> known_userid(const std::string& key, TimePoint now);
    Result<std::string> userid_of(const std::string& code);
    struct Known {
        std::string userid;
        TimePoint at;
    };
    const SignInSettings settings_;
    const Clock& clock_;
    const SignedState states_;
    JsonApi api_;
    std::mutex mutex_;
    std::map<std::string, Known> known_;  // by state and code
    Queue<std::function<void()>> work_;
    std::jthread thread_;
};

}  // namespace huiyin::wecom
