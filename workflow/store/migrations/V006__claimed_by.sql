-- Which of the processes that serve one store has a row in hand, so that nobody takes it from a living one.

ALTER TABLE outbox ADD COLUMN claimed_by BIGINT NOT NULL DEFAULT 0; -- class: none; keep: 90 days after it ended
