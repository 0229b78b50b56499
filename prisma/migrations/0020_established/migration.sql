-- Conversations from before this was noted count as ones in which both have written: an established conversation is never cut.
UPDATE registry.consent SET peer_has_sent = true WHERE state = 'granted';
UPDATE registry.contact SET account_has_sent = true, contact_has_sent = true;
