import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateIf,
} from 'class-validator';
import { PageQueryDto } from '../../operations/page-query.dto.js';
import { MESSAGE_TYPES, type MessageType } from '../../payments/message-type.js';

/** The name of the endpoint of NOTIFY_URL. */
export const ENVIRONMENT_ENDPOINT = 'environment';
export const ENDPOINT_STATUSES = ['active', 'paused', 'off'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];
/**
 * Why an endpoint is paused or off: by hand, because NOTIFY_URL is no longer set, after three days of
 * failures, or because it answered 410.
 */
export const STATUS_REASONS = ['operator', 'unset', 'failing', 'gone'] as const;

export const OVERLAP_DEFAULT_SECONDS = 24 * 60 * 60;
const OVERLAP_MAX_SECONDS = 7 * OVERLAP_DEFAULT_SECONDS;
const OVERLAP_MESSAGE = `overlapSeconds must be an integer from 0 to ${OVERLAP_MAX_SECONDS}`;
const NAME_MESSAGE = 'name must have 1 to 63 of a-z, 0-9 and "-", and not begin with "-"';

/** May be left out, but not be null. */
function IfGiven(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** An array in which each element is there once; an empty one means all. */
function SetOf(name: string): PropertyDecorator {
  return applyDecorators(
    IfGiven(),
    IsArray({ message: `${name} must be an array; an empty one means all` }),
    ArrayMaxSize(1000, { message: `${name} may have 1000 elements at most` }),
    ArrayUnique({ message: `${name} must not name anything twice` }),
  );
}

export class CreateEndpointDto {
  /** A name of its own; `environment` is the one of NOTIFY_URL */
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: NAME_MESSAGE })
  @NotEquals(ENVIRONMENT_ENDPOINT, {
    message: `name must be another than ${ENVIRONMENT_ENDPOINT}, which is the endpoint of NOTIFY_URL`,
  })
  @ApiProperty({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', example: 'shop' })
  name!: string;

  /** http or https; a private address only where NOTIFY_ALLOW_CIDRS has it */
  @IsString({ message: 'url must be a string' })
  @ApiProperty({ format: 'uri', example: 'https://shop.example.com/payments' })
  url!: string;

  /** Types of messages that it wants; none: all */
  @SetOf('types')
  @IsIn(MESSAGE_TYPES, { each: true, message: `types may have ${MESSAGE_TYPES.join(', ')}` })
  @ApiPropertyOptional({ enum: MESSAGE_TYPES, isArray: true, example: ['payment.captured'] })
  types?: MessageType[];

  /** Names of sources whose payments it wants; none: all */
  @SetOf('sources')
  @IsString({ each: true, message: 'sources must be names of sources' })
  @ApiPropertyOptional({ type: [String], example: ['stripe'] })
  sources?: string[];
}

/** What is left out stays as it is. */
export class UpdateEndpointDto extends PartialType(CreateEndpointDto, {
  skipNullProperties: false,
}) {
  /** `active` sends at once what waits; `paused` keeps it */
  @IfGiven()
  @IsIn(['active', 'paused'], { message: 'status must be active or paused' })
  @ApiPropertyOptional({ enum: ['active', 'paused'] })
  status?: 'active' | 'paused';
}

export class RotateSecretDto {
  /** For how long the old secret signs beside the new one */
  @IfGiven()
  @IsInt({ message: OVERLAP_MESSAGE })
  @Min(0, { message: OVERLAP_MESSAGE })
  @Max(OVERLAP_MAX_SECONDS, { message: OVERLAP_MESSAGE })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: OVERLAP_MAX_SECONDS,
    default: OVERLAP_DEFAULT_SECONDS,
  })
  overlapSeconds?: number;
}

export class EndpointsQueryDto extends OmitType(PageQueryDto, ['source'] as const) {}

/** Where the user's app is told of payments. Its secret is in no answer but the one that made it. */
export class EndpointDto {
  /** UUID v7 */
  @ApiProperty({ format: 'uuid' })
  id!: string;
  /**
   * `environment` is the one of NOTIFY_URL
   * @example shop
   */
  name!: string;
  @ApiProperty({ format: 'uri', example: 'https://shop.example.com/payments' })
  url!: string;
  /** Types of messages that it wants; none: all */
  @ApiProperty({ enum: MESSAGE_TYPES, isArray: true })
  types!: string[];
  /** Names of sources whose payments it wants; none: all */
  @ApiProperty({ type: [String] })
  sources!: string[];
  /** `paused` keeps what it is to be told; `off` is told nothing, not even later */
  @ApiProperty({ enum: ENDPOINT_STATUSES })
  status!: EndpointStatus;
  /** Why it is paused or off: by hand, NOTIFY_URL no longer set, three days of failures, or a 410 */
  @ApiProperty({ type: String, enum: STATUS_REASONS, nullable: true })
  statusReason!: string | null;
  /** Since when every attempt has failed */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failingSince!: string | null;
  /** Until when the secret of before signs beside the new one */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  previousSecretUntil!: string | null;
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

export class EndpointWithSecretDto extends EndpointDto {
  /**
   * Signs what is sent, by Standard Webhooks. Shown this once
   * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
   */
  secret!: string;
}

export class EndpointPageDto {
  @ApiProperty({ type: () => [EndpointDto] })
  data!: EndpointDto[];
  /** Asks for the next page as `cursor`; null on the last one */
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
