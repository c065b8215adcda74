// What one case adds to all reports of its pack, in a form that can be kept: one text that many cases share, and beside
// it the numbers that are its own. Whoever adds a month up reads each text once. Pure. Threads: one.
//
// A text names units, roles and staff by their ids: who is renamed is read under his new name at once. What it cannot
// say so that the same words come out again, or what moves by itself (moving.h), it says to be looked at each time.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/reports/library.h"

namespace huiyin {

struct Contribution {
    std::string shared, own;
    std::optional<TimePoint> until;  // time alone changes it then; nothing: never
    bool moves = false;              // it changes all the time: nobody may rely on it
};

class Contributions {
public:
    // Another form of the text, or another meaning of a measure, is another number.
    static constexpr int form = 2;

    explicit Contributions(const Policy& policy);  // the pack in force; must outlive it
    const std::vector<Report>& reports() const { return reports_; }
    // Of a case whose rules (CaseOnRecord::rules) are known.
    Contribution of(const CaseOnRecord& record) const;

    enum class Counts : char { no = '0', yes = '1', look = '?' };
    struct Head {
        std::string version, channel;  // of the rules that it was counted by; empty
                                       // where nothing depends on it
        std::vector<Counts> counted;   // by each of reports()
    };
    struct Opened {                   // of a case that some report counts
        CaseOnRecord like;            // as far as reports are split; its names are the
                                      // caller's to fill in:
        std::vector<StaffId> people;  // of these staff; of its unit; of the role
                                      // that owns it (ticket.owner_role)
        std::vector<LimitOfCase> limits;
        std::vector<Figure> measured;  // one for each measure of all reports
    };
    // Both throw std::runtime_error: a text that is none of ours.
    Head head_of(const std::string& shared) const;
    Opened opened(const std::string& shared) const;
    // Adds a case's own numbers to those of others. Throws as above.
    void add_own(std::string_view own, std::vector<std::int64_t>& numbers) const;
    // What so many cases of one text, with these numbers of their own, add to a report: for each of its measures.
    std::vector<Figure> sum_of(const Opened& opened, std::int64_t count, const std::vector<std::int64_t>& own,
                               const Report& report) const;

private:
    struct Movement;
    const Movement& movement_of(const CaseOnRecord& record) const;
    std::string text_of(const CaseOnRecord& record, const std::vector<Counts>& counted) const;
    bool says_the_same(const CaseOnRecord& record, const Opened& opened, const Report& report) const;
    const Policy& policy_;
    std::vector<Report> reports_;
    std::vector<std::string> words_;     // by which reports are split, and what their titles need
    std::vector<std::string> measures_;  // of all reports
    std::vector<std::size_t> own_;       // which of them are numbers of a case's own
    mutable std::map<std::pair<const Policy*, bool>, std::shared_ptr<const Movement>> movements_;
};

}  // namespace huiyin
