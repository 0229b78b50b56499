import { HttpException } from '@nestjs/common';

/** The refusals this carrier knows, with Twilio's HTTP status and words (twilio.com/docs/api/errors). */
export const TWILIO_ERRORS = {
  20003: { status: 401, message: 'Authenticate' },
  20009: { status: 409, message: 'Cannot delete this resource before it is complete' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too Many Requests' },
  20500: { status: 500, message: 'An internal server error has occurred' },
  21211: { status: 400, message: "Invalid 'To' Phone Number" },
  21212: { status: 400, message: "Invalid 'From' Phone Number" },
  21266: { status: 400, message: "'To' and 'From' number cannot be the same" },
  21602: { status: 400, message: 'Message body is required.' },
  21603: { status: 400, message: "A 'From' phone number is required." },
  21604: { status: 400, message: "A 'To' phone number is required." },
  21606: { status: 400, message: "The 'From' phone number is not a valid, SMS-capable number of this account" },
  21609: { status: 400, message: "Invalid 'StatusCallback' URL" },
  21610: { status: 400, message: 'Attempt to send to unsubscribed recipient' },
  21617: { status: 400, message: 'The concatenated message body exceeds the 1600 character limit' },
  21619: { status: 400, message: 'A text message body or media urls must be specified' },
  21620: { status: 400, message: 'Invalid media URL(s)' },
  21623: { status: 400, message: 'Number of media files exceeds allowed limit' },
  21703: { status: 400, message: 'The Messaging Service does not have a phone number available' },
  30409: { status: 400, message: 'This message cannot be canceled' },
  90007: { status: 400, message: 'Invalid validity period' },
} as const satisfies Record<number, { readonly status: number; readonly message: string }>;

export type TwilioErrorCode = keyof typeof TWILIO_ERRORS;

/** An answer in the shape of Twilio's REST errors: `code`, `message`, `more_info`, `status`. */
export class TwilioError extends HttpException {
  constructor(code: number, status: number, message: string) {
    super({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, status);
  }

  static of(code: TwilioErrorCode): TwilioError {
    const { status, message } = TWILIO_ERRORS[code];
    return new TwilioError(code, status, message);
  }

  /** A code from a fault script, known to this table or not. */
  static scripted(code: number): TwilioError {
    const known = Object.entries(TWILIO_ERRORS).find(([key]) => Number(key) === code)?.[1];
    return new TwilioError(code, known?.status ?? 400, known?.message ?? 'Scripted by the simulator');
  }
}
