// POST /api/v1/tickets/import, and the same for the command.
#include "channels/api/ticket_import.h"

#include <algorithm>

#include "channels/api/directory_import.h"
#include "channels/api/filing.h"
#include "channels/api/guard.h"
#include "channels/api/import_file.h"
#include "channels/api/routes.h"
#include "workflow/base/digest.h"
#include "workflow/base/log.h"
#include "workflow/directory/workbook_rows.h"

namespace huiyin::api {
namespace {

// What a file is known by, so that nobody opens its matters twice: as long as deliveries are told apart.
const ChannelId taken_files{"import"};

// By its key, or by the name that no other has.
const Unit* unit_called(const Directory& directory, const std::string& words) {
    if (const auto* unit = directory.unit_by_key(words)) return unit;
    const Unit* found = nullptr;
    for (const auto& unit : directory.units()) {
        if (unit.name != words) continue;
        if (found) return nullptr;
        found = &unit;
    }
    return found;
}

// The key of what is written as people call it; `words` where nothing is called so.
template <class Named>
std::string key_called(const std::vector<Named>& all, const std::string& words) {
    for (const auto& one : all)
        if (one.title == words) return one.key;
    return words;
}

// "/household/unit" is the column "entrance".
std::string column_of(const std::string& pointer) {
    if (pointer == "/household/unit") return "entrance";
    if (pointer == "/household" || pointer == "/household/building") return "building";
    if (pointer == "/customer") return "phone";
    return pointer.substr(pointer.rfind('/') + 1);
}

std::string title_of(const std::string& key) {
    for (const auto& column : ticket_import_columns())
        if (column.key == key) return column.title;
    return key;
}

class Rows {
public:
    Rows(const TicketImport& asked, CsvTable table)
        : asked_(asked),
          directory_(asked.parts.directory->get()),
          table_(std::move(table)),
          named_(named_columns(table_.head, ticket_import_columns(),
                               [](const TableColumn& column) { return column.required; })) {
        outcome_.plan = plan_of(table_);
        outcome_.plan.unknown_columns = named_.unknown;
        for (const auto& head : named_.twice) outcome_.plan.add({0, head, {}, "这一列写了两次：去掉一列"});
    }
    const NamedColumns& named() const { return named_; }

    // Judges each row; gives what is to be opened. Errors: access.forbidden.
    Result<std::vector<NewTicket>> matters() {
        std::vector<NewTicket> wishes;
        for (const auto& row : table_.rows) {
            const auto body = body_of(row);
            std::vector<Finding> found;
            bool may = false;
            auto wish = read_new_ticket({asked_.parts, asked_.who, body}, found, may);
            if (!may) return Problem{"access.forbidden", "您的岗位不登记工单，请交给受理的同事", {}};
            for (const auto& finding : found) {
                const auto key = column_of(finding.pointer);
                outcome_.plan.add({row.line, title_of(key), cell(row, key), in_chinese(finding.text)});
            }
            if (found.empty()) ++outcome_.plan.added;
            wishes.push_back(std::move(wish));
        }
        return wishes;
    }
    void refused(std::size_t row, const Problem& problem) {
        outcome_.plan.add({table_.rows[row].line, {}, {}, problem.text});
    }
    TicketImport::Outcome& outcome() { return outcome_; }

private:
    const std::string& cell(const CsvRow& row, const std::string& key) const { return named_.cell_of(row.cells, key); }

    Json body_of(const CsvRow& row) {
        Json body = Json::object();
        const auto put = [&](Json& into, const char* name, const std::string& key) {
            if (const auto& words = cell(row, key); !words.empty()) into[name] = words;
        };
        const auto* unit = unit_called(*directory_, cell(row, "unit"));
        put(body, "unit", "unit");
        if (unit) body["unit"] = unit->key;
        const auto policy = pack_for(asked_.parts, *directory_, unit ? unit->id : asked_.who.staff.unit);
        put(body, "description", "description");
        body["kind"] = key_called(policy->kinds, cell(row, "kind"));
        if (const auto& category = cell(row, "category"); !category.empty()) {
            const auto* kind = policy->kind(body["kind"].get<std::string>());
            body["category"] = kind ? key_called(kind->categories, category) : category;
        }
        Json household = Json::object(), customer = Json::object(), facts = Json::object();
        put(household, "building", "building");
        put(household, "unit", "entrance");
        put(household, "room", "room");
        if (!household.empty()) body["household"] = std::move(household);
        put(customer, "name", "name");
        put(customer, "phone", "phone");
        if (const auto& words = cell(row, "anonymous"); !words.empty()) {
            const auto is = yes_or_no(words);
            if (!is) outcome_.plan.add({row.line, title_of("anonymous"), words, "写“是”或“否”"});
            customer["anonymous"] = is.value_or(false);
        }
        body["customer"] = std::move(customer);
        put(facts, "location", "location");
        put(facts, "wish", "wish");
        if (const auto& source = cell(row, "source"); !source.empty())
            facts["source"] = key_called(policy->sources, source);
        if (!facts.empty()) body["facts"] = std::move(facts);
        return body;
    }

