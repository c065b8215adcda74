-- When a matter was accepted, so that a month finds those that were filed before it began without reading the year.
-- Few wait longer than a day, and only those stand in the index.

ALTER TABLE tickets ADD COLUMN accepted_at BIGINT NOT NULL DEFAULT 0; -- class: none; keep: always (0: not accepted)
UPDATE tickets SET accepted_at = COALESCE((SELECT MIN(events.at) FROM events
    WHERE events.organisation_id = tickets.organisation_id AND events.ticket_id = tickets.ticket_id
    AND events.type = 'ticket.accepted'), 0);
CREATE INDEX tickets_accepted_later ON tickets (organisation_id, accepted_at, ticket_id)
    WHERE accepted_at - opened_at > 86400000;
