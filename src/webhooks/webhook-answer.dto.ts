/** The answer to a webhook that is stored. */
export class WebhookAnswerDto {
  /** success: applied to its payment; ignored: moves no payment; quarantined: authentic but unusable. */
  status!: 'success' | 'ignored' | 'quarantined';
  /** Why it is quarantined. */
  code?: string;
  /** It was stored before; answered as then. */
  duplicate?: true;
}
