import { it } from '@jest/globals';
import pg from 'pg';
import { ConsentStore } from '@causeway/storage';
import { InProcess, must } from '../support/in-process.js';
import { befriended, messageTo, headerTo } from '../support/native-message.js';
it('times', async () => {
  const bridge = await InProcess.open();
  const { ada, bob, conversation } = await befriended(bridge);
  const hour = Math.ceil(bridge.clock.nowMs() / 3_600_000);
  const run = async (label: string) => {
    const db = bridge.stores.database;
    const original = db.query.bind(db);
    const times = new Map<string, number[]>();
    (db as any).query = async (sql: string, ...v: any[]) => { const t = performance.now(); const r = await original(sql, ...v); const k = sql.replace(/\s+/g, ' ').slice(0, 60); times.set(k, [...(times.get(k) ?? []), performance.now() - t]); return r; };
    for (let n = 0; n < 30; n++) {
      const req = messageTo(bridge, { conversation, recipient: bob });
      const a = await bridge.send.execute(ada.caller, req);
      await bridge.send.execute(ada.caller, req);
      await bridge.inbox(bob);
      await bridge.stores.messages.list(ada.caller, { before: undefined, limit: 20 });
      await bridge.acknowledge.execute(bob.caller, (await bridge.inbox(bob)).map((r) => r.id));
      const h = await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }, { body: { leg: 'none', reason: 'route' } }));
      const b = await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
      await bridge.cancel.execute(ada.caller, h.ref);
      await bridge.drain.execute(bridge.wokenLanes.at(-1)!);
      await bridge.acknowledge.execute(bob.caller, (await bridge.inbox(bob)).map((r) => r.id));
      await bridge.sweep.execute();
    }
    (db as any).query = original;
    const lines = [...times].map(([k, v]) => `${(v.toSorted((a, b) => a - b)[Math.floor(v.length / 2)] ?? 0).toFixed(1)} ms  x${v.length} ${k}`);
    console.log(label + '\n' + lines.join('\n'));
  };
  await run('few partitions');
  for (let h = 0; h < 300; h++) { await bridge.stores.partitions.ensure('m', hour + 24 * 7 + h); await bridge.stores.partitions.ensure('i', hour + h); }
  await run('300 partitions');
  await bridge.close();
}, 300_000);
