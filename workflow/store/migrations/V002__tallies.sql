-- What a ticket adds to a counter of its policy over many tickets: valid complaints of a unit in a month.

CREATE TABLE tallies (
    organisation_id BIGINT NOT NULL,        -- class: none; keep: as the ticket
    counter TEXT NOT NULL,                  -- class: none; keep: as the ticket (policy id and fact)
    ticket_id BIGINT NOT NULL,              -- class: none; keep: as the ticket
    subject TEXT NOT NULL,                  -- class: none; keep: as the ticket (unit, customer, household or staff id)
    at BIGINT NOT NULL,                     -- class: none; keep: as the ticket
    amount BIGINT NOT NULL,                 -- class: none; keep: as the ticket
    PRIMARY KEY (organisation_id, counter, ticket_id)
) WITHOUT ROWID;
CREATE INDEX tallies_by_subject ON tallies (organisation_id, counter, subject, at, ticket_id, amount);
