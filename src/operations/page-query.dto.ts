import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { Cursor, Sources } from './query-parameters.js';

const LIMIT_MESSAGE = 'limit must be an integer from 1 to 200';

/** What every list takes. */
export class PageQueryDto {
  @Sources()
  source?: string[];

  /** The id after which the page starts, decoded. */
  @Cursor()
  cursor?: string;

  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^[1-9]\d{0,2}$/.test(value) ? Number(value) : value,
  )
  @IsInt({ message: LIMIT_MESSAGE })
  @Min(1, { message: LIMIT_MESSAGE })
  @Max(200, { message: LIMIT_MESSAGE })
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  limit: number = 50;
}
