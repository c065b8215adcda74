#include "channels/codec/multipart.h"

#include <cctype>

namespace huiyin {
namespace {

Problem unreadable(const char* what) {
    return {"form.unreadable", std::string("the form cannot be read: ") + what, {}};
}

bool begins(std::string_view text, std::string_view with) {
    if (text.size() < with.size()) return false;
    for (std::size_t i = 0; i < with.size(); ++i)
        if (std::tolower(static_cast<unsigned char>(text[i])) != with[i]) return false;
    return true;
}

// name="…" of a header line; a backslash takes the next character as it is.
std::string parameter(std::string_view line, std::string_view name) {
    for (std::size_t at = 0; (at = line.find(name, at)) != std::string_view::npos; at += name.size()) {
        const bool own_word = at == 0 || line[at - 1] == ' ' || line[at - 1] == ';' || line[at - 1] == '\t';
        std::size_t i = at + name.size();
        if (!own_word || i >= line.size() || line[i] != '=') continue;
        std::string out;
        if (++i < line.size() && line[i] == '"') {
            for (++i; i < line.size() && line[i] != '"'; ++i) {
                if (line[i] == '\\' && i + 1 < line.size()) ++i;
                out += line[i];
            }
        } else {
            for (; i < line.size() && line[i] != ';' && line[i] != ' '; ++i) out += line[i];
        }
        return out;
    }
    return {};
}

}  // namespace

Result<std::vector<FormPart>> read_form(std::string_view content_type, std::string_view body) {
    if (!begins(content_type, "multipart/form-data")) return unreadable("its content type is not multipart/form-data");
    const auto boundary = parameter(content_type, "boundary");
    if (boundary.empty() || boundary.size() > 70) return unreadable("it names no boundary");
    const std::string open = "--" + boundary, line = "\r\n" + open;
    if (!body.starts_with(open)) return unreadable("it does not begin with its boundary");
    std::vector<FormPart> parts;
    std::size_t at = open.size();
    while (true) {
        if (body.substr(at, 2) == "--") return parts;
        if (body.substr(at, 2) != "\r\n") return unreadable("a boundary is followed by something else");
        if (parts.size() == 20) return unreadable("more than 20 parts");
        at += 2;
        FormPart part;
        while (true) {  // header lines
            const auto end = body.find("\r\n", at);
            if (end == std::string_view::npos || end - at > 4096) return unreadable("a part's head does not end");
            const auto header = body.substr(at, end - at);
            at = end + 2;
            if (header.empty()) break;
            if (begins(header, "content-disposition:")) {
                part.name = parameter(header, "name");
                part.filename = parameter(header, "filename");
            } else if (begins(header, "content-type:")) {
                auto type = header.substr(13);
                while (!type.empty() && type.front() == ' ') type.remove_prefix(1);
                part.media_type = type;
            }
        }
        if (part.name.empty()) return unreadable("a part has no name");
        const auto end = body.find(line, at);
        if (end == std::string_view::npos) return unreadable("a part does not end");
        part.bytes = body.substr(at, end - at);
        parts.push_back(std::move(part));
        at = end + line.size();
    }
}

}  // namespace huiyin
