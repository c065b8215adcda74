// Why a message was understood so: what speaks for each class, strongest first. For showing only: it reads the model
// file a second time and takes its time.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/base/result.h"

namespace huiyin {

struct ClassReasons {
    std::string name;  // "complaint/equipment", "chitchat/", "danger/gas"
    double probability = 0;
    // A piece of the message or a concept ("灯不", "lamp (灯不亮)") and how much it adds to this class above the mean
    // of all; the strongest, then what speaks most against it.
    std::vector<std::pair<std::string, double>> reasons;
};

class Explainer {
public:
    // Errors: those of Model::read.
    static Result<Explainer> read(const std::string& model_file);
    // The likeliest classes, at most `classes`, with at most `reasons` each; a danger stands first if one is likely.
    std::vector<ClassReasons> explain(std::string_view text, std::size_t classes, std::size_t reasons) const;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

}  // namespace huiyin
