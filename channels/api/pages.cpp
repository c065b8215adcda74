// The built pages: the console, the demonstration, and the assets of all.
#include <algorithm>

#include "channels/api/guard.h"
#include "channels/api/routes.h"

namespace huiyin::api {
namespace {

constexpr const char* page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src "
    "'self'; frame-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'";

std::string_view type_of(std::string_view name) {
    const auto ends = [&](std::string_view tail) {
        return name.size() > tail.size() && name.substr(name.size() - tail.size()) == tail;
    };
    if (ends(".js")) return "text/javascript; charset=utf-8";
    if (ends(".css")) return "text/css; charset=utf-8";
    if (ends(".svg")) return "image/svg+xml";
    if (ends(".png")) return "image/png";
    if (ends(".woff2")) return "font/woff2";
    return {};
}

void page(const ApiParts& parts, const std::string& file, http::Responder& responder) {
    auto found = http::File::open(parts.pages + "/" + file);
    if (!found)
        return responder.answer(problem_answer(
            Problem{"pages.not_found", "the pages were not built: run deploy/build, or pass --share", {}}));
    auto answer = http::Answer::from_file("text/html; charset=utf-8", std::move(*found));
    answer.with("Content-Security-Policy", page_policy).with("Cache-Control", "no-cache");
    responder.answer(std::move(answer));
}

}  // namespace

void add_page_routes(http::RouteTable& routes, const Shared& parts) {
    const std::map<std::string, std::string> tags{{"who", "page"}};
    routes.add(
        "GET", "/", {},
        [parts](http::Request&, http::Responder& responder) {
            if (parts->demo) return page(*parts, "demo/index.html", responder);
            auto answer = http::Answer::empty(302);
            answer.with("Location", parts->first_chat.empty() ? "/console/" : parts->first_chat);
            responder.answer(std::move(answer));
        },
        tags);
    routes.add(
        "GET", "/console", {},
        [](http::Request&, http::Responder& responder) {
            auto answer = http::Answer::empty(302);
            answer.with("Location", "/console/");
            responder.answer(std::move(answer));
        },
        tags);
    routes.add(
        "GET", "/console/{path*}", {},
        [parts](http::Request&, http::Responder& responder) { page(*parts, "console/index.html", responder); }, tags);
    routes.add(
        "GET", "/assets/{name}", {},
        [parts](http::Request& request, http::Responder& responder) {
            const auto name = request.segment("name");
            const auto type = type_of(name);
            const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
                return std::isalnum(c) || c == '-' || c == '_' || c == '.';
            });
            auto file = type.empty() || !plain ? Result<http::File>(Problem{})
                                               : http::File::open(parts->pages + "/assets/" + std::string(name));
            if (!file) return responder.answer(problem_answer(Problem{"pages.not_found", "no such file", {}}));
            auto answer = http::Answer::from_file(type, std::move(*file));
            // Their names carry the hash of their content.
            answer.with("Cache-Control", "public, max-age=31536000, immutable");
            responder.answer(std::move(answer));
        },
        tags);
}

}  // namespace huiyin::api

namespace huiyin {

void add_api_routes(http::RouteTable& routes, const ApiParts& given) {
    const auto parts = std::make_shared<const ApiParts>(given);
    api::add_session_routes(routes, parts);
    api::add_second_factor_routes(routes, parts);
    api::add_sign_in_routes(routes, parts);
    api::add_ticket_routes(routes, parts);
    api::add_timeline_routes(routes, parts);
    api::add_undelivered_routes(routes, parts);
    api::add_filing_routes(routes, parts);
    api::add_words_routes(routes, parts);
    api::add_conversation_routes(routes, parts);
    api::add_news_routes(routes, parts);
    api::add_page_routes(routes, parts);
    api::add_declared_routes(routes, parts);
    api::add_report_routes(routes, parts);
    api::add_directory_routes(routes, parts);
    api::add_import_routes(routes, parts);
    api::add_ticket_import_routes(routes, parts);
    api::add_export_routes(routes, parts);
    api::add_audit_routes(routes, parts);
    api::add_privacy_routes(routes, parts);
    api::add_explain_routes(routes, parts);
    api::add_saved_filter_routes(routes, parts);
    api::add_operation_routes(routes, parts);
}

}  // namespace huiyin
