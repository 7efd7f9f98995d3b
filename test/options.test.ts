import t from 'tap'
import { checkOptions, OptionError, optionNames, readOptions, variableOf } from '../src/options.js'

t.test('without flags and variables the defaults hold', async (t) => {
  t.strictSame(readOptions({}), {
    port: 4555,
    host: '127.0.0.1',
    watch: false,
    plain: false,
    maxWorlds: 1000,
    journal: 10_000,
    journalSecrets: false,
    allowProduction: false,
    logLevel: 'info',
    logJson: false,
  })
})

t.test('a flag wins over its variable, a variable over the default', async (t) => {
  const environment = { UNDERSTUDY_PORT: '1', UNDERSTUDY_LOG_LEVEL: 'debug', UNDERSTUDY_PLAIN: '1', OTHER: 'x' }
  t.match(readOptions({ port: '2' }, environment), { port: 2, logLevel: 'debug', plain: true })
})

t.test('an empty variable, such as compose makes of one that is not set, is as good as none', async (t) => {
  const empty = Object.fromEntries(optionNames.map((name) => [variableOf(name), '']))
  t.strictSame(readOptions({}, empty), readOptions({}))
  t.equal(readOptions({ data: 'folder' }, empty).data, 'folder')
})

t.test('a switch is off when its variable says so', async (t) => {
  for (const [text, expected] of [
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
    ['', false],
  ] as const) {
    t.equal(readOptions({}, { UNDERSTUDY_LOG_JSON: text }).logJson, expected, JSON.stringify(text))
  }
})

t.test('ports of vendors’ own are given one by one, or together with commas', async (t) => {
  const both = { tavio: 1, thiio: 0 }
  t.strictSame(readOptions({ listen: ['tavio=1', 'thiio=0'] }).listen, both)
  t.strictSame(readOptions({ listen: ['tavio=1,thiio=0'] }).listen, both)
  t.strictSame(readOptions({}, { UNDERSTUDY_LISTEN: 'tavio=1, thiio=0' }).listen, both)
  t.strictSame(readOptions({ listen: ['thiio=2'] }, { UNDERSTUDY_LISTEN: 'tavio=1' }).listen, { thiio: 2 }, 'flags win')
})

t.test('what cannot be used is refused by the name it was given under', async (t) => {
  const rows: [Record<string, string>, Record<string, string>, RegExp][] = [
    [{ port: 'x' }, {}, /^--port: "x" is not usable \(expected an integer from 0 to 65535\); port to listen on/],
    [{ port: '65536' }, {}, /^--port: 65536/],
    [{ port: '-1' }, {}, /^--port: "-1"/],
    [{ seed: '1.5' }, {}, /^--seed: "1.5"/],
    [
      { logLevel: 'loud' },
      {},
      /^--log-level: "loud" is not usable \(expected one of "fatal", "error", .*, "silent"\); /,
    ],
    [{ strictEvidence: 'sure' }, {}, /^--strict-evidence: "sure" .* seed, documented, source, framework, assumed$/],
    [{}, { UNDERSTUDY_STRICT_EVIDENCE: 'sure' }, /^UNDERSTUDY_STRICT_EVIDENCE: "sure"/],
    [{ host: '' }, {}, /^--host: "" is not usable \(expected a string that is not empty\); /],
    [{}, { UNDERSTUDY_PORT: 'x' }, /^UNDERSTUDY_PORT: "x"/],
    [{ listen: 'tavio' }, {}, /^--listen: "tavio" is not usable \(expected VENDOR=PORT, once for each vendor\); /],
    [{ listen: 'tavio=' }, {}, /^--listen: "tavio="/],
    [{ listen: 'tavio=x' }, {}, /^--listen: "tavio=x"/],
    [
      { listen: 'tavio=65536' },
      {},
      /^--listen: \{"tavio":65536\} .*\(at \/tavio: expected an integer from 0 to 65535\)/,
    ],
    [{ listen: 'tavio=1,tavio=2' }, {}, /^--listen: "tavio=1,tavio=2"/],
    [{ listen: 'tavio=7', port: '7' }, {}, /^--port and --listen: port 7 is asked for twice$/],
    [{ tls: '7', port: '7' }, {}, /^--port and --tls: port 7 is asked for twice$/],
    [{ listen: 'tavio=7,thiio=7' }, {}, /^--listen: port 7 is asked for twice$/],
    [{ listen: 'nobody=1' }, {}, /^--listen: there is no vendor "nobody"; there are babelfor, .*thiio$/],
    [{}, { UNDERSTUDY_LISTEN: 'thiio=1,nobody=1' }, /^UNDERSTUDY_LISTEN: there is no vendor "nobody"/],
    [{ tls: 'on' }, {}, /^--tls: "on"/],
    [{ tls: '1', tlsCert: 'x' }, {}, /^--tls-cert: it is of no use without --tls-key$/],
    [{ tls: '1' }, { UNDERSTUDY_TLS_KEY: 'x' }, /^UNDERSTUDY_TLS_KEY: it is of no use without --tls-cert$/],
    [{ tlsCert: 'x', tlsKey: 'x' }, {}, /^--tls-cert: there is no HTTPS to serve with it without --tls$/],
    [{}, { UNDERSTUDY_PLAIN: 'perhaps' }, /^UNDERSTUDY_PLAIN: "perhaps" is not usable \(expected true or false\); /],
  ]
  for (const [flags, environment, message] of rows) {
    t.throws(() => readOptions(flags, environment), { name: 'OptionError', message }, String(message))
  }
  t.throws(() => readOptions({ port: 'x' }), OptionError)
})

t.test('what a program cannot give is refused by the name of the option, with what was expected of it', async (t) => {
  const rows: [Record<string, unknown>, string][] = [
    [{ listen: 'tavio=1' }, 'listen: "tavio=1" is not usable (expected an object); '],
    [{ watch: 'yes' }, 'watch: "yes" is not usable (expected true or false); '],
    [{ seed: -1 }, 'seed: -1 is not usable (expected an integer from 0 to 2147483648); '],
    [{ colour: 1 }, 'colour: there is no such option; there are port, '],
  ]
  for (const [given, message] of rows) t.throws(() => checkOptions(given), { name: 'OptionError', message })
})
