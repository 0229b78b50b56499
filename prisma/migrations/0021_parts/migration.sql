-- Which parts of a long message arrived, where a network reports each of them by itself: the message did when all of them have.
ALTER TABLE transit.attempt ADD COLUMN parts_arrived smallint[] NOT NULL DEFAULT '{}';

SELECT registry.take_no_samples(relid) FROM pg_partition_tree('transit.attempt');
