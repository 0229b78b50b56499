import type { NativeBox } from '@causeway/api-contract';
import { CausewayError, type AccountId } from '@causeway/message-model';
import type { RecipientDevice } from '@causeway/storage';

interface Side {
  readonly account: AccountId;
  readonly boxes: readonly NativeBox[];
  readonly devices: readonly RecipientDevice[];
  readonly pointer: string;
}

/**
 * Signal's rule for native messages: exactly one box for each device, each for the installation that is there now. 409 names missing and
 * extra devices, 410 replaced ones; the sender repairs against a list it verified, never against these names.
 */
export function fitDevices(sides: readonly Side[]): void {
  requireOwnNames(sides);
  const mismatches = sides.map(compare);
  const missingDevices = mismatches.flatMap((side) => side.missing);
  const extraDevices = mismatches.flatMap((side) => side.extra);
  if (missingDevices.length > 0 || extraDevices.length > 0) {
    const pointer = sides.find(
      (_, index) => (mismatches[index]?.missing.length ?? 0) + (mismatches[index]?.extra.length ?? 0) > 0,
    )?.pointer;
    throw new CausewayError('device-mismatch', {
      ...(pointer ? { pointer } : {}),
      extensions: { missingDevices, extraDevices },
    });
  }
  const staleDevices = mismatches.flatMap((side) => side.stale);
  if (staleDevices.length > 0) throw new CausewayError('device-stale', { extensions: { staleDevices } });
}

/** A box's name is its inbox row's: of two boxes with one name only the first would be stored. */
function requireOwnNames(sides: readonly Side[]): void {
  const names = new Set<string>();
  for (const { boxes, pointer } of sides) {
    for (const { boxId } of boxes) {
      if (names.has(boxId)) throw new CausewayError('invalid-request', { pointer, detail: 'Two boxes with one id' });
      names.add(boxId);
    }
  }
}

function compare(side: Side) {
  const name = (deviceId: number) => ({ account: side.account, deviceId });
  const boxes = new Map(side.boxes.map((box) => [box.deviceId, box]));
  if (boxes.size !== side.boxes.length) {
    throw new CausewayError('invalid-request', { pointer: side.pointer, detail: 'Two boxes for one device' });
  }
  const known = new Set(side.devices.map((device) => device.deviceId));
  const isStale = (device: RecipientDevice): boolean => {
    const box = boxes.get(device.deviceId);
    return box !== undefined && (box.registrationId !== device.registrationId || box.sealKeyId !== device.sealKeyId);
  };
  return {
    missing: side.devices.filter((device) => !boxes.has(device.deviceId)).map((device) => name(device.deviceId)),
    extra: side.boxes.filter((box) => !known.has(box.deviceId)).map((box) => name(box.deviceId)),
    stale: side.devices.filter(isStale).map((device) => name(device.deviceId)),
  };
}
