-- A message that one network took and another of its plan may still carry keeps its place in the lane and its words; it holds nobody back.
ALTER TABLE transit.lane_item ADD COLUMN is_held boolean NOT NULL DEFAULT false;
-- A conversation that fell back stays with the other network for a while, so that its messages do not come on two networks by turns.
ALTER TABLE transit.lane ADD COLUMN fell_back_from text;
ALTER TABLE transit.lane ADD COLUMN fell_back_until timestamptz;
-- Such a conversation has no fallback: nothing of it may go on in the clear.
ALTER TABLE registry.contact ADD COLUMN encrypted_network text;
