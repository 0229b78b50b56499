/**
 * What kind of people a tenant has: a messenger of people who know each other, a place made for meeting strangers, or a registered sender
 * to many (clinic, school, shop). What is usual in one is abuse in another, so thresholds belong to a profile and are never global.
 */
export const TENANT_PROFILES = ['phone', 'community', 'registered-bulk'] as const;
export type TenantProfile = (typeof TENANT_PROFILES)[number];
