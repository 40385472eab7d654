import { OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';
import { EventsQueryDto } from '../events-query.dto.js';

/** Which events: those that meet all of the filters. At least one has to be given. */
export class ReplayFilterDto extends OmitType(EventsQueryDto, ['cursor', 'limit'] as const) {}

function Switch(name: string): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) =>
      value === 'true' ? true : value === 'false' ? false : value,
    )(target, property);
    IsBoolean({ message: `${name} must be true or false` })(target, property);
  };
}

export class ReapplyQueryDto {
  /** Change nothing; stream what would change, as NDJSON, one payment a line. */
  @Switch('dryRun')
  dryRun: boolean = false;

  /** Tell the app what changed. */
  @Switch('notify')
  notify: boolean = true;
}

export class ReapplySummaryDto {
  /** Events (replay) or payments (reprojection) that were looked at */
  matched!: number;
  /** Events that are applied now and meant something else before */
  applied!: number;
  ignored!: number;
  quarantined!: number;
  /** Events or payments that mean what they meant */
  unchanged!: number;
  /** Payments that got a new version */
  changedPayments!: number;
}
