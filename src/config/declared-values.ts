/** Checks what a provider declares, wherever it stands: in a variable or in SOURCES_FILE. */
import { type OptionDeclaration, type Provider } from '../providers/provider.js';
import { type Fault } from './problem.js';
import { textFault } from './values.js';

/** What is wrong with a secret of a provider, or null. The secret does not stand in the answer. */
export function secretFault(value: string, provider: Provider): Fault | null {
  const problem = textFault(value)?.problem ?? provider.secret.check(value);
  if (problem === null) return null;
  return { problem, cure: `Set the ${provider.title} secret: ${provider.secret.description}` };
}

/** What is wrong with the value of a provider's option, or null. */
export function optionFault(value: string, declaration: OptionDeclaration): Fault | null {
  const wrong = textFault(value);
  if (wrong) return wrong;
  const problem = declaration.check?.(value) ?? null;
  if (problem === null) return null;
  return { problem, cure: `Set another value, or remove it: ${declaration.description}` };
}

/** An option that a source lacks; `neededBy` is the one that has no effect without it, null the source. */
export interface LackingOption {
  readonly lacking: OptionDeclaration;
  readonly neededBy: OptionDeclaration | null;
}

/** The options without which a source, or another option of it that is given, is nothing. */
export function lackingOptions(
  declarations: readonly OptionDeclaration[],
  isGiven: (option: OptionDeclaration) => boolean,
): LackingOption[] {
  return declarations
    .filter((option) => !isGiven(option))
    .flatMap((lacking) => {
      const user = declarations.find((o) => o.needs === lacking.name && isGiven(o));
      const isMissing = lacking.required !== undefined || user !== undefined;
      return isMissing ? [{ lacking, neededBy: user ?? null }] : [];
    });
}

/** The options of a source: what is given, and the defaults of the rest. */
export function optionsWithDefaults(
  declarations: readonly OptionDeclaration[],
  given: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    declarations.flatMap(({ name, default: fallback }) => {
      const value = given.get(name) ?? fallback;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
