import { resolve, sep } from 'node:path'
import ts from 'typescript'

/**
 * What an entry module exports, and what of the folder can be reached from it, that has no documentation comment: exported
 * names, the public members of classes and interfaces, and the properties of what is written as an object type. Types
 * that are made of a schema describe themselves there.
 */
export function undocumented(entry: string, folder: string): string[] {
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  const own = `${resolve(folder)}${sep}`
  const found: string[] = []
  const seen = new Set<ts.Node>()

  const isOurs = (node: ts.Node): boolean => resolve(node.getSourceFile().fileName).startsWith(own)
  const isHidden = (node: ts.Declaration): boolean =>
    (ts.getCombinedModifierFlags(node) &
      (ts.ModifierFlags.Private | ts.ModifierFlags.Static | ts.ModifierFlags.Override)) !==
      0 ||
    ts.isConstructorDeclaration(node) ||
    (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name))

  const check = (node: ts.NamedDeclaration, name: string): void => {
    const symbol = node.name && checker.getSymbolAtLocation(node.name)
    if (symbol && symbol.getDocumentationComment(checker).length === 0) found.push(name)
  }

  /** The types that a declaration names. */
  const follow = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression
      const symbol = checker.getSymbolAtLocation(name)
      if (symbol) visit(symbol)
    }
    if (!ts.isBlock(node)) ts.forEachChild(node, follow)
  }

  const visit = (symbol: ts.Symbol): void => {
    const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    for (const node of aliased.declarations ?? []) {
      const isSchema = ts.isVariableDeclaration(node) && aliased.flags & ts.SymbolFlags.TypeAlias
      if (seen.has(node) || !isOurs(node) || ts.isTypeParameterDeclaration(node) || isSchema) continue
      seen.add(node)
      check(node as ts.NamedDeclaration, aliased.name)
      const members =
        ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)
          ? node.members
          : ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type)
            ? node.type.members
            : []
      for (const member of members) {
        if (isHidden(member)) continue
        check(member, `${aliased.name}.${member.name?.getText() ?? ''}`)
        follow(member)
      }
      if (members.length === 0 && !ts.isVariableDeclaration(node)) follow(node)
    }
  }

  const module = checker.getSymbolAtLocation(program.getSourceFile(entry) ?? failed(entry))
  for (const symbol of checker.getExportsOfModule(module ?? failed(entry))) visit(symbol)
  return found
}

function failed(entry: string): never {
  throw new Error(`${entry} is no module`)
}
