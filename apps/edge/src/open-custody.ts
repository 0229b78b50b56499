import { join } from 'node:path';
import {
  EdgeCustody,
  KEEPER_QUESTIONS,
  openKeyProvider,
  type Closable,
  type KeeperDesk,
  type Keeping,
} from '@causeway/edge-keys';
import { readKeeperTlsIdentity, type RpcAddress } from '@causeway/platform';
import { answerPrivately, PrivateClients } from '@causeway/platform/server';
import type { ProcessContext } from '@causeway/process-context';
import { refuseToStart } from './with-sealed-settings.js';

const ANSWER_WITHIN_MS = 2_000;
/** In the key folder; its name is short, since paths of sockets are. */
const DOOR = 'door';

/** The keys and the ledger of this edge: from its key folder, or from the edge that keeps it (docs/adr/0010-edges-share-a-keeper.md). */
export function openCustody(process: ProcessContext, onKeeping: (keeping: Keeping) => void): Promise<EdgeCustody> {
  const { config, clock, events } = process;
  const tls = readKeeperTlsIdentity(config, process.tls);
  const isElsewhere = config.edgeKeeper.length > 0;
  const inFolder: RpcAddress = { kind: 'socket', path: join(config.edgeKeyFolder, DOOR) };
  const line = new PrivateClients(isElsewhere ? config.edgeKeeper : [inFolder], tls, 'last-good');
  const serve = async (desk: KeeperDesk): Promise<Closable> => {
    const answerers = Object.fromEntries(
      Object.values(KEEPER_QUESTIONS).map((question) => [question, (body: unknown) => desk.answer(question, body)]),
    );
    const doors: Closable[] = [];
    const close = async (): Promise<void> => void (await Promise.all(doors.map((door) => door.close())));
    try {
      for (const address of [inFolder, ...config.edgeKeeperListen])
        doors.push(await answerPrivately({ address, tls }, answerers, events));
    } catch (thrown) {
      await close();
      throw thrown;
    }
    return { close };
  };
  return EdgeCustody.open({
    folder: isElsewhere ? undefined : config.edgeKeyFolder,
    region: config.region,
    tenant: config.tenant,
    openProvider: () => openKeyProvider(config),
    clock,
    line: {
      ask: (question, body) => line.ask(question, body, { timeoutMs: ANSWER_WITHIN_MS }),
      close: () => line.close(),
    },
    serve,
    onKeeping: (keeping) => {
      events.edgeKeeping();
      onKeeping(keeping);
    },
    onTrouble: (thrown) => events.bugCaught({ component: 'edge-custody', thrown }),
  }).catch(refuseToStart);
}
