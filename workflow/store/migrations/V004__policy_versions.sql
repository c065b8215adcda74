-- The packs that tickets are pinned to, as they were written: a ticket keeps its rules when the file has become newer.

CREATE TABLE IF NOT EXISTS policy_versions (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: as the tickets pinned to it
    policy TEXT NOT NULL,                   -- class: none; keep: as the tickets pinned to it (the pack's id)
    version TEXT NOT NULL,                  -- class: none; keep: as the tickets pinned to it
    hash TEXT NOT NULL,                     -- class: none; keep: as the tickets pinned to it (SHA-256 of the text)
    text TEXT NOT NULL,                     -- class: none; keep: as the tickets pinned to it (JSON, what it extends included)
    PRIMARY KEY (organisation_id, policy, version)
);
