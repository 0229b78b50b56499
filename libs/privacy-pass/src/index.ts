/**
 * Privacy Pass tokens of type 2, publicly verifiable (RFC 9577, RFC 9578), on RSA blind signatures (RFC 9474). Whoever signs a token cannot
 * tell later where it was spent, and whoever takes it cannot tell for whom it was signed.
 */
export * from './token-key.js';
export * from './token-challenge.js';
export * from './token.js';
export * from './issuance.js';
export * from './auth-scheme.js';
export * from './issuer-directory.js';