    const TicketImport& asked_;
    std::shared_ptr<const Directory> directory_;
    CsvTable table_;
    NamedColumns named_;
    TicketImport::Outcome outcome_;
};

Result<Rows> read_file(const TicketImport& asked) {
    auto table = read_table(asked.bytes, most_imported_tickets);
    if (!table) return table.problem();
    Rows rows(asked, std::move(*table));
    if (!rows.named().missing.empty()) return missing_columns(rows.named(), ticket_import_columns());
    return rows;
}

Json outcome_json(const TicketImport::Outcome& outcome, bool preview) {
    auto json = plan_json(outcome.plan, "tickets", preview);
    json["first"] = outcome.first.empty() ? Json() : Json(outcome.first);
    json["last"] = outcome.last.empty() ? Json() : Json(outcome.last);
    return json;
}

Result<Work> import(Asked& asked) {
    const auto preview = preview_wanted(asked);
    if (!preview) return preview.problem();
    auto bytes = file_of(asked);
    if (!bytes) return bytes.problem();
    return Work([parts = &asked.parts, who = asked.who, bytes = std::move(*bytes), looks = *preview] {
        const TicketImport wanted{*parts, who, bytes};
        const auto outcome = looks ? wanted.look() : wanted.take();
        if (!outcome) return problem_answer(outcome.problem());
        if (!looks && outcome->plan.finding_count > 0) return bad_rows(outcome_json(*outcome, false));
        return json_answer(200, outcome_json(*outcome, looks));
    });
}

}  // namespace

const std::vector<TableColumn>& ticket_import_columns() {
    static const std::vector<TableColumn> columns{{"unit", "小区"},
                                                  {"building", "楼栋"},
                                                  {"entrance", "单元"},
                                                  {"room", "房号"},
                                                  {"kind", "性质", true},
                                                  {"category", "类别"},
                                                  {"description", "事情", true},
                                                  {"location", "位置"},
                                                  {"wish", "诉求"},
                                                  {"name", "客户"},
                                                  {"phone", "电话"},
                                                  {"anonymous", "匿名"},
                                                  {"source", "来源"}};
    return columns;
}

Result<TicketImport::Outcome> TicketImport::look() const {
    auto rows = read_file(*this);
    if (!rows) return rows.problem();
    if (const auto wishes = rows->matters(); !wishes) return wishes.problem();
    return std::move(rows->outcome());
}

Result<TicketImport::Outcome> TicketImport::take() const {
    auto rows = read_file(*this);
    if (!rows) return rows.problem();
    const auto wishes = rows->matters();
    if (!wishes) return wishes.problem();
    if (rows->outcome().plan.finding_count > 0) return std::move(rows->outcome());
    const auto now = parts.service->now();
    const auto system_now = parts.system->now();
    const auto key = sha256_hex(bytes);
    std::optional<std::pair<std::size_t, Problem>> refused;
    const auto opened = in_unit<Done>(parts, [&](Transaction& tx) -> Result<Done> {
        refused.reset();
        if (!tx.claim_delivery(
                {.channel = taken_files, .key = key, .conversation = {}, .answer = {}, .at = system_now}))
            return Problem{"import.again", "这个文件已经导入过了，没有再导入一遍", {}};
        auto& outcome = rows->outcome();
        for (std::size_t i = 0; i < wishes->size(); ++i) {
            const auto ticket = open_new_ticket(tx, parts, who, (*wishes)[i], now, system_now);
            if (!ticket) {
                refused.emplace(i, ticket.problem());
                return ticket.problem();
            }
            if (i == 0) outcome.first = ticket->number;
            outcome.last = ticket->number;
        }
        tx.audit(who.staff.id, "tickets.imported", {}, "tickets", "新增" + std::to_string(wishes->size()), system_now);
        return Done{};
    });
    auto& outcome = rows->outcome();
    if (refused) {  // the engine knows better than the form: nothing was opened
        rows->refused(refused->first, refused->second);
        outcome.first = outcome.last = {};
    } else if (!opened) {
        return opened.problem();
    } else {
        log::info("tickets.imported", {{"staff", who.staff.id.value}, {"rows", outcome.plan.rows}});
    }
    return std::move(outcome);
}

Result<Json> ticket_import_command(const Json& wish, const ApiParts& parts) {
    std::vector<Finding> findings;
    Reader read(wish, "", findings);
    read.text("command");
    read.text("kind");
    const auto file = from_base64(read.text("file"));
    const bool takes = read.boolean_or("take", false);
    const auto by = read.text_or("by", "");
    read.finish();
    if (!findings.empty()) return Problem{"import.bad", findings.front().pointer + ": " + findings.front().text, {}};
    if (!file) return Problem{"import.bad", "unreadable file", {}};
    const auto directory = parts.directory->get();
    const auto* staff = directory->staff_by_login(by);
    if (!staff || staff->disabled)
        return Problem{"import.bad", "in whose name? no such login: \"" + by + "\": give --by LOGIN", {}};
    SignedIn who;
    who.staff = *staff;
    who.units = directory->with_below(staff->unit);
    const TicketImport wanted{parts, who, *file};
    const auto outcome = takes ? wanted.take() : wanted.look();
    if (!outcome) return outcome.problem();
    return outcome_json(*outcome, !takes);
}

void add_ticket_import_routes(http::RouteTable& routes, const Shared& parts) {
    add_later(routes, parts,
              {"POST", "/api/v1/tickets/import",
               "Matters from a CSV file (UTF-8 or GB18030) or a workbook, \"file\" of a form: ?preview=true looks, "
               "false opens all of them or nothing.",
               Body::upload},
              import);
}

}  // namespace huiyin::api
