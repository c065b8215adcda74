// Every SQL sentence of the store, as both engines read it: $1… in order of first appearance, times BIGINT milliseconds
// UTC, flags 0/1, ids our own. $1 is the organisation, but in an UPDATE the new values come first. A SELECT names its
// columns in the order in which they are read.
#pragma once
#include "workflow/store/driver.h"

namespace huiyin::sql {

// organisation, keys, settings, counters

inline constexpr Sentence organisation{"SELECT organisation_id FROM organisations ORDER BY created_at LIMIT 1"};
inline constexpr Sentence add_organisation{
    "INSERT INTO organisations (organisation_id, organisation_key, created_at) VALUES ($1, '', $2)"};
inline constexpr Sentence name_organisation{
    "UPDATE organisations SET organisation_key = $1 WHERE organisation_id = $2"};
inline constexpr Sentence data_keys{
    "SELECT key_id, check_sealed, index_key_sealed FROM data_keys WHERE organisation_id = $1 ORDER BY created_at, "
    "key_id"};
inline constexpr Sentence add_data_key{
    "INSERT INTO data_keys (organisation_id, key_id, check_sealed, index_key_sealed, created_at) VALUES ($1, $2, $3, "
    "$4, $5)"};
inline constexpr Sentence setting{"SELECT value_sealed FROM settings WHERE organisation_id = $1 AND setting_key = $2"};
inline constexpr Sentence set_setting{
    "INSERT INTO settings (organisation_id, setting_key, value_sealed) VALUES ($1, $2, $3)"
    " ON CONFLICT (organisation_id, setting_key) DO UPDATE SET value_sealed = excluded.value_sealed"};
inline constexpr Sentence policy_versions{
    "SELECT policy, version, hash, text FROM policy_versions WHERE organisation_id = $1 ORDER BY policy, version"};
inline constexpr Sentence save_policy_version{
    "INSERT INTO policy_versions (organisation_id, policy, version, hash, text) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (organisation_id, policy, version) DO UPDATE SET hash = excluded.hash, text = excluded.text"
    " WHERE policy_versions.hash <> excluded.hash"};
inline constexpr Sentence drop_policy_version{
    "DELETE FROM policy_versions WHERE organisation_id = $1 AND policy = $2 AND version = $3"};
inline constexpr Sentence probe{
    "INSERT INTO probes (organisation_id, filler) VALUES ($1, $2)"
    " ON CONFLICT (organisation_id) DO UPDATE SET filler = excluded.filler"};
inline constexpr Sentence next_number{
    "INSERT INTO counters (organisation_id, series, last_number) VALUES ($1, $2, 1)"
    " ON CONFLICT (organisation_id, series) DO UPDATE SET last_number = counters.last_number + 1 RETURNING "
    "last_number"};
inline constexpr Sentence set_number{
    "INSERT INTO counters (organisation_id, series, last_number) VALUES ($1, $2, $3)"
    " ON CONFLICT (organisation_id, series) DO UPDATE SET last_number = excluded.last_number"};

// directory

inline constexpr Sentence units{
    "SELECT unit_id, parent_id, unit_key, name, kind, zone, policy, duty_phone, gas_phone, lift_phone, hours, shifts,"
    " disabled FROM units WHERE organisation_id = $1 ORDER BY unit_id"};
inline constexpr Sentence save_unit{
    "INSERT INTO units (organisation_id, unit_id, parent_id, unit_key, name, kind, zone, policy, duty_phone, gas_phone,"
    " lift_phone, hours, shifts, disabled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    " ON CONFLICT (organisation_id, unit_id) DO UPDATE SET parent_id = excluded.parent_id, unit_key = "
    "excluded.unit_key,"
    " name = excluded.name, kind = excluded.kind, zone = excluded.zone, policy = excluded.policy,"
    " duty_phone = excluded.duty_phone, gas_phone = excluded.gas_phone, lift_phone = excluded.lift_phone,"
    " hours = excluded.hours, shifts = excluded.shifts, disabled = excluded.disabled"};
inline constexpr Sentence buildings{
    "SELECT community_id, name, units, floors, rooms, disabled FROM buildings WHERE organisation_id = $1"
    " ORDER BY community_id, name"};
inline constexpr Sentence save_building{
    "INSERT INTO buildings (organisation_id, community_id, name, units, floors, rooms, disabled) VALUES ($1, $2, $3, "
    "$4, $5, $6, $7)"
    " ON CONFLICT (organisation_id, community_id, name) DO UPDATE SET units = excluded.units, floors = excluded.floors,"
    " rooms = excluded.rooms, disabled = excluded.disabled"};
inline constexpr Sentence households{
    "SELECT household_id, community_id, building, unit, room, disabled FROM households WHERE organisation_id = $1"
    " ORDER BY household_id"};
inline constexpr Sentence save_household{
    "INSERT INTO households (organisation_id, household_id, community_id, building, unit, room, disabled) VALUES ($1, "
    "$2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (organisation_id, household_id) DO UPDATE SET community_id = excluded.community_id,"
    " building = excluded.building, unit = excluded.unit, room = excluded.room, disabled = excluded.disabled"};
inline constexpr Sentence staff{
    "SELECT staff_id, login, name_sealed, phone_sealed, roles, unit_id, addresses_sealed, disabled"
    " FROM staff WHERE organisation_id = $1 ORDER BY staff_id"};
inline constexpr Sentence staff_address{
    "SELECT login, addresses_sealed FROM staff WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence save_staff{
    "INSERT INTO staff (organisation_id, staff_id, login, name_sealed, phone_sealed, roles, unit_id, addresses_sealed, "
    "disabled)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " ON CONFLICT (organisation_id, staff_id) DO UPDATE SET login = excluded.login, name_sealed = excluded.name_sealed,"
    " phone_sealed = excluded.phone_sealed, roles = excluded.roles, unit_id = excluded.unit_id,"
    " addresses_sealed = excluded.addresses_sealed, disabled = excluded.disabled"};

// sign-in

inline constexpr Sentence password{"SELECT password_hash FROM passwords WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence set_password{
    "INSERT INTO passwords (organisation_id, staff_id, password_hash) VALUES ($1, $2, $3)"
    " ON CONFLICT (organisation_id, staff_id) DO UPDATE SET password_hash = excluded.password_hash"};
inline constexpr Sentence session{
    "SELECT staff_id, csrf_sealed, created_at, seen_at, expires_at FROM sessions WHERE organisation_id = $1 AND "
    "token_hash = $2"};
inline constexpr Sentence save_session{
    "INSERT INTO sessions (organisation_id, token_hash, staff_id, csrf_sealed, created_at, seen_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (organisation_id, token_hash) DO UPDATE SET seen_at = excluded.seen_at, expires_at = "
    "excluded.expires_at,"
    " csrf_sealed = excluded.csrf_sealed"};
inline constexpr Sentence drop_session{"DELETE FROM sessions WHERE organisation_id = $1 AND token_hash = $2"};
inline constexpr Sentence drop_sessions_of{"DELETE FROM sessions WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence note_failure{
    "INSERT INTO sign_in_failures (organisation_id, failure_index, at, times) VALUES ($1, $2, $3, 1)"
    " ON CONFLICT (organisation_id, failure_index, at) DO UPDATE SET times = sign_in_failures.times + 1"};
inline constexpr Sentence failures{
    "SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM sign_in_failures WHERE organisation_id = $1 AND failure_index "
    "= $2 AND at >= "
    "$3"};
inline constexpr Sentence clear_failures{
    "DELETE FROM sign_in_failures WHERE organisation_id = $1 AND failure_index = $2"};
inline constexpr Sentence one_time_link{
    "SELECT staff_id FROM one_time_links"
    " WHERE organisation_id = $1 AND token_hash = $2 AND expires_at > $3 AND used_at IS NULL"};
inline constexpr Sentence save_one_time_link{
    "INSERT INTO one_time_links (organisation_id, token_hash, staff_id, expires_at, used_at) VALUES ($1, $2, $3, $4, "
    "NULL)"};
inline constexpr Sentence drop_one_time_links_of{
    "DELETE FROM one_time_links WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence second_factor{
    "SELECT seed_sealed, offered_sealed, last_step, since FROM second_factors"
    " WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence save_second_factor{
    "INSERT INTO second_factors (organisation_id, staff_id, seed_sealed, offered_sealed, last_step, since)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (organisation_id, staff_id) DO UPDATE SET seed_sealed = excluded.seed_sealed,"
    " offered_sealed = excluded.offered_sealed, last_step = excluded.last_step, since = excluded.since"};
inline constexpr Sentence drop_second_factor{"DELETE FROM second_factors WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence recovery_codes{
    "SELECT COUNT(*) FROM recovery_codes WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence recovery_code{
    "SELECT 1 FROM recovery_codes WHERE organisation_id = $1 AND staff_id = $2 AND code_index = $3"};
inline constexpr Sentence add_recovery_code{
    "INSERT INTO recovery_codes (organisation_id, staff_id, code_index) VALUES ($1, $2, $3)"};
inline constexpr Sentence use_recovery_code{
    "DELETE FROM recovery_codes WHERE organisation_id = $1 AND staff_id = $2 AND code_index = $3"};
inline constexpr Sentence drop_recovery_codes{
    "DELETE FROM recovery_codes WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence half_session{
    "SELECT staff_id FROM half_sessions WHERE organisation_id = $1 AND token_hash = $2 AND expires_at > $3"};
inline constexpr Sentence save_half_session{
    "INSERT INTO half_sessions (organisation_id, token_hash, staff_id, expires_at) VALUES ($1, $2, $3, $4)"};
inline constexpr Sentence drop_half_session{"DELETE FROM half_sessions WHERE organisation_id = $1 AND token_hash = $2"};
inline constexpr Sentence drop_half_sessions_of{
    "DELETE FROM half_sessions WHERE organisation_id = $1 AND staff_id = $2"};
inline constexpr Sentence audit{
    "INSERT INTO audit (organisation_id, audit_id, staff_id, action, ticket_id, field, reason_sealed, at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
inline constexpr Sentence reveals{
    "SELECT COUNT(*) FROM audit WHERE organisation_id = $1 AND staff_id = $2 AND at >= $3 AND action = 'reveal'"};
inline constexpr Sentence audit_page{
    "SELECT audit_id, staff_id, action, ticket_id, field, reason_sealed, at FROM audit"
    " WHERE organisation_id = $1 AND audit_id < $2 ORDER BY audit_id DESC LIMIT $3"};
inline constexpr Sentence audit_page_of_ticket{
    "SELECT audit_id, staff_id, action, ticket_id, field, reason_sealed, at FROM audit"
    " WHERE organisation_id = $1 AND ticket_id = $2 AND ticket_id <> 0 AND audit_id < $3 ORDER BY audit_id DESC LIMIT "
    "$4"};

// what has had its time; at most $3 rows a call, so that nobody waits for the broom

inline constexpr Sentence forget_deliveries{
    "DELETE FROM deliveries WHERE organisation_id = $1 AND (channel, conversation_id, delivery_key) IN"
    " (SELECT channel, conversation_id, delivery_key FROM deliveries WHERE organisation_id = $1 AND at < $2 ORDER BY "
    "at LIMIT $3)"};
inline constexpr Sentence delivery_before{
    "SELECT 1 FROM deliveries WHERE organisation_id = $1 AND at < $2 ORDER BY at LIMIT 1"};
inline constexpr Sentence forget_sessions{"DELETE FROM sessions WHERE organisation_id = $1 AND expires_at <= $2"};
inline constexpr Sentence forget_half_sessions{
    "DELETE FROM half_sessions WHERE organisation_id = $1 AND expires_at <= $2"};
inline constexpr Sentence forget_failures{"DELETE FROM sign_in_failures WHERE organisation_id = $1 AND at < $2"};
inline constexpr Sentence forget_links{"DELETE FROM one_time_links WHERE organisation_id = $1 AND expires_at <= $2"};

// conversations

inline constexpr Sentence delivery{
    "SELECT conversation_id, answer_sealed, at FROM deliveries"
    " WHERE organisation_id = $1 AND channel = $2 AND conversation_id = $3 AND delivery_key = $4"
    " UNION ALL SELECT conversation_id, answer_sealed, at FROM deliveries"
    " WHERE organisation_id = $1 AND channel = $2 AND conversation_id = 0 AND delivery_key = $4"};
inline constexpr Sentence delivery_keys{
    "SELECT delivery_key, at FROM deliveries WHERE organisation_id = $1 AND channel = $2 AND conversation_id = $3 "
    "LIMIT "
    "$4"};
inline constexpr Sentence delivery_without_talk{
    "SELECT 1 FROM deliveries WHERE organisation_id = $1 AND channel = $2 AND conversation_id = 0 LIMIT 1"};
inline constexpr Sentence claim_delivery{
    "INSERT INTO deliveries (organisation_id, channel, conversation_id, delivery_key, answer_sealed, at)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation_id, channel, conversation_id, delivery_key) DO "
    "NOTHING"};
inline constexpr Sentence set_delivery_answer{
    "UPDATE deliveries SET answer_sealed = $1"
    " WHERE organisation_id = $2 AND channel = $3 AND conversation_id = $4 AND delivery_key = $5"};
inline constexpr Sentence conversation{
    "SELECT conversation_id, channel, address_sealed, person_id, unit_id, state, taken_by, state_since, last_message,"
    " created_at, updated_at, last_inbound_at, pushes_since_inbound, body_sealed"
    " FROM conversations WHERE organisation_id = $1 AND conversation_id = $2"};
inline constexpr Sentence conversation_at{
    "SELECT conversation_id, channel, address_sealed, person_id, unit_id, state, taken_by, state_since, last_message,"
    " created_at, updated_at, last_inbound_at, pushes_since_inbound, body_sealed"
    " FROM conversations WHERE organisation_id = $1 AND channel = $2 AND address_index = $3"};
inline constexpr Sentence conversations_of{
    "SELECT conversation_id, channel, address_sealed, person_id, unit_id, state, taken_by, state_since, last_message,"
    " created_at, updated_at, last_inbound_at, pushes_since_inbound, body_sealed"
    " FROM conversations WHERE organisation_id = $1 AND person_id = $2 AND person_id <> 0 ORDER BY conversation_id"};
inline constexpr Sentence conversation_list{
    "SELECT state_since, conversation_id FROM conversations"
    " WHERE organisation_id = $1 AND state = $2 AND unit_id = $3 AND (state_since, conversation_id) < ($4, $5)"
    " ORDER BY state_since DESC, conversation_id DESC LIMIT $6"};
inline constexpr Sentence update_conversation{
    "UPDATE conversations SET person_id = $1, unit_id = $2, state = $3, taken_by = $4, state_since = $5, last_message "
    "= $6,"
    " updated_at = $7, last_inbound_at = $8, pushes_since_inbound = $9, body_sealed = $10"
    " WHERE organisation_id = $11 AND conversation_id = $12"};
inline constexpr Sentence add_conversation{
    "INSERT INTO conversations (organisation_id, conversation_id, channel, address_sealed, address_index, person_id, "
    "unit_id,"
    " state, taken_by, state_since, last_message, created_at, looked_at, updated_at, last_inbound_at,"
    " pushes_since_inbound, body_sealed)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16)"};
inline constexpr Sentence messages{
    "SELECT message_id, at, speaker, said_sealed FROM messages"
    " WHERE organisation_id = $1 AND conversation_id = $2 AND message_id > $3 ORDER BY message_id LIMIT $4"};
inline constexpr Sentence last_messages{
    "SELECT message_id, at, speaker, said_sealed FROM messages"
    " WHERE organisation_id = $1 AND conversation_id = $2 ORDER BY message_id DESC LIMIT $3"};
inline constexpr Sentence add_message{
    "INSERT INTO messages (organisation_id, conversation_id, message_id, at, speaker, said_sealed)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};
inline constexpr Sentence prompt{
    "SELECT prompt_id, ticket_id, kind, body_sealed, state, asked_at, answered_at FROM prompts"
    " WHERE organisation_id = $1 AND conversation_id = $2 AND prompt_id = $3"};
inline constexpr Sentence open_prompts{
    "SELECT prompt_id, ticket_id, kind, body_sealed, state, asked_at, answered_at FROM prompts"
    " WHERE organisation_id = $1 AND conversation_id = $2 AND state = 'open' ORDER BY prompt_id DESC"};
inline constexpr Sentence save_prompt{
    "INSERT INTO prompts (organisation_id, conversation_id, prompt_id, ticket_id, kind, body_sealed, state, asked_at,"
    " answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " ON CONFLICT (organisation_id, conversation_id, prompt_id) DO UPDATE SET ticket_id = excluded.ticket_id,"
    " kind = excluded.kind, body_sealed = excluded.body_sealed, state = excluded.state, answered_at = "
    "excluded.answered_at"};
inline constexpr Sentence forget_prompts{
    "DELETE FROM prompts WHERE organisation_id = $1 AND conversation_id = $2 AND asked_at < $3"
    " AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.organisation_id = prompts.organisation_id"
    " AND holds.ticket_id = prompts.ticket_id AND holds.ticket_id <> 0 AND holds.until > $4 AND holds.lifted_at = 0)"};

// people and words

inline constexpr Sentence person{
    "SELECT person_id, name_sealed, phone_sealed, phone_confirmed, created_at, notice_version, surveys_stopped"
    " FROM people WHERE organisation_id = $1 AND person_id = $2"};
inline constexpr Sentence person_with_phone{
    "SELECT person_id, name_sealed, phone_sealed, phone_confirmed, created_at, notice_version, surveys_stopped"
    " FROM people WHERE organisation_id = $1 AND phone_index = $2 AND phone_confirmed = 1 ORDER BY person_id LIMIT 1"};
inline constexpr Sentence save_person{
    "INSERT INTO people (organisation_id, person_id, name_sealed, phone_sealed, phone_index, phone_confirmed, "
    "created_at,"
    " notice_version, surveys_stopped) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " ON CONFLICT (organisation_id, person_id) DO UPDATE SET name_sealed = excluded.name_sealed,"
    " phone_sealed = excluded.phone_sealed, phone_index = excluded.phone_index, phone_confirmed = "
    "excluded.phone_confirmed,"
    " notice_version = excluded.notice_version, surveys_stopped = excluded.surveys_stopped"};
inline constexpr Sentence text{"SELECT words_sealed, salt FROM texts WHERE organisation_id = $1 AND text_id = $2"};
inline constexpr Sentence add_text{
    "INSERT INTO texts (organisation_id, text_id, ticket_id, conversation_id, class, created_at, salt, words_sealed)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
inline constexpr Sentence add_raw_text{
    "INSERT INTO texts (organisation_id, text_id, ticket_id, conversation_id, class, created_at, salt, words_sealed)"
    " VALUES ($1, $2, 0, $3, 'raw', $4, $5, $6)"};
inline constexpr Sentence surveys_asked{
    "SELECT asked_at FROM surveys WHERE organisation_id = $1 AND person_id = $2 ORDER BY asked_at DESC LIMIT $3"};
inline constexpr Sentence note_survey{
    "INSERT INTO surveys (organisation_id, person_id, asked_at, ticket_id) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (organisation_id, person_id, asked_at, ticket_id) DO NOTHING"};
inline constexpr Sentence tally{
    "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM tallies"
    " WHERE organisation_id = $1 AND counter = $2 AND subject = $3 AND at >= $4 AND at < $5 AND ticket_id <> $6"};
inline constexpr Sentence drop_tally{
    "DELETE FROM tallies WHERE organisation_id = $1 AND counter = $2 AND ticket_id = $3"};
inline constexpr Sentence set_tally{
    "INSERT INTO tallies (organisation_id, counter, ticket_id, subject, at, amount) VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (organisation_id, counter, ticket_id) DO UPDATE SET subject = excluded.subject, at = excluded.at,"
    " amount = excluded.amount"};
inline constexpr Sentence attachment{
    "SELECT attachment_id, ticket_id, conversation_id, kind, name_sealed, media_type, bytes, sha256, created_at"
    " FROM attachments WHERE organisation_id = $1 AND attachment_id = $2"};
inline constexpr Sentence attachments_of{
    "SELECT attachment_id, ticket_id, conversation_id, kind, name_sealed, media_type, bytes, sha256, created_at"
    " FROM attachments WHERE organisation_id = $1 AND ticket_id = $2 AND ticket_id <> 0 ORDER BY created_at, "
    "attachment_id"};
inline constexpr Sentence save_attachment{
    "INSERT INTO attachments (organisation_id, attachment_id, ticket_id, conversation_id, kind, name_sealed, "
    "media_type, bytes,"
    " sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (organisation_id, attachment_id) DO UPDATE SET ticket_id = excluded.ticket_id,"
    " conversation_id = excluded.conversation_id, kind = excluded.kind, name_sealed = excluded.name_sealed,"
    " media_type = excluded.media_type, bytes = excluded.bytes, sha256 = excluded.sha256"};

// tickets

inline constexpr Sentence ticket{"SELECT body FROM tickets WHERE organisation_id = $1 AND ticket_id = $2"};
inline constexpr Sentence ticket_numbered{"SELECT body FROM tickets WHERE organisation_id = $1 AND number = $2"};
inline constexpr Sentence tickets_of{
    "SELECT body FROM tickets WHERE organisation_id = $1 AND customer_id = $2 AND customer_id <> 0"
    " ORDER BY ticket_id DESC LIMIT $3"};
inline constexpr Sentence all_tickets{
    "SELECT ticket_id, body FROM tickets WHERE organisation_id = $1 AND ticket_id > $2 ORDER BY ticket_id LIMIT $3"};
inline constexpr Sentence details_of{
    "SELECT details_text_id FROM tickets WHERE organisation_id = $1 AND ticket_id = $2"};
inline constexpr Sentence add_ticket{
    "INSERT INTO tickets (organisation_id, ticket_id, number, version, state, phase, is_open, kind, category, level, "
    "unit_id,"
    " owner_unit_id, assignee_id, customer_id, details_text_id, opened_at, next_due_at, accepted_at, ended_at, body)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
    " ON CONFLICT (organisation_id, ticket_id) DO NOTHING"};
inline constexpr Sentence update_ticket{
    "UPDATE tickets SET number = $1, version = $2, state = $3, phase = $4, is_open = $5, kind = $6, category = $7, "
    "level = $8,"
    " unit_id = $9, owner_unit_id = $10, assignee_id = $11, customer_id = $12, details_text_id = $13, opened_at = $14,"
    " next_due_at = $15, accepted_at = $16, ended_at = $17, kept_stage = 0, body = $18"
    " WHERE organisation_id = $19 AND ticket_id = $20 AND version = $21"};
// The keys of a period's matters: those filed in it, and those accepted in it that were filed within a day before; the
// few that waited longer have an index of their own.
inline constexpr Sentence tickets_of_period{
    "SELECT opened_at, ticket_id FROM tickets WHERE organisation_id = $1 AND unit_id = $2"
    " AND opened_at >= $3 AND opened_at < $4 AND (opened_at >= $5 OR accepted_at >= $5 AND accepted_at < "
    "$4)"};
inline constexpr Sentence tickets_of_period_owned{
    "SELECT opened_at, ticket_id FROM tickets WHERE organisation_id = $1 AND owner_unit_id = $2"
    " AND owner_unit_id <> unit_id"
    " AND opened_at >= $3 AND opened_at < $4 AND (opened_at >= $5 OR accepted_at >= $5 AND accepted_at < "
    "$4)"};
inline constexpr Sentence tickets_accepted_later{
    "SELECT opened_at, ticket_id, unit_id, owner_unit_id FROM tickets WHERE organisation_id = $1"
    " AND accepted_at >= $2 AND accepted_at < $3 AND accepted_at - opened_at > 86400000 AND opened_at < $2"};
// A list is read unit by unit, as the home unit's and as the owner's matter, and merged; a page of keys each.
inline constexpr Sentence tickets_newest{
    "SELECT opened_at, ticket_id FROM tickets WHERE organisation_id = $1 AND unit_id = $2"
    " AND (opened_at, ticket_id) < ($3, $4) AND opened_at >= $5"
    " AND ($6 = '' OR state = $6) AND ($7 = '' OR phase = $7) AND ($8 = '' OR kind = $8) AND ($9 = '' OR category = $9)"
    " AND ($10 = '' OR level = $10) AND ($11 = 0 OR assignee_id = $11)"
    " AND ($12 < 0 OR (CASE WHEN is_open = 1 AND next_due_at < $13 THEN 1 ELSE 0 END) = $12)"
    " ORDER BY opened_at DESC, ticket_id DESC LIMIT $14"};
inline constexpr Sentence tickets_newest_owned{
    "SELECT opened_at, ticket_id FROM tickets WHERE organisation_id = $1 AND owner_unit_id = $2 AND owner_unit_id <> "
    "unit_id"
    " AND (opened_at, ticket_id) < ($3, $4) AND opened_at >= $5"
    " AND ($6 = '' OR state = $6) AND ($7 = '' OR phase = $7) AND ($8 = '' OR kind = $8) AND ($9 = '' OR category = $9)"
    " AND ($10 = '' OR level = $10) AND ($11 = 0 OR assignee_id = $11)"
    " AND ($12 < 0 OR (CASE WHEN is_open = 1 AND next_due_at < $13 THEN 1 ELSE 0 END) = $12)"
    " ORDER BY opened_at DESC, ticket_id DESC LIMIT $14"};
inline constexpr Sentence tickets_newest_open{
    "SELECT opened_at, ticket_id FROM tickets WHERE organisation_id = $1 AND unit_id = $2 AND is_open = 1"
    " AND (+opened_at, ticket_id) < ($3, $4) AND +opened_at >= $5"
    " AND ($6 = '' OR state = $6) AND ($7 = '' OR phase = $7) AND ($8 = '' OR kind = $8) AND ($9 = '' OR category = $9)"
    " AND ($10 = '' OR level = $10) AND ($11 = 0 OR assignee_id = $11)"
    " AND ($12 < 0 OR (CASE WHEN next_due_at < $13 THEN 1 ELSE 0 END) = $12)"
    " ORDER BY +opened_at DESC, ticket_id DESC LIMIT $14"};
inline constexpr Sentence tickets_newest_open_owned{
    "SELECT opened_at, ticket_id FROM tickets"
    " WHERE organisation_id = $1 AND owner_unit_id = $2 AND is_open = 1 AND owner_unit_id <> unit_id"
    " AND (+opened_at, ticket_id) < ($3, $4) AND +opened_at >= $5"
    " AND ($6 = '' OR state = $6) AND ($7 = '' OR phase = $7) AND ($8 = '' OR kind = $8) AND ($9 = '' OR category = $9)"
    " AND ($10 = '' OR level = $10) AND ($11 = 0 OR assignee_id = $11)"
    " AND ($12 < 0 OR (CASE WHEN next_due_at < $13 THEN 1 ELSE 0 END) = $12)"
    " ORDER BY +opened_at DESC, ticket_id DESC LIMIT $14"};
inline constexpr Sentence tickets_by_deadline{
    "SELECT next_due_at, ticket_id FROM tickets WHERE organisation_id = $1 AND unit_id = $2 AND is_open = 1"
    " AND (next_due_at, ticket_id) > ($3, $4) AND opened_at >= $5"
    " AND ($6 = '' OR state = $6) AND ($7 = '' OR phase = $7) AND ($8 = '' OR kind = $8) AND ($9 = '' OR category = $9)"
    " AND ($10 = '' OR level = $10) AND ($11 = 0 OR assignee_id = $11)"
    " AND ($12 < 0 OR (CASE WHEN next_due_at < $13 THEN 1 ELSE 0 END) = $12)"
    " AND opened_at < $14 ORDER BY next_due_at, ticket_id LIMIT $15"};
inline constexpr Sentence tickets_by_deadline_owned{
    "SELECT next_due_at, ticket_id FROM tickets"
    " WHERE organisation_id = $1 AND owner_unit_id = $2 AND is_open = 1 AND owner_unit_id <> unit_id"
    " AND (next_due_at, ticket_id) > ($3, $4) AND opened_at >= $5"
    " AND ($6 = '' OR state = $6) AND ($7 = '' OR phase = $7) AND ($8 = '' OR kind = $8) AND ($9 = '' OR category = $9)"
    " AND ($10 = '' OR level = $10) AND ($11 = 0 OR assignee_id = $11)"
    " AND ($12 < 0 OR (CASE WHEN next_due_at < $13 THEN 1 ELSE 0 END) = $12)"
    " AND opened_at < $14 ORDER BY next_due_at, ticket_id LIMIT $15"};
inline constexpr Sentence numbered_like{
    "SELECT ticket_id FROM tickets WHERE organisation_id = $1 AND number >= $2 AND number < $3 ORDER BY number DESC "
    "LIMIT $4"};
inline constexpr Sentence ids_of_customer{
    "SELECT ticket_id FROM tickets WHERE organisation_id = $1 AND customer_id = $2 AND customer_id <> 0"
    " ORDER BY ticket_id DESC LIMIT $3"};
inline constexpr Sentence events{
    "SELECT sequence, type, at, body, previous_hash, hash FROM events"
    " WHERE organisation_id = $1 AND ticket_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4"};
inline constexpr Sentence event_count{"SELECT COUNT(*) FROM events WHERE organisation_id = $1"};
inline constexpr Sentence add_event{
    "INSERT INTO events (organisation_id, ticket_id, sequence, event_id, type, at, body, previous_hash, hash)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};

// what cases add to reports. It is kept only as long as the case is the one that was counted; and it is no longer due.

inline constexpr Sentence note_case_due{
    "INSERT INTO figures_due (organisation_id, ticket_id) VALUES ($1, $2)"
    " ON CONFLICT (organisation_id, ticket_id) DO NOTHING"};
inline constexpr Sentence cases_due{
    "SELECT ticket_id FROM figures_due WHERE organisation_id = $1 AND ticket_id > $2 ORDER BY ticket_id LIMIT $3"};
inline constexpr Sentence cases_due_counted{
    "SELECT d.ticket_id, t.accepted_at, t.opened_at, t.unit_id, t.owner_unit_id FROM figures_due d CROSS JOIN tickets t"
    " WHERE d.organisation_id = $1 AND d.ticket_id > $2 AND t.organisation_id = $1 AND t.ticket_id = d.ticket_id"
    " ORDER BY d.ticket_id LIMIT $3"};
inline constexpr Sentence case_figures{
    "SELECT counted_at, ticket_id, unit_id, owner_unit_id, edition, settled_at, settled_until, kept_out, shared, own"
    " FROM case_figures WHERE organisation_id = $1 AND policy = $2 AND (counted_at, ticket_id) > ($3, $4)"
    " AND counted_at < $5 ORDER BY counted_at, ticket_id LIMIT $6"};
inline constexpr Sentence figures_over{
    "SELECT ticket_id FROM case_figures WHERE organisation_id = $1 AND settled_until > $2 AND settled_until <= $3"
    " ORDER BY settled_until, ticket_id LIMIT $4"};
inline constexpr Sentence drop_case_figures{
    "DELETE FROM case_figures WHERE organisation_id = $1 AND policy = $2 AND counted_at = $3 AND ticket_id = $4"};
inline constexpr Sentence save_case_figures{
    "INSERT INTO case_figures (organisation_id, policy, counted_at, ticket_id, unit_id, owner_unit_id, edition, "
    "settled_at, settled_until, kept_out, shared, own)"
    " SELECT $1, $2, $3, $4, $5, $6, $7, $8, CAST($9 AS BIGINT), $10, $11, $12 FROM tickets"
    " WHERE organisation_id = $1 AND ticket_id = $4 AND version = $13"
    " ON CONFLICT (organisation_id, policy, counted_at, ticket_id) DO UPDATE SET unit_id = excluded.unit_id,"
    " owner_unit_id = excluded.owner_unit_id, edition = excluded.edition, settled_at = excluded.settled_at,"
    " settled_until = excluded.settled_until, kept_out = excluded.kept_out, shared = excluded.shared,"
    " own = excluded.own"};
inline constexpr Sentence drop_case_due{
    "DELETE FROM figures_due WHERE organisation_id = $1 AND ticket_id = $2"
    " AND EXISTS (SELECT 1 FROM tickets WHERE organisation_id = $1 AND ticket_id = $2 AND version = $3)"};

// search

inline constexpr Sentence save_words{
    "INSERT INTO ticket_words (organisation_id, ticket_id, pairs_index) VALUES ($1, $2, $3)"
    " ON CONFLICT (organisation_id, ticket_id) DO UPDATE SET pairs_index = excluded.pairs_index"};
inline constexpr Sentence fresh_words{
    "SELECT ticket_id, pairs_index FROM ticket_words WHERE organisation_id = $1 ORDER BY ticket_id LIMIT $2"};
inline constexpr Sentence drop_words{"DELETE FROM ticket_words WHERE organisation_id = $1 AND ticket_id <= $2"};
inline constexpr Sentence portions{
    "SELECT portion_id, ticket_ids FROM word_portions WHERE organisation_id = $1 AND pair_index = $2"
    " AND portion_id <= $3 ORDER BY portion_id DESC LIMIT $4"};
inline constexpr Sentence add_portion{
    "INSERT INTO word_portions (organisation_id, pair_index, portion_id, ticket_ids) VALUES ($1, $2, $3, $4)"};

// outbox

inline constexpr Sentence outbox_item{
    "SELECT outbox_id, channel, staff_id, conversation_id, message_id, ticket_id, ticket_number, kind, priority, "
    "said_sealed,"
    " item_key, state, attempts, created_at, next_attempt_at, next_attempt_system, sent_at, error_code, error_sealed,"
    " reference_sealed FROM outbox WHERE organisation_id = $1 AND outbox_id = $2"};
inline constexpr Sentence outbox_page{
    "SELECT outbox_id, channel, staff_id, conversation_id, message_id, ticket_id, ticket_number, kind, priority, "
    "said_sealed,"
    " item_key, state, attempts, created_at, next_attempt_at, next_attempt_system, sent_at, error_code, error_sealed,"
    " reference_sealed FROM outbox WHERE organisation_id = $1 AND outbox_id < $2 ORDER BY outbox_id DESC LIMIT $3"};
inline constexpr Sentence outbox_page_sent{
    "SELECT outbox_id, channel, staff_id, conversation_id, message_id, ticket_id, ticket_number, kind, priority, "
    "said_sealed,"
    " item_key, state, attempts, created_at, next_attempt_at, next_attempt_system, sent_at, error_code, error_sealed,"
    " reference_sealed FROM outbox WHERE organisation_id = $1 AND outbox_id < $2 AND state = 'sent'"
    " ORDER BY outbox_id DESC LIMIT $3"};
inline constexpr Sentence outbox_page_of_state{
    "SELECT outbox_id, channel, staff_id, conversation_id, message_id, ticket_id, ticket_number, kind, priority, "
    "said_sealed,"
    " item_key, state, attempts, created_at, next_attempt_at, next_attempt_system, sent_at, error_code, error_sealed,"
    " reference_sealed FROM outbox WHERE organisation_id = $1 AND state = $2 AND state <> 'sent' AND outbox_id < $3"
    " ORDER BY outbox_id DESC LIMIT $4"};
inline constexpr Sentence outbox_of{
    "SELECT outbox_id, channel, staff_id, conversation_id, message_id, ticket_id, ticket_number, kind, priority, "
    "said_sealed,"
    " item_key, state, attempts, created_at, next_attempt_at, next_attempt_system, sent_at, error_code, error_sealed,"
    " reference_sealed FROM outbox WHERE organisation_id = $1 AND ticket_id = $2 AND ticket_id <> 0 ORDER BY "
    "outbox_id"};
inline constexpr Sentence outbox_keyed{
    "SELECT outbox_id FROM outbox WHERE organisation_id = $1 AND item_key = $2 AND item_key <> ''"};
inline constexpr Sentence add_outbox{
    "INSERT INTO outbox (organisation_id, outbox_id, channel, staff_id, conversation_id, message_id, ticket_id, "
    "ticket_number,"
    " kind, priority, said_sealed, item_key, state, attempts, created_at, next_attempt_at, next_attempt_system, "
    "sent_at,"
    " error_code, error_sealed, reference_sealed)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"};
// Whoever makes it `sending` has it in hand, also where it was not claimed but goes with another one; a word on what
// somebody else has in hand leaves it his.
inline constexpr Sentence save_outbox{
    "UPDATE outbox SET state = $1, attempts = $2, next_attempt_at = $3, next_attempt_system = $4, sent_at = $5,"
    " error_code = $6, error_sealed = $7, reference_sealed = $8,"
    " claimed_by = CASE WHEN state = 'sending' THEN claimed_by ELSE $9 END"
    " WHERE organisation_id = $10 AND outbox_id = $11"};
// A claim. Nobody has two in flight; an older one that waits holds back the newer ones of the same recipient, but an
// emergency overtakes them, and a picture that is to be fetched from him holds back nothing that is said to him. Where
// no person is meant, message_id tells one group from another. The two ways to be held back are two questions, so that
// neither looks through all that waits for him ("+": emergencies are few, his queue may be long).
inline constexpr Sentence claimable_outbox_sqlite{
    "SELECT o.outbox_id FROM outbox o WHERE o.organisation_id = $1 AND o.channel = $2 AND o.state IN ('waiting', "
    "'failed')"
    " AND (o.next_attempt_at <= $3 OR o.next_attempt_system <= $4)"
    " AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.organisation_id = $1 AND f.channel = $2 AND f.staff_id = "
    "o.staff_id"
    "  AND f.conversation_id = o.conversation_id AND f.state = 'sending' AND f.kind <> 'fetch_media'"
    "  AND (f.staff_id <> 0 OR f.conversation_id <> 0 OR f.message_id = o.message_id))"
    " AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.organisation_id = $1 AND b.channel = $2 AND b.staff_id = "
    "o.staff_id"
    "  AND b.conversation_id = o.conversation_id AND b.state IN ('waiting', 'failed') AND b.outbox_id < o.outbox_id"
    "  AND (b.priority = 0 OR o.priority <> 0)"
    "  AND (b.staff_id <> 0 OR b.conversation_id <> 0 OR b.message_id = o.message_id)"
    "  AND (b.error_code <> 'held' OR o.error_code = 'held') AND b.kind <> 'fetch_media')"
    " AND (o.priority = 0 OR NOT EXISTS (SELECT 1 FROM outbox e WHERE e.organisation_id = $1 AND e.channel = $2"
    "  AND e.priority = 0 AND e.outbox_id > o.outbox_id AND e.state IN ('waiting', 'failed')"
    "  AND +e.staff_id = o.staff_id AND +e.conversation_id = o.conversation_id"
    "  AND (e.staff_id <> 0 OR e.conversation_id <> 0 OR e.message_id = o.message_id)"
    "  AND (e.error_code <> 'held' OR o.error_code = 'held') AND e.kind <> 'fetch_media'))"
    " ORDER BY o.priority, o.outbox_id LIMIT $5"};
inline constexpr Sentence claimable_outbox_postgres{
    "SELECT o.outbox_id FROM outbox o WHERE o.organisation_id = $1 AND o.channel = $2 AND o.state IN ('waiting', "
    "'failed')"
    " AND (o.next_attempt_at <= $3 OR o.next_attempt_system <= $4)"
    " AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.organisation_id = $1 AND f.channel = $2 AND f.staff_id = "
    "o.staff_id"
    "  AND f.conversation_id = o.conversation_id AND f.state = 'sending' AND f.kind <> 'fetch_media'"
    "  AND (f.staff_id <> 0 OR f.conversation_id <> 0 OR f.message_id = o.message_id))"
    " AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.organisation_id = $1 AND b.channel = $2 AND b.staff_id = "
    "o.staff_id"
    "  AND b.conversation_id = o.conversation_id AND b.state IN ('waiting', 'failed') AND b.outbox_id < o.outbox_id"
    "  AND (b.priority = 0 OR o.priority <> 0)"
    "  AND (b.staff_id <> 0 OR b.conversation_id <> 0 OR b.message_id = o.message_id)"
    "  AND (b.error_code <> 'held' OR o.error_code = 'held') AND b.kind <> 'fetch_media')"
    " AND (o.priority = 0 OR NOT EXISTS (SELECT 1 FROM outbox e WHERE e.organisation_id = $1 AND e.channel = $2"
    "  AND e.priority = 0 AND e.outbox_id > o.outbox_id AND e.state IN ('waiting', 'failed')"
    "  AND +e.staff_id = o.staff_id AND +e.conversation_id = o.conversation_id"
    "  AND (e.staff_id <> 0 OR e.conversation_id <> 0 OR e.message_id = o.message_id)"
    "  AND (e.error_code <> 'held' OR o.error_code = 'held') AND e.kind <> 'fetch_media'))"
    " ORDER BY o.priority, o.outbox_id LIMIT $5 FOR UPDATE OF o SKIP LOCKED"};
// The next recipient for whom something waits, after this one ($3, $4).
inline constexpr Sentence next_recipient_waiting{
    "SELECT o.staff_id, o.conversation_id FROM outbox o WHERE o.organisation_id = $1 AND o.outbox_id = coalesce("
    "(SELECT n.outbox_id FROM outbox n WHERE n.organisation_id = $1 AND n.channel = $2"
    "  AND n.state IN ('waiting', 'failed') AND n.staff_id = $3 AND n.conversation_id > $4"
    "  ORDER BY n.conversation_id LIMIT 1),"
    " (SELECT n.outbox_id FROM outbox n WHERE n.organisation_id = $1 AND n.channel = $2"
    "  AND n.state IN ('waiting', 'failed') AND n.staff_id > $3 ORDER BY n.staff_id, n.conversation_id LIMIT 1))"};
inline constexpr Sentence take_outbox{
    "UPDATE outbox SET state = 'sending', claimed_by = $1 WHERE organisation_id = $2 AND outbox_id = $3"};
inline constexpr Sentence claimants{
    "SELECT DISTINCT claimed_by FROM outbox WHERE organisation_id = $1 AND state = 'sending'"};
inline constexpr Sentence channels_in_flight{
    "SELECT DISTINCT channel FROM outbox WHERE organisation_id = $1 AND state = 'sending'"};
inline constexpr Sentence release_claims{
    "UPDATE outbox SET state = 'waiting' WHERE organisation_id = $1 AND state = 'sending' AND claimed_by = $2"};
inline constexpr Sentence release_claims_of_channel{
    "UPDATE outbox SET state = 'waiting' WHERE organisation_id = $1 AND channel = $2 AND state = 'sending'"
    " AND claimed_by = $3"};

// reminders

inline constexpr Sentence set_reminder{
    "INSERT INTO reminders (organisation_id, reminder_id, due_at, on_system_clock, ticket_id, conversation_id, kind, "
    "name)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (organisation_id, ticket_id, conversation_id, kind, name) DO UPDATE SET due_at = excluded.due_at,"
    " on_system_clock = excluded.on_system_clock"};
inline constexpr Sentence drop_reminder{
    "DELETE FROM reminders"
    " WHERE organisation_id = $1 AND ticket_id = $2 AND conversation_id = $3 AND kind = $4 AND name = $5"};
inline constexpr Sentence drop_reminders_of{
    "DELETE FROM reminders WHERE organisation_id = $1 AND ticket_id = $2 AND kind = $3"};
inline constexpr Sentence due_reminders{
    "SELECT reminder_id, due_at, on_system_clock, ticket_id, conversation_id, kind, name FROM reminders"
    " WHERE organisation_id = $1 AND on_system_clock = $2 AND due_at <= $3 ORDER BY due_at, reminder_id LIMIT $4"};
inline constexpr Sentence next_reminder{
    "SELECT due_at FROM reminders WHERE organisation_id = $1 AND on_system_clock = $2 ORDER BY due_at LIMIT 1"};

// keeping.h: what goes when its time is over

inline constexpr Sentence tickets_ended{
    "SELECT ended_at, ticket_id FROM tickets WHERE organisation_id = $1 AND kept_stage = $2 AND ended_at > 0"
    " AND (ended_at, ticket_id) > ($3, $4) AND ended_at <= $5 ORDER BY ended_at, ticket_id LIMIT $6"};
inline constexpr Sentence ticket_end{
    "SELECT ended_at, kept_stage FROM tickets WHERE organisation_id = $1 AND ticket_id = $2"};
inline constexpr Sentence set_kept_stage{
    "UPDATE tickets SET kept_stage = $1 WHERE organisation_id = $2 AND ticket_id = $3 AND kept_stage < $1"};
inline constexpr Sentence forget_customer{
    "UPDATE tickets SET customer_id = 0, kept_stage = $1 WHERE organisation_id = $2 AND ticket_id = $3"};
inline constexpr Sentence first_kept_ticket{
    "SELECT ticket_id FROM tickets WHERE organisation_id = $1 AND customer_id = $2 AND customer_id <> 0"
    " ORDER BY ticket_id LIMIT 1"};
inline constexpr Sentence texts_of_ticket{
    "SELECT text_id, ticket_id, created_at, words_sealed FROM texts"
    " WHERE organisation_id = $1 AND ticket_id = $2 AND ticket_id <> 0 ORDER BY text_id"};
inline constexpr Sentence texts_of_talk{
    "SELECT text_id, ticket_id, created_at, words_sealed FROM texts"
    " WHERE organisation_id = $1 AND conversation_id = $2 AND conversation_id <> 0 ORDER BY text_id"};
inline constexpr Sentence empty_text{
    "UPDATE texts SET salt = $1, words_sealed = $1 WHERE organisation_id = $2 AND text_id = $3"};
inline constexpr Sentence drop_texts_of_talk{
    "DELETE FROM texts WHERE organisation_id = $1 AND conversation_id = $2 AND conversation_id <> 0 AND ticket_id = 0"};
inline constexpr Sentence drop_raw_texts{
    "DELETE FROM texts WHERE organisation_id = $1 AND text_id IN (SELECT text_id FROM texts WHERE organisation_id = $1"
    " AND class = 'raw' AND created_at < $2 ORDER BY created_at LIMIT $3)"};
inline constexpr Sentence drop_words_of{"DELETE FROM ticket_words WHERE organisation_id = $1 AND ticket_id = $2"};
inline constexpr Sentence portion_of_pair{
    "SELECT ticket_ids FROM word_portions WHERE organisation_id = $1 AND pair_index = $2 AND portion_id = $3"};
inline constexpr Sentence set_portion{
    "UPDATE word_portions SET ticket_ids = $1 WHERE organisation_id = $2 AND pair_index = $3 AND portion_id = $4"};
inline constexpr Sentence drop_portion{
    "DELETE FROM word_portions WHERE organisation_id = $1 AND pair_index = $2 AND portion_id = $3"};
inline constexpr Sentence last_number{"SELECT last_number FROM counters WHERE organisation_id = $1 AND series = $2"};
inline constexpr Sentence drop_attachments_of{
    "DELETE FROM attachments WHERE organisation_id = $1 AND ticket_id = $2 AND ticket_id <> 0"};
inline constexpr Sentence drop_attachment{"DELETE FROM attachments WHERE organisation_id = $1 AND attachment_id = $2"};
inline constexpr Sentence unfiled_attachments{
    "SELECT attachment_id, ticket_id, conversation_id, kind, name_sealed, media_type, bytes, sha256, created_at"
    " FROM attachments WHERE organisation_id = $1 AND conversation_id = $2 AND ticket_id = 0 ORDER BY attachment_id"};
inline constexpr Sentence drop_unfiled_attachments{
    "DELETE FROM attachments WHERE organisation_id = $1 AND conversation_id = $2 AND ticket_id = 0"};
inline constexpr Sentence media_wanted{"SELECT 1 FROM attachments WHERE organisation_id = $1 AND sha256 = $2 LIMIT 1"};
inline constexpr Sentence note_media_to_remove{
    "INSERT INTO media_to_remove (organisation_id, sha256) VALUES ($1, $2)"
    " ON CONFLICT (organisation_id, sha256) DO NOTHING"};
inline constexpr Sentence media_to_remove{
    "SELECT sha256 FROM media_to_remove WHERE organisation_id = $1 AND sha256 > $2 ORDER BY sha256 LIMIT $3"};
inline constexpr Sentence drop_media_to_remove{
    "DELETE FROM media_to_remove WHERE organisation_id = $1 AND sha256 = $2"};
inline constexpr Sentence talks_looked_at{
    "SELECT looked_at, conversation_id FROM conversations WHERE organisation_id = $1"
    " AND (looked_at, conversation_id) > ($2, $3) AND looked_at <= $4 ORDER BY looked_at, conversation_id LIMIT $5"};
inline constexpr Sentence look_again{
    "UPDATE conversations SET looked_at = $1 WHERE organisation_id = $2 AND conversation_id = $3"};
inline constexpr Sentence messages_before{
    "SELECT message_id, at FROM messages WHERE organisation_id = $1 AND conversation_id = $2 AND message_id > $3"
    " ORDER BY message_id LIMIT $4"};
inline constexpr Sentence drop_messages{
    "DELETE FROM messages WHERE organisation_id = $1 AND conversation_id = $2 AND message_id <= $3"};
inline constexpr Sentence drop_deliveries_of{
    "DELETE FROM deliveries WHERE organisation_id = $1 AND channel = $2 AND conversation_id = $3"};
inline constexpr Sentence drop_reminders_of_talk{
    "DELETE FROM reminders WHERE organisation_id = $1 AND ticket_id = 0 AND conversation_id = $2"};
inline constexpr Sentence drop_conversation{
    "DELETE FROM conversations WHERE organisation_id = $1 AND conversation_id = $2"};
inline constexpr Sentence empty_person{
    "UPDATE people SET name_sealed = $1, phone_sealed = $1, phone_index = NULL, phone_confirmed = 0, notice_version = "
    "''"
    " WHERE organisation_id = $2 AND person_id = $3"
    " AND (length(name_sealed) > 0 OR length(phone_sealed) > 0 OR notice_version <> '')"};
inline constexpr Sentence drop_person{"DELETE FROM people WHERE organisation_id = $1 AND person_id = $2"};
inline constexpr Sentence drop_surveys{"DELETE FROM surveys WHERE organisation_id = $1 AND person_id = $2"};
inline constexpr Sentence outbox_ends{
    "SELECT outbox_id, conversation_id, ticket_id, state, created_at, sent_at, next_attempt_at,"
    " CASE WHEN conversation_id <> 0 AND NOT EXISTS (SELECT 1 FROM conversations"
    " WHERE conversations.organisation_id = outbox.organisation_id"
    " AND conversations.conversation_id = outbox.conversation_id) THEN 1 ELSE 0 END FROM outbox"
    " WHERE organisation_id = $1 AND outbox_id > $2 ORDER BY outbox_id LIMIT $3"};
inline constexpr Sentence drop_outbox{
    "DELETE FROM outbox WHERE organisation_id = $1 AND outbox_id = $2 AND state IN ('sent', 'dead', 'undeliverable')"};
inline constexpr Sentence drop_said{
    "DELETE FROM outbox WHERE organisation_id = $1 AND outbox_id = $2 AND conversation_id <> 0 AND state <> 'sending'"};
inline constexpr Sentence drop_owed_to{
    "DELETE FROM outbox WHERE organisation_id = $1 AND channel = $2 AND staff_id = 0 AND conversation_id = $3"
    " AND state IN ('waiting', 'failed')"};
inline constexpr Sentence is_owed{
    "SELECT 1 FROM outbox WHERE organisation_id = $1 AND channel = $2 AND staff_id = 0 AND conversation_id = $3"
    " AND state IN ('waiting', 'failed') LIMIT 1"};
inline constexpr Sentence drop_outbox_of{
    "DELETE FROM outbox WHERE organisation_id = $1 AND ticket_id = $2 AND ticket_id <> 0"
    " AND state IN ('sent', 'dead', 'undeliverable')"};
inline constexpr Sentence first_audit{
    "SELECT audit_id, at FROM audit WHERE organisation_id = $1 AND audit_id > $2 ORDER BY audit_id LIMIT $3"};
inline constexpr Sentence drop_audit{"DELETE FROM audit WHERE organisation_id = $1 AND audit_id <= $2 AND at < $3"};
inline constexpr Sentence holds_of{
    "SELECT hold_id, ticket_id, reason_sealed, set_by, set_at, until, lifted_at, lifted_by, lift_reason_sealed"
    " FROM holds WHERE organisation_id = $1 AND ticket_id = $2 ORDER BY hold_id"};
inline constexpr Sentence holds_in_force{
    "SELECT hold_id, ticket_id, reason_sealed, set_by, set_at, until, lifted_at, lifted_by, lift_reason_sealed"
    " FROM holds WHERE organisation_id = $1 AND until > $2 AND lifted_at = 0 ORDER BY until, hold_id LIMIT $3"};
inline constexpr Sentence is_held{
    "SELECT 1 FROM holds WHERE organisation_id = $1 AND ticket_id = $2 AND until > $3 AND lifted_at = 0 LIMIT 1"};
inline constexpr Sentence save_hold{
    "INSERT INTO holds (organisation_id, hold_id, ticket_id, reason_sealed, set_by, set_at, until, lifted_at, "
    "lifted_by,"
    " lift_reason_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (organisation_id, hold_id) DO UPDATE SET lifted_at = excluded.lifted_at,"
    " lifted_by = excluded.lifted_by, lift_reason_sealed = excluded.lift_reason_sealed"};
inline constexpr Sentence drop_holds{"DELETE FROM holds WHERE organisation_id = $1 AND until < $2 AND lifted_at < $2"};
inline constexpr Sentence privacy_request{
    "SELECT request_id, person_id, conversation_id, kind, state, wish_sealed, noted_by, asked_at, due_at, decided_at,"
    " decided_by, open_too, reason_sealed, answer_sealed FROM privacy_requests"
    " WHERE organisation_id = $1 AND request_id = $2"};
inline constexpr Sentence privacy_requests_of_state{
    "SELECT request_id, person_id, conversation_id, kind, state, wish_sealed, noted_by, asked_at, due_at, decided_at,"
    " decided_by, open_too, reason_sealed, answer_sealed FROM privacy_requests"
    " WHERE organisation_id = $1 AND state IN ('waiting', 'erasing') AND state = $2 AND (due_at, request_id) > ($3, $4)"
    " ORDER BY due_at, request_id LIMIT $5"};
inline constexpr Sentence erasing_privacy_requests{
    "SELECT request_id FROM privacy_requests"
    " WHERE organisation_id = $1 AND request_id > $2 AND state = 'erasing' ORDER BY request_id LIMIT $3"};
inline constexpr Sentence privacy_requests{
    "SELECT request_id, person_id, conversation_id, kind, state, wish_sealed, noted_by, asked_at, due_at, decided_at,"
    " decided_by, open_too, reason_sealed, answer_sealed FROM privacy_requests"
    " WHERE organisation_id = $1 AND request_id < $2 ORDER BY request_id DESC LIMIT $3"};
inline constexpr Sentence privacy_requests_of{
    "SELECT request_id, person_id, conversation_id, kind, state, wish_sealed, noted_by, asked_at, due_at, decided_at,"
    " decided_by, open_too, reason_sealed, answer_sealed FROM privacy_requests"
    " WHERE organisation_id = $1 AND person_id = $2 ORDER BY request_id"};
inline constexpr Sentence save_privacy_request{
    "INSERT INTO privacy_requests (organisation_id, request_id, person_id, conversation_id, kind, state, wish_sealed,"
    " noted_by, asked_at, due_at, decided_at, decided_by, open_too, reason_sealed, answer_sealed)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    " ON CONFLICT (organisation_id, request_id) DO UPDATE SET person_id = excluded.person_id,"
    " conversation_id = excluded.conversation_id, state = excluded.state, wish_sealed = excluded.wish_sealed, "
    "decided_at = excluded.decided_at,"
    " decided_by = excluded.decided_by, open_too = excluded.open_too, reason_sealed = excluded.reason_sealed,"
    " answer_sealed = excluded.answer_sealed"};
inline constexpr Sentence drop_privacy_requests{
    "DELETE FROM privacy_requests WHERE organisation_id = $1 AND decided_at > 0 AND decided_at < $2"
    " AND state NOT IN ('waiting', 'erasing')"};
inline constexpr Sentence note_erased{
    "INSERT INTO erased_people (organisation_id, person_id, erased_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (organisation_id, person_id) DO UPDATE SET erased_at = excluded.erased_at"};
inline constexpr Sentence erased_at{
    "SELECT erased_at FROM erased_people WHERE organisation_id = $1 AND person_id = $2"};
inline constexpr Sentence talks_of_erased{
    // CROSS: SQLite keeps to this order
    "SELECT erased_people.erased_at, conversations.conversation_id FROM erased_people CROSS JOIN conversations"
    " WHERE erased_people.organisation_id = $1 AND erased_people.erased_at >= $2 AND erased_people.erased_at <= $3"
    " AND (erased_people.erased_at > $2 OR conversations.conversation_id > $4)"
    " AND conversations.organisation_id = erased_people.organisation_id"
    " AND conversations.person_id = erased_people.person_id AND conversations.person_id <> 0"
    " AND conversations.last_inbound_at <= erased_people.erased_at"
    " ORDER BY erased_people.erased_at, conversations.conversation_id LIMIT $5"};

}  // namespace huiyin::sql
