/** What the generator wants to know of a socket frame. */
export interface ReadFrame {
  /** Ids to acknowledge. */
  readonly ids: readonly string[];
  readonly boxIds: readonly string[];
  /** Messages of this device of which the frame says that they are delivered. */
  readonly delivered: readonly string[];
  /** To a message that was submitted. */
  readonly answer?: { readonly messageId: string; readonly isAccepted: boolean };
}

/** How the frame of a box begins; three of five frames do. */
const BOX = '{"type":"item","item":{"kind":"box","id":"';
const THEN_BOX_ID = '","boxId":"';
const ID = /"id":"(i[^"]+)"/g;
const BOX_ID = /"boxId":"([^"]+)"/g;
const DELIVERED =
  /"kind": ?"delivered"[^}]*\}[^}]*?"messageId": ?"([^"]+)"|"messageId": ?"([^"]+)"[^}]*?"kind": ?"delivered"/g;

const all = (pattern: RegExp, text: string): readonly string[] =>
  [...text.matchAll(pattern)].flatMap(([, ...groups]) => groups.filter((group) => group !== undefined));

const MESSAGE_ID = /"messageId":"([^"]+)"/;
const NOTHING: ReadFrame = { ids: [], boxIds: [], delivered: [] };

function readBox(frame: string): ReadFrame | undefined {
  const idEnds = frame.indexOf('"', BOX.length);
  const boxIdBegins = idEnds + THEN_BOX_ID.length;
  if (idEnds < 0 || !frame.startsWith(THEN_BOX_ID, idEnds)) return undefined;
  const [id, boxId] = [frame.slice(BOX.length, idEnds), frame.slice(boxIdBegins, frame.indexOf('"', boxIdBegins))];
  return { ids: [id], boxIds: [boxId], delivered: [] };
}

/** Parsing thousands of frames a second in full would measure the generator; ids of inbox items begin with `i`. */
export function readFrame(frame: string): ReadFrame {
  if (frame.startsWith('{"type":"caught-up"')) return NOTHING;
  if (frame.startsWith('{"type":"accepted"') || frame.startsWith('{"type":"refused"')) {
    const messageId = MESSAGE_ID.exec(frame)?.[1] ?? '';
    return { ...NOTHING, answer: { messageId, isAccepted: frame.startsWith('{"type":"accepted"') } };
  }
  const box = frame.startsWith(BOX) ? readBox(frame) : undefined;
  if (box) return box;
  const boxIds = all(BOX_ID, frame);
  const delivered = frame.includes('"message-state"') ? all(DELIVERED, frame) : [];
  return { ids: all(ID, frame), boxIds, delivered };
}
