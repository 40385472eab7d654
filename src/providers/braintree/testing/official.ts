/** The official package with what its typings leave out: for tests. */
import braintree from 'braintree';

export type OfficialSample = Readonly<Record<'bt_signature' | 'bt_payload', string>>;

export interface OfficialGateway {
  readonly webhookNotification: {
    /** Rejects with `type` `invalidSignatureError`, or with another error for what cannot be read. */
    parse(signature: string, payload: string): Promise<{ readonly kind: string }>;
    /** Throws with `type` `invalidChallengeError`. */
    verify(challenge: string): string;
  };
  readonly webhookTesting: {
    sampleNotification(kind: string, id: string): Promise<OfficialSample>;
  };
}

export function officialGateway(publicKey: string, privateKey: string): OfficialGateway {
  const environment = braintree.Environment.Sandbox;
  const keys = { environment, merchantId: 'test_merchant', publicKey, privateKey };
  return new braintree.BraintreeGateway(keys) as unknown as OfficialGateway;
}

const { WebhookNotification, Transaction, Dispute } = braintree as unknown as Record<
  'WebhookNotification' | 'Transaction' | 'Dispute',
  Record<'Kind' | 'Status' | 'Type', object>
>;

/** The values of its enumerations, which beside them have a function `All`. */
export const OFFICIAL = {
  kinds: valuesOf(WebhookNotification.Kind),
  transactionTypes: valuesOf(Transaction.Type),
  transactionStatuses: valuesOf(Transaction.Status),
  disputeKinds: valuesOf(Dispute.Kind),
  disputeStatuses: valuesOf(Dispute.Status),
};

function valuesOf(enumeration: object): string[] {
  return Object.values(enumeration)
    .filter((value): value is string => typeof value === 'string')
    .sort();
}
