#include "channels/webchat/webchat.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "channels/advice/advisor.h"
#include "channels/codec/image.h"
#include "channels/codec/multipart.h"
#include "channels/codec/utf8.h"
#include "channels/webchat/chat_token.h"
#include "channels/wire.h"
#include "workflow/base/digest.h"
#include "workflow/base/json_text.h"
#include "workflow/base/log.h"

namespace huiyin {
namespace {

constexpr std::size_t text_bytes_most = 32 << 10;

Problem bad(const char* code, std::string text) { return {code, std::move(text), {}}; }

// The first language of the header that we speak. One alone, without a weight, was chosen: that is how our page sends
// what somebody set there; what a browser sends by itself is a list.
LanguageSetting language_wanted(std::string_view header) {
    LanguageSetting set;
    const bool alone = header.find_first_of(",;") == std::string_view::npos;
    constexpr std::size_t most = 200;
    for (header = header.substr(0, most); !header.empty() && set.language.empty();) {
        const auto comma = header.find(',');
        auto tag = std::string(header.substr(0, header.substr(0, comma).find(';')));
        std::erase(tag, ' ');
        for (auto& c : tag) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const auto is = [&](std::string_view start) {
            return tag == start || tag.starts_with(std::string(start) + "-");
        };
        if (is("zh-tw") || is("zh-hk") || is("zh-mo") || is("zh-hant"))
            set.language = "zh-TW";
        else if (is("zh"))
            set.language = "zh-CN";
        else if (is("en"))
            set.language = "en";
        header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
    }
    set.chosen = alone && !set.language.empty();
    return set;
}

// One resident's message, as it came.
struct Incoming {
    std::string text, choice;
    LanguageSetting language;
    std::vector<std::pair<std::string, ImageKind>> images;  // bytes and what they are
    std::string key;
};

class Webchat {
public:
    explicit Webchat(WebchatParts parts) : parts_(std::move(parts)), tokens_(parts_.token_key, parts_.secure_cookie) {}

    void post(http::Request& request, http::Responder& responder) {
        const std::string channel(request.segment("channel"));
        if (!known(channel))
            return responder.answer(problem_answer(bad("chat.not_found", "no such chat: look at the address")));
        auto incoming = read(request);
        if (!incoming) return responder.answer(problem_answer(incoming.problem()));
        const auto token = tokens_.of(request);
        const auto fresh = tokens_.fresh();
        const auto system_now = parts_.system->now();
        const auto who = token.empty() ? "new:" + request.address() : tokens_.address(token);
        if (const int wait = parts_.limit->take(who, system_now); wait > 0)
            return responder.answer(
                problem_answer(bad("chat.too_many", "too many messages: wait " + std::to_string(wait) + " s"))
                    .with("Retry-After", std::to_string(wait)));
        if (!parts_.store->writable()) return responder.answer(problem_answer(cannot_save()));

        // Bytes are kept before the unit that refers to them; a file nobody refers to is swept later.
        std::vector<Attachment> attachments;
        for (const auto& [bytes, kind] : incoming->images) {
            Attachment attachment;
            attachment.id = AttachmentId{random_hex(16)};
            attachment.kind = "image";
            attachment.name = "照片." + kind.extension;
            attachment.media_type = kind.media_type;
            attachment.bytes = static_cast<std::int64_t>(bytes.size());
            try {
                attachment.sha256 = parts_.store->saved_media(bytes);
            } catch (const std::runtime_error& problem) {
                log::error("chat.not_saved", {{"what", problem.what()}});
                return responder.answer(problem_answer(cannot_save()));
            }
            attachments.push_back(std::move(attachment));
        }
        UnitId unit;
        if (const auto named = request.query("unit")) {
            const auto directory = parts_.directory->get();
            const auto* found = directory->unit_by_key(*named);
            if (const auto id = read_id(*named); !found && id) found = directory->unit(UnitId{*id});
            if (found) unit = found->id;
        }
        auto work = std::make_shared<Work>();
        work->channel = channel;
        work->known_token = token;
        work->fresh_token = fresh;
        auto& arrived = work->arrived;
        arrived.channel = ChannelId{channel};
        arrived.address = tokens_.address(token.empty() ? fresh : token);
        arrived.text = std::move(incoming->text);
        arrived.choice = std::move(incoming->choice);
        arrived.kind = !arrived.choice.empty() ? HeardKind::choice
                       : attachments.empty()   ? HeardKind::text
                                               : HeardKind::media;
        arrived.attachments = std::move(attachments);
        arrived.unit = unit;
        arrived.language = std::move(incoming->language);
        // The client's key is its own: two residents may use the same one.
        arrived.client_key = std::move(incoming->key);
        if (!arrived.client_key.empty()) arrived.key = arrived.address + ":" + sha256_hex(arrived.client_key);
        if (!arrived.text.empty())
            work->understood = parts_.understanding->understand(arrived.text, parts_.service->now(),
                                                                parts_.policies->standard()->calendar.zone());
        work->parked = responder.park();
        if (!parts_.advisor) return take(work);
        const bool told = arrived.kind == HeardKind::text && !arrived.text.empty();
        parts_.advisor->advise({{.channel = channel,
                                 .address = arrived.address,
                                 .key = arrived.key,
                                 .understood = told ? &work->understood : nullptr}},
                               [this, work] { take(work); });
    }

