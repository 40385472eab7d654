import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEM_CONTENT_TYPE, PROBLEMS, type ProblemCode } from './problem.js';

export class FieldErrorDto {
  /**
   * Name of the parameter, or dotted path of the field
   * @example limit
   */
  field!: string;
  /**
   * What is wrong and what would be right
   * @example limit must be an integer from 1 to 200
   */
  message!: string;
}

/** An error, by RFC 9457. */
export class ProblemDto {
  /**
   * `urn:payment-webhooks:` and the code
   * @example urn:payment-webhooks:not_found
   */
  type!: string;
  /** The same words for every answer of this code */
  title!: string;
  /** The HTTP status */
  @ApiProperty({ type: 'integer' })
  status!: number;
  /** What was wrong, and the cure */
  detail!: string;
  /** What went wrong, for programs */
  @ApiProperty({ enum: Object.keys(PROBLEMS) })
  code!: ProblemCode;
  /** The id of the request, also in X-Request-Id; the log has it, too */
  @ApiProperty({ format: 'uuid' })
  instance!: string;
  /** With `validation_failed`: every parameter or field that is wrong */
  @ApiProperty({ type: () => [FieldErrorDto], required: false })
  errors?: FieldErrorDto[];
}

/** Documents the problems that a route can answer with, gathered by status. */
export function ApiProblem(...codes: ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...[...statuses].map((status) =>
      ApiResponse({
        status,
        description: codes
          .filter((code) => PROBLEMS[code].status === status)
          .map((code) => `\`${code}\`: ${PROBLEMS[code].title}`)
          .join('; '),
        content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: getSchemaPath(ProblemDto) } } },
      }),
    ),
  );
}
