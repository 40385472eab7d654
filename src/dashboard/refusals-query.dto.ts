import { Sources } from '../operations/query-parameters.js';

export class RefusalsQueryDto {
  @Sources()
  source?: string[];
}
