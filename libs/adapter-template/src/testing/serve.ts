import { ScriptedNetwork } from './scripted-network.js';

// the pretend network as a process of its own, on the port that is named, for an edge to send to before there is a real one
const network = await ScriptedNetwork.start(Number(process.argv[2] ?? 0));
process.stdout.write(`A pretend network, at ${network.url}; what it was sent: ${network.url}/messages\n`);
