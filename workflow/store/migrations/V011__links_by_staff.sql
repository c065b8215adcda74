-- A new link to sign in by ends the older ones of that person.

CREATE INDEX one_time_links_by_staff ON one_time_links (organisation_id, staff_id);
