import { describe, it } from '@jest/globals';
import { describeAdapterLaws } from '@causeway/network-adapter/testing';
import { newHarness } from './testing/law-harness.js';

describeAdapterLaws('Template', newHarness, { describe, it });
