#include "channels/codec/xml.h"

#include <catch2/catch.hpp>

using namespace huiyin;

namespace {

std::string code_of(std::string text) {
    const auto xml = Xml::read(std::move(text));
    return xml ? "" : xml.problem().code;
}

std::string nested(int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text;
}

}  // namespace

TEST_CASE("CDATA and plain text are read alike, in any order, with anything unknown beside") {
    const auto xml = Xml::read(
        "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<xml>\n <MsgId>18446744073709551615</MsgId><New><x/></New>"
        "<FromUserName>00123</FromUserName><Content><![CDATA[a<b>&amp;]]></Content>"
        "<Label>a&lt;b&#20116;</Label><Blank> </Blank><Empty/></xml>\n");
    REQUIRE(xml);
    CHECK(xml->text("MsgId") == "18446744073709551615");
    CHECK(xml->text("FromUserName") == "00123");
    CHECK(xml->text("Content") == "a<b>&amp;");
    CHECK(xml->text("Label") == "a<b五");
    CHECK(xml->text("Blank") == " ");
    CHECK(xml->has("Empty"));
    CHECK_FALSE(xml->has("Content2"));
    CHECK(xml->text("Content2").empty());
}

TEST_CASE("a declaration is refused wherever it stands, but a resident may write about one") {
    CHECK(code_of("<!DOCTYPE x><xml/>") == "xml.forbidden");
    CHECK(code_of("<!doctype x [<!ENTITY a 'b'>]><xml>&a;</xml>") == "xml.forbidden");
    CHECK(code_of("<xml><!ENTITY a SYSTEM 'file:///etc/passwd'><Content>&a;</Content></xml>") == "xml.forbidden");
    CHECK(code_of("<xml><Content><![CDATA[x]]><!DOCTYPE y></Content></xml>") == "xml.forbidden");
    CHECK(code_of("<!-- --><!DOCTYPE y><xml/>") == "xml.forbidden");
    const auto talk = Xml::read("<xml><Content><![CDATA[<!DOCTYPE html> <!ENTITY]]></Content></xml>");
    REQUIRE(talk);
    CHECK(talk->text("Content") == "<!DOCTYPE html> <!ENTITY");
}

TEST_CASE("what could make a message somebody else's is refused") {
    for (const auto* name :
         {"FromUserName", "MsgId", "ToUserName", "Encrypt", "MsgType", "CreateTime", "Event", "EventKey"}) {
        const std::string one = std::string("<") + name + ">1</" + name + ">";
        CHECK(code_of("<xml>" + one + "</xml>").empty());
        CHECK(code_of("<xml>" + one + "<Content>x</Content>" + one + "</xml>") == "xml.unreadable");
    }
    CHECK(code_of("<xml><FromUserName>a</FromUserName></xml><xml><FromUserName>b</FromUserName></xml>") ==
          "xml.unreadable");
    // Words that end their CDATA too early, as a careless sender would pass them on.
    CHECK(code_of("<xml><FromUserName>a</FromUserName><Content><![CDATA[]]></Content><FromUserName>b</FromUserName>"
                  "<Content><![CDATA[]]></Content></xml>") == "xml.unreadable");
}

TEST_CASE("depth, size and shape have bounds") {
    CHECK(code_of(nested(16)).empty());
    CHECK(code_of(nested(17)) == "xml.unreadable");
    CHECK(code_of(nested(9000)) == "xml.unreadable");
    CHECK(code_of("<xml><!--></a></a></a></a></a>-->" + nested(17) + "</xml>") == "xml.unreadable");
    CHECK(code_of("<xml>" + std::string(64 * 1024, 'x') + "</xml>") == "xml.unreadable");
    for (const auto* bad :
         {"", " ", "text", "{\"a\":1}", "<xml>", "<xml><a></xml>", "<xml", "<xml><![CDATA[x</xml>", "<xml><!--x</xml>",
          "<xml><!--></xml>", "</a><xml/>", "<xml><a b='></xml>", "</xml>", "<?xml", "<xml>a</xml><b/>"}) {
        CAPTURE(bad);
        CHECK(code_of(bad) == "xml.unreadable");
    }
}

TEST_CASE("broken UTF-8 is mended, forbidden characters go, UTF-16 is no text at all") {
    const auto xml =
        Xml::read(std::string("<xml><Content><![CDATA[a\x01\x1f\xFF\xE7\xAF b\t\n\0c]]></Content></xml>", 54));
    REQUIRE(xml);
    CHECK(xml->text("Content") == "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD b\t\nc");
    const std::string wide("\xFF\xFE<\0x\0m\0l\0>\0<\0/\0x\0m\0l\0>\0", 24);
    CHECK(code_of(wide) == "xml.unreadable");
}

TEST_CASE("no text ends its element") {
    for (const auto& text : {std::string("]]><MsgType>x"), std::string("]]]]>>"), std::string("a]]"),
                             std::string("]]>]]>]]>"), std::string("<a href=\"weixin://x\">"), std::string("😡 & <>")}) {
        CAPTURE(text);
        const auto xml = Xml::read(XmlWriter().text("Content", text).number("CreateTime", "1").done());
        REQUIRE(xml);
        CHECK(xml->text("Content") == text);
        CHECK(xml->text("CreateTime") == "1");
        CHECK_FALSE(xml->has("MsgType"));
    }
    CHECK(XmlWriter().open("Image").text("MediaId", "m\x02").close("Image").done() ==
          "<xml><Image><MediaId><![CDATA[m]]></MediaId></Image></xml>");
}
