#include "workflow/store/vault.h"

#include <stdexcept>

#include "workflow/base/digest.h"
#include "workflow/store/driver.h"

namespace huiyin {

Vault::Vault(std::vector<std::string> keys) : keys_(std::move(keys)) {
    for (const auto& key : keys_) ids_.push_back(key_id(key));
}

std::string Vault::key_id(std::string_view key) { return hmac_sha256(key, "huiyin data key id").substr(0, 4); }

std::string Vault::seal(std::string_view plain, std::string_view place) const {
    if (plain.empty()) return {};
    return ids_.front() + huiyin::seal(keys_.front(), plain, place);
}

std::string sealed(const ToSeal& value) { return value.vault.seal(value.plain, value.place); }

std::string Vault::open(std::string_view sealed, std::string_view place) const {
    if (sealed.empty()) return {};
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (sealed.substr(0, 4) != ids_[i]) continue;
        auto plain = unseal(keys_[i], sealed.substr(4), place);
        if (plain) return std::move(*plain);
        throw std::runtime_error("store: a sealed value was altered or moved: " + std::string(place) +
                                 ": restore it from a backup");
    }
    throw std::runtime_error("store: a value is sealed with a key that is not given: " + std::string(place) +
                             ": add the older data_key behind the newest one");
}

std::string Vault::index(std::string_view plain, std::string_view purpose) const {
    std::string text(purpose);
    text += '\n';
    text += plain;
    return index_.value()(text).substr(0, 16);
}

}  // namespace huiyin
