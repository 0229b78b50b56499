/** Longest life of an undelivered message, hours. SAFETY 3, proposed default. */
export const MAX_LIFETIME_HOURS = 30 * 24;

/**
 * How long the metadata of a message stays after its deadline, hours: the difference between the hour of its row and the hour of its boxes.
 * SAFETY 3, proposed default.
 */
export const METADATA_HOURS = 7 * 24;
