#include "workflow/store/change_list.h"

#include "workflow/store/vault.h"

namespace huiyin {

void ChangeList::make(Driver& driver) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < used_changes_; ++i) {
        const auto& change = changes_[i];
        {
            const InUse used(driver.use(*change.sentence));
            for (int place = 1; place <= change.values; ++place) {
                const auto& value = values_[at++];
                switch (value.kind) {
                    case Kind::nothing:
                        used.statement.bind_nothing(place);
                        break;
                    case Kind::number:
                        used.statement.bind(place, value.number);
                        break;
                    case Kind::text:
                        used.statement.lend_text(place, value.words);
                        break;
                    case Kind::bytes:
                        used.statement.lend_bytes(place, value.words);
                        break;
                    case Kind::to_seal: {
                        const std::string_view all = value.words;
                        const auto before = static_cast<std::size_t>(value.number);
                        used.statement.bind_bytes(place, value.vault->seal(all.substr(before), all.substr(0, before)));
                        break;
                    }
                }
            }
            used.statement.step();
        }
        if (change.expected == Expected::one && driver.changed() != 1)
            throw std::logic_error(std::string("store: not one row touched: ") + change.sentence->text);
    }
}

}  // namespace huiyin
