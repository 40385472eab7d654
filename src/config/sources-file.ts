/** Reads the text of SOURCES_FILE: a JSON array of sources, checked field by field. */
import {
  type OptionDeclaration,
  type Provider,
  type ProviderOptions,
  type Secret,
} from '../providers/provider.js';
import {
  lackingOptions,
  optionFault,
  optionsWithDefaults,
  secretFault,
} from './declared-values.js';
import { type Fault, type Parsed } from './problem.js';
import { parseAccount, textFault } from './values.js';

/** A source as far as it could be read; name and provider are null where they are wrong. */
export interface FileSource {
  readonly name: string | null;
  readonly provider: Provider | null;
  readonly secrets: readonly Secret[];
  readonly account: string | null;
  readonly livemode: boolean | null;
  readonly enabled: boolean;
  readonly options: ProviderOptions;
}

const FIELDS = ['name', 'provider', 'secrets', 'account', 'livemode', 'enabled', 'options'];
const SOURCE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const EXAMPLE = '[{ "name": "shop-eu", "provider": "...", "secrets": ["..."] }]';

/** All sources, also those with faults (so that they can be compared with others), and all faults. */
export function parseSourcesFile(
  text: string,
  providers: readonly Provider[],
): { sources: FileSource[]; faults: Fault[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { sources: [], faults: [syntaxFault(text, error)] };
  }
  if (!Array.isArray(json)) {
    const cure = `Write an array, e.g. ${EXAMPLE}.`;
    return { sources: [], faults: [{ problem: 'is not a JSON array', cure }] };
  }
  const faults: Fault[] = [];
  const sources = json.flatMap((entry: unknown, index) => {
    if (isObject(entry)) return [new EntryReader(entry, `[${index}]`, providers, faults).read()];
    faults.push({ problem: `[${index}] is not an object`, cure: `Write e.g. ${EXAMPLE}.` });
    return [];
  });
  return { sources, faults };
}

/** Reads the fields of one entry; what is wrong goes to `faults`, with its place but without values. */
class EntryReader {
  constructor(
    private readonly entry: Readonly<Record<string, unknown>>,
    private readonly path: string,
    private readonly providers: readonly Provider[],
    private readonly faults: Fault[],
  ) {}

  read(): FileSource {
    for (const field of Object.keys(this.entry)) {
      if (FIELDS.includes(field)) continue;
      this.fault(field, 'is not a field of a source', `The fields are ${FIELDS.join(', ')}.`);
    }
    const name = this.name();
    const provider = this.provider();
    return {
      name,
      provider,
      secrets: this.secrets(name, provider),
      account: this.account(),
      livemode: this.flag('livemode') ?? null,
      enabled: this.flag('enabled') ?? true,
      options: provider ? this.options(provider) : {},
    };
  }

  private name(): string | null {
    const { name } = this.entry;
    if (typeof name === 'string' && SOURCE_NAME.test(name)) return name;
    return this.fault(
      'name',
      name === undefined ? 'is missing' : 'is not a name of a source',
      'Write 1 to 63 of a-z, 0-9 and "-", not beginning with "-"; it becomes /webhooks/<name>.',
    );
  }

  private provider(): Provider | null {
    const { provider } = this.entry;
    return (
      this.providers.find(({ name }) => name === provider) ??
      this.fault(
        'provider',
        provider === undefined ? 'is missing' : 'is not a known provider',
        `Write one of ${this.providers.map(({ name }) => name).join(', ')}.`,
      )
    );
  }

  private secrets(name: string | null, provider: Provider | null): Secret[] {
    const { secrets } = this.entry;
    if (!Array.isArray(secrets) || secrets.length === 0) {
      const problem = secrets === undefined ? 'is missing' : 'is not an array with a secret';
      this.fault('secrets', problem, provider?.secret.description ?? 'Write ["..."].');
      return [];
    }
    return secrets.flatMap((value: unknown, index) => {
      const field = `secrets[${index}]`;
      if (typeof value !== 'string') {
        this.fault(field, 'is not a string', provider?.secret.description ?? 'Write "...".');
        return [];
      }
      const wrong = provider ? secretFault(value, provider) : textFault(value);
      if (wrong) this.fault(field, wrong.problem, wrong.cure);
      return [{ label: `${name ?? this.path}.${field}`, value }];
    });
  }

  private account(): string | null {
    const { account } = this.entry;
    if (account === undefined || account === null) return null;
    if (typeof account !== 'string') {
      return this.fault('account', 'is not a string', 'Write the account\'s id, "self" or null.');
    }
    const wrong = textFault(account);
    const parsed: Parsed<string> = wrong ? { faults: [wrong] } : parseAccount(account);
    if ('value' in parsed) return parsed.value;
    for (const { problem, cure } of parsed.faults) this.fault('account', problem, cure);
    return null;
  }

  private flag(field: 'livemode' | 'enabled'): boolean | null {
    const value = this.entry[field];
    if (value === undefined || (field === 'livemode' && value === null)) return null;
    if (typeof value === 'boolean') return value;
    return this.fault(field, 'is neither true nor false', 'Write true or false, without quotes.');
  }

  private options(provider: Provider): ProviderOptions {
    const { options } = this.entry;
    const given = new Map<string, string>();
    if (options !== undefined && !isObject(options)) {
      this.fault('options', 'is not an object', 'Write { "<option>": "<value>" }.');
    } else {
      for (const [name, value] of Object.entries(options ?? {})) {
        const field = `options.${name}`;
        const declaration = provider.options.find((option) => option.name === name);
        if (!declaration) {
          const known = provider.options.map((option) => option.name).join(', ') || 'none';
          this.fault(field, `is not an option of ${provider.name}`, `Its options: ${known}.`);
        } else if (typeof value !== 'string') {
          this.fault(field, 'is not a string', `Write "...": ${declaration.description}`);
        } else {
          const wrong = optionFault(value, declaration);
          if (wrong) this.fault(field, wrong.problem, wrong.cure);
          given.set(name, value);
        }
      }
    }
    const isGiven = ({ name }: OptionDeclaration) =>
      isObject(options) && Object.hasOwn(options, name);
    for (const { lacking, neededBy } of lackingOptions(provider.options, isGiven)) {
      const problem = neededBy ? `is missing, and options.${neededBy.name} is there` : 'is missing';
      this.fault(`options.${lacking.name}`, problem, lacking.description);
    }
    return optionsWithDefaults(provider.options, given);
  }

  private fault(field: string, problem: string, cure: string): null {
    this.faults.push({ problem: `${this.path}.${field} ${problem}`, cure });
    return null;
  }
}

/** Where the JSON breaks off. The parser's own message quotes the text and thereby secrets. */
function syntaxFault(text: string, error: unknown): Fault {
  const position = /at position (\d+)/.exec(String(error))?.[1];
  const before = position === undefined ? null : text.slice(0, Number(position)).split('\n');
  const place = before
    ? ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`
    : '';
  return { problem: `is not valid JSON${place}`, cure: `Write an array, e.g. ${EXAMPLE}.` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
