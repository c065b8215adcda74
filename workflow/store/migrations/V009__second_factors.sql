-- The second factor of staff who sign in: what their authenticator knows, the codes for who has lost it, and who gave his
-- password and not yet a code.

CREATE TABLE second_factors (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until it is switched off
    staff_id BIGINT NOT NULL,               -- class: none; keep: until it is switched off
    seed_sealed BLOB NOT NULL,              -- class: secret; keep: until it is switched off (empty: none is on)
    offered_sealed BLOB NOT NULL,           -- class: secret; keep: until a code of it was typed (empty: none is offered)
    last_step BIGINT NOT NULL,              -- class: none; keep: until it is switched off (of the last code that was taken)
    since BIGINT NOT NULL,                  -- class: none; keep: until it is switched off (0: none is on)
    PRIMARY KEY (organisation_id, staff_id)
) WITHOUT ROWID;

CREATE TABLE recovery_codes (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until it is used
    staff_id BIGINT NOT NULL,               -- class: none; keep: until it is used
    code_index BLOB NOT NULL,               -- class: secret; keep: until it is used (keyed hash)
    PRIMARY KEY (organisation_id, staff_id, code_index)
) WITHOUT ROWID;

CREATE TABLE half_sessions (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until it expires
    token_hash TEXT NOT NULL,               -- class: secret; keep: until it expires
    staff_id BIGINT NOT NULL,               -- class: none; keep: until it expires
    expires_at BIGINT NOT NULL,             -- class: none; keep: until it expires
    PRIMARY KEY (organisation_id, token_hash)
) WITHOUT ROWID;
CREATE INDEX half_sessions_by_staff ON half_sessions (organisation_id, staff_id);
CREATE INDEX half_sessions_by_expiry ON half_sessions (organisation_id, expires_at);
