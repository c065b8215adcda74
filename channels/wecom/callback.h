// WeCom's sealed callbacks, the same for every kind of channel that an app of a company feeds.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "channels/channel.h"
#include "channels/codec/envelope.h"

namespace huiyin::wecom {

class Callbacks {
public:
    // tokens, keys: newest first; none: nothing is received. window: how old or new a timestamp may be; 0: any.
    Callbacks(std::vector<std::string> tokens, std::vector<AesKey> keys, std::string corp_id,
              std::chrono::seconds window);

    // The decrypted echo that proves the address. Errors: channel.bad_signature.
    Result<HttpAnswer> verify(const Callback& callback) const;
    // What stands inside. Errors: channel.bad_signature, channel.forbidden_xml.
    Result<Envelope::Opened> open(const Callback& callback) const;
    // The same where `encrypt` did not stand in XML.
    Result<Envelope::Opened> open(const Callback& callback, const std::string& encrypt) const;
    // An answer to be sent back, sealed as the callback was.
    HttpAnswer sealed(const std::string& xml, Envelope::Pair used, TimePoint now) const;
    // As JSON, under the callback's own nonce.
    HttpAnswer sealed_json(const std::string& json, Envelope::Pair used, const Callback& callback, TimePoint now) const;

private:
    bool is_timely(const std::string& timestamp, TimePoint received) const;
    const Envelope envelope_;
    const std::chrono::seconds window_;
};

// The keys of a configuration. Errors: channel.bad_settings - the text says what is wrong with which.
Result<std::vector<AesKey>> keys_of(const std::vector<std::string>& texts);

}  // namespace huiyin::wecom
