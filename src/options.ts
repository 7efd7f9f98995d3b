import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { vendors } from './vendors/registry.js'
import { type Evidence, findExpectation, levels } from './vendors/vendor.js'

const anyPort = { minimum: 0, maximum: 65_535 }

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Everything a server can be told. Flags, environment, their documentation and the library's options come from here. */
export const Options = Type.Object(
  {
    port: Type.Integer({
      ...anyPort,
      default: 4555,
      description: 'port to listen on; 0 takes a free one',
    }),
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'address to listen on' }),
    listen: Type.Optional(
      Type.Record(Type.String(), Type.Integer(anyPort), {
        description: 'VENDOR=PORT: a port with the own paths of that vendor at its root; for more vendors, repeated',
      }),
    ),
    tls: Type.Optional(Type.Integer({ ...anyPort, description: 'port to listen on for HTTPS, beside HTTP' })),
    tlsCert: Type.Optional(
      Type.String({ minLength: 1, description: 'certificate for it in PEM, where a CA of our own is not wanted' }),
    ),
    tlsKey: Type.Optional(Type.String({ minLength: 1, description: 'the key of that certificate in PEM' })),
    fixtures: Type.Optional(
      Type.String({ minLength: 1, description: 'a <vendor>.json, or a folder of them, in place of the shipped ones' }),
    ),
    watch: Type.Boolean({
      default: false,
      description: 'when a fixture file changes, have worlds that were made from it follow',
    }),
    data: Type.Optional(
      Type.String({ minLength: 1, description: 'folder that keeps the worlds; they end with the process if left out' }),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2 ** 31,
        description: 'makes ids and tokens repeatable; drawn and printed if left out',
      }),
    ),
    strictEvidence: Type.Optional(
      Type.Unsafe<Evidence>(
        Type.Union(
          levels.map((level) => Type.Literal(level)),
          { description: `answer 501 where evidence is weaker than this: ${levels.join(', ')}` },
        ),
      ),
    ),
    plain: Type.Boolean({ default: false, description: 'leave out the x-understudy-* response headers' }),
    maxWorlds: Type.Integer({ minimum: 1, default: 1000, description: 'how many worlds there may be' }),
    journal: Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      default: 10_000,
      description: 'how many vendor requests the journal of a world keeps; 0 keeps none',
    }),
    journalSecrets: Type.Boolean({
      default: false,
      description: 'show passwords and tokens in the journal, and keep them in snapshots: a replay needs them',
    }),
    controlToken: Type.Optional(
      Type.String({ minLength: 1, description: 'what control requests must present as a bearer token' }),
    ),
    readyFile: Type.Optional(
      Type.String({ minLength: 1, description: 'file that holds the base URL while the server serves' }),
    ),
    allowProduction: Type.Boolean({ default: false, description: 'start although NODE_ENV is production' }),
    logLevel: Type.Unsafe<(typeof logLevels)[number]>(
      Type.Union(
        logLevels.map((level) => Type.Literal(level)),
        { default: 'info', description: 'fatal, error, warn, info, debug, trace or silent' },
      ),
    ),
    logJson: Type.Boolean({ default: false, description: 'log one JSON object a line' }),
  },
  { additionalProperties: false },
)

export type Options = Static<typeof Options>
export type OptionName = keyof Options

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `logLevel` → `--log-level`. */
export const flagOf = (name: string): string => `--${kebab(name)}`

/** `logLevel` → `UNDERSTUDY_LOG_LEVEL`. */
export const variableOf = (name: string): string => `UNDERSTUDY_${kebab(name).replaceAll('-', '_').toUpperCase()}`

export const optionNames = Object.keys(Options.properties) as OptionName[]

/** The option may be given more than once, each time with a part of its value. */
export const isRepeatable = (name: OptionName): boolean => Options.properties[name].type === 'object'

export const isSwitch = (name: OptionName): boolean => Options.properties[name].type === 'boolean'

