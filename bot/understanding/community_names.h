// The communities of the house as people name them: whole ("翠湖苑"), or cut short ("翠湖 3栋", "我们翠湖这边").
// Threads: any; does not change once it is built.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace huiyin {

class CommunityNames {
public:
    CommunityNames() = default;
    explicit CommunityNames(const std::vector<std::string>& names);

    struct Named {
        std::size_t begin, end;  // code points
        std::string name;        // as the directory has it
    };
    // The first that is named, the longest name where several begin; nothing if none is. `low`: Written::low.
    std::vector<Named> find(std::u32string_view low) const;

private:
    struct Way {  // to name one
        std::u32string said;
        std::string name;
        bool is_short = false;  // counts only where it can mean nothing else
    };
    std::unordered_map<char32_t, std::vector<Way>> ways_;  // by what they begin with; longest first
};

// Those of the moment: asked for at each message, for the directory changes while the program runs.
using CommunitiesNow = std::function<std::shared_ptr<const CommunityNames>()>;

// Those of the demo, which the utterances that the model learns from name, too.
std::shared_ptr<const CommunityNames> demo_communities();

}  // namespace huiyin
