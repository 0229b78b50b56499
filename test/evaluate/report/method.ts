/** What no figure shows. */
export const NOT_FOUND = `Who writes to few people a day, and whom people answer, looks like everybody else: **conversational scams** and patient
**snowshoe** attacks are not visible in metadata, and no threshold would change that without hitting honest people first. What finds them is people:
the table with recipients who report shows by how much. Reports that prove themselves are described in [reports.md](reports.md).`;

/** How to read the figures, and how they come about. */
export const METHOD = `## How it is measured

- Every event goes in order of time through the production guard (\`libs/abuse-control\`) with its store in memory. Its only clock is that of the
  events, so a replay of months takes seconds and comes out the same each time.
- **Split.** People are halved by a hash of their name, time at the median event. Weights are tuned on one half of the people in the first half of
  the time; then they are frozen, and the other people in the other time are counted, once. The held half has all that went before as its history.
- **How often the held half was looked at.** With these weights once, in the history of the project three times: weights before these had been
  published with 10 of its 4531 sender-days at level 3 (0.221 %), and then others with 5 (0.110 %), each with none of the 2830 they were tuned
  on: they fitted those by luck. Another halving of the same people was also run once with the latter (0.213 %). What was changed since can only
  take points from honest senders (conversations in which both wrote speak for somebody, silence of other days is bounded), and was chosen
  on the tuned half, random halves of it (\`--folds\`), changed copies and the generator, with nothing known of the held half but those sums. So
  the held half is less than independent, by as much as three sums can tell. After the weights were frozen two other halvings were run once
  each, for [limits.md](limits.md); nothing was changed by them.
- **Established conversations** of an honest person are the pairs in which both wrote before, of an attacker those in which somebody answered.
- **Units.** A sender-day is a person on a day on which they wrote. The days of one person are not independent; hence the bootstrap over
  senders beside the exact limit. A rate below a limit is a measurement; that it is below in truth is claimed only by the exact limit.
- **Honest people are taken as the metadata has them.** Some of them may have been unwanted; whoever was blocked by the guard is counted as an error
  all the same. Answers come as they came, also to messages the guard would have kept back.
- **Attackers** copy how unevenly honest people of the half write (each gap over its sender's mean, drawn anew) at the pace of their class.
  Every second account is new, every other one a month old. 3 % of those who are written to answer, after a delay drawn from honest answers.
  Nobody reports anything, except where the table says so. Each class runs among the honest people by itself, so that none helps to find another.
- **Tried and reached.** Targets are judged by new people *tried* when the level came, that one included; *reached* are those to whom something
  was delivered, or shown as a request.
- **Telephones.** The profile \`phone\` has no real metadata here: its attacks and honest strain are synthetic, and no false-positive rate is claimed.

- **The same people, if they were others.** Weights that fit one set of people may fit them by luck. So they are also tried on copies of the same
  metadata in which everything happens faster, answers are missing, or one name stands for several people, and on the generator.

## Run it on something else

\`\`\`sh
npm run evaluate:abuse -- --half tune --data other.csv --attacks theirs.csv
npm run evaluate:abuse -- --generated --seed 7 --attacks test/evaluate/senders/example-attacks.ts
\`\`\`

- \`--data <file>\`: lines of \`from to unix-seconds\`, in any order, divided by spaces, tabs, commas or semicolons, with or without a header; a name
  may be any text. A line of another form is refused by its number. Where the usual file is absent and none is given, a generator stands in, fitted
  to what is published of a community of strangers: the largest number of new people in 24 hours has median 2 and p99 31, and 47 % of first
  contacts are answered. \`--generated\` takes it in any case; the head of the output says which it was.
- \`--attacks <file>\`: lines of \`class,sender,recipient,seconds[,answer-probability[,gap-class[,country]]]\`. Seconds count from a moment that is drawn
  for each sender; \`gap-class\` is \`same\`, \`near\` or \`far\`, \`country\` two letters. Each class is a row of the tables of attacks.
- \`--attacks <module>\` (\`.ts\`, \`.js\`, \`.mjs\`): exports \`attacks\`, a list of senders as generators, who are told each decision and can act on it, with
  what is wanted of the guard. \`test/evaluate/senders/example-attacks.ts\` is one.
- \`--only <part of a name>\` runs some classes, \`--seed\` draws other attackers, \`--cases\` shows what counted on each honest day that was held or blocked,
  \`--folds 20\` (with \`--half tune\`) halves the tuned people again at random, twenty times, and prints the median and the worst half.`;
