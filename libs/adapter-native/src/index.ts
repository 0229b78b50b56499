export { NativeAdapter, NATIVE_NETWORK, type NativeAdapterOptions } from './native-adapter.js';
export { NATIVE_CAPABILITIES } from './native-capabilities.js';
