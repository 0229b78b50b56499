-- A hold looks at what changed since it last copied.
CREATE INDEX held_message_copied ON registry.held_message (hold_id, copied_at);
