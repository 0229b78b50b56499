export * from './reports/index.js';
