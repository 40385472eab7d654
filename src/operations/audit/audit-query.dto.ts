import { OmitType } from '@nestjs/swagger';
import { PageQueryDto } from '../page-query.dto.js';
import { Exact, Time } from '../query-parameters.js';

export class AuditQueryDto extends OmitType(PageQueryDto, ['source'] as const) {
  @Exact('actor', 100, 'Who did it')
  actor?: string;

  @Exact('action', 100, 'What was done, e.g. event.replay')
  action?: string;

  @Exact('target', 300, 'Id of what it was done to')
  target?: string;

  @Exact('outcome', 100, '`succeeded`, `started` or the code of a problem')
  outcome?: string;

  @Time('from', 'Only what began at or after this time')
  from?: Date;

  @Time('to', 'Only what began before this time')
  to?: Date;
}
