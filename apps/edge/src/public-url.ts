/** How carriers reach the webhooks; it enters their signatures. */
export class PublicUrl {
  constructor(readonly text: string) {}
}
