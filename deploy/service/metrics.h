// Prometheus text about the running service, without personal data.
#pragma once
#include <memory>
#include <string>
#include <vector>

namespace huiyin {

class Store;
class Courier;
struct MonthOfChannel;
class Streams;
namespace http {
class Server;
}
namespace advice {
class Advisor;
}

namespace kf {
class Puller;
}

// `advisor`: null without a model endpoint, as `server` without a door.
std::string metrics_text(Store& store, const http::Server* server,
                         const std::vector<std::unique_ptr<Courier>>& couriers, const Streams& streams,
                         const std::vector<std::unique_ptr<kf::Puller>>& pullers, const advice::Advisor* advisor,
                         const std::vector<MonthOfChannel>& months);

}  // namespace huiyin
