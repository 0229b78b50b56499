import { runProcess } from '@causeway/process-context';
import { migrateDatabase } from './migrate-database.js';
import { up } from './up.js';

const USAGE = `usage: causeway <command>

  up            start the gateway on the embedded database
  migrate       bring CAUSEWAY_DATABASE_URL to the schema of this release
  help          this text
`;

const [command = 'help'] = process.argv.slice(2);

await runProcess(command, async (env) => {
  switch (command) {
    case 'up':
      return up(env);
    case 'migrate':
      return migrateDatabase(env);
    case 'help':
    case '--help':
      process.stdout.write(USAGE);
      return;
    default:
      process.stderr.write(`causeway: there is no command ${command}\n\n${USAGE}`);
      process.exitCode = 2;
  }
});