    void list(http::Request& request, http::Responder& responder) {
        const std::string channel(request.segment("channel"));
        if (!known(channel))
            return responder.answer(problem_answer(bad("chat.not_found", "no such chat: look at the address")));
        std::int64_t after = 0;
        auto from = request.query("after");
        if (const auto last = request.header("Last-Event-ID")) from = last;
        if (from && !from->empty()) {
            if (from->size() > 15 ||
                !std::all_of(from->begin(), from->end(), [](char c) { return c >= '0' && c <= '9'; }))
                return responder.answer(
                    problem_answer(bad("chat.bad_after", "cannot read \"after\": write the id of a message")));
            after = std::stoll(std::string(*from));
        }
        const auto zone = parts_.policies->standard()->calendar.zone();
        const auto attachments_at = "/chat/" + channel + "/attachments/";
        std::optional<Conversation> conversation;
        std::vector<Message> messages;
        const auto accept = request.header("Accept");
        const bool stream = accept && accept->find("text/event-stream") != std::string_view::npos;
        const auto token = tokens_.of(request);
        if (!token.empty())
            parts_.store->read([&](Reading& reading) {
                conversation = reading.conversation_at(ChannelId{channel}, tokens_.address(token));
                if (conversation && !stream) messages = reading.messages(conversation->id, after, 200);
            });
        if (stream) {
            if (!conversation)
                return responder.answer(
                    problem_answer(bad("chat.not_found", "no conversation yet: send a message first")));
            parts_.streams->open(responder, conversation->id, after, [zone, attachments_at](const Message& message) {
                return to_text(message_json(message, zone, attachments_at));
            });
            return;
        }
        Json items = Json::array();
        for (const auto& message : messages) items.push_back(message_json(message, zone, attachments_at));
        responder.answer(http::Answer::json(200, to_text(Json{{"messages", std::move(items)}})));
    }

    void attachment(http::Request& request, http::Responder& responder) {
        const std::string channel(request.segment("channel"));
        const auto token = tokens_.of(request);
        std::optional<Attachment> found;
        if (known(channel) && !token.empty())
            parts_.store->read([&](Reading& reading) {
                const auto conversation = reading.conversation_at(ChannelId{channel}, tokens_.address(token));
                if (!conversation) return;
                found = reading.attachment(AttachmentId{std::string(request.segment("id"))});
                if (!found || found->conversation == conversation->id) return;
                // A picture that staff sent stands in a message of this conversation.
                const auto ticket = found->ticket ? reading.ticket(found->ticket) : std::nullopt;
                if (!ticket || ticket->conversation != conversation->id) found.reset();
            });
        if (!found || found->sha256.empty())
            return responder.answer(problem_answer(bad("media.not_found", "no such picture in this conversation")));
        const auto path = parts_.store->media_path(found->sha256);
        auto file = path ? http::File::open(*path) : Result<http::File>(path.problem());
        if (!file)
            return responder.answer(problem_answer(bad("media.not_found", "no such picture in this conversation")));
        auto answer = http::Answer::from_file(found->media_type, std::move(*file));
        answer.with("Content-Security-Policy", "default-src 'none'; sandbox")
            .with("Cache-Control", "private, max-age=3600");
        responder.answer(std::move(answer));
    }

