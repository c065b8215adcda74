// What comes to our hook from DingTalk: robot messages, presses on cards and events, each proved in its own way.
// Threads: any.
#pragma once
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/codec/envelope.h"
#include "channels/dingtalk/dingtalk.h"
#include "channels/dingtalk/sessions.h"

namespace huiyin::dingtalk {

class Door {
public:
    // All must outlive the door.
    Door(const DingtalkSettings& settings, const std::vector<AesKey>& keys, Sessions& sessions, Presses& presses,
         const Clock& clock);

    static Result<HttpAnswer> verify();  // nothing proves an address by a GET here
    Result<std::vector<InboundMessage>> read(const Callback& callback) const;
    HttpAnswer answer(const Callback& callback, const InboundMessage& message, const std::vector<Said>& said) const;

private:
    struct Event {
        Envelope::Opened opened;
        const Envelope* with = nullptr;
    };
    Result<std::vector<InboundMessage>> read_words(const Callback& callback) const;
    Result<std::vector<InboundMessage>> read_press(const Callback& callback) const;
    Result<Event> open_event(const Callback& callback) const;
    std::string receipt_of(const Event& event) const;

    const DingtalkSettings& settings_;
    Sessions& sessions_;
    Presses& presses_;
    const Clock& clock_;
    std::vector<Envelope> envelopes_;
};

}  // namespace huiyin::dingtalk
