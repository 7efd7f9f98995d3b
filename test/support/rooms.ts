import { posix } from 'node:path'
import ts from 'typescript'

/** A source file, by its path under `src/`. */
export interface Source {
  readonly path: string
  readonly text: string
}

interface Room {
  readonly name: string
  readonly holds: (path: string) => boolean
  /** Files of other rooms that may be imported; a room may always import itself. */
  readonly rooms: RegExp
  /** Files of other rooms of which only types may be imported. */
  readonly typesOf?: RegExp
  readonly packages: RegExp
  /** Packages of which only types may be imported. */
  readonly types?: RegExp
}

const never = /^(?!)/
const root = 'the composition root'

const vendorOf = (path: string): string | undefined => /^vendors\/([^/]+)\//.exec(path)?.[1]

/** Who may touch what. The first room that holds a file is the file's room. */
const rooms: readonly Room[] = [
  {
    name: 'core',
    holds: (path) => path.startsWith('core/'),
    rooms: never,
    packages:
      /^(node:child_process|node:crypto|node:events|node:os|node:util|bcryptjs|jsonwebtoken|lru-cache|piscina)$/,
  },
  {
    name: 'store',
    holds: (path) => path.startsWith('store/'),
    rooms: /^core\/(ports|shelf)\.ts$/,
    packages: /^(better-sqlite3|node:fs|node:os|node:path)$/,
  },
  {
    name: 'dialects',
    holds: (path) => path.startsWith('dialects/'),
    rooms: /^(core\/(refusal|clock|digest)|vendors\/vendor)\.ts$/,
    packages: /^(node:util|node:buffer|@fastify\/busboy|@sinclair\/typebox(\/.*)?)$/,
    types: /^(fastify|node:http)$/,
  },
  {
    name: 'a vendor',
    holds: (path) => vendorOf(path) !== undefined,
    rooms: /^(core\/|dialects\/|vendors\/vendor\.ts$)/,
    packages: /^(@sinclair\/typebox|cookie)$/,
    types: /^fastify$/,
  },
  {
    name: 'vendors',
    holds: (path) => path.startsWith('vendors/'),
    rooms: /^(core\/|vendors\/[^/]+\/index\.ts$)/,
    packages: /^(node:fs|node:path|@sinclair\/typebox(\/.*)?)$/,
    types: /^(fastify|@fastify\/.*)$/,
  },
  {
    name: 'tls',
    holds: (path) => path.startsWith('tls/'),
    rooms: /^core\//,
    packages: /^(node-forge|node:crypto|node:net)$/,
  },
  {
    name: 'http',
    holds: (path) => path.startsWith('http/'),
    rooms: /^(core\/|vendors\/vendor\.ts$)/,
    packages:
      /^(fastify|node:buffer|node:events|node:https?|node:stream|node:tls|@sinclair\/typebox\/(compiler|errors))$/,
    types: /^(fastify|node:net|@sinclair\/typebox)$/,
  },
  {
    name: 'control',
    holds: (path) => path.startsWith('control/'),
    rooms: /^(core\/|vendors\/(vendor|registry)\.ts$)/,
    packages: /^(fastify|@fastify\/swagger(-ui)?|@sinclair\/typebox(\/.*)?|node:fs|node:path|node:stream|prom-client)$/,
    types: /^(node:http|@fastify\/type-provider-typebox)$/,
  },
  {
    name: 'client',
    holds: (path) => path.startsWith('client/'),
    rooms: /^core\/host\.ts$/,
    typesOf: /^(control|core)\//,
    packages: /^(node:https?|node:stream\/consumers|undici)$/,
    types: /^(node:stream|@sinclair\/typebox)$/,
  },
  { name: root, holds: () => true, rooms: /./, packages: /./ },
]

const roomOf = (path: string): Room => {
  const room = rooms.find(({ holds }) => holds(path))
  if (!room) throw new Error(`no room holds ${path}`)
  return room
}

const sameRoom = (a: string, b: string): boolean =>
  roomOf(a).name === roomOf(b).name && (roomOf(a).name !== 'a vendor' || vendorOf(a) === vendorOf(b))

interface Import {
  readonly from: string | null
  readonly typeOnly: boolean
}

function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node
  for (const child of node.getChildren()) yield* nodes(child)
}

