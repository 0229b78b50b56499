export { TemplateAdapter, TEMPLATE_NETWORK, type TemplateOptions } from './template-adapter.js';
export { TEMPLATE_CAPABILITIES } from './template-capabilities.js';
export { openAdapter } from './open-adapter.js';