    void page(http::Request& request, http::Responder& responder) {
        if (!known(std::string(request.segment("channel"))))
            return responder.answer(problem_answer(bad("chat.not_found", "no such chat: look at the address")));
        auto file = http::File::open(parts_.page);
        if (!file)
            return responder.answer(
                problem_answer(bad("pages.not_found", "the pages were not built: run deploy/build, or pass --share")));
        auto answer = http::Answer::from_file("text/html; charset=utf-8", std::move(*file));
        answer
            .with("Content-Security-Policy",
                  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src "
                  "'self'; font-src 'self'; frame-ancestors 'self'; "
                  "base-uri 'none'; form-action 'self'")
            .with("Cache-Control", "no-cache");
        // Known from the first look: whoever repeats a first message whose answer was lost is still himself.
        if (tokens_.of(request).empty()) answer.with("Set-Cookie", tokens_.cookie(tokens_.fresh()));
        responder.answer(std::move(answer));
    }

private:
    // One message on its way to its answer.
    struct Work {
        std::string channel, known_token, fresh_token;
        Arrived arrived;
        Understood understood;
        Result<Heardback> heard = Problem{};
        std::string token;
        bool new_token = false;
        http::Parked parked;
    };

    // Any thread; returns before it is saved.
    void take(const std::shared_ptr<Work>& work) {
        const auto now = parts_.service->now();
        const auto system_now = parts_.system->now();
        parts_.store->submit(
            [this, work, now, system_now](Transaction& tx) {
                const bool known = !work->known_token.empty();
                work->token = known ? work->known_token : work->fresh_token;
                work->new_token = !known;
                if (!known && !work->arrived.choice.empty()) {
                    work->token.clear();
                    work->new_token = false;
                    work->heard =
                        Problem{"chat.bad_choice",
                                "this choice is none of this conversation's: send one that came with its messages",
                                {}};
                    return;
                }
                work->heard = parts_.desk->hear(tx, work->arrived, work->understood, now, system_now);
                if (!work->heard) throw Refused{};
            },
            [this, work](Outcome outcome, const std::exception_ptr& problem) {
                if (outcome == Outcome::undone && !is_refusal(problem)) {
                    log_failure(problem);
                    work->parked.answer(problem_answer(cannot_save()));
                    return;
                }
                if (!work->heard) {
                    work->parked.answer(problem_answer(work->heard.problem()));
                    return;
                }
                work->parked.answer([this, channel = work->channel, zone = parts_.policies->standard()->calendar.zone(),
                                     said = std::move(work->heard->said), token = std::move(work->token),
                                     fresh_token = work->new_token] {
                    Json messages = Json::array();
                    const auto attachments_at = "/chat/" + channel + "/attachments/";
                    for (const auto& message : said) messages.push_back(message_json(message, zone, attachments_at));
                    auto answer =
                        http::Answer::json(200, to_text(Json{{"messages", std::move(messages)}, {"token", token}}));
                    if (fresh_token) answer.with("Set-Cookie", tokens_.cookie(token));
                    return answer;
                });
            });
    }

    struct Refused {};
    static Problem cannot_save() {
        return bad("store.not_writable",
                   "the service cannot save at the moment: try again in a few seconds; nothing is lost");
    }
    static bool is_refusal(const std::exception_ptr& problem) {
        if (!problem) return false;
        try {
            std::rethrow_exception(problem);
        } catch (const Refused&) {
            return true;
        } catch (...) {
            return false;
        }
    }
    static void log_failure(const std::exception_ptr& problem) {
        try {
            if (problem) std::rethrow_exception(problem);
        } catch (const std::exception& e) {
            log::error("chat.not_saved", {{"what", e.what()}});
        } catch (...) {
            log::error("chat.not_saved");
        }
    }

    bool known(const std::string& channel) const {
        return std::find(parts_.channels.begin(), parts_.channels.end(), channel) != parts_.channels.end();
    }