/** What an import, of whichever form, names; a `from` of null where only running it would tell. */
function importOf(node: ts.Node): Import | null {
  const of = (target: ts.Node | undefined, typeOnly: boolean): Import => ({
    from: target && ts.isStringLiteralLike(target) ? target.text : null,
    typeOnly,
  })
  if (ts.isImportDeclaration(node)) {
    return of(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return of(node.moduleSpecifier, node.isTypeOnly)
  if (ts.isExternalModuleReference(node)) return of(node.expression, false)
  if (ts.isImportTypeNode(node)) {
    return of(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
  }
  if (!ts.isCallExpression(node)) return null
  const { expression } = node
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require')
  return loads ? of(node.arguments[0], false) : null
}

const clock = 'core/clock.ts'
const chance = 'core/chance.ts'
const registry = 'vendors/registry.ts'

const time = /^(Date|performance|hrtime)$/
const waits = /^(set(Timeout|Interval|Immediate)|scheduler)$/
const draws =
  /^(random(Bytes|Int|UUID|Fill|FillSync)?|getRandomValues|genSalt(Sync)?|generate(KeyPair|Key|Prime)(Sync)?|webcrypto)$/
/** Functions of `Math` whose result depends on nothing but their arguments. */
const pure = /^(abs|ceil|floor|log2|log10|max|min|pow|round|sign|sqrt|trunc)$/
const sql =
  /\b(SELECT\s.+\sFROM|(INSERT|REPLACE)\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(CREATE|DROP|ALTER)\s+((UNIQUE|TEMP|VIRTUAL)\s+)?(TABLE|INDEX|VIEW|TRIGGER)|PRAGMA\s)/is
/** Ways past `reply.code`. */
const status = /^(statusCode|writeHead|raw|hijack)$/

/** What a node calls something: an identifier, or the text in `x['text']`. */
function nameIn(node: ts.Node): string {
  if (ts.isIdentifier(node)) return node.text
  const quoted = ts.isStringLiteralLike(node) && ts.isElementAccessExpression(node.parent)
  return quoted || (ts.isStringLiteralLike(node) && ts.isBindingElement(node.parent)) ? node.text : ''
}

/** `Math` is used for anything but one of its pure functions. */
const isImpure = ({ parent }: ts.Node): boolean =>
  !ts.isPropertyAccessExpression(parent) || !pure.test(parent.name.text)

const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)

/** The call sets a status that may be an error's. */
function failsByHand(node: ts.CallExpression): boolean {
  const { expression } = node
  const called = ts.isPropertyAccessExpression(expression)
    ? expression.name.text
    : ts.isElementAccessExpression(expression)
      ? nameIn(expression.argumentExpression)
      : nameIn(expression)
  return (
    /^(code|status)$/.test(called) &&
    node.arguments.some((argument) => !ts.isNumericLiteral(argument) || Number(argument.text) >= 400)
  )
}

/** What a file says that only another room may say. */
function words(path: string, tree: ts.SourceFile, vendors: readonly string[]): string[] {
  const found: string[] = []
  const room = roomOf(path).name
  const foreign = vendors.filter((vendor) => vendor !== vendorOf(path) && path !== registry)
  for (const node of nodes(tree)) {
    const name = nameIn(node)
    if (path !== clock && time.test(name)) found.push(`reads the time (${name})`)
    if (path !== clock && room !== root && waits.test(name)) found.push(`waits (${name})`)
    if (path !== chance && (draws.test(name) || (name === 'Math' && isImpure(node)))) {
      found.push(`draws randomness (${name})`)
    }
    if (/^global(This)?$/.test(name)) found.push('reaches for the global object')
    if (room !== root && name === 'process') found.push('reads the environment')
    if (room === 'a vendor' && (status.test(name) || (ts.isCallExpression(node) && failsByHand(node)))) {
      found.push('writes an error by hand')
    }
    if (room !== 'store' && (isText(node) || ts.isTemplateExpression(node)) && sql.test(node.getText())) {
      found.push('speaks SQL')
    }
    if (isText(node)) {
      const named = foreign.find((vendor) => new RegExp(`^/?${vendor}(/|$)`).test(node.text))
      if (named) found.push(`names a vendor (${named})`)
    }
  }
  return found
}

/** Every breach of the rules between rooms, as `file: what it does`. */
export function breaches(sources: readonly Source[]): string[] {
  const vendors = [...new Set(sources.flatMap(({ path }) => vendorOf(path) ?? []))]
  return sources.flatMap(({ path, text }) => {
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    const room = roomOf(path)
    const imports = [...nodes(tree)].flatMap((node) => {
      const imported = importOf(node)
      if (!imported) return []
      const { from, typeOnly } = imported
      if (from === null) return ['imports what only running it tells']
      if (from.startsWith('.')) {
        const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts')
        const mayBe = room.rooms.test(target) || (typeOnly && room.typesOf?.test(target))
        return sameRoom(path, target) || mayBe ? [] : [`imports ${target}`]
      }
      return room.packages.test(from) || (typeOnly && room.types?.test(from)) ? [] : [`imports ${from}`]
    })
    return [...imports, ...words(path, tree, vendors)].map((breach) => `${path}: ${breach}`)
  })
}
