// Seals what is personal: AES-256-GCM under the data key, bound to the row it stands in.
//
// A sealed value is the key's id (4 bytes) and the sealed text, so that an older key still opens what it sealed.
// Equality search (a phone, an address) goes by a keyed hash; that index key is made once and kept sealed in the store,
// so it outlives a change of the data key. Threads: any.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/base/digest.h"
#include "workflow/base/result.h"

namespace huiyin {

class Vault {
public:
    // keys: 32 bytes each, the newest first.
    explicit Vault(std::vector<std::string> keys);
    void set_index_key(const std::string& key) { index_.emplace(key); }
    // place: which column of which row ("people.name/7/991"), the same when it is opened. An empty text stays empty.
    std::string seal(std::string_view plain, std::string_view place) const;
    // Throws std::runtime_error: altered, moved, or sealed with a key that is not here.
    std::string open(std::string_view sealed, std::string_view place) const;
    std::string index(std::string_view plain, std::string_view purpose) const;  // 16 bytes
    static std::string key_id(std::string_view key);                            // 4 bytes
    const std::vector<std::string>& keys() const { return keys_; }

private:
    std::vector<std::string> keys_, ids_;
    std::optional<Hmac> index_;
};

}  // namespace huiyin
