import { ApiProperty } from '@nestjs/swagger';

/** A request to /webhooks that was refused: names and sizes, no values and no body. */
export class RefusalDto {
  @ApiProperty({ format: 'date-time' })
  at!: string;
  /** The name in its address, whether or not there is such a source; null where it has none */
  @ApiProperty({ type: String, nullable: true, example: 'stripe' })
  source!: string | null;
  /**
   * What it was answered
   * @example signature_invalid
   */
  code!: string;
  /** HTTP status that it was answered */
  @ApiProperty({ type: 'integer', example: 401 })
  status!: number;
  /** The `X-Request-Id` of its answer */
  @ApiProperty({ format: 'uuid' })
  requestId!: string;
  /** @example POST */
  method!: string;
  /** In lower case, in the order of arrival; the first 40 */
  @ApiProperty({ type: [String], example: ['host', 'content-type', 'stripe-signature'] })
  headerNames!: string[];
  /** Without its parameters */
  @ApiProperty({ type: String, nullable: true, example: 'application/json' })
  contentType!: string | null;
  /** Bytes that were read or declared; null where neither is known */
  @ApiProperty({ type: 'integer', nullable: true, example: 2048 })
  bodySize!: number | null;
  /** What is most likely wrong, and the cure */
  hint!: string;
}

export class RefusalsDto {
  /** Newest first; the last 50 of each source, and the last 50 that name none that is configured */
  @ApiProperty({ type: () => [RefusalDto] })
  data!: RefusalDto[];
  /** They are kept in the memory of this process, which started then */
  @ApiProperty({ format: 'date-time' })
  since!: string;
}
