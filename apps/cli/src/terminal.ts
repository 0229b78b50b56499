import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const LABEL_WIDTH = 20;

/** Lines for a person: aligned, calm, in colour only where a person looks on. */
export class Terminal {
  constructor(
    private readonly stream: NodeJS.WriteStream = process.stdout,
    private readonly isColoured: boolean = stream.isTTY && stream.hasColors(),
  ) {}

  line(text = ''): void {
    this.stream.write(`${text}\n`);
  }

  title(text: string): void {
    this.line(this.styled('bold', text));
  }

  /** A label and what belongs to it; further lines of a value stand below its first. */
  row(label: string, value: string): void {
    const [first = '', ...rest] = value.split('\n');
    this.line(`   ${this.styled('dim', label.padEnd(LABEL_WIDTH))} ${first}`.trimEnd());
    for (const text of rest) this.line(`   ${' '.repeat(LABEL_WIDTH)} ${text}`);
  }

  good(text: string): void {
    this.line(`   ${this.styled('green', '✓')} ${text}`);
  }

  bad(text: string): void {
    this.line(`   ${this.styled('red', '✗')} ${text}`);
  }

  private styled(style: Style, text: string): string {
    return this.isColoured ? styleText(style, text) : text;
  }
}

/** What somebody else wrote, harmless to a terminal: control characters could move its cursor or rename its window. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? ' ' : character === '\u200d' ? character : '\ufffd',
  );

export const quoted = (text: string | undefined): string => (text === undefined ? '(no text)' : `“${printable(text)}”`);
