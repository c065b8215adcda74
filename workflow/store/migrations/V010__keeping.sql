-- How long what is personal is kept: when a matter ended and what of it is gone, when a talk was last looked at, what is
-- held back from going, what residents ask about their own data, and who was erased.

ALTER TABLE tickets ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0;        -- class: none; keep: always (0: it goes on)
ALTER TABLE tickets ADD COLUMN kept_stage INTEGER NOT NULL DEFAULT 0;     -- class: none; keep: always (1: its media are gone, 2: its words too)
UPDATE tickets SET ended_at = COALESCE((SELECT MAX(events.at) FROM events
    WHERE events.organisation_id = tickets.organisation_id AND events.ticket_id = tickets.ticket_id), opened_at)
    WHERE is_open = 0;
CREATE INDEX tickets_ended ON tickets (organisation_id, kept_stage, ended_at, ticket_id) WHERE ended_at > 0;

ALTER TABLE conversations ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0; -- class: none; keep: as the conversation (when it is looked at next, counted back)
UPDATE conversations SET looked_at = updated_at;
CREATE INDEX conversations_looked_at ON conversations (organisation_id, looked_at, conversation_id);

CREATE INDEX attachments_by_content ON attachments (organisation_id, sha256);
CREATE INDEX attachments_unfiled ON attachments (organisation_id, conversation_id, attachment_id) WHERE ticket_id = 0;
CREATE INDEX texts_raw ON texts (organisation_id, created_at, text_id) WHERE class = 'raw';

-- Files that lost a row that needed them: looked at, and removed where no other row does.
CREATE TABLE media_to_remove (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until removed
    sha256 TEXT NOT NULL,                   -- class: none; keep: until removed
    PRIMARY KEY (organisation_id, sha256)
) WITHOUT ROWID;

-- What is evidence stays: nothing of a ticket goes, by time or by wish, as long as a hold on it is in force.
CREATE TABLE holds (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 6 months at least
    hold_id BIGINT NOT NULL,                -- class: none; keep: 6 months at least
    ticket_id BIGINT NOT NULL,              -- class: none; keep: 6 months at least
    reason_sealed BLOB NOT NULL,            -- class: personal; keep: 6 months at least (after its end)
    set_by BIGINT NOT NULL,                 -- class: none; keep: 6 months at least
    set_at BIGINT NOT NULL,                 -- class: none; keep: 6 months at least
    until BIGINT NOT NULL,                  -- class: none; keep: 6 months at least
    lifted_at BIGINT NOT NULL,              -- class: none; keep: 6 months at least (0: it was not lifted)
    lifted_by BIGINT NOT NULL,              -- class: none; keep: 6 months at least
    lift_reason_sealed BLOB NOT NULL,       -- class: personal; keep: 6 months at least
    PRIMARY KEY (organisation_id, hold_id)
);
CREATE INDEX holds_of_ticket ON holds (organisation_id, ticket_id, hold_id);
CREATE INDEX holds_by_end ON holds (organisation_id, until, hold_id);

CREATE TABLE privacy_requests (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 6 months at least
    request_id BIGINT NOT NULL,             -- class: none; keep: 6 months at least (after it was decided)
    person_id BIGINT NOT NULL,              -- class: none; keep: 6 months at least
    conversation_id BIGINT NOT NULL,        -- class: none; keep: 6 months at least (where he is answered)
    kind TEXT NOT NULL,                     -- class: none; keep: 6 months at least
    state TEXT NOT NULL,                    -- class: none; keep: 6 months at least
    wish_sealed BLOB NOT NULL,              -- class: personal; keep: 6 months at least
    noted_by BIGINT NOT NULL,               -- class: none; keep: 6 months at least (0: he asked himself)
    asked_at BIGINT NOT NULL,               -- class: none; keep: 6 months at least
    due_at BIGINT NOT NULL,                 -- class: none; keep: 6 months at least
    decided_at BIGINT NOT NULL,             -- class: none; keep: 6 months at least (0: not yet)
    decided_by BIGINT NOT NULL,             -- class: none; keep: 6 months at least
    open_too INTEGER NOT NULL,              -- class: none; keep: 6 months at least (1: also what is not closed)
    reason_sealed BLOB NOT NULL,            -- class: personal; keep: 6 months at least
    answer_sealed BLOB NOT NULL,            -- class: personal; keep: 6 months at least
    PRIMARY KEY (organisation_id, request_id)
);
CREATE INDEX privacy_requests_open ON privacy_requests (organisation_id, due_at, request_id)
    WHERE state IN ('waiting', 'erasing');
CREATE INDEX privacy_requests_of ON privacy_requests (organisation_id, person_id, request_id);
CREATE INDEX privacy_requests_decided ON privacy_requests (organisation_id, decided_at, request_id) WHERE decided_at > 0;

-- Whom nothing is known of any more: a number, so that a restored backup does not bring him back.
CREATE TABLE erased_people (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    person_id BIGINT NOT NULL,              -- class: none; keep: always
    erased_at BIGINT NOT NULL,              -- class: none; keep: always
    PRIMARY KEY (organisation_id, person_id)
) WITHOUT ROWID;
CREATE INDEX erased_people_by_time ON erased_people (organisation_id, erased_at);
