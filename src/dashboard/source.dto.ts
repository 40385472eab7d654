import { ApiProperty } from '@nestjs/swagger';

/** A configured source and what its provider's console is to be given. */
export class SourceDto {
  /** @example stripe */
  name!: string;
  /** @example stripe */
  provider!: string;
  /**
   * The provider as people write it
   * @example Stripe
   */
  title!: string;
  /** Where it is not, its webhooks are answered 404 */
  enabled!: boolean;
  /** The address to paste into the provider's console */
  @ApiProperty({ format: 'uri', example: 'https://payments.example.com/webhooks/stripe' })
  url!: string;
  /** The account that events must state; `self`: none; null accepts all */
  @ApiProperty({ type: String, nullable: true })
  account!: string | null;
  /** True accepts live events only, false test events only, null both */
  @ApiProperty({ type: Boolean, nullable: true })
  livemode!: boolean | null;
  /** Where its secrets stand; their values are in no answer */
  @ApiProperty({ type: [String], example: ['STRIPE_WEBHOOK_SECRET'] })
  secretLabels!: string[];
  /** Where the secret is found, in a sentence */
  secretDescription!: string;
  /** Event types to subscribe to in the provider's console */
  @ApiProperty({ type: [String], example: ['payment_intent.succeeded'] })
  subscriptions!: string[];
  /** What works but deserves a look, each in a sentence with its cure */
  @ApiProperty({ type: [String] })
  warnings!: string[];
  /** Why POST /api/sources/{name}/test would be refused, as far as that is known; null: it would not */
  @ApiProperty({ type: String, nullable: true })
  testRefusal!: string | null;
}

export class SourcesDto {
  /** By name */
  @ApiProperty({ type: () => [SourceDto] })
  data!: SourceDto[];
}
