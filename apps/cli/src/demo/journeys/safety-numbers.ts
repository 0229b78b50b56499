import { groupsOfFive } from '../../device/groups-of-five.js';
import { check, type Step } from '../step.js';

export const safetyNumbers: Step = {
  title: 'Safety numbers: nobody sits between them',
  proves: 'Both phones computed the same 60 digits from the keys they really use.',
  run: async (world, terminal) => {
    const [ada, bob] = [world.held('Ada’s phone').device, world.held('Bob’s phone').device];
    const [atAda, atBob] = [await ada.safetyNumber(bob.address), await bob.safetyNumber(ada.address)];
    terminal.row('on Ada’s phone', groupsOfFive(atAda));
    terminal.row('on Bob’s phone', groupsOfFive(atBob));
    check(atAda.length === 60 && atAda === atBob, 'the safety numbers of both ends are equal');
    await ada.verify(bob.address);
    check(await ada.isVerified(bob.address), 'Ada’s phone remembers that they were compared');
  },
};
