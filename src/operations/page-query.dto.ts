import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { decodeCursor } from './cursor.js';
import { Sources } from './query-parameters.js';

const LIMIT_MESSAGE = 'limit must be an integer from 1 to 200';

/** What every list takes. */
export class PageQueryDto {
  @Sources()
  source?: string[];

  /** The id after which the page starts, decoded from the cursor. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (decodeCursor(value) ?? '') : value,
  )
  @IsOptional()
  @IsUUID('all', { message: 'cursor must be the nextCursor of the page before, as it is' })
  @ApiPropertyOptional({ type: String, description: 'The `nextCursor` of the page before' })
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