/** An option that cannot be used: which flag or variable, and what was expected. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

function read(name: OptionName, text: string): unknown {
  if (isSwitch(name)) return /^(true|1)$/.test(text) ? true : /^(false|0)$/.test(text) ? false : text
  if (isRepeatable(name)) return ports(text)
  if (Options.properties[name].type === 'integer') return /^\d+$/.test(text) ? Number(text) : text
  return text
}

/** `VENDOR=PORT,VENDOR=PORT` as an object; text that cannot be used stays as it is. */
function ports(text: string): unknown {
  const pairs = text.split(',').map((pair) => /^([^=]+)=(\d+)$/.exec(pair.trim()))
  const read = new Map(pairs.flatMap((pair) => (pair ? [[pair[1], Number(pair[2])]] : [])))
  return read.size === pairs.length ? Object.fromEntries(read) : text
}

/** What of usable options cannot be together, if so. */
function contradiction({ port, listen = {}, tls, tlsCert, tlsKey }: Options, wordOf: (name: string) => string) {
  const names = vendors.map(({ name }) => name)
  const stranger = Object.keys(listen).find((name) => !names.includes(name))
  if (stranger !== undefined) {
    return `${wordOf('listen')}: there is no vendor ${JSON.stringify(stranger)}; there are ${names.join(', ')}`
  }
  const numbers = [port, ...(tls === undefined ? [] : [tls]), ...Object.values(listen)].filter((number) => number !== 0)
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index)
  if (twice !== undefined) {
    const askers = [port === twice && 'port', tls === twice && 'tls', Object.values(listen).includes(twice) && 'listen']
    return `${askers
      .flatMap((name) => name || [])
      .map(wordOf)
      .join(' and ')}: port ${twice} is asked for twice`
  }
  const [given] = [...(tlsCert === undefined ? [] : ['tlsCert']), ...(tlsKey === undefined ? [] : ['tlsKey'])]
  if (given === undefined) return undefined
  if (tls === undefined) return `${wordOf(given)}: there is no HTTPS to serve with it without ${wordOf('tls')}`
  if (tlsCert !== undefined && tlsKey !== undefined) return undefined
  return `${wordOf(given)}: it is of no use without ${wordOf(given === 'tlsCert' ? 'tlsKey' : 'tlsCert')}`
}

/**
 * Options as they are given, and defaults for the rest. `wordOf` says what the user calls an option, who has perhaps
 * written all of them as text. Throws `OptionError`, naming what is at fault.
 */
function check(given: Readonly<Record<string, unknown>>, wordOf: (name: string) => string, areTexts: boolean): Options {
  const options = Value.Default(Options, given)
  if (Value.Check(Options, options)) {
    const wrong = contradiction(options, wordOf)
    if (wrong === undefined) return options
    throw new OptionError(wrong)
  }
  const complaints = optionNames.flatMap((name) => {
    const schema = Options.properties[name]
    const wrong = given[name] === undefined ? undefined : findExpectation(schema, given[name])
    if (!wrong) return []
    const isUnread = areTexts && isRepeatable(name) && typeof given[name] === 'string'
    const at = wrong.pointer === '' ? '' : `at ${wrong.pointer}: `
    const expected = isUnread ? 'expected VENDOR=PORT, once for each vendor' : `${at}expected ${wrong.expected}`
    return `${wordOf(name)}: ${JSON.stringify(given[name])} is not usable (${expected}); ${schema.description}`
  })
  const unknown = Object.keys(given).filter((name) => !(name in Options.properties))
  throw new OptionError(
    [
      ...complaints,
      ...unknown.map((name) => `${name}: there is no such option; there are ${optionNames.join(', ')}`),
    ].join('\n'),
  )
}

/**
 * Options from flags, then environment, then defaults; an empty variable is as good as none. Throws `OptionError`, naming the flag or variable at fault.
 */
export function readOptions(
  flags: Readonly<Partial<Record<string, string | boolean | readonly string[]>>>,
  environment: Readonly<Record<string, string | undefined>> = {},
): Options {
  const given: Record<string, unknown> = {}
  const source: Record<string, string> = {}
  for (const name of optionNames) {
    const flag = flags[name]
    const raw = (Array.isArray(flag) ? flag.join() : flag) ?? (environment[variableOf(name)] || undefined)
    if (raw === undefined) continue
    source[name] = flag === undefined ? variableOf(name) : flagOf(name)
    given[name] = typeof raw === 'string' ? read(name, raw) : raw
  }
  return check(given, (name) => source[name] ?? flagOf(name), true)
}

/** Options that a program gives. Throws `OptionError`, naming the option at fault. */
export const checkOptions = (given: Readonly<Record<string, unknown>>): Options =>
  check(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), (name) => name, false)
