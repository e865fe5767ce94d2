-- What the person saw of a message, without its link: the body is not kept once a target has it.

ALTER TABLE outbox ADD COLUMN shown TEXT NOT NULL DEFAULT '';
