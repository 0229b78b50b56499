import { describe, expect, it } from '@jest/globals';
import { describeAdapterLaws } from '../describe-adapter-laws.js';
import { newScriptedHarness } from './scripted-harness.js';

const skipped: string[] = [];
describeAdapterLaws('The scripted network', newScriptedHarness, { describe, it }, (line) => void skipped.push(line));

describe('The scripted network', () => {
  it('leaves no law unapplied, so that each can be broken on it', () => {
    expect(skipped).toEqual([]);
  });
});
