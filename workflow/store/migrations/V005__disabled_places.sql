-- A unit, a building or a flat that is no longer in use is disabled, never erased: old matters still name it.

ALTER TABLE units ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;       -- class: none; keep: always
ALTER TABLE buildings ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;   -- class: none; keep: always
ALTER TABLE households ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;  -- class: none; keep: always
