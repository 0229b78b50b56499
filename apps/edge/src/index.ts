export { openEdge, type Edge } from './open-edge.js';
export { startEdge, type RunningEdge } from './start-edge.js';
