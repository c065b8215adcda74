-- What a case adds to the figures of its pack's reports, kept so that a month need not be gathered from a million cases;
-- and which cases have changed since, or were never counted. Both can be made anew from the cases at any time.

CREATE TABLE case_figures (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: as the ticket
    policy TEXT NOT NULL,                   -- class: none; keep: as the ticket (the pack's id)
    counted_at BIGINT NOT NULL,             -- class: none; keep: as the ticket (accepted, else filed)
    ticket_id BIGINT NOT NULL,              -- class: none; keep: as the ticket
    unit_id BIGINT NOT NULL,                -- class: none; keep: as the ticket
    owner_unit_id BIGINT NOT NULL,          -- class: none; keep: as the ticket
    edition BIGINT NOT NULL,                -- class: none; keep: as the ticket (hash of the packs and hours it was counted by)
    settled_at BIGINT NOT NULL,             -- class: none; keep: as the ticket
    settled_until BIGINT,                   -- class: none; keep: as the ticket (0: it never holds; none: for ever)
    kept_out INTEGER NOT NULL,              -- class: none; keep: as the ticket
    shared TEXT NOT NULL,                   -- class: none; keep: as the ticket (keys of the pack, ids of staff and units, figures)
    own TEXT NOT NULL,                      -- class: none; keep: as the ticket (figures)
    PRIMARY KEY (organisation_id, policy, counted_at, ticket_id)
) WITHOUT ROWID;
CREATE INDEX case_figures_running ON case_figures (organisation_id, settled_until, ticket_id)
    WHERE settled_until IS NOT NULL;

CREATE TABLE figures_due (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: until the case is counted
    ticket_id BIGINT NOT NULL,              -- class: none; keep: until the case is counted
    PRIMARY KEY (organisation_id, ticket_id)
) WITHOUT ROWID;
INSERT INTO figures_due (organisation_id, ticket_id)
    SELECT organisation_id, ticket_id FROM tickets ORDER BY organisation_id, ticket_id;
