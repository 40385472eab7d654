import {
  buildMessage,
  IsBoolean,
  IsOptional,
  IsString,
  ValidateBy,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';

import { JsonNumber } from '../../json/json.js';
import { type StatementKind } from '../../payments/statement.js';
import { IsDateTimeWithZone, IsId } from '../dto.js';
import { type Amount, MAX_AMOUNT, majorToMinor } from '../money.js';
import { type QuarantineCode } from '../provider.js';

interface GenericEventType {
  readonly kind: Extract<StatementKind, 'authorization' | 'capture' | 'refund' | 'dispute'>;
  readonly status: string;
  readonly requires?: 'amount' | 'refund_id';
  /** Nothing more will be captured, whatever the body says. */
  readonly final?: true;
}

/** Every event type of the contract and what it says. */
export const GENERIC_EVENT_TYPES: ReadonlyMap<string, GenericEventType> = new Map(
  Object.entries({
    payment_pending: { kind: 'authorization', status: 'pending' },
    payment_authorized: { kind: 'authorization', status: 'authorized', requires: 'amount' },
    payment_failure: { kind: 'authorization', status: 'failed' },
    payment_canceled: { kind: 'authorization', status: 'voided' },
    payment_expired: { kind: 'authorization', status: 'expired' },
    payment_success: { kind: 'capture', status: 'succeeded', requires: 'amount', final: true },
    payment_captured: { kind: 'capture', status: 'succeeded', requires: 'amount' },
    payment_reversed: { kind: 'capture', status: 'reversed' },
    payment_refunded: { kind: 'refund', status: 'succeeded', requires: 'amount' },
    payment_refund_failed: { kind: 'refund', status: 'failed', requires: 'refund_id' },
    payment_disputed: { kind: 'dispute', status: 'open', requires: 'amount' },
    payment_dispute_won: { kind: 'dispute', status: 'won' },
    payment_dispute_lost: { kind: 'dispute', status: 'lost' },
  } satisfies Record<string, GenericEventType>),
);

/** The body of the contract; what it does not name is left out. Null is the same as absent. */
export class GenericEventDto {
  @IsId() event_type!: string;

  /** Always the payment's, whatever the event is about. */
  @IsId() transaction_id!: string;

  @IsOptional() @IsId() event_id?: string | null;

  @IsOptional() @IsDateTimeWithZone() occurred_at?: string | null;

  @IsOptional() @IsId() reference?: string | null;

  @ValidateIf((event: GenericEventDto) => event.amount != null || requires(event, 'amount'))
  @IsMajorUnits()
  amount?: string | JsonNumber | null;

  /** Never absent where an amount is stated: the normaliser fills in the default. */
  @IsOptional() @IsCurrency() currency?: string | null;

  @IsOptional() @IsString() failure_reason?: string | null;

  @IsOptional() @IsId() capture_id?: string | null;

  @ValidateIf((event: GenericEventDto) => event.refund_id != null || requires(event, 'refund_id'))
  @IsId()
  refund_id?: string | null;

  @IsOptional() @IsId() dispute_id?: string | null;

  @IsOptional() @IsBoolean() final?: boolean | null;
}

/** The amount of an event that states one. */
export function moneyOf({ amount, currency }: GenericEventDto): Amount | null {
  return amount == null ? null : majorToMinor(textOf(amount), currency ?? '');
}

function textOf(amount: string | JsonNumber): string {
  return amount instanceof JsonNumber ? amount.text : amount;
}

function requires(event: GenericEventDto, field: GenericEventType['requires']): boolean {
  return GENERIC_EVENT_TYPES.get(event.event_type)?.requires === field;
}

function IsCurrency(): PropertyDecorator {
  const reading = (value: unknown) => (typeof value === 'string' ? majorToMinor('0', value) : null);
  return (target, property) => {
    IsString()(target, property);
    refusedAs('currency_unknown', reading)(target, property);
  };
}

/** A decimal string or a JSON number that the currency can express; each fault has its own code. */
function IsMajorUnits(): PropertyDecorator {
  const isText = (value: unknown): value is string | JsonNumber =>
    typeof value === 'string' || value instanceof JsonNumber;
  const reading = (value: unknown, args: ValidationArguments) => {
    const event = args.object as GenericEventDto;
    // Of another field, which is not checked yet; that it is no text is that field's error.
    const { currency }: { currency?: unknown } = event;
    return isText(value) && typeof (currency ?? '') === 'string' ? moneyOf(event) : null;
  };
  return (target, property) => {
    ValidateBy({
      name: 'isDecimal',
      validator: {
        // By its form alone: that the currency is not known is an error of another field.
        validate: (value: unknown) => {
          if (!isText(value)) return false;
          const money = majorToMinor(textOf(value), 'XXX');
          return money.ok || money.code !== 'validation_failed';
        },
        defaultMessage: buildMessage(
          () => '$property must be a decimal in major units such as "49.99": no sign, no exponent',
        ),
      },
    })(target, property);
    ValidateBy({
      name: 'isAboveZero',
      validator: {
        validate: (value, args) => {
          const event = args?.object as GenericEventDto;
          const kind = GENERIC_EVENT_TYPES.get(event.event_type)?.kind;
          const money = args && reading(value, args);
          return !(money?.ok && money.amount === 0n && (kind === 'refund' || kind === 'dispute'));
        },
        defaultMessage: buildMessage(() => '$property of a refund or a dispute must be above zero'),
      },
    })(target, property);
    refusedAs('amount_inexact', reading)(target, property);
    refusedAs('number_out_of_range', reading)(target, property);
  };
}

/** What would be right, never what was wrong: an answer repeats no value, which may be a card number. */
const CURES = {
  currency_unknown: 'must be an ISO 4217 currency code such as EUR',
  amount_inexact: 'must have no more decimals than its currency',
  number_out_of_range: `must be at most ${MAX_AMOUNT} minor units`,
} satisfies Partial<Record<QuarantineCode, string>>;

/** Breaks when the money is refused with that code, which then is the event's. */
function refusedAs(
  code: keyof typeof CURES,
  reading: (value: unknown, args: ValidationArguments) => Amount | null,
): PropertyDecorator {
  return ValidateBy(
    {
      name: code,
      validator: {
        validate: (value, args) => {
          const money = args === undefined ? null : reading(value, args);
          return money === null || money.ok || money.code !== code;
        },
        defaultMessage: buildMessage(() => `$property ${CURES[code]}`),
      },
    },
    { context: { code } },
  );
}
