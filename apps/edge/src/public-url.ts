/** How carriers reach the webhooks, without a slash at its end; it enters their signatures. */
export class PublicUrl {
  readonly text: string;

  constructor(configured: string) {
    this.text = configured.replace(/\/+$/, '');
  }
}
