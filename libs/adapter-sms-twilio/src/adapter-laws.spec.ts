import { describe, it } from '@jest/globals';
import { describeAdapterLaws } from '../../network-adapter/src/testing/index.js';
import { newHarness } from './testing/law-harness.js';

describeAdapterLaws('SMS through Twilio', newHarness, { describe, it });
