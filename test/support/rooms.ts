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
  readonly packages: RegExp
  /** Packages of which only types may be imported. */
  readonly types?: RegExp
}

const never = /^(?!)/

const vendorOf = (path: string): string | undefined => /^vendors\/([^/]+)\//.exec(path)?.[1]

/** Who may touch what. The first room that holds a file is the file's room. */
const rooms: readonly Room[] = [
  {
    name: 'core',
    holds: (path) => path.startsWith('core/'),
    rooms: never,
    packages: /^(node:crypto|node:util|bcryptjs|jsonwebtoken|lru-cache|piscina)$/,
  },
  {
    name: 'store',
    holds: (path) => path.startsWith('store/'),
    rooms: /^core\/ports\.ts$/,
    packages: /^better-sqlite3$/,
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
    packages: /^(node:fs\/promises|node:path|@sinclair\/typebox(\/.*)?)$/,
    types: /^(fastify|@fastify\/.*)$/,
  },
  {
    name: 'http',
    holds: (path) => path.startsWith('http/'),
    rooms: /^(core\/|vendors\/vendor\.ts$)/,
    packages: /^(node:buffer|@sinclair\/typebox\/(compiler|errors))$/,
    types: /^(fastify|node:http|@sinclair\/typebox)$/,
  },
  {
    name: 'control',
    holds: (path) => path.startsWith('control/'),
    rooms: /^(core\/|vendors\/(vendor|registry)\.ts$)/,
    packages: /^(fastify|@fastify\/swagger(-ui)?|@sinclair\/typebox(\/.*)?|node:fs\/promises|node:path)$/,
    types: /^node:http$/,
  },
  { name: 'the composition root', holds: () => true, rooms: /./, packages: /./ },
]

const roomOf = (path: string): Room => {
  const room = rooms.find(({ holds }) => holds(path))
  if (!room) throw new Error(`no room holds ${path}`)
  return room
}

const sameRoom = (a: string, b: string): boolean =>
  roomOf(a).name === roomOf(b).name && (roomOf(a).name !== 'a vendor' || vendorOf(a) === vendorOf(b))

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node
  for (const child of node.getChildren()) yield* nodes(child)
}

function importsOf(tree: ts.SourceFile): Import[] {
  const found: Import[] = []
  for (const node of nodes(tree)) {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({
        from: node.moduleSpecifier.text,
        typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
      })
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ from: node.moduleSpecifier.text, typeOnly: node.isTypeOnly })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments
      if (target && ts.isStringLiteral(target)) found.push({ from: target.text, typeOnly: false })
    }
  }
  return found
}

const clock = 'core/clock.ts'
const chance = 'core/chance.ts'
const outside = /^(cli|app|options|index|banner|logger|write-openapi)\.ts$/
const sql = /\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|PRAGMA\s)/s

/** What a file says that only another room may say. */
function words(path: string, tree: ts.SourceFile, vendors: readonly string[]): string[] {
  const found: string[] = []
  const room = roomOf(path).name
  for (const node of nodes(tree)) {
    const text = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) ? node.getText() : ''
    if (path !== clock && (text === 'Date' || text === 'performance' || text === 'process.hrtime')) {
      found.push(`reads the time (${text})`)
    }
    if (
      path !== chance &&
      /^(Math\.random|randomBytes|randomInt|randomUUID|getRandomValues|randomFillSync)$/.test(text)
    ) {
      found.push(`draws randomness (${text})`)
    }
    if (text === 'process.env' && !outside.test(path)) found.push('reads the environment')
    if (
      room !== 'store' &&
      (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) &&
      sql.test(node.getText())
    ) {
      found.push('speaks SQL')
    }
    if (room === 'http' && ts.isStringLiteralLike(node) && vendors.includes(node.text)) {
      found.push(`names a vendor (${node.text})`)
    }
    if (
      room === 'a vendor' &&
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      ['code', 'status'].includes(node.expression.name.text) &&
      node.arguments.some((argument) => ts.isNumericLiteral(argument) && Number(argument.text) >= 400)
    ) {
      found.push('writes an error by hand')
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
    const imports = importsOf(tree).flatMap(({ from, typeOnly }) => {
      if (from.startsWith('.')) {
        const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts')
        return sameRoom(path, target) || room.rooms.test(target) ? [] : [`imports ${target}`]
      }
      return room.packages.test(from) || (typeOnly && room.types?.test(from)) ? [] : [`imports ${from}`]
    })
    return [...imports, ...words(path, tree, vendors)].map((breach) => `${path}: ${breach}`)
  })
}
