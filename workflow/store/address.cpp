#include "workflow/store/address.h"

#include <algorithm>
#include <cstring>

namespace huiyin {

bool is_postgres(const std::string& url) {
    return url.compare(0, 13, "postgresql://") == 0 || url.compare(0, 11, "postgres://") == 0;
}

std::string without_password(const std::string& url) {
    auto shown = url;
    const auto begin = shown.find("://");
    if (begin == std::string::npos) return shown;
    const auto end = shown.find('/', begin + 3);
    const auto at = shown.rfind('@', end);
    const auto colon = shown.find(':', begin + 3);
    if (at != std::string::npos && colon != std::string::npos && colon < at) shown.erase(colon, at - colon);
    for (const char* name : {"password=", "sslpassword="}) {
        const auto found = shown.find(name, shown.find('?') == std::string::npos ? shown.size() : shown.find('?'));
        if (found == std::string::npos) continue;
        const auto value = found + std::strlen(name);
        shown.erase(value, std::min(shown.find('&', value), shown.size()) - value);
    }
    return shown;
}

}  // namespace huiyin
