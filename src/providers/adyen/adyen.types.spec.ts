import { NotificationRequestItem } from '@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js';

import { ADYEN_EVENT_CODES, normaliseAdyen } from './adyen.normaliser.js';

/** The official package's types are a list of what Adyen can send. */
describe("the table covers the official package's types", () => {
  const packaged: string[] = Object.values(NotificationRequestItem.EventCodeEnum);

  /** They move no payment: see docs/law.md. */
  const IGNORED =
    `AUTORESCUE CANCEL_AUTORESCUE DISPUTE_DEFENSE_PERIOD_ENDED DONATION HANDLED_EXTERNALLY
    INFORMATION_SUPPLIED ISSUER_COMMENTS ISSUER_RESPONSE_TIMEFRAME_EXPIRED MANUAL_REVIEW_ACCEPT
    MANUAL_REVIEW_REJECT NOTIFICATION_OF_FRAUD ORDER_CLOSED ORDER_OPENED PAIDOUT_REVERSED
    PAYOUT_DECLINE PAYOUT_EXPIRE PAYOUT_THIRDPARTY PENDING PROCESS_RETRY RECURRING_CONTRACT
    REFUND_WITH_DATA REPORT_AVAILABLE VOID_PENDING_REFUND`.split(/\s+/);

  /** What the package lacks and https://docs.adyen.com/api-explorer/Webhooks/1/overview has. */
  const DOCUMENTED =
    `PREARBITRATION_ISSUER_WITHDRAWN SCHEME_ARBITRATION_LOST SCHEME_ARBITRATION_WON`.split(' ');

  it('reads them', () => expect(packaged.length).toBeGreaterThan(40));

  it('each event code is either read or ignored', () => {
    const entries = (code: string) =>
      Number(ADYEN_EVENT_CODES.has(code)) + IGNORED.filter((ignored) => ignored === code).length;
    expect(packaged.filter((code) => entries(code) !== 1)).toEqual([]);
    expect(IGNORED.filter((code) => !packaged.includes(code))).toEqual([]);
  });

  it('reads no event code that does not exist', () => {
    const beyond = [...ADYEN_EVENT_CODES.keys()].filter((code) => !packaged.includes(code));
    expect(beyond.sort()).toEqual(DOCUMENTED);
  });

  it('success has the values that are read', () => {
    const statusesOf = (success: string) =>
      normaliseAdyen(
        {
          notificationItems: [
            {
              NotificationRequestItem: {
                pspReference: 'PAYMENT000000001',
                merchantAccountCode: 'ExampleCompanyECOM',
                eventCode: 'EXPIRE',
                success,
              },
            },
          ],
        },
        { options: {}, headers: {}, body: Buffer.alloc(0), bodySha256: '' },
      ).map(({ meaning }) => meaning.status);
    const values = Object.values(NotificationRequestItem.SuccessEnum);
    expect(values).toHaveLength(2);
    expect(values.map(statusesOf)).toEqual([['applied'], ['applied']]);
    expect(statusesOf('neither')).toEqual(['quarantined']);
  });
});
