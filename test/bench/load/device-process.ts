import { Carrier } from '../../support/carrier.js';
import { makeConversations, type LiveConversation } from './device-fleet.js';
import type { FleetOrder, LiveOrder } from './live-orders.js';
import { LiveRun } from './live-run.js';

/** A process full of real devices. Told to make them once, then to run as often as wanted. */
let conversations: readonly LiveConversation[] = [];
let carrier = new Carrier('');
let fleet = 0;
let runs = 0;

process.on('message', (order: FleetOrder | LiveOrder) => {
  void answer(order).then((answered) => process.send?.(answered));
});

async function answer(order: FleetOrder | LiveOrder) {
  if (order.what === 'make') {
    carrier = new Carrier(order.carrierUrl);
    fleet = order.number;
    conversations = await makeConversations(order);
    return 'made';
  }
  runs += 1;
  return new LiveRun(conversations, carrier, order, `${fleet}-${runs}`).run();
}
