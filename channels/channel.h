// One way people reach us: turns a platform's words into ours and back, and decides nothing.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workflow/base/clock.h"
#include "workflow/base/result.h"
#include "workflow/store/records.h"

namespace huiyin {

struct Callback {                                // what a platform sent to /hooks/{channel}
    std::string method;                          // GET or POST
    std::map<std::string, std::string> query;    // decoded once
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    TimePoint received_at;  // system clock
};
struct HttpAnswer {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

enum class InboundKind { text, choice, image, voice, video, file, location, link, entered, left, event, unknown };
struct InboundMedia {
    std::string media_id, url, name, media_type;
    std::string bytes;  // already here (web upload), or empty: to be fetched by media_id
};
struct InboundMessage {
    ChannelId channel;                 // whose it is: may differ from the hook it came to
    std::string address;               // who: openid, userid
    std::vector<std::string> aliases;  // other names of the same person at the platform, as a directory may have them
    std::string key;                   // for dedupe: the platform's message id, or what the sheet says for events
    InboundKind kind = InboundKind::unknown;
    std::string text;    // words; for a voice its transcript, if the platform gave one
    std::string choice;  // payload of a tapped button ("p1.…") or menu key
    std::vector<InboundMedia> media;
    std::optional<double> latitude, longitude;
    std::string label;            // of a location, a link's title
    TimePoint sent_at;            // as the platform says
    std::string group;            // he said it in this one, where others read along; empty: to us alone
    bool begins_alone = true;     // of a group: we may write to him alone before he writes to us
    bool staff = false;           // for the staff's desk, whoever said it; else the directory says whose it is
    std::string reply_reference;  // response_code of a card tap, for updating that card
    std::string raw;              // kept only for `unknown`
    // How much it lets us say, where the platform counts: its whole window, a little for a moment, or nothing.
    enum class Opens { window, moment, nothing } opens = Opens::window;
};

// How often the platform takes one of its calls (outgoing/rates.h counts).
struct Rate {
    std::string call;  // as the platform names it
    enum class Of { channel, recipient } of = Of::channel;
    int most = 0;
    Milliseconds span{60000};
};

struct Capabilities {            // values, not branches
    bool passive_reply = false;  // an answer can ride on the callback's own answer
    bool push = false;           // we can speak first
    bool buttons = false;        // choices can be tapped; else they become numbered lines
    bool menu = false;           // a tappable list of texts (msgmenu)
    bool cards = false;
    bool settles_cards = false;  // a card whose choice was made is changed for everybody who sees it (card_update)
    bool toasts = false;         // what came of a tap can be shown at once, in the answer to it
    bool images = false;
    int text_bytes = 2048;
    int menu_text_bytes = 0;  // of what stands above tappable choices; 0: as text_bytes
    int buttons_most = 6;
    int button_title_bytes = 0;          // 0: no limit of its own
    std::optional<Milliseconds> window;  // how long after a resident's message we may push; none: always
    int window_pushes = 0;               // how many in it
    Milliseconds moment{60000};          // after a tap or a scan, where the platform lets us say less then …
    int moment_pushes = 3;               // … and how many
    std::vector<Rate> rates = {};        // of its calls
    bool to_staff = false, to_group = false, to_residents = false;
    // How long the platform waits for the answer to a callback, and to the tap of a button; a little less of it. What
    // is not saved by then is not acknowledged.
    Milliseconds answer_within{4000}, press_within{4000};
};

struct Receipt {
    std::string reference;  // what the platform gave for later
    bool partial = false;   // some recipients were dropped
    int messages = 1;       // as the platform counts them in its window
};

// Threads: read(), verify() and passive() on many HTTP threads at once; send() on this channel's courier thread only.
class Channel {
public:
    virtual ~Channel() = default;
    virtual const ChannelId& id() const = 0;
    virtual const Capabilities& capabilities() const = 0;
    // Answers a GET that proves the address is ours. Errors: channel.bad_signature.
    virtual Result<HttpAnswer> verify(const Callback&) const = 0;
    // Verifies, decrypts and reads one callback. One without a message in it gives an empty list; one that is signed
    // but unreadable gives a message of kind `unknown` with its raw text. Errors: channel.bad_signature (403, nothing
    // is stored), channel.forbidden_xml (400).
    virtual Result<std::vector<InboundMessage>> read(const Callback&) const = 0;
    // The bytes of the HTTP answer; `said` empty: a bare acknowledgement. Encrypted anew on every call. What does not
    // fit the platform's limit is the caller's to push: see passive_fits().
    virtual HttpAnswer passive(const Callback&, const InboundMessage&, const std::vector<Said>&) const = 0;
    virtual bool passive_fits(const std::vector<Said>&) const { return false; }
    // How many messages of the platform's window these words take.
    virtual int messages_of(const Said&) const { return 1; }
    // While the window is closed: can this person be told by a notice that there is something for him? send() then gets
    // the item with the reference `ring_by_notice`, and its receipt's reference begins with `rung`.
    virtual bool rings(const OutboxItem&) const { return false; }
    // Sends one outbox item. Errors: channel.busy (try later; detail may hold "retry_after_ms=…"), channel.gone (this
    // recipient cannot be reached: never again), channel.closed (nor anything else before he writes again),
    // channel.taken (nor while a person has the talk in the platform's own client), channel.rejected (this message is
    // wrong: never again), channel.alarm (configuration: keep it queued and tell the operator). The problem's `detail`
    // begins with the platform's code.
    virtual Result<Receipt> send(const OutboxItem&) = 0;
    // Fetches a medium by the platform's host only. Errors: media.gone, media.too_large, channel.busy, channel.alarm.
    virtual Result<std::string> fetch_media(const InboundMedia&) {
        return Problem{"media.gone", "this channel has no media", {}};
    }
    // So many processes send by this account, each its part of the rates. Said before the first send(); asked by it.
    virtual void shared_among(const std::function<int()>& /*processes*/) {}
    // Asks the platform whether it answers and takes our keys; for `doctor`. The text says what was seen.
    virtual Result<std::string> check() { return std::string("nothing to ask"); }
};

inline constexpr const char* ring_by_notice = "ring";
inline constexpr const char* rung = "rung:";  // and the platform's id of the notice

// Cuts UTF-8 on a code point at most at `bytes`.
std::string cut_utf8(const std::string& text, std::size_t bytes);
// Choices as numbered lines under the text, for a channel without buttons: one place for all.
std::string with_numbered_choices(const Said& said);

}  // namespace huiyin
