-- The first schema. Every column says its class (none, personal, secret) and how long it is kept; a test fails on one that does not.
-- Personal and secret columns named *_sealed hold AES-256-GCM texts (see vault.h); *_index columns hold keyed hashes.
-- BLOB and WITHOUT ROWID are SQLite's words; a PostgreSQL driver reads BYTEA and nothing in their place.

CREATE TABLE organisations (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    organisation_key TEXT NOT NULL,         -- class: none; keep: always (key of the directory's root; empty until it is known)
    created_at BIGINT NOT NULL,             -- class: none; keep: always
    PRIMARY KEY (organisation_id)
);

CREATE TABLE data_keys (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    key_id TEXT NOT NULL,                   -- class: none; keep: while rows are sealed with it
    check_sealed BLOB NOT NULL,             -- class: secret; keep: while rows are sealed with it
    index_key_sealed BLOB NOT NULL,         -- class: secret; keep: while rows are sealed with it
    created_at BIGINT NOT NULL,             -- class: none; keep: while rows are sealed with it
    PRIMARY KEY (organisation_id, key_id)
);

CREATE TABLE settings (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    setting_key TEXT NOT NULL,              -- class: none; keep: always
    value_sealed BLOB NOT NULL,             -- class: secret; keep: until replaced
    PRIMARY KEY (organisation_id, setting_key)
) WITHOUT ROWID;

CREATE TABLE probes (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until replaced
    filler BLOB NOT NULL,                   -- class: none; keep: until replaced (zeros that show whether the disk takes a write)
    PRIMARY KEY (organisation_id)
);

CREATE TABLE counters (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    series TEXT NOT NULL,                   -- class: none; keep: always
    last_number BIGINT NOT NULL,            -- class: none; keep: always
    PRIMARY KEY (organisation_id, series)
) WITHOUT ROWID;

-- Directory

CREATE TABLE units (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    unit_id BIGINT NOT NULL,                -- class: none; keep: always
    parent_id BIGINT NOT NULL,              -- class: none; keep: always
    unit_key TEXT NOT NULL,                 -- class: none; keep: always
    name TEXT NOT NULL,                     -- class: none; keep: always
    kind TEXT NOT NULL,                     -- class: none; keep: always
    zone TEXT NOT NULL,                     -- class: none; keep: always
    policy TEXT NOT NULL,                   -- class: none; keep: always
    duty_phone TEXT NOT NULL,               -- class: none; keep: always (of the office, not of a person)
    gas_phone TEXT NOT NULL,                -- class: none; keep: always
    lift_phone TEXT NOT NULL,               -- class: none; keep: always
    hours TEXT NOT NULL,                    -- class: none; keep: always
    shifts TEXT NOT NULL,                   -- class: none; keep: always
    PRIMARY KEY (organisation_id, unit_id)
);
CREATE UNIQUE INDEX units_by_key ON units (organisation_id, unit_key);

CREATE TABLE buildings (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    community_id BIGINT NOT NULL,           -- class: none; keep: always
    name TEXT NOT NULL,                     -- class: none; keep: always
    units TEXT NOT NULL,                    -- class: none; keep: always (JSON list)
    floors INTEGER NOT NULL,                -- class: none; keep: always
    rooms TEXT NOT NULL,                    -- class: none; keep: always (JSON list)
    PRIMARY KEY (organisation_id, community_id, name)
);

CREATE TABLE households (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    household_id BIGINT NOT NULL,           -- class: none; keep: always
    community_id BIGINT NOT NULL,           -- class: none; keep: always
    building TEXT NOT NULL,                 -- class: none; keep: always (a flat of the inventory, nobody's name beside it)
    unit TEXT NOT NULL,                     -- class: none; keep: always
    room TEXT NOT NULL,                     -- class: none; keep: always
    PRIMARY KEY (organisation_id, household_id)
) WITHOUT ROWID;

CREATE TABLE staff (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    staff_id BIGINT NOT NULL,               -- class: none; keep: always
    login TEXT NOT NULL,                    -- class: personal; keep: while employed
    name_sealed BLOB NOT NULL,              -- class: personal; keep: while employed
    phone_sealed BLOB NOT NULL,             -- class: personal; keep: while employed
    roles TEXT NOT NULL,                    -- class: none; keep: while employed (JSON list)
    unit_id BIGINT NOT NULL,                -- class: none; keep: while employed
    addresses_sealed BLOB NOT NULL,         -- class: personal; keep: while employed (JSON object)
    disabled INTEGER NOT NULL,              -- class: none; keep: always
    PRIMARY KEY (organisation_id, staff_id)
);
CREATE UNIQUE INDEX staff_by_login ON staff (organisation_id, login);

CREATE TABLE passwords (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    staff_id BIGINT NOT NULL,               -- class: none; keep: while employed
    password_hash TEXT NOT NULL,            -- class: secret; keep: until replaced
    PRIMARY KEY (organisation_id, staff_id)
) WITHOUT ROWID;

CREATE TABLE sessions (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until it expires
    token_hash TEXT NOT NULL,               -- class: secret; keep: until it expires
    staff_id BIGINT NOT NULL,               -- class: none; keep: until it expires
    csrf_sealed BLOB NOT NULL,              -- class: secret; keep: until it expires
    created_at BIGINT NOT NULL,             -- class: none; keep: until it expires
    seen_at BIGINT NOT NULL,                -- class: none; keep: until it expires
    expires_at BIGINT NOT NULL,             -- class: none; keep: until it expires
    PRIMARY KEY (organisation_id, token_hash)
) WITHOUT ROWID;
CREATE INDEX sessions_by_staff ON sessions (organisation_id, staff_id);
CREATE INDEX sessions_by_expiry ON sessions (organisation_id, expires_at);

CREATE TABLE sign_in_failures (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 1 day
    failure_index BLOB NOT NULL,            -- class: personal; keep: 1 day (keyed hash of login or address)
    at BIGINT NOT NULL,                     -- class: none; keep: 1 day
    times INTEGER NOT NULL,                 -- class: none; keep: 1 day
    PRIMARY KEY (organisation_id, failure_index, at)
) WITHOUT ROWID;
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (organisation_id, at);

CREATE TABLE one_time_links (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until it expires
    token_hash TEXT NOT NULL,               -- class: secret; keep: until it expires
    staff_id BIGINT NOT NULL,               -- class: none; keep: until it expires
    expires_at BIGINT NOT NULL,             -- class: none; keep: until it expires
    used_at BIGINT,                         -- class: none; keep: until it expires
    PRIMARY KEY (organisation_id, token_hash)
) WITHOUT ROWID;
CREATE INDEX one_time_links_by_expiry ON one_time_links (organisation_id, expires_at);

CREATE TABLE audit (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 6 months at least
    audit_id BIGINT NOT NULL,               -- class: none; keep: 6 months at least
    staff_id BIGINT NOT NULL,               -- class: none; keep: 6 months at least
    action TEXT NOT NULL,                   -- class: none; keep: 6 months at least
    ticket_id BIGINT NOT NULL,              -- class: none; keep: 6 months at least
    field TEXT NOT NULL,                    -- class: none; keep: 6 months at least
    reason_sealed BLOB NOT NULL,            -- class: personal; keep: 6 months at least
    at BIGINT NOT NULL,                     -- class: none; keep: 6 months at least
    PRIMARY KEY (organisation_id, audit_id)
);
CREATE INDEX audit_reveals ON audit (organisation_id, staff_id, at) WHERE action = 'reveal';
CREATE INDEX audit_by_ticket ON audit (organisation_id, ticket_id, audit_id) WHERE ticket_id <> 0;

-- People, conversations, words

CREATE TABLE people (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    person_id BIGINT NOT NULL,              -- class: none; keep: 24 months after the last ticket
    name_sealed BLOB NOT NULL,              -- class: personal; keep: 24 months after the last ticket
    phone_sealed BLOB NOT NULL,             -- class: personal; keep: 24 months after the last ticket
    phone_index BLOB,                       -- class: personal; keep: 24 months after the last ticket (keyed hash)
    phone_confirmed INTEGER NOT NULL,       -- class: none; keep: 24 months after the last ticket
    created_at BIGINT NOT NULL,             -- class: none; keep: 24 months after the last ticket
    notice_version TEXT NOT NULL,           -- class: none; keep: 24 months after the last ticket
    surveys_stopped INTEGER NOT NULL,       -- class: none; keep: 24 months after the last ticket
    PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX people_by_confirmed_phone ON people (organisation_id, phone_index, person_id) WHERE phone_confirmed = 1;

CREATE TABLE conversations (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    conversation_id BIGINT NOT NULL,        -- class: none; keep: 180 days without a ticket, else as the ticket
    channel TEXT NOT NULL,                  -- class: none; keep: as the conversation
    address_sealed BLOB NOT NULL,           -- class: personal; keep: as the conversation
    address_index BLOB NOT NULL,            -- class: personal; keep: as the conversation (keyed hash)
    person_id BIGINT NOT NULL,              -- class: none; keep: as the conversation
    unit_id BIGINT NOT NULL,                -- class: none; keep: as the conversation
    state TEXT NOT NULL,                    -- class: none; keep: as the conversation
    taken_by BIGINT NOT NULL,               -- class: none; keep: as the conversation
    state_since BIGINT NOT NULL,            -- class: none; keep: as the conversation
    last_message BIGINT NOT NULL,           -- class: none; keep: as the conversation
    created_at BIGINT NOT NULL,             -- class: none; keep: as the conversation
    updated_at BIGINT NOT NULL,             -- class: none; keep: as the conversation
    last_inbound_at BIGINT NOT NULL,        -- class: none; keep: as the conversation
    pushes_since_inbound INTEGER NOT NULL,  -- class: none; keep: as the conversation
    body_sealed BLOB NOT NULL,              -- class: personal; keep: as the conversation
    PRIMARY KEY (organisation_id, conversation_id)
);
CREATE UNIQUE INDEX conversations_by_address ON conversations (organisation_id, channel, address_index);
CREATE INDEX conversations_by_person ON conversations (organisation_id, person_id, conversation_id) WHERE person_id <> 0;
CREATE INDEX conversations_by_state ON conversations (organisation_id, state, unit_id, state_since, conversation_id);

CREATE TABLE messages (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    conversation_id BIGINT NOT NULL,        -- class: none; keep: as the conversation
    message_id BIGINT NOT NULL,             -- class: none; keep: as the conversation
    at BIGINT NOT NULL,                     -- class: none; keep: as the conversation
    speaker INTEGER NOT NULL,               -- class: none; keep: as the conversation (0 bot, 1 staff, 2 resident)
    said_sealed BLOB NOT NULL,              -- class: personal; keep: as the conversation
    PRIMARY KEY (organisation_id, conversation_id, message_id)
);

CREATE TABLE deliveries (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 8 days
    channel TEXT NOT NULL,                  -- class: none; keep: 8 days
    delivery_key TEXT NOT NULL,             -- class: none; keep: 8 days (a platform's number, else a keyed hash)
    conversation_id BIGINT NOT NULL,        -- class: none; keep: 8 days
    answer_sealed BLOB NOT NULL,            -- class: personal; keep: 8 days
    at BIGINT NOT NULL,                     -- class: none; keep: 8 days
    PRIMARY KEY (organisation_id, channel, delivery_key)
);
CREATE INDEX deliveries_by_time ON deliveries (organisation_id, at);

CREATE TABLE prompts (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 90 days
    conversation_id BIGINT NOT NULL,        -- class: none; keep: 90 days
    prompt_id BIGINT NOT NULL,              -- class: none; keep: 90 days
    ticket_id BIGINT NOT NULL,              -- class: none; keep: 90 days
    kind TEXT NOT NULL,                     -- class: none; keep: 90 days
    body_sealed BLOB NOT NULL,              -- class: personal; keep: 90 days
    state TEXT NOT NULL,                    -- class: none; keep: 90 days
    asked_at BIGINT NOT NULL,               -- class: none; keep: 90 days
    answered_at BIGINT,                     -- class: none; keep: 90 days
    PRIMARY KEY (organisation_id, conversation_id, prompt_id)
);
CREATE INDEX prompts_open ON prompts (organisation_id, conversation_id, prompt_id) WHERE state = 'open';

CREATE TABLE texts (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    text_id BIGINT NOT NULL,                -- class: none; keep: always (events refer to it)
    ticket_id BIGINT NOT NULL,              -- class: none; keep: always
    conversation_id BIGINT NOT NULL,        -- class: none; keep: always
    class TEXT NOT NULL,                    -- class: none; keep: always
    created_at BIGINT NOT NULL,             -- class: none; keep: always
    salt BLOB NOT NULL,                     -- class: secret; keep: 24 months after closing
    words_sealed BLOB NOT NULL,             -- class: personal; keep: 24 months after closing (empty: erased)
    PRIMARY KEY (organisation_id, text_id)
);
CREATE INDEX texts_by_ticket ON texts (organisation_id, ticket_id, text_id) WHERE ticket_id <> 0;
CREATE INDEX texts_by_conversation ON texts (organisation_id, conversation_id, text_id) WHERE conversation_id <> 0;

CREATE TABLE attachments (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    attachment_id TEXT NOT NULL,            -- class: none; keep: 12 months after closing
    ticket_id BIGINT NOT NULL,              -- class: none; keep: 12 months after closing
    conversation_id BIGINT NOT NULL,        -- class: none; keep: 12 months after closing
    kind TEXT NOT NULL,                     -- class: none; keep: 12 months after closing
    name_sealed BLOB NOT NULL,              -- class: personal; keep: 12 months after closing
    media_type TEXT NOT NULL,               -- class: none; keep: 12 months after closing
    bytes BIGINT NOT NULL,                  -- class: none; keep: 12 months after closing
    sha256 TEXT NOT NULL,                   -- class: none; keep: 12 months after closing
    created_at BIGINT NOT NULL,             -- class: none; keep: 12 months after closing
    PRIMARY KEY (organisation_id, attachment_id)
);
CREATE INDEX attachments_by_ticket ON attachments (organisation_id, ticket_id, created_at, attachment_id) WHERE ticket_id <> 0;

-- Tickets

CREATE TABLE tickets (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    ticket_id BIGINT NOT NULL,              -- class: none; keep: always
    number TEXT NOT NULL,                   -- class: none; keep: always
    version BIGINT NOT NULL,                -- class: none; keep: always
    state TEXT NOT NULL,                    -- class: none; keep: always
    phase TEXT NOT NULL,                    -- class: none; keep: always
    is_open INTEGER NOT NULL,               -- class: none; keep: always
    kind TEXT NOT NULL,                     -- class: none; keep: always
    category TEXT NOT NULL,                 -- class: none; keep: always
    level TEXT NOT NULL,                    -- class: none; keep: always
    unit_id BIGINT NOT NULL,                -- class: none; keep: always
    owner_unit_id BIGINT NOT NULL,          -- class: none; keep: always
    assignee_id BIGINT NOT NULL,            -- class: none; keep: always
    customer_id BIGINT NOT NULL,            -- class: none; keep: 24 months after closing
    details_text_id BIGINT NOT NULL,        -- class: none; keep: always
    opened_at BIGINT NOT NULL,              -- class: none; keep: always
    next_due_at BIGINT NOT NULL,            -- class: none; keep: always (of the running deadlines; far future: none runs)
    body TEXT NOT NULL,                     -- class: none; keep: always (the ticket as JSON; words are text ids)
    PRIMARY KEY (organisation_id, ticket_id)
);
CREATE UNIQUE INDEX tickets_by_number ON tickets (organisation_id, number);
CREATE INDEX tickets_by_customer ON tickets (organisation_id, customer_id, ticket_id) WHERE customer_id <> 0;
CREATE INDEX tickets_by_unit ON tickets (organisation_id, unit_id, opened_at, ticket_id);
CREATE INDEX tickets_by_owner ON tickets (organisation_id, owner_unit_id, opened_at, ticket_id) WHERE owner_unit_id <> unit_id;
CREATE INDEX tickets_open_by_unit ON tickets (organisation_id, unit_id, next_due_at, ticket_id) WHERE is_open = 1;
CREATE INDEX tickets_open_by_owner ON tickets (organisation_id, owner_unit_id, next_due_at, ticket_id)
    WHERE is_open = 1 AND owner_unit_id <> unit_id;

-- Search. One row a ticket with the keyed hashes of its character pairs; when the writer is idle they are folded into
-- one row a pair and portion of tickets, so that filing appends and searching does not scan.
CREATE TABLE ticket_words (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: as the ticket's words
    ticket_id BIGINT NOT NULL,              -- class: none; keep: as the ticket's words
    pairs_index BLOB NOT NULL,              -- class: personal; keep: as the ticket's words (keyed hashes, 4 bytes each)
    PRIMARY KEY (organisation_id, ticket_id)
);
CREATE TABLE word_portions (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: as the ticket's words
    pair_index BIGINT NOT NULL,             -- class: personal; keep: as the ticket's words (keyed hash)
    portion_id BIGINT NOT NULL,             -- class: none; keep: as the ticket's words
    ticket_ids BLOB NOT NULL,               -- class: none; keep: as the ticket's words (8 bytes each, newest first)
    PRIMARY KEY (organisation_id, pair_index, portion_id)
) WITHOUT ROWID;

CREATE TABLE events (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    ticket_id BIGINT NOT NULL,              -- class: none; keep: always
    sequence BIGINT NOT NULL,               -- class: none; keep: always
    event_id BIGINT NOT NULL,               -- class: none; keep: always
    type TEXT NOT NULL,                     -- class: none; keep: always
    at BIGINT NOT NULL,                     -- class: none; keep: always
    body TEXT NOT NULL,                     -- class: none; keep: always (canonical JSON; words are text ids and salted hashes)
    previous_hash TEXT NOT NULL,            -- class: none; keep: always
    hash TEXT NOT NULL,                     -- class: none; keep: always
    PRIMARY KEY (organisation_id, ticket_id, sequence)
);

-- What is owed: messages and second looks

CREATE TABLE outbox (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 90 days after it ended
    outbox_id BIGINT NOT NULL,              -- class: none; keep: 90 days after it ended
    channel TEXT NOT NULL,                  -- class: none; keep: 90 days after it ended
    staff_id BIGINT NOT NULL,               -- class: none; keep: 90 days after it ended
    conversation_id BIGINT NOT NULL,        -- class: none; keep: 90 days after it ended
    message_id BIGINT NOT NULL,             -- class: none; keep: 90 days after it ended
    ticket_id BIGINT NOT NULL,              -- class: none; keep: 90 days after it ended
    ticket_number TEXT NOT NULL,            -- class: none; keep: 90 days after it ended
    kind TEXT NOT NULL,                     -- class: none; keep: 90 days after it ended
    priority INTEGER NOT NULL,              -- class: none; keep: 90 days after it ended (0 emergency … 4 survey)
    said_sealed BLOB NOT NULL,              -- class: personal; keep: 90 days after it ended
    item_key TEXT NOT NULL,                 -- class: none; keep: 90 days after it ended
    state TEXT NOT NULL,                    -- class: none; keep: 90 days after it ended
    attempts INTEGER NOT NULL,              -- class: none; keep: 90 days after it ended
    created_at BIGINT NOT NULL,             -- class: none; keep: 90 days after it ended
    next_attempt_at BIGINT NOT NULL,        -- class: none; keep: 90 days after it ended
    next_attempt_system BIGINT NOT NULL,    -- class: none; keep: 90 days after it ended
    sent_at BIGINT,                         -- class: none; keep: 90 days after it ended
    error_code TEXT NOT NULL,               -- class: none; keep: 90 days after it ended
    error_sealed BLOB NOT NULL,             -- class: personal; keep: 90 days after it ended (a platform may quote an address)
    reference_sealed BLOB NOT NULL,         -- class: secret; keep: 90 days after it ended
    PRIMARY KEY (organisation_id, outbox_id)
);
CREATE UNIQUE INDEX outbox_by_key ON outbox (organisation_id, item_key) WHERE item_key <> '';
CREATE INDEX outbox_claimable ON outbox (organisation_id, channel, priority, outbox_id, next_attempt_at, next_attempt_system,
    staff_id, conversation_id) WHERE state IN ('waiting', 'failed');
CREATE INDEX outbox_in_flight ON outbox (organisation_id, channel, staff_id, conversation_id) WHERE state = 'sending';
CREATE INDEX outbox_queues ON outbox (organisation_id, channel, staff_id, conversation_id, outbox_id, priority)
    WHERE state IN ('waiting', 'failed');
CREATE INDEX outbox_by_state ON outbox (organisation_id, state, outbox_id) WHERE state <> 'sent';
CREATE INDEX outbox_by_ticket ON outbox (organisation_id, ticket_id, outbox_id) WHERE ticket_id <> 0;

-- The key's columns stand first: quick_check of SQLite 3.40 mistakes another order in a table without rowid for damage.
CREATE TABLE reminders (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until due
    ticket_id BIGINT NOT NULL,              -- class: none; keep: until due
    conversation_id BIGINT NOT NULL,        -- class: none; keep: until due
    kind TEXT NOT NULL,                     -- class: none; keep: until due
    name TEXT NOT NULL,                     -- class: none; keep: until due
    reminder_id BIGINT NOT NULL,            -- class: none; keep: until due
    due_at BIGINT NOT NULL,                 -- class: none; keep: until due
    on_system_clock INTEGER NOT NULL,       -- class: none; keep: until due
    PRIMARY KEY (organisation_id, ticket_id, conversation_id, kind, name)
) WITHOUT ROWID;
CREATE INDEX reminders_due ON reminders (organisation_id, on_system_clock, due_at, reminder_id);

CREATE TABLE surveys (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 24 months after the last ticket
    person_id BIGINT NOT NULL,              -- class: none; keep: 24 months after the last ticket
    asked_at BIGINT NOT NULL,               -- class: none; keep: 24 months after the last ticket
    ticket_id BIGINT NOT NULL,              -- class: none; keep: 24 months after the last ticket
    PRIMARY KEY (organisation_id, person_id, asked_at, ticket_id)
) WITHOUT ROWID;
