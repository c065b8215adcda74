-- What belongs to one talk lies together: its messages, prompts and deliveries are kept in the order of their keys alone.
-- A delivery is told apart within its conversation; those that were kept before with none still count for every one.

CREATE TABLE messages_together (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: always
    conversation_id BIGINT NOT NULL,        -- class: none; keep: as the conversation
    message_id BIGINT NOT NULL,             -- class: none; keep: as the conversation
    at BIGINT NOT NULL,                     -- class: none; keep: as the conversation
    speaker INTEGER NOT NULL,               -- class: none; keep: as the conversation (0 bot, 1 staff, 2 resident)
    said_sealed BLOB NOT NULL,              -- class: personal; keep: as the conversation
    PRIMARY KEY (organisation_id, conversation_id, message_id)
) WITHOUT ROWID;
INSERT INTO messages_together (organisation_id, conversation_id, message_id, at, speaker, said_sealed)
    SELECT organisation_id, conversation_id, message_id, at, speaker, said_sealed FROM messages
    ORDER BY organisation_id, conversation_id, message_id;
DROP TABLE messages;
ALTER TABLE messages_together RENAME TO messages;

CREATE TABLE deliveries_together (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: 8 days
    channel TEXT NOT NULL,                  -- class: none; keep: 8 days
    conversation_id BIGINT NOT NULL,        -- class: none; keep: 8 days
    delivery_key TEXT NOT NULL,             -- class: none; keep: 8 days (a platform's number, else a keyed hash)
    answer_sealed BLOB NOT NULL,            -- class: personal; keep: 8 days
    at BIGINT NOT NULL,                     -- class: none; keep: 8 days
    PRIMARY KEY (organisation_id, channel, conversation_id, delivery_key)
) WITHOUT ROWID;
INSERT INTO deliveries_together (organisation_id, channel, conversation_id, delivery_key, answer_sealed, at)
    SELECT organisation_id, channel, conversation_id, delivery_key, answer_sealed, at FROM deliveries
    ORDER BY organisation_id, channel, conversation_id, delivery_key;
DROP TABLE deliveries;
ALTER TABLE deliveries_together RENAME TO deliveries;
CREATE INDEX deliveries_by_time ON deliveries (organisation_id, at);

CREATE TABLE prompts_together (
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
) WITHOUT ROWID;
INSERT INTO prompts_together
    (organisation_id, conversation_id, prompt_id, ticket_id, kind, body_sealed, state, asked_at, answered_at)
    SELECT organisation_id, conversation_id, prompt_id, ticket_id, kind, body_sealed, state, asked_at, answered_at
    FROM prompts ORDER BY organisation_id, conversation_id, prompt_id;
DROP TABLE prompts;
ALTER TABLE prompts_together RENAME TO prompts;
CREATE INDEX prompts_open ON prompts (organisation_id, conversation_id, prompt_id) WHERE state = 'open';
