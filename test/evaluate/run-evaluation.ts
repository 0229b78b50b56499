import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TenantProfile } from '@causeway/abuse-control';
import { changedPopulations } from './metadata/changed-populations.js';
import { readEdges } from './metadata/edges.js';
import { generateCommunity } from './metadata/generate-community.js';
import { populationOf, type Population } from './metadata/population.js';
import { figuresOfKind, type KindFigures } from './measure/attack-figures.js';
import { foldsOf, type Folds } from './measure/folds.js';
import { honestFigures, type HonestFigures } from './measure/honest-figures.js';
import type { EvaluateOptions } from './options.js';
import { replay, type Replayed } from './replay/replay.js';
import { attacksOn, withComplaints } from './senders/attacks.js';
import { honestStrain } from './senders/honest-strain.js';
import { bringAttacks } from './senders/bring-attacks.js';
import type { SenderKind } from './senders/sender-kind.js';

/** Everything that was measured in one run. */
export interface Evaluation {
  readonly half: string;
  readonly source: string;
  readonly seed: number;
  readonly people: number;
  readonly edges: number;
  readonly from: string;
  readonly to: string;
  readonly answeredShare: number;
  readonly honest: HonestFigures;
  /** The same people as if they were busier, or answered less. */
  readonly changed: readonly { readonly name: string; readonly falsePositives: HonestFigures['falsePositives'] }[];
  /** Of the people as they are and changed: halves drawn at random, at level 2 and 3. Empty unless asked for. */
  readonly folds: readonly { readonly name: string; readonly of: readonly Folds[] }[];
  readonly strain: readonly KindFigures[];
  readonly attacks: readonly KindFigures[];
  readonly attacksOnPhones: readonly KindFigures[];
  readonly reported: readonly KindFigures[];
  /** The same honest people, with each attack going on around them: the highest rates seen. */
  readonly duringAttacks: { readonly level2: number; readonly level3: number; readonly interrupted: number };
}

const USUAL_DATA = '../shared/data/CollegeMsg.txt';
const GENERATED = { people: 2_000, days: 120 } as const;
/** Kinds that only people find, and how many of them report. */
const REPORTED: readonly string[] = ['snowshoe', 'conversational scam', 'slow 8/day', 'adaptive'];
const REPORTING = 0.1;

export async function populationFor(options: EvaluateOptions): Promise<Population> {
  const file = options.data ?? USUAL_DATA;
  if (options.data !== undefined && !existsSync(file)) throw new Error(`--data: there is no file ${file}`);
  if (!options.isGenerated && existsSync(file))
    return populationOf(readEdges(await readFile(file, 'utf8')), options.half, `${basename(file)}, real metadata`);
  const edges = generateCommunity({ ...GENERATED, seed: 20_260_105 });
  return populationOf(edges, options.half, 'generated, fitted to published figures of a community of strangers');
}

/** Honest people first, alone; then each kind of attack by itself among them, so that none helps to find another. */
export async function evaluate(options: EvaluateOptions, progress: (line: string) => void): Promise<Evaluation> {
  const population = await populationFor(options);
  const isWanted = ({ name }: SenderKind): boolean => options.only === undefined || name.includes(options.only);
  const among = (kinds: readonly SenderKind[], profile: TenantProfile, isAlone: boolean) =>
    replay({ population, profile, kinds, seed: options.seed + (options.half === 'held' ? 1_000 : 0), isAlone });
  progress('honest people');
  const alone = await among([], 'community', false);
  const changed: Evaluation['changed'][number][] = [];
  const folds: Evaluation['folds'][number][] = [];
  const fold = (name: string, { days }: Replayed): void => {
    if (options.folds > 0) folds.push({ name, of: [foldsOf(days, 2, options.folds), foldsOf(days, 3, options.folds)] });
  };
  fold('as they are', alone);
  for (const { name, population: people } of changedPopulations(population)) {
    progress(`honest people, ${name}`);
    const replayed = await replay({ population: people, profile: 'community', kinds: [], seed: options.seed });
    fold(name, replayed);
    changed.push({ name, falsePositives: honestFigures(replayed, options.seed).falsePositives });
  }
  const during = { level2: 0, level3: 0, interrupted: 0 };
  const attacks: KindFigures[] = [];
  const brought = async (profile: TenantProfile) =>
    options.attacks === undefined ? [] : bringAttacks(options.attacks, { population, profile });
  for (const kind of [...attacksOn('community').filter(isWanted), ...(await brought('community'))]) {
    progress(kind.name);
    const replayed = await among([kind], 'community', false);
    attacks.push(figuresOfKind(kind, replayed.senders));
    const { falsePositives, established } = honestFigures(replayed, options.seed);
    during.level2 = Math.max(during.level2, falsePositives[1]?.days.rate ?? 0);
    during.level3 = Math.max(during.level3, falsePositives[2]?.days.rate ?? 0);
    during.interrupted += established.interrupted;
  }
  const separately = async (kinds: readonly SenderKind[], profile: TenantProfile): Promise<readonly KindFigures[]> => {
    const figures: KindFigures[] = [];
    for (const kind of kinds) {
      progress(`${kind.name} (${kind.profile})`);
      figures.push(figuresOfKind(kind, (await among([kind], profile, true)).senders));
    }
    return figures;
  };
  const phone = [...attacksOn('phone').filter(isWanted), ...(await brought('phone'))];
  const reported = attacksOn('community').filter((kind) => REPORTED.includes(kind.name) && isWanted(kind));
  return {
    half: options.half,
    source: population.source,
    seed: options.seed,
    people: new Set(population.edges.map(({ from }) => from)).size,
    edges: population.edges.length,
    from: new Date(population.fromMs).toISOString(),
    to: new Date(population.toMs).toISOString(),
    answeredShare: population.answeredShare,
    honest: honestFigures(alone, options.seed),
    changed,
    folds,
    strain: [
      ...(await separately(honestStrain('phone').filter(isWanted), 'phone')),
      ...(await separately(
        honestStrain('community').filter((kind) => kind.profile === 'community' && isWanted(kind)),
        'community',
      )),
    ],
    attacks,
    attacksOnPhones: await separately(phone, 'phone'),
    reported: await separately(
      reported.map((kind) => withComplaints(kind, REPORTING)),
      'community',
    ),
    duringAttacks: during,
  };
}
