// Starts the stand-in platform beside a test and drives it. README.md tells what it can do.
#pragma once
#include <sys/types.h>
#include <nlohmann/json.hpp>
#include <string>

#include "channels/channel.h"
#include "channels/edge/http_client.h"
#include "workflow/base/json_text.h"

namespace huiyin {

// Threads: one. The program ends with this object, and with the test if that dies.
class StandIn {
public:
    StandIn();
    ~StandIn();
    StandIn(const StandIn&) = delete;
    StandIn& operator=(const StandIn&) = delete;

    const std::string& url() const { return program_.url; }  // "http://127.0.0.1:NNNNN", for api_base
    Json get(const std::string& path);                       // throws if the program refuses
    Json post(const std::string& path, const Json& body);

    void setup(const Json& settings) { post("/_setup", settings); }
    void fault(const Json& fault) { post("/_fault", fault); }
    void mend();                                 // takes all faults back
    Json calls(const std::string& path);         // what the service called, by the path's beginning
    Json delivered(const std::string& to = {});  // what reached people; empty: everybody

    // A callback as the platform would send it, and what it thinks of our answer.
    struct Order {
        Json order, sent, echo;
        Callback callback;
    };
    Order ordered(Json order, TimePoint received_at);      // see README.md: the fields of POST /_callback
    Order tapped(Json order, TimePoint received_at);       // see README.md: the fields of POST /_click
    Order in_feishu(Json order, TimePoint received_at);    // see README.md: the fields of POST /_feishu
    Order in_dingtalk(Json order, TimePoint received_at);  // POST /_dingtalk
    Order in_aibot(Json order, TimePoint received_at);     // POST /_aibot
    Json judged(const Order& order, const HttpAnswer& answer);

private:
    Order made(const std::string& path, Json order, TimePoint received_at);
    struct Program {
        pid_t process = -1;
        int input = -1;  // its end ends the program
        std::string url;
    };
    static Program started();
    Json call(const std::string& method, const std::string& path, const std::string& body);
    Program program_;
    http::Client client_;
};

}  // namespace huiyin
