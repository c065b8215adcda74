#include "channels/codec/xml.h"

#include <algorithm>
#include <array>

#include "channels/codec/utf8.h"

namespace huiyin {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;
constexpr int most_depth = 16;
// Twice one of these and a message could be somebody else's, or another one.
constexpr std::array<std::string_view, 9> singles{"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId",
                                                  "Event",      "EventKey",     "AgentID",    "Encrypt"};

Problem unreadable(const char* why) { return Problem{"xml.unreadable", "the XML cannot be read", why}; }

// Looks at the mark-up alone, before anything is built: what a parser would only ignore is refused here.
Result<Done> pass_gate(std::string_view text) {
    int depth = 0;
    std::size_t at = 0;
    // A comment's end is looked for behind its beginning: "<!-->" does not end itself.
    const auto skip = [&](std::size_t beginning, std::string_view end) {
        const auto found = text.find(end, at + beginning);
        at = found == std::string_view::npos ? text.size() : found + end.size();
        return found != std::string_view::npos;
    };
    while ((at = text.find('<', at)) != std::string_view::npos) {
        const auto rest = text.substr(at);
        if (rest.substr(0, 9) == "<![CDATA[") {
            if (!skip(9, "]]>")) return unreadable("a CDATA section without end");
        } else if (rest.substr(0, 4) == "<!--") {
            if (!skip(4, "-->")) return unreadable("a comment without end");
        } else if (rest.substr(0, 2) == "<!") {
            return Problem{"xml.forbidden", "a document type or entity declaration is refused", {}};
        } else if (rest.substr(0, 2) == "<?") {
            if (!skip(2, "?>")) return unreadable("an instruction without end");
        } else {
            const bool closing = rest.substr(0, 2) == "</";
            char quote = 0;
            for (++at; at < text.size() && (quote || text[at] != '>'); ++at)
                if (quote ? text[at] == quote : text[at] == '"' || text[at] == '\'') quote = quote ? 0 : text[at];
            if (at == text.size()) return unreadable("a tag without end");
            if (closing && --depth < 0) return unreadable("an end without its beginning");
            if (!closing && text[at - 1] != '/' && ++depth > most_depth) return unreadable("too deep");
        }
    }
    return Done{};
}

void append_cdata(std::string& out, std::string_view value) {
    const auto clean = clean_text(std::string(value));
    out += "<![CDATA[";
    std::size_t at = 0;
    for (std::size_t end; (end = clean.find("]]>", at)) != std::string::npos; at = end + 2) {
        out.append(clean, at, end + 2 - at);
        out += "]]><![CDATA[";
    }
    out.append(clean, at);
    out += "]]>";
}

}  // namespace

struct Xml::State {
    std::string text;  // the document points into it
    pugi::xml_document document;
    pugi::xml_node root;
};
void Xml::Drop::operator()(State* state) const { delete state; }
Xml::Xml(std::unique_ptr<State, Drop> state) : state_(std::move(state)) {}

Result<Xml> Xml::read(std::string text) {
    if (text.size() > most_bytes) return unreadable("larger than 64 KiB");
    if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3);
    const auto head = std::string_view(text).substr(0, 2);
    if (head == "\xFF\xFE" || head == "\xFE\xFF" || head.find('\0') != std::string_view::npos)
        return unreadable("UTF-16 or UTF-32");
    std::unique_ptr<State, Drop> state{new State{clean_text(std::move(text)), {}, {}}};
    if (auto passed = pass_gate(state->text); !passed) return passed.problem();
    const auto parsed = state->document.load_buffer_inplace(
        state->text.data(), state->text.size(), pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single,
        pugi::encoding_utf8);
    if (!parsed) return unreadable(parsed.description());
    state->root = state->document.document_element();
    if (!state->root) return unreadable("no element in it");
    if (state->root.next_sibling()) return unreadable("more than one root");
    unsigned seen = 0;
    for (const auto child : state->root.children()) {
        const auto found = std::find(singles.begin(), singles.end(), child.name());
        if (found == singles.end()) continue;
        const unsigned bit = 1u << (found - singles.begin());
        if (seen & bit) return unreadable("an element twice that may stand once");
        seen |= bit;
    }
    return Xml(std::move(state));
}

std::string text_of(pugi::xml_node node) {
    std::string out;
    for (const auto part : node.children())
        if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) out += part.value();
    return out;
}

std::string Xml::text(const char* name) const { return text_of(state_->root.child(name)); }
bool Xml::has(const char* name) const { return static_cast<bool>(state_->root.child(name)); }
pugi::xml_node Xml::root() const { return state_->root; }

XmlWriter& XmlWriter::text(std::string_view name, std::string_view value) {
    (out_ += '<').append(name) += '>';
    append_cdata(out_, value);
    return close(name);
}
XmlWriter& XmlWriter::number(std::string_view name, std::string_view digits) {
    ((out_ += '<').append(name) += '>').append(digits);
    return close(name);
}
XmlWriter& XmlWriter::open(std::string_view name) {
    (out_ += '<').append(name) += '>';
    return *this;
}
XmlWriter& XmlWriter::close(std::string_view name) {
    (out_ += "</").append(name) += '>';
    return *this;
}

}  // namespace huiyin
