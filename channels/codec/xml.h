// The small XML of WeChat and WeCom, read behind a strict gate and written so that no text can end its element.
// Pure. Threads: any; one Xml belongs to one thread at a time.
#pragma once
#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "workflow/base/result.h"

namespace huiyin {

// One read document: a root and its children, mostly flat.
class Xml {
public:
    // Mends UTF-8 and drops a byte order mark first. Errors:
    //   xml.forbidden - a declaration (<!DOCTYPE, <!ENTITY …) outside of CDATA: the platforms never send one.
    //   xml.unreadable - too large (64 KiB), deeper than 16, not well formed, or an element twice that says who wrote
    //   which message (ToUserName, FromUserName, CreateTime, MsgType, MsgId, Event, EventKey, AgentID, Encrypt).
    static Result<Xml> read(std::string text);
    // A child of the root, CDATA and plain text alike, all parts joined; empty if absent.
    std::string text(const char* name) const;
    bool has(const char* name) const;
    pugi::xml_node root() const;

private:
    struct State;
    struct Drop {
        void operator()(State*) const;
    };
    explicit Xml(std::unique_ptr<State, Drop> state);
    std::unique_ptr<State, Drop> state_;
};

// The text of a node: CDATA and plain text alike, all parts joined.
std::string text_of(pugi::xml_node node);

// Builds what the platforms read: <xml><Name><![CDATA[…]]></Name>…</xml>. Names are ours, texts anybody's.
class XmlWriter {
public:
    XmlWriter() : out_("<xml>") {}
    XmlWriter& text(std::string_view name,
                    std::string_view value);  // in CDATA; "]]>" inside is split, forbidden characters go
    XmlWriter& number(std::string_view name, std::string_view digits);  // as it stands
    XmlWriter& open(std::string_view name);
    XmlWriter& close(std::string_view name);
    std::string done() { return std::move(out_ += "</xml>"); }  // once, at the end

private:
    std::string out_;
};

}  // namespace huiyin