    Result<Incoming> read(const http::Request& request) const {
        Incoming incoming;
        if (const auto key = request.header("Idempotency-Key")) {
            if (key->empty() || key->size() > 200)
                return bad("chat.bad_key", "Idempotency-Key: write 1 to 200 characters");
            incoming.key = *key;
        }
        if (const auto wanted = request.header("Accept-Language")) incoming.language = language_wanted(*wanted);
        const std::string type(request.header("Content-Type").value_or(""));
        if (type.starts_with("multipart/form-data")) {
            std::string held;
            std::string_view body = request.body();
            if (const auto* file = request.body_file()) {
                held = file->read_all(parts_.media_bytes + (64 << 10));
                body = held;
            }
            const auto form = read_form(type, body);
            if (!form) return form.problem();
            for (const auto& part : *form) {
                if (part.name == "text") {
                    incoming.text = part.bytes;
                } else if (part.name == "image") {
                    if (part.bytes.size() > parts_.media_bytes)
                        return bad("media.too_large", "this picture is too large: at most " +
                                                          std::to_string(parts_.media_bytes >> 20) + " MiB");
                    const auto kind = image_kind(part.bytes);
                    if (!kind)
                        return bad("media.unsupported", "this file is no JPEG, PNG or WebP picture: send one of these");
                    if (incoming.images.size() == 9) return bad("chat.bad_form", "at most 9 pictures at once");
                    incoming.images.emplace_back(std::string(part.bytes), *kind);
                } else {
                    return bad("chat.bad_form",
                               "unknown field \"" + part.name.substr(0, 40) + "\": send \"image\" and \"text\"");
                }
            }
            if (incoming.images.empty() && incoming.text.empty())
                return bad("chat.bad_form", "nothing in it: send \"image\" or \"text\"");
        } else if (type.starts_with("application/json")) {
            const auto json = parse_json(request.body(), {.bytes = parts_.body_bytes, .depth = 8});
            if (!json)
                return bad(json.problem().code == "json.too_large" ? "json.too_large" : "chat.bad_json",
                           json.problem().text);
            std::vector<Finding> findings;
            Reader reader(*json, "", findings);
            incoming.text = reader.text_or("text", "");
            incoming.choice = reader.text_or("choice", "");
            reader.finish();
            if (findings.empty() && incoming.text.empty() == incoming.choice.empty())
                findings.push_back({"", "write \"text\" or \"choice\", one of them"});
            if (!findings.empty())
                return bad("chat.bad_message", findings.front().pointer + ": " + findings.front().text);
            if (incoming.choice.size() > 200) return bad("chat.bad_choice", "this choice is none of ours");
        } else {
            return Problem{"chat.unsupported", "send application/json or multipart/form-data", {}};
        }
        if (incoming.text.size() > text_bytes_most)
            return Problem{
                "chat.too_large", "this text is too long: at most 32 KiB; shorten it, or send it in parts", {}};
        incoming.text = clean_text(std::move(incoming.text));
        const bool blank = incoming.text.find_first_not_of(" \n\t") == std::string::npos;
        if (blank && incoming.choice.empty() && incoming.images.empty())
            return bad("chat.bad_message", "/text: it is empty: write something");
        return incoming;
    }

    WebchatParts parts_;
    const ChatTokens tokens_;
};

}  // namespace

void add_webchat_routes(http::RouteTable& routes, WebchatParts parts) {
    const auto limit = parts.media_bytes + (64 << 10);
    auto chat = std::make_shared<Webchat>(std::move(parts));
    const std::map<std::string, std::string> tags{{"who", "resident"}};
    routes.add(
        "GET", "/chat/{channel}", {}, [chat](http::Request& q, http::Responder& a) { chat->page(q, a); }, tags);
    routes.add(
        "POST", "/chat/{channel}/messages", {.bytes = limit, .upload = true},
        [chat](http::Request& q, http::Responder& a) { chat->post(q, a); }, tags);
    routes.add(
        "GET", "/chat/{channel}/messages", {}, [chat](http::Request& q, http::Responder& a) { chat->list(q, a); },
        tags);
    routes.add(
        "GET", "/chat/{channel}/attachments/{id}", {},
        [chat](http::Request& q, http::Responder& a) { chat->attachment(q, a); }, tags);
}

}  // namespace huiyin
