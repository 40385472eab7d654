/**
 * A quick yes for DTOs that are as declared, which nearly all are. class-validator looks through the
 * rules of every class of the program for every object, and makes an error object for each field
 * before it knows of an error; here the rules of a class are looked up once. Anything but a yes is left
 * to class-validator, with its words.
 */
import {
  getMetadataStorage,
  type ValidatorConstraintInterface,
  ValidationTypes,
} from 'class-validator';

type Rule = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

/** What must hold for one field. */
interface FieldCheck {
  readonly name: string;
  /** `@IsOptional()` and the like: where one says no, the field is not looked at. */
  readonly conditions: readonly ((dto: object, value: unknown) => boolean)[];
  readonly constraints: readonly Constraint[];
  readonly isNested: boolean;
}

interface Constraint {
  readonly rule: Rule;
  /** The name of the class; asked of a class it costs as much as the check. */
  readonly targetName: string;
  readonly validator: ValidatorConstraintInterface;
}

const UNDERSTOOD: ReadonlySet<string> = new Set([
  ValidationTypes.CONDITIONAL_VALIDATION,
  ValidationTypes.IS_DEFINED,
  ValidationTypes.CUSTOM_VALIDATION,
  ValidationTypes.NESTED_VALIDATION,
]);

/** By class; null where it has a rule that is not understood here. */
const checksByClass = new WeakMap<object, readonly FieldCheck[] | null>();

/** Whether class-validator would find nothing wrong; false also where that is not known. */
export function isAsDeclared(dto: object): boolean {
  const checks = checksOf(dto.constructor);
  return checks?.every((check) => holds(check, dto)) ?? false;
}

function holds({ name, conditions, constraints, isNested }: FieldCheck, dto: object): boolean {
  const value = (dto as Record<string, unknown>)[name];
  for (const condition of conditions) if (!condition(dto, value)) return true;
  for (const constraint of constraints) if (!isMet(constraint, dto, value)) return false;
  if (!isNested || value === undefined) return true;
  return Array.isArray(value) ? value.every(isNestedAsDeclared) : isNestedAsDeclared(value);
}

function isMet(
  { rule, targetName, validator }: Constraint,
  object: object,
  value: unknown,
): boolean {
  if (rule.validateIf && !rule.validateIf(object, value)) return true;
  const { propertyName: property, constraints } = rule;
  const target = { targetName, property, object, value, constraints };
  const met = (one: unknown) => validator.validate(one, target) === true;
  return rule.each && Array.isArray(value) ? value.every(met) : met(value);
}

function isNestedAsDeclared(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isAsDeclared(value);
}

function checksOf(type: object): readonly FieldCheck[] | null {
  let checks = checksByClass.get(type);
  if (checks === undefined) {
    checks = findChecks(type);
    checksByClass.set(type, checks);
  }
  return checks;
}

function findChecks(type: object): FieldCheck[] | null {
  const { name: targetName } = type as () => void;
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(type as () => void, '', false, false);
  if (rules.length === 0) return null;
  if (!rules.every(({ type }) => UNDERSTOOD.has(type))) return null;

  return [...new Set(rules.map((rule) => rule.propertyName))].map((name) => {
    const ofType = (...types: string[]) =>
      rules.filter((rule) => rule.propertyName === name && types.includes(rule.type));
    return {
      name,
      conditions: ofType(ValidationTypes.CONDITIONAL_VALIDATION).map(
        (rule) => rule.constraints[0] as FieldCheck['conditions'][number],
      ),
      constraints: ofType(ValidationTypes.IS_DEFINED, ValidationTypes.CUSTOM_VALIDATION).flatMap(
        (rule) =>
          storage
            .getTargetValidatorConstraints(rule.constraintCls)
            .map(({ instance }) => ({ rule, targetName, validator: instance })),
      ),
      isNested: ofType(ValidationTypes.NESTED_VALIDATION).length > 0,
    };
  });
}
