import { ApiProperty } from '@nestjs/swagger';

/** Something that an operator did, or tried to do. */
export class AuditEntryDto {
  /** UUID v7 */
  @ApiProperty({ format: 'uuid' })
  id!: string;
  /** When it began */
  @ApiProperty({ format: 'date-time' })
  at!: string;
  /**
   * Who: `admin:` and the first 12 hex digits of the SHA-256 of the token
   * @example admin:3f9a0c1b2d4e
   */
  actor!: string;
  /** @example event.replay */
  action!: string;
  /** Id of what it was done to; null where it was done to many */
  @ApiProperty({ type: String, nullable: true })
  target!: string | null;
  /** What was asked for; only values that cannot be secrets */
  @ApiProperty({ type: 'object', additionalProperties: true })
  parameters!: unknown;
  /** The `X-Request-Id` of the answer; the log has it, too */
  @ApiProperty({ format: 'uuid' })
  requestId!: string;
  /**
   * `succeeded`, or the code of the problem it was answered with. `started` is still under way, or was
   * when the service ended.
   * @example succeeded
   */
  outcome!: string;
}

export class AuditPageDto {
  @ApiProperty({ type: () => [AuditEntryDto] })
  data!: AuditEntryDto[];
  /** Asks for the next page as `cursor`; null on the last one */
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
