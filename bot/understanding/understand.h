// Text -> meaning. A port: the builtin one reads by rules and a small linear model; another may ask an endpoint.
//
// Order: normalise -> emergencies (rules) -> acts (rules) -> slots (rules) -> kind and category (model with keyword
// priors, corrected by what the rules know). The model never decides an emergency, a slot or an act.
// Threads: any number at once; an Understanding does not change once it is built.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "bot/understanding/community_names.h"
#include "bot/understanding/meaning.h"
#include "workflow/base/result.h"
#include "workflow/base/time_text.h"

namespace huiyin {

class Understanding {
public:
    virtual ~Understanding() = default;
    // text: UTF-8, broken bytes are dropped; only the first 4,000 characters are read for meaning, all is kept in
    // `original`. Never throws for what is in the text.
    virtual Understood understand(std::string_view text, TimePoint now, const Zone& zone) const = 0;
};

// Built once (some 30 ms); a message then costs some ten microseconds.
// model_file: as find_model() found it. Errors: understanding.no_model, understanding.bad_model - missing, cut off or
// made by another version of the trainer.
// communities: those that people may name; none - whoever names one is not understood in that.
Result<std::unique_ptr<Understanding>> builtin_understanding(const std::string& model_file,
                                                             CommunitiesNow communities = {});

// The rules alone: emergencies, acts and slots work as ever; kind follows from the acts and a few words; category stays
// empty. Only for whoever asks for it by name (a repair shell, a test): a service does not start without its model.
std::unique_ptr<Understanding> rules_only_understanding(CommunitiesNow communities = {});

// Where the model lies: SHARE/model.bin for the first that exists of `share` (may be empty), $HUIYIN_SHARE,
// <folder of the program>/share/huiyin, <folder of the program>/../share/huiyin, the build folder known at compile
// time. Errors: understanding.no_model, with all places that were looked at.
Result<std::string> find_model(const std::string& share = {});

}  // namespace huiyin
