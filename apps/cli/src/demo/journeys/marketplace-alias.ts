import { describeState } from '../../device/describe-state.js';
import { quoted } from '../../terminal.js';
import { check, eventually, type Step } from '../step.js';

const QUESTION = 'Is the bicycle still for sale?';
const ANSWER = 'It is. Come by on Saturday at ten.';

export const marketplaceAlias: Step = {
  title: 'A marketplace: a conversation by alias between SMS and native',
  proves: 'Neither side has the other’s number or handle, searched in all that both stored and received.',
  run: async (world, terminal) => {
    const seller = await world.register('olga', 'Olga’s phone');
    const buyer = world.buyerPhone;
    const alias = await seller.device.aliases.make({ kind: 'listing' });
    const [textTo = ''] = alias.textTo;
    await world.handsets.setRcs(buyer, false);
    terminal.row('Olga’s notice', `Bicycle, 80. Text ${alias.code} to ${textTo}`);
    await world.handsets.write({ from: buyer, to: textTo, text: `${alias.code} ${QUESTION}` });
    const asked = await seller.reads(QUESTION);
    check(asked.from.startsWith('contact:'), 'she sees a contact, not a number');
    terminal.row('Olga reads', `${quoted(asked.text)} from ${asked.from}`);
    const answer = await seller.device.send(asked.from, ANSWER);
    check(answer.state.kind === 'waiting-on-sender', 'her answer too waits for her signature');
    await seller.device.approve(answer);
    const arrived = await eventually('the answer lies on the telephone', async () =>
      (await world.handsets.received(buyer)).find(({ body }) => body === ANSWER),
    );
    terminal.row('the telephone', `${quoted(arrived.body)} from ${arrived.from}`);

    const { device } = seller;
    const held = JSON.stringify([
      await device.messages(),
      await device.contacts.list(),
      await device.aliases.list(),
      await device.status(answer),
    ]);
    const number = buyer.slice(1);
    check(!held.includes(number), 'nothing on Olga’s device has the number');
    const received = JSON.stringify(await world.handsets.received(buyer));
    const handle = device.address.split('/').at(-1) ?? '';
    check(!received.includes(handle), 'nothing on the telephone has her handle');
    const { tables, rows, hits } = await world.search([number]);
    check(hits === 0, 'no row of the database has the number');
    terminal.row('searched', `Olga’s device for ${number}, the telephone for “${handle}”: 0 and 0`);
    terminal.row('', `${rows} rows of ${tables} tables for the number: 0`);

    await device.aliases.revoke(alias);
    const gone = await world.search([asked.from.slice('contact:'.length), alias.code]);
    terminal.row('Olga revokes it', `the door is shut; ${gone.hits} rows still name the contact, none with a number`);
    const { state } = await device.send(asked.from, 'too late');
    terminal.row('Olga writes after', describeState(state));
    check(state.kind === 'failed' && state.reason === 'conversation-ended', 'the conversation is over on both sides');
  },
};
