import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { type FieldError } from '../providers/provider.js';
import { Problem } from './problem.js';

/** Reads parameters or a body into its DTO; refuses unknown ones; names everything that is wrong. */
export function validationPipe(): ValidationPipe {
  return new StrictValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    exceptionFactory: (errors: ValidationError[]) => validationFailed(fieldErrors(errors)),
  });
}

/** The errors of class-validator as a flat list; nested fields by dotted path. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = `${parent}${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) =>
      constraint === 'whitelistValidation' ? unknown(field) : { field, message },
    );
    return [...own, ...fieldErrors(error.children ?? [], `${field}.`)];
  });
}

/**
 * Names that every object inherits, like `constructor`, are dropped before the validator sees them.
 * They are as unknown as any other.
 */
class StrictValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const inherited = Object.keys(value ?? {}).filter(
      (name) => name === '__proto__' || name in Object.prototype,
    );
    const errors = inherited.map(unknown);
    let dto: unknown;
    try {
      dto = await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof Problem) || errors.length === 0) throw error;
      throw validationFailed([...(error.errors ?? []), ...errors]);
    }
    if (errors.length > 0) throw validationFailed(errors);
    return dto;
  }
}

function unknown(field: string): FieldError {
  return { field, message: `${field} is not known here; leave it out` };
}

function validationFailed(errors: FieldError[]): Problem {
  return new Problem('validation_failed', { errors });
}
