// The figures of a periodic report, added up case by case. Pure. Threads: one.
//
// One matter counts once: a case that was merged into another is that other; who joined, or came again, adds none.
// Different matters of one customer are different cases. What is counted by kind and category is counted by what it
// turned out to be, not by what it was filed as. Our own records (kinds that nobody asked for) are no complaint.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "workflow/policy/papers.h"
#include "workflow/reports/case_on_record.h"

namespace huiyin {

// "18 of 20"; a plain number has no `of`. The mean of a score or of minutes is sum / of.
struct Figure {
    std::int64_t part = 0, of = 0, sum = 0;
    friend bool operator==(const Figure&, const Figure&) = default;
};

// What each measure means, of the cases accepted in the period, or filed in it and not accepted.
//
// count: how many.
//
// timeliness: of those that are resolved or missed a limit to the result, how many missed none. What the customer sent
// back is resolved when it is again. A limit that is only
// soft, or binds somebody else, is none; where the pack has no limit to the result, every limit of ours is one.
//
// revisits: of those drawn for one (resolved, where nothing is drawn) whose time for it is over, or who were reached,
// how many were reached. in_person: of those revisited, how many in person.
//
// satisfaction: of those with a score, of the revisit else of the rating, how many above Surveys.low; sum of the
// scores.
//
// direct_solve: of those that are resolved, how many at the first time, and without having been escalated or reopened.
//
// waiting_time: from filing to acceptance, sum in minutes, of so many accepted.
//
// repeats: of all, how many came back with a matter that had been here before. A fact: added up.
struct FigureRow {
    std::vector<std::string> split;   // keys, one for each word of Report::by; empty: all of it
    std::vector<std::string> titles;  // the same as people read them
    std::vector<Figure> measured;     // one for each of Report::measures
    int rank = 0;                     // by Report::ranked_by, from 1; rows that are equal share one
};
struct Receiving {  // who gets it, in order, and by when
    std::string role;
    std::optional<std::chrono::year_month_day> due;
};
struct ReportFigures {
    NamedPeriod period;
    FigureRow all;
    std::vector<FigureRow> rows;  // in the order of their keys, or of their ranks
    std::vector<Receiving> receivers;
    bool to_be_sent = true;  // false: there is nothing to report, and the pack wants no nil report
};

// Cut, not rounded: "90.0%" of 18 and 20, empty of none; "4.2" of 42 tenths.
std::string percent(std::int64_t part, std::int64_t of);
std::string tenths(std::int64_t value);

// When a case counts: at its acceptance; while it is not accepted, at its filing.
TimePoint counted_at(const Ticket& ticket);
// So each case is of one period alone, in figures and registers.
bool is_of_period(const Ticket& ticket, const ReportPeriod& period);
// Is it one of the report's, in whatever period?
bool is_counted(const Policy& policy, const Report& report, const CaseOnRecord& of);
Figure measure_of(const Policy& policy, const CaseOnRecord& of, const std::string& measure);
// Where a case stands in a report that is split by these words: the keys, or the same as people read them.
std::vector<std::string> split_of(const Policy& policy, const std::vector<std::string>& by, const CaseOnRecord& of,
                                  bool titles);

// Many cases of one report and period that differ in no word by which it is split.
struct AlikeCases {
    const CaseOnRecord* like = nullptr;    // one of them, as far as the report is split
    std::vector<Figure> measured;          // of all of them, one for each of Report::measures
    std::pair<TimePoint, TicketId> first;  // which counted first
};

class FigureMaker {
public:
    FigureMaker(const Policy& policy, const Report& report, NamedPeriod period);
    // Is this case one of the report's? Then it is counted.
    bool take(const CaseOnRecord& of);
    void take(const AlikeCases& cases);
    ReportFigures end();

private:
    struct Row {
        FigureRow figures;
        std::pair<TimePoint, TicketId> first;  // whose titles they are: cases of one key may bear several
    };
    const Policy& policy_;
    const Report& report_;
    NamedPeriod period_;
    FigureRow all_;
    std::map<std::vector<std::string>, Row> rows_;
};

}  // namespace huiyin
